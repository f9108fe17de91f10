# %% [markdown]
# # Assignment 4: a small transformer from scratch
#
# A language model does one thing: it reads some text and says what may come next. In this notebook
# you build the model that does it best, the transformer, from matrix products upwards. You train it on
# your own CPU, let it write, and compare it with the LSTM of the previous assignment.
#
# The way there, 40 points in all:
#
# | | you write | points |
# |---|---|---|
# | **E1** | causal self-attention with one head | 5 |
# | **E2** | several heads | 6 |
# | **E3** | the MLP | 3 |
# | **E4** | the block that joins them | 3 |
# | **E5** | the whole model: embeddings, blocks, output, first weights | 8 |
# | **E6** | which parameters decay | 4 |
# | **E7** | the training loop | 7 |
# | **E8** | text from the model | 4 |

# %% [markdown]
# ## How to work with this notebook
#
# - **Fill the exercise cells.** Replace `# YOUR CODE HERE` and the line below it. Helper methods,
#   helper functions and imports of your own are welcome; keep the names and the arguments that are given.
# - **Run the check below each exercise** as often as you like. It takes a second, it says what is right,
#   what is not, and what to look at. Each check stands alone: a mistake in E1 costs nothing in E4.
#   When your notebook is graded, the same checks run on fresh inputs, with some more of their kind.
# - **What counts is what your code computes**, not how it looks: any names, any layout, any module of
#   PyTorch that does the right thing is right. A *remark* in a check is advice; it never costs points.
# - **Before you run a cell, say what you expect.** Where the text asks for a prediction, make one.
# - Cells with demonstrations are locked. If one needs an exercise that is still open, it says so.
#
# Letters used throughout: $N$ sequences in a batch, $T$ tokens in a sequence, $D$ the hidden size,
# $h$ heads of $d = D/h$ dimensions, $V$ tokens in the vocabulary, $L$ layers, $C$ the context size.
# The literature says *block size* for our context size, `n_embd` for our hidden size, and writes
# $(B, T, C)$ where we write $(N, T, D)$.

# %% given="setup"
import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from autograder.notebook import check, curves, needs, pictures, training

torch.set_printoptions(precision=3, sci_mode=False, linewidth=100)

# %% [markdown]
# ## E1 · Causal self-attention (5 points)
#
# Read "the cat sat on its": to guess the next word you look back, and not at every word alike. *Attention* is that
# look back, made of matrix products so that it can be learned. Each token sends out three vectors:
#
# - a **query**: what am I looking for?
# - a **key**: what do I have to offer?
# - a **value**: what do I hand over to those who listen to me?
#
# A token listens to another in proportion to how well its query fits the other's key, and takes home the mean of
# the values, weighted that way. *Causal* means: it listens only to itself and to tokens before it. The model will be
# trained to guess the next token at every position at once; if it could see that token, it would learn to copy.

# %% [markdown]
# ### The definition, in loops
#
# Slow, and with nothing hidden: for each token $t$, the weight on token $s \le t$ is
# $\exp(q_t \cdot k_s / \sqrt{D})$, divided by the sum of all of these so that the weights add up to one.

# %% demonstration="attention_in_loops"
def attention_in_loops(Q, K, V):
    """Causal attention for one sequence; Q, K, V are (T, D)."""
    T, D = Q.shape
    Y = torch.zeros(T, D)
    for t in range(T):  # the token that listens
        strength = [math.exp(Q[t] @ K[s] / math.sqrt(D)) for s in range(t + 1)]
        for s in range(t + 1):  # the tokens it may listen to: itself and earlier ones
            for i in range(D):
                Y[t, i] += strength[s] / sum(strength) * V[s, i]
    return Y


# %% [markdown]
# ### Three tokens, by hand
#
# Three tokens of width $D = 2$, one per row of $X$, and three small matrices. They are chosen so that the result can
# be read: a value has its first number in the tens and its second in the hundreds.

# %% demonstration="three_tokens"
X = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
W_Q = torch.tensor([[1.0, 1.0], [0.0, 1.0]])
W_K = torch.eye(2)
W_V = torch.diag(torch.tensor([10.0, 100.0]))

Q, K, V = X @ W_Q, X @ W_K, X @ W_V
print("queries\n", Q, "\nvalues\n", V)

# %% [markdown]
# Row $t$ of $QK^\top$ holds the scores of token $t$'s query with every key. Before you run the next cell: is the table
# symmetric? Would you notice if you had computed $KQ^\top$ instead?

# %% demonstration="scores"
scores = Q @ K.T
print(scores)

# %% [markdown]
# It is not symmetric: token 1 scores 2 with token 3, token 3 scores 1 with token 1. A row belongs to the token
# that *asks*. With $KQ^\top$ you would read columns as rows, and no error would tell you.
#
# Now divide by $\sqrt{D}$. The reason: if the $D$ numbers in $q$ and $k$ are independent with variance 1, their dot product has
# variance $D$. Without the division, wide models would start with huge scores, and a softmax of huge scores puts
# all weight on one token and passes no gradient to the others.

# %% demonstration="scaled"
D = 2
scaled = scores / math.sqrt(D)
print(scaled)

# %% [markdown]
# Now the future is hidden: every score with key $j$ after query $i$ becomes $-\infty$, since
# $e^{-\infty} = 0$. Which cells change?

# %% demonstration="masked"
masked = scaled.clone()
for i in range(3):
    for j in range(3):
        if j > i:
            masked[i, j] = float("-inf")
print(masked)

# %% [markdown]
# The softmax runs along each **row**, over the keys. Predict the first row before you look: one token to
# listen to, so one weight, so ...

# %% demonstration="weights"
weights = torch.softmax(masked, dim=-1)
print(weights, "\nrow sums", weights.sum(dim=-1))

# %% demonstration="attended"
Y = weights @ V
print(Y)

assert torch.allclose(Y, attention_in_loops(Q, K, V))  # the loops say the same

# %% [markdown]
# Read $Y$: the tens say how much was heard from tokens 1 and 3, the hundreds from tokens 2 and 3. Token 1 heard only itself:
# $(10, 0)$. Token 2 gave 0.330 of its attention to token 1, hence 3.30 in the tens, and 0.670 to itself, hence
# 66.98. Token 3 heard all three: $(7.16, 86.00)$.

# %% demonstration="picture_attention_steps"
pictures.attention_steps(scores, scaled, masked, weights)

# %% [markdown]
# ### Three ways to get it wrong, with their numbers
#
# **Score 0 is not weight 0.** Suppose the future's scores are set to 0 instead of $-\infty$. Take scaled scores
# $\ln 1, \ln 2, \ln 3$ in the first row, so that you can do the softmax on paper. Right: after masking only $\ln 1$ is left,
# the weights are $1, 0, 0$. What does the first row become with zeros?

# %% demonstration="wrong_zero_scores"
logs = torch.tensor([[1.0, 2.0, 3.0], [2.0, 1.0, 5.0], [1.0, 2.0, 3.0]]).log()
future = torch.tensor([[False, True, True], [False, False, True], [False, False, False]])
print("right\n", torch.softmax(logs.masked_fill(future, float("-inf")), dim=-1))
print("zeros for the future\n", torch.softmax(logs.masked_fill(future, 0.0), dim=-1))

# %% [markdown]
# A third for each token, two thirds of it from the future: $e^0 = 1$ is as good as $e^{\ln 1}$. The other two go wrong
# on our worked example; each row should sum to 1:

# %% demonstration="wrong_axis"
wrong_axis = torch.softmax(masked, dim=0)
masked_late = torch.softmax(scaled, dim=-1).masked_fill(future, 0.0)
print("softmax over the wrong axis, row sums:", wrong_axis.sum(dim=-1))
print("future zeroed after the softmax:      ", masked_late.sum(dim=-1))

# %% [markdown]
# Row sums of 0.40, 0.53, 2.07 in one case; 0.25, 0.60, 1.00 in the other. (Masking after the softmax is right
# if you then divide each row by its sum.) The mask itself, for eight positions:

# %% demonstration="picture_causal_mask"
pictures.causal_mask(8)

# %% [markdown]
# ### Your turn
#
# Write a module that does this for a whole batch, with **learned** matrices:
#
# $$Y = \mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{D}}\right) V, \qquad Q = XW_Q,\quad K = XW_K,\quad V = XW_V.$$
#
# - `forward(x)` takes $(N, T, D)$ and returns $(N, T, D)$. Sequences of the batch do not see each other.
# - $W_Q$, $W_K$, $W_V$ are $D \times D$, learnable, **without bias units**: $3D^2$ parameters and no other.
# - The scale is $1/\sqrt{D}$; the softmax runs over the keys; each row of weights sums to one.
# - Causal: the output at position $t$ depends on positions $1 \ldots t$ only.
# - Every $T$ from 1 to 1,024 must work, and every $N$. (A mask kept in a buffer is fine if it is at least 1,024 wide.)
# - Gradients must reach $x$ and all three matrices, and the module must also work in `float64` after `.double()`.
#
# Three matrices or one fused $D \times 3D$, `nn.Linear` or `nn.Parameter`, a softmax of your own, a large negative
# number for $-\infty$ (as long as the future gets less than $10^{-6}$ of the weight for scores up to $\pm 50$): all right.
# Which projection you call query and which key does not matter.
#
# Useful: `x.shape`, `K.transpose(1, 2)` (`.T` does not do what you want on three axes), `torch.triu`, `masked_fill`.

# %% exercise="E1" from="solutions/assignment4/attention.py:CausalSelfAttention"

# %% check="E1"

# %% [markdown]
# ### What your module listens to
#
# Your module never shows its weights, but they can be found from outside. A sequence of one token can only listen to
# itself, so the output for $x_s$ alone **is** its value $v_s$. Then $y_t = \sum_s a_{ts} v_s$ is a system of linear equations
# for the weights $a_{ts}$. Six random tokens of width 16, three times: whispered ($x / 100$), as they are, and shouted
# ($5\,x$). Predict the first picture exactly, and the trend: when all scores are nearly 0, what are the weights of row $t$?

# %% demonstration="picture_own_attention"
with needs("E1"):
    torch.manual_seed(0)
    own_attention, tokens = CausalSelfAttention(hidden_size=16), torch.randn(6, 16)
    pictures.attention_maps(
        {
            name: pictures.attention_weights_of(own_attention, loudness * tokens)
            for name, loudness in [("x / 100", 0.01), ("x", 1.0), ("5 x", 5.0)]
        },
        "Attention weights of your own module for six random tokens at three loudnesses: "
        "from equal shares 1/t in each row to nearly all weight on one token.",
    )

# %% [markdown]
# Whispered, every row is $1/t, \ldots, 1/t$: attention without preferences is the mean of the past. Shouted, each row nearly
# picks one token. Training moves a model between the two, row by row. The first row cannot change: it is always 1.
#
# **One question further.** A row is *one* opinion about the past, one set of weights that sums to one. A token may want two things at once,
# say the subject of the sentence and the last vowel. How would it hold two opinions?
