# %% [markdown]
# # Assignment 4: a small transformer from scratch
#
# A language model does one thing: it reads some text and says what may come next. In this
# notebook you build the model that does it best, the transformer, from matrix products upwards.
# You train it on your own CPU, let it write, and compare it with the LSTM of the previous
# assignment.
#
# The way there, {{points}} points in all:
#
# {{exercises}}
#
# That is {{about all E}} in all, reading and thinking included, the training runs not. The minutes are
# a guess at what most of you will need; ●○○ is written down once you have understood it, ●●● is
# what people talk about afterwards.

# %% [markdown]
# ## How to work with this notebook
#
# - **Fill the exercise cells.** Replace `# YOUR CODE HERE` and the line below it. Helper methods,
#   helper functions and imports of your own are welcome; keep the names and the arguments that
#   are given.
# - **Run the check below each exercise** as often as you like. It takes a second, it says what is
#   right, what is not, and what to look at. Each check stands alone: a mistake in E1 costs
#   nothing in E4. When your notebook is graded, the same checks run on fresh inputs, with some
#   more of their kind.
# - **What counts is what your code computes**, not how it looks: any names, any layout, any
#   module of PyTorch that does the right thing is right. A *remark* in a check is advice; it
#   never costs points.
# - **Before you run a cell, say what you expect.** Where the text asks for a prediction, make
#   one.
# - An exercise may use the given cells, the other exercises and its own arguments. Variables of
#   the demonstrations (`D`, `scores`, `model`, ...) do not exist while your notebook is graded.
# - Cells with demonstrations are locked. If one needs an exercise that is still open, it says so.
# - **How far you are** you can see at any time: write `progress("assignment4")` into a cell of your
#   own. It shows the points of your last checks and what is open, and checks nothing anew.
#
# Letters used throughout: $N$ sequences in a batch, $T$ tokens in a sequence, $D$ the hidden
# size, $h$ heads of $d = D/h$ dimensions, $V$ tokens in the vocabulary, $L$ layers, $C$ the
# context size. The literature says *block size* for our context size, `n_embd` for our hidden
# size, and writes $(B, T, C)$ where we write $(N, T, D)$.

# %% [markdown]
# ### The course's package
#
# The checks come in a package of their own. On Colab the next cell installs it, from an address or
# from the file that you have dragged into the file panel, and leaves Colab's own torch and numpy as
# they are. Elsewhere it only looks whether everything is there. Run it first in every new kernel.

# %% setting="install"
# Where the course's package is; empty: in the file transformer_course-….whl beside this notebook
PACKAGE = ""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

on_colab = "google.colab" in sys.modules
files = [path.resolve().as_uri() for path in Path().glob("transformer_course-*.whl")]
package = f"transformer-course[student] @ {PACKAGE or max(files, default='ADDRESS')}"
if on_colab and (PACKAGE or files) and not find_spec("autograder"):
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", package])
if find_spec("autograder") is None:
    here = "drag its file into the file panel, or write its address behind PACKAGE; run this again"
    there = f'run  %pip install "{package}"  in a new cell, then restart the kernel'
    print("The course's package is not here:", here if on_colab else there)
elif find_spec("autograder.student"):  # which is left out while the notebook is graded
    from autograder.student import ready
    ready("assignment4")

# %% given="setup"
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from autograder.notebook import check, curves, interactive, needs, pictures, progress, training

torch.set_printoptions(precision=3, sci_mode=False, linewidth=100)

# %% [markdown]
# ## E1 · Causal self-attention (5 points)
#
# {{about E1}}
#
# Read "the cat sat on its": to guess the next word you look back, and not at every word alike.
# *Attention* is that look back, made of matrix products so that it can be learned. Each token
# sends out three vectors:
#
# - a **query**: what am I looking for?
# - a **key**: what do I have to offer?
# - a **value**: what do I hand over to those who listen to me?
#
# A token listens to another in proportion to how well its query fits the other's key, and takes
# home the mean of the values, weighted that way. *Causal* means: it listens only to itself and to
# tokens before it. The model will be trained to guess the next token at every position at once;
# if it could see that token, it would learn to copy.

# %% [markdown]
# ### The definition, in loops
#
# Slow, and with nothing hidden: for each token $t$, the weight on token $s \le t$ is
# $\exp(q_t \cdot k_s / \sqrt{D})$, divided by the sum of all of these so that the weights add up
# to one.

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
# Three tokens of width $D = 2$, one per row of $X$, and three small matrices. They are chosen so
# that the result can be read: a value has its first number in the tens and its second in the
# hundreds.

# %% demonstration="three_tokens"
X = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
W_Q = torch.tensor([[1.0, 1.0], [0.0, 1.0]])
W_K = torch.eye(2)
W_V = torch.diag(torch.tensor([10.0, 100.0]))

Q, K, V = X @ W_Q, X @ W_K, X @ W_V
print("queries\n", Q, "\nvalues\n", V)

# %% [markdown]
# Row $t$ of $QK^\top$ holds the scores of token $t$'s query with every key. Before you run the
# next cell: is the table symmetric? Would you notice if you had computed $KQ^\top$ instead?

# %% demonstration="scores"
scores = Q @ K.T
print(scores)

# %% [markdown]
# It is not symmetric: token 1 scores 2 with token 3, token 3 scores 1 with token 1. A row belongs
# to the token that *asks*. With $KQ^\top$ you would read columns as rows, and no error would tell
# you.
#
# Now divide by $\sqrt{D}$. The reason: if the $D$ numbers in $q$ and $k$ are independent with
# variance 1, their dot product has variance $D$. Without the division, wide models would start
# with huge scores, and a softmax of huge scores puts all weight on one token and passes no
# gradient to the others.

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
# The softmax runs along each **row**, over the keys. Predict the first row before you look: one
# token to listen to, so one weight, so ...

# %% demonstration="weights"
weights = torch.softmax(masked, dim=-1)
print(weights, "\nrow sums", weights.sum(dim=-1))

# %% demonstration="attended"
Y = weights @ V
print(Y)

assert torch.allclose(Y, attention_in_loops(Q, K, V))  # the loops say the same

# %% [markdown]
# Read $Y$: the tens say how much was heard from tokens 1 and 3, the hundreds from tokens 2 and 3.
# Token 1 heard only itself: $(10, 0)$. Token 2 gave 0.330 of its attention to token 1, hence 3.30
# in the tens, and 0.670 to itself, hence 66.98. Token 3 heard all three: $(7.16, 86.00)$.

# %% demonstration="picture_attention_steps"
pictures.attention_steps(scores, scaled, masked, weights)

# %% [markdown]
# ### Three ways to get it wrong, with their numbers
#
# **Score 0 is not weight 0.** Suppose the future's scores are set to 0 instead of $-\infty$. Take
# scaled scores $\ln 1, \ln 2, \ln 3$ in the first row, so that you can do the softmax on paper.
# Right: after masking only $\ln 1$ is left, the weights are $1, 0, 0$. What does the first row
# become with zeros?

# %% demonstration="wrong_zero_scores"
logs = torch.tensor([[1.0, 2.0, 3.0], [2.0, 1.0, 5.0], [1.0, 2.0, 3.0]]).log()
future = torch.tensor([[False, True, True], [False, False, True], [False, False, False]])
print("right\n", torch.softmax(logs.masked_fill(future, float("-inf")), dim=-1))
print("zeros for the future\n", torch.softmax(logs.masked_fill(future, 0.0), dim=-1))

# %% [markdown]
# A third for each token, two thirds of it from the future: $e^0 = 1$ is as good as $e^{\ln 1}$.
# The other two go wrong on our worked example; each row should sum to 1:

# %% demonstration="wrong_axis"
wrong_axis = torch.softmax(masked, dim=0)
masked_late = torch.softmax(scaled, dim=-1).masked_fill(future, 0.0)
print("softmax over the wrong axis, row sums:", wrong_axis.sum(dim=-1))
print("future zeroed after the softmax:      ", masked_late.sum(dim=-1))

# %% [markdown]
# Row sums of 0.40, 0.53, 2.07 in one case; 0.25, 0.60, 1.00 in the other. (Masking after the
# softmax is right if you then divide each row by its sum.) The mask itself, for eight positions:

# %% demonstration="picture_causal_mask"
pictures.causal_mask(8)

# %% [markdown]
# ### Your turn
#
# Write a module that does this for a whole batch, with **learned** matrices:
#
# $$Y = \mathrm{softmax}\!\left(\frac{QK^\top}{\sqrt{D}}\right) V, \qquad Q = XW_Q,\quad K = XW_K,\quad V = XW_V.$$
#
# - `forward(x)` takes $(N, T, D)$ and returns $(N, T, D)$. Sequences of the batch do not see each
#   other.
# - $W_Q$, $W_K$, $W_V$ are $D \times D$, learnable, **without bias units**: $3D^2$ parameters and
#   no other.
# - The scale is $1/\sqrt{D}$; the softmax runs over the keys; each row of weights sums to one.
# - Causal: the output at position $t$ depends on positions $1 \ldots t$ only.
# - Every $T$ from 1 to 1,024 must work, and every $N$. (A mask kept in a buffer is fine if it is
#   at least 1,024 wide.)
# - Gradients must reach $x$ and all three matrices, and the module must also work in `float64`
#   after `.double()`.
#
# Three matrices or one fused $D \times 3D$, `nn.Linear` or `nn.Parameter`, a softmax of your own,
# a large negative number for $-\infty$ (as long as the future gets less than $10^{-6}$ of the
# weight for scores up to $\pm 50$): all right. Which projection you call query and which key does
# not matter.
#
# Useful: `x.shape`, `K.transpose(1, 2)` (`.T` does not do what you want on three axes),
# `torch.triu`, `masked_fill`.

# %% exercise="E1" from="solutions/assignment4/attention.py:CausalSelfAttention"

# %% check="E1"

# %% [markdown]
# ### What your module listens to
#
# Your module never shows its weights, but they can be found from outside. A sequence of one token
# can only listen to itself, so the output for $x_s$ alone **is** its value $v_s$. Then
# $y_t = \sum_s a_{ts} v_s$ is a system of linear equations for the weights $a_{ts}$. Six random
# tokens of width 16, three times: whispered ($x / 100$), as they are, and shouted ($5\,x$).
# Predict the first picture exactly, and the trend: when all scores are nearly 0, what are the
# weights of row $t$?

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
# Whispered, every row is $1/t, \ldots, 1/t$: attention without preferences is the mean of the
# past. Shouted, each row nearly picks one token. Training moves a model between the two, row by
# row. The first row cannot change: it is always 1.
#
# **One question further.** A row is *one* opinion about the past, one set of weights that sums to
# one. A token may want two things at once, say the subject of the sentence and the last vowel.
# How would it hold two opinions?

# %% [markdown]
# ## E2 · Several heads (6 points)
#
# {{about E2}}
#
# Two opinions need two sets of weights. The cheap way: cut $Q$, $K$ and $V$ along their **width**
# into $h$ parts of $d = D/h$ columns each, and let each part, a *head*, attend by itself. No head
# costs anything extra; together they are as wide as before. Then an output projection mixes what
# the heads found.
#
# ### Cut the width, not the tokens
#
# Three tokens, four features, two heads. Each entry says where it comes from: 23 is feature 3 of
# token 2. Head 1 is to get features 1 and 2 of *every* token. Two ways to get the shape
# $(h, T, d)$:

# %% demonstration="two_ways_to_split"
table = torch.tensor([[11, 12, 13, 14], [21, 22, 23, 24], [31, 32, 33, 34]])  # (T, D)
by_features = table.view(3, 2, 2).transpose(0, 1)  # (T, h, d), then (h, T, d)
in_one_go = table.view(2, 3, 2)  # (h, T, d) at once
print("view and transpose, head 1\n", by_features[0])
print("one view, head 1\n", in_one_go[0])

# %% demonstration="picture_heads"
pictures.heads_split(table, by_features, in_one_go)

# %% [markdown]
# `view` only re-reads the same numbers in the same order. Asked for $(h, T, d)$ at once, it hands
# token 1 to head 1 twice and token 3 never. There is no error, the loss even falls, and the
# causal mask no longer means what it says: rows that it takes for token 2 hold token 1, and what
# it calls the past may be the future. The way back has the same trap: transpose first, then
# merge.
#
# ### The scale belongs to what is dotted
#
# Each score is now a dot product of $d$ numbers, so the scale is $1/\sqrt{d}$, not $1/\sqrt{D}$.
# How much does a scale matter? Standard normal queries and keys, 32 keys: what is the largest
# weight, on average, without it?

# %% demonstration="why_scale"
torch.manual_seed(0)
for d in (64, 768):
    query, keys = torch.randn(2000, 1, d), torch.randn(2000, 32, d)
    dots = (query * keys).sum(-1)  # (2000, 32)
    unscaled, scaled_down = dots.softmax(-1).amax(-1), (dots / math.sqrt(d)).softmax(-1).amax(-1)
    print(f"d = {d:3}: standard deviation of the scores {dots.std():4.1f}, ", end="")
    print(f"largest weight {unscaled.mean():.2f} unscaled, {scaled_down.mean():.2f} scaled")

# %% [markdown]
# Unscaled, one key takes 0.8 to 0.95 of all weight before anything has been learned; scaled,
# 0.16, whatever the width.
#
# ### Two dropouts
#
# In training, *dropout* sets each number to 0 with probability $p$ and multiplies the rest by
# $1/(1-p)$, so that the mean stays. The first one acts on the weights, right after the softmax.
# What happens to the row sums?

# %% demonstration="dropout_on_weights"
torch.manual_seed(1)
dropped = F.dropout(torch.tensor([[0.5, 0.5, 0.0, 0.0], [0.25, 0.25, 0.25, 0.25]]), p=0.5)
print(dropped, "\nrow sums", dropped.sum(-1))

# %% [markdown]
# While training, rows need not sum to one; on average they do. Under `model.eval()` dropout does
# nothing.
#
# ### Your turn
#
# $$\mathrm{head}_i = \mathrm{dropout}\!\left(\mathrm{softmax}\!\left(\frac{Q_i K_i^\top}{\sqrt{d}}\right)\right) V_i, \qquad
# Y = \mathrm{dropout}\big([\mathrm{head}_1, \ldots, \mathrm{head}_h]\, W_O\big).$$
#
# - $(N, T, D) \to (N, T, D)$, causal, for every $T$ from 1 to 1,024.
# - $Q$, $K$ and $V$ are split along the hidden dimension into `n_head` parts of $d = D/h$. Any
#   partition of the columns into $h$ groups of $d$ is right, as long as time is never mixed in.
# - Scale $1/\sqrt{d}$. First dropout right after the softmax, second after the output projection
#   $D \to D$; both at rate `dropout`, both active in training only.
# - Projections with or without bias, one fused $D \to 3D$ or three separate ones: all right.
# - If `n_head` does not divide `hidden_size`, raise any exception, at the latest in the first
#   `forward`. Never go on in silence.
#
# Useful: `tensor.chunk(3, dim=-1)`, `view`, `transpose`, `reshape` (`view` refuses after a
# transpose, and is right to).

# %% exercise="E2" from="solutions/assignment4/attention.py:MultiHeadCausalSelfAttention"

# %% check="E2"

# %% [markdown]
# ### Does a change travel backwards?
#
# The surest test of a causal model takes no knowledge of its insides: change one token, and see
# which outputs move. We change token 3 of six. Which rows may change?

# %% demonstration="who_notices"
with needs("E2"):
    torch.manual_seed(0)
    heads = MultiHeadCausalSelfAttention(hidden_size=16, n_head=4, dropout=0.0)
    before, after = torch.randn(1, 6, 16).repeat(2, 1, 1).split(1)
    after = after.clone()
    after[0, 2] += 1.0
    print("change at each position:", (heads(after) - heads(before)).abs().sum(-1).detach())

# %% [markdown]
# Exactly 0 before position 3, something from there on. Keep this test; it works on any model of
# text.
#
# **One question further.** Attention only *gathers*: every output is a weighted mean of values,
# and values are linear in the input. Where does a token think about what it has gathered?

# %% [markdown]
# ## E3 · The MLP (3 points)
#
# {{about E3}}
#
# Here. After gathering, each position goes by itself through a small network: four times wider, a
# bend, and back.
#
# $$y = \mathrm{dropout}\big(\mathrm{GELU}(x W_1 + b_1)\, W_2 + b_2\big), \qquad W_1: D \times 4D, \quad W_2: 4D \times D.$$
#
# The bend is the *GELU*, $x\,\Phi(x)$ with $\Phi$ the distribution function of the standard
# normal: a ReLU with a soft corner. It has a slope almost everywhere, so fewer units die. Predict
# the values at $-3, -1, 0, 1, 3$, to within 0.2:

# %% demonstration="gelu_values"
points = torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0])
print("GELU, exact", F.gelu(points))
print("GELU, tanh ", F.gelu(points, approximate="tanh"))
print("ReLU       ", F.relu(points))

# %% demonstration="picture_gelu"
pictures.gelu_and_relu()

# %% [markdown]
# GELU is not monotonic: it falls to $-0.170$ at $-0.75$ and comes back up. The *tanh* form was
# once faster to compute and differs by at most 0.0005; either is right.
#
# The MLPs hold two thirds of a layer's numbers. With biases, $D \to 4D \to D$ has $8D^2 + 5D$
# parameters: 148 for $D = 4$. How many for our $D = 128$?

# %% demonstration="mlp_parameters"
for D in (4, 128):
    print(f"D = {D}: {D * 4 * D + 4 * D + 4 * D * D + D:,} parameters")

# %% [markdown]
# ### Your turn
#
# - $(N, T, D) \to (N, T, D)$, with a hidden layer of $4D$.
# - GELU on the hidden layer, exact or tanh form; nothing else between the two layers, and no dropout
#   there.
# - Dropout at rate `dropout` on the outputs only, active in training only; in-place is fine.
# - With or without bias.

# %% exercise="E3" from="solutions/assignment4/mlp.py:MLP"

# %% check="E3"

# %% [markdown]
# ### What it cannot do
#
# Swap two tokens of the input. What happens to the output of your MLP? Decide, then run.

# %% demonstration="mlp_swap"
with needs("E3"):
    torch.manual_seed(0)
    mlp, x = MLP(hidden_size=8, dropout=0.0), torch.randn(1, 3, 8)
    swapped = x[:, [1, 0, 2]]
    print("the rows swap, no more:", torch.allclose(mlp(swapped), mlp(x)[:, [1, 0, 2]]))

# %% [markdown]
# The MLP works *within* a position and knows no other; attention moves information *between*
# positions and hardly computes. A transformer alternates the two.
#
# **One question further.** Stack a dozen of such layers and the gradient has to come back through
# all of them. How much of it arrives?

# %% [markdown]
# ## E4 · The block (3 points)
#
# {{about E4}}
#
# Let us measure it: twelve layers of width 64 with GELU, random input, and the norm of each
# layer's gradient. Once plain, $x \leftarrow f(x)$, and once *residual*, $x \leftarrow x + f(x)$.
# Guess the ratio of first to last.

# %% demonstration="gradient_norms"
def gradient_norms(residual):
    """Norm of the weight's gradient in each of twelve layers."""
    torch.manual_seed(0)
    layers, stream = [nn.Linear(64, 64) for _ in range(12)], torch.randn(32, 64)
    for layer in layers:
        branch = F.gelu(layer(stream))
        stream = stream + branch if residual else branch
    stream.square().mean().backward()
    return [layer.weight.grad.norm().item() for layer in layers]


norms = {"plain": gradient_norms(residual=False), "residual": gradient_norms(residual=True)}
for name, values in norms.items():
    print(f"{name:8} first layer over last layer: {values[0] / values[-1]:.1e}")

# %% demonstration="picture_gradients"
pictures.gradients_by_layer(norms)

# %% [markdown]
# Plain, the first layer gets less than a hundred-thousandth of what the last one gets: it would
# not learn. With the addition the gradient has a road straight down, and 0.6 of it arrives.
#
# So a transformer is a *stream* of vectors, one per position, and every layer only **adds** to
# it. What goes into a branch is normalised first, so that a branch sees numbers of the same size
# whatever has been added before: *LayerNorm* subtracts the mean of a token's $D$ numbers and
# divides by their standard deviation. By hand: $(2, 4, 4, 6)$ has mean 4 and variance 2. And ten
# times that row? And that row plus 100?

# %% demonstration="layer_norm"
row = torch.tensor([2.0, 4.0, 4.0, 6.0])
for shifted in (row, 10 * row, row + 100):
    print(F.layer_norm(shifted, (4,)))
print("with the n - 1 deviation:", (row - row.mean()) / row.std())

# %% [markdown]
# Three times $(-1.414, 0, 0, 1.414)$: size and offset are gone. The last line is the slip in
# hand-made versions: `std()` divides by $n - 1$ and gives 1.225 instead.
#
# ### Your turn
#
# $$a = x + \mathrm{attention}(\mathrm{LayerNorm}_1(x)), \qquad y = a + \mathrm{mlp}(\mathrm{LayerNorm}_2(a)).$$
#
# - LayerNorm, attention (E2), LayerNorm, MLP (E3), in that order, with two residual connections.
# - The *stream* stays untouched: the norms stand at the entrance of the branches. If you write
#   `x = ln(x)` and then `x + attention(x)`, you add the normalised input, and the direct road is
#   gone.
# - Two different LayerNorms, with or without bias, `eps` from $10^{-6}$ to $10^{-5}$
#   (`nn.LayerNorm` is fine).
# - Use the names `MultiHeadCausalSelfAttention` and `MLP`; the check puts stand-ins in their
#   place, so a mistake in E2 or E3 costs nothing here.

# %% exercise="E4" from="solutions/assignment4/block.py:Block"

# %% check="E4"

# %% [markdown]
# ### A block that does nothing
#
# Set every parameter of a block to zero, so that both branches return 0. What does the block
# compute?

# %% demonstration="silent_block"
with needs("E2", "E3", "E4"), torch.no_grad():
    block, x = Block(hidden_size=8, n_head=2, dropout=0.0), torch.randn(2, 3, 8)
    for parameter in block.parameters():
        parameter.zero_()
    print("returns its input:", torch.equal(block(x), x))

# %% [markdown]
# The identity. That is a good place to start from: a deep stack of nearly silent blocks passes
# the input through unharmed, and each block learns to add what helps.
#
# **One question further.** If each of eight branches adds numbers of size 1, how large is the
# stream at the end, and how small would the branches have to start for it to stay near 1?

# %% [markdown]
# ## From text to lessons
#
# Before the whole model, what it is asked. The text is lower-cased; every character outside a
# vocabulary of 40 becomes a space; runs of spaces collapse to one; then each character becomes
# its index.

# %% given="encoding" from="solutions/assignment4/data.py:VOCABULARY,encode,decode,load_data"

# %% demonstration="encode_hello"
ids = encode("Hello, WORLD! (2024)")
print(ids)
print(repr(decode(ids)))

# %% [markdown]
# The targets are the same text one character later. A row of five characters holds five lessons,
# each with a longer past than the one before; causal attention lets the model take all of them in
# one pass.

# %% demonstration="picture_next_characters"
pictures.next_characters("hello ")

# %% [markdown]
# ## E5 · The whole model (8 points)
#
# {{about E5}}
#
# Two tables and a stack. A token's vector is looked up by *what* it is, $E$ of shape
# $V \times D$, and by *where* it stands, $P$ of shape $C \times D$; their sum enters the stream.
# (Without $P$, attention could not tell "dog bites man" from "man bites dog" but for the mask.)
# After $L$ blocks and a last LayerNorm, a linear layer gives one score, a *logit*, for each of
# the $V$ possible next characters.
#
# ### Cross-entropy by hand
#
# The loss at one position is $-\ln p(\text{target})$ with $p = \mathrm{softmax}(\text{logits})$.
# For logits $(2, 1, 0)$ and target 0: $p = e^2 / (e^2 + e + 1) = 0.665$. And if the model has no
# opinion, logits $(0, 0, 0)$?

# %% demonstration="cross_entropy"
for logits in ([2.0, 1.0, 0.0], [0.0, 0.0, 0.0]):
    loss = F.cross_entropy(torch.tensor([logits]), torch.tensor([0]))
    print(f"logits {logits}: loss {loss:.3f}")
print(f"no opinion among 40 characters: ln 40 = {math.log(40):.3f}")

# %% [markdown]
# So **you know the first loss before you train**: a model that knows nothing should say "each of
# 40 with probability 1/40" and pay $\ln 40 = 3.689$. More, and it starts with wrong opinions that
# it must unlearn.
#
# ### Tying, and the price of the default
#
# We use one table at both ends: the output layer's weight **is** the token embedding
# ($V \times D$ both). Below, the model without its blocks, four ways: PyTorch's own
# initialisation or Normal(0, 0.02), tied or not. PyTorch draws embeddings with standard deviation
# 1. Which of the four goes wrong, and how badly?

# %% demonstration="first_loss"
def first_loss(std, tied):
    """Loss on random text before training: embeddings, LayerNorm, output layer."""
    torch.manual_seed(0)
    token, position = nn.Embedding(40, 128), nn.Embedding(64, 128)
    output = nn.Linear(128, 40, bias=False)
    if std is not None:
        for layer in (token, position, output):
            nn.init.normal_(layer.weight, 0.0, std)
    if tied:
        output.weight = token.weight
    text = torch.randint(40, (12, 65))
    stream = token(text[:, :-1]) + position(torch.arange(64))
    logits = output(F.layer_norm(stream, (128,)))
    return F.cross_entropy(logits.flatten(0, 1), text[:, 1:].flatten()).item()


# %% demonstration="picture_first_losses"
first_losses = {
    "PyTorch's default, untied": first_loss(None, tied=False),
    "PyTorch's default, tied": first_loss(None, tied=True),
    "Normal(0, 0.02), untied": first_loss(0.02, tied=False),
    "Normal(0, 0.02), tied": first_loss(0.02, tied=True),
}
pictures.first_losses(first_losses, uniform=math.log(40))

# %% [markdown]
# A loss of 85. With large vectors at both ends, a vector's product with itself is far larger than
# with any other, so the model says with probability 1.00 that the next character is the one it
# has just read. At 0.02 that voice is faint, and the loss starts near $\ln 40$.
#
# ### Tie first, then initialise once, in place
#
# Tying means one parameter with two names, and `is` tells. What does the last line print?

# %% demonstration="tying"
embedding, output = nn.Embedding(40, 128), nn.Linear(128, 40, bias=False)
output.weight = embedding.weight
print("tied:", output.weight is embedding.weight)
nn.init.normal_(embedding.weight, 0.0, 0.02)  # in place: still one tensor
print("after drawing in place:", output.weight is embedding.weight)
embedding.weight = nn.Parameter(0.02 * torch.randn(40, 128))  # a new tensor
print("after a new Parameter:", output.weight is embedding.weight)

# %% [markdown]
# ### Eight branches
#
# The question from above. $L = 4$ blocks have $2L = 8$ branches. Eight independent additions of
# size 1:

# %% demonstration="eight_branches"
torch.manual_seed(2)
branches = torch.randn(8, 100_000)
print(f"sum of eight: {branches.sum(0).std():.2f}")
print(f"each divided by the root of eight: {(branches / math.sqrt(8)).sum(0).std():.2f}")

# %% [markdown]
# They grow like $\sqrt{2L}$, to 2.83; hence the smaller start $0.02/\sqrt{2L}$ for the layers
# that write to the stream.
#
# ### Your turn
#
# - `forward(x, y)` with `x`, `y` of shape $(N, T)$ returns `(logits, loss)`: logits $(N, T, V)$,
#   loss a scalar, the mean cross-entropy over all $N \cdot T$ positions. Without `y` the loss is
#   `None` and the logits still have all $T$ positions.
# - Token embedding plus **learned** position embedding (a table, no fixed sinusoids), then
#   dropout; `n_layer` blocks, each a `Block` of its own; a final LayerNorm; a linear layer
#   $D \to V$ **without bias**.
# - **Weight tying:** token embedding and output layer are one and the same parameter, also after
#   initialisation and after `load_state_dict`.
# - **Initialisation:** every weight matrix and embedding $\sim \mathrm{Normal}(0, 0.02)$, except
#   the output layer of each MLP, $\mathrm{Normal}(0, 0.02/\sqrt{2L})$; every bias 0; LayerNorm
#   weight 1, bias 0. Doing the same to the attention's output projection, as GPT-2 does, is
#   accepted. 0.02 is a standard deviation. A normal cut off at two sigma is too narrow.
# - `dropout` is the rate of every dropout layer.
# - Any $T$ up to `context_size` works; a longer one raises an exception (any) with a clear
#   message.
#
# The given lines store the arguments under their own names; later exercises rely on
# `self.context_size`. Use the name `Block`; the check tries your own blocks, and stand-ins where
# those cannot be built.

# %% exercise="E5" from="solutions/assignment4/gpt.py:GPT"

# %% check="E5"

# %% [markdown]
# ### Your model before it has read a word
#
# Two predictions: its loss on random text, and its number of parameters. ($12 D^2$ a layer are
# the matrices; $V D$ and $C D$ the tables.) Ours has 805,120, with biases everywhere but in $Q$,
# $K$ and $V$; yours may differ by a few thousand.

# %% demonstration="own_first_loss"
with needs("E2", "E3", "E4", "E5"):
    torch.manual_seed(0)
    newborn = GPT(vocab_size=40, context_size=64, hidden_size=128, n_layer=4, n_head=4, dropout=0.0)
    noise = torch.randint(40, (12, 65))
    _, loss = newborn(noise[:, :-1], noise[:, 1:])
    print(f"first loss {loss.item():.2f}, to be near {math.log(40):.2f}")
    print(f"{sum(parameter.numel() for parameter in newborn.parameters()):,} parameters,", end=" ")
    print(f"12 L D² + V D + C D = {12 * 4 * 128**2 + 40 * 128 + 64 * 128:,}")

# %% [markdown]
# **One question further.** A table of $40 \times 128$ is used at both ends. What must the vector
# of "q" be good for, when it is read, and when it is compared with?

# %% [markdown]
# ## E6 · Which parameters decay (4 points)
#
# {{about E6}}
#
# *Weight decay* pulls a parameter towards 0 a little with each update, by lr × decay × its value,
# apart from any gradient. Weight 1.0, gradient 0, learning rate 0.1, decay 0.1: where is it after
# one step?

# %% demonstration="one_decay_step"
weight = nn.Parameter(torch.tensor(1.0))
adamw = torch.optim.AdamW([weight], lr=0.1, weight_decay=0.1)
weight.grad = torch.tensor(0.0)
adamw.step()
print(f"{weight.item():.2f}")

# %% [markdown]
# That keeps matrices from growing without need. But a LayerNorm's gain rests at **1**, not at 0.
# Decay alone, with nothing else to say, would take it to $(1 - 10^{-3} \cdot 0.1)^{2000}$:

# %% demonstration="decayed_gain"
print(f"{(1 - 1e-3 * 0.1) ** 2000:.3f}")

# %% [markdown]
# It would shrink to 0.819 for no reason. So vectors are left alone: biases, and the parameters of
# LayerNorm.
#
# ### Your turn
#
# A function of `self` (the model), attached to `GPT` by the given line below it. It returns a
# `torch.optim.AdamW` (a subclass is fine) with **two groups**:
#
# - all parameters with two or more dimensions get `weight_decay`;
# - all others (biases, LayerNorm) get 0.
#
# Every trainable parameter is in exactly one group, the tied one once; a parameter with
# `requires_grad=False` may be in or out. `learning_rate` and `betas` are used as given. Grouping
# by names is right if the groups come out right, but `dim()` cannot lose the tied weight or take
# it twice.

# %% exercise="E6" from="solutions/assignment4/optimizer.py:configure_optimizers"
GPT.configure_optimizers = configure_optimizers

# %% check="E6"

# %% [markdown]
# ### The two groups of your model
#
# Which group has more tensors, and which has more numbers?

# %% demonstration="picture_groups"
with needs("E2", "E3", "E4", "E5", "E6"):
    model = GPT(vocab_size=40, context_size=64, hidden_size=128, n_layer=4, n_head=4, dropout=0.0)
    optimizer = model.configure_optimizers(weight_decay=0.1, learning_rate=1e-3, betas=(0.9, 0.99))
    pictures.parameter_groups(optimizer)
    print(f"named_parameters: {len(list(model.named_parameters()))} tensors,", end=" ")
    print(f"state_dict: {len(model.state_dict())} names")

# %% [markdown]
# Nearly mirror images. For our model: 18 tensors with decay (799,744 numbers), 30 without
# (5,376). And `state_dict()` lists 49 names where `named_parameters()` lists 48: the tied weight
# has two names.
#
# **One question further.** One gradient of 12 sequences is noisy; one of 480 would be better, but
# is too large for many a memory. How do you take one step of 480 with room for 12?

# %% [markdown]
# ## E7 · The training loop (7 points)
#
# {{about E7}}
#
# By *accumulation*: run a few small batches one after the other, let their gradients add up, step
# once. The one thing to get right is the arithmetic. One weight $w = 0$, loss
# $\frac1n \sum (w - x)^2$, four numbers $(1, 2, 3, 6)$. The gradient is
# $-2 \cdot \mathrm{mean}(x)$; predict it for all four, and for the halves $(1, 2)$ and $(3, 6)$.

# %% demonstration="micro_batches"
def gradient(*batches, divide_by=1):
    """Gradient that w = 0 has after one backward for each batch."""
    w = torch.zeros(1, requires_grad=True)
    for batch in batches:
        loss = (w - torch.tensor(batch)).square().mean()
        (loss / divide_by).backward()  # adds to w.grad
    return w.grad.item()


print("one batch of four:         ", gradient([1.0, 2.0, 3.0, 6.0]))
print("the halves:                ", gradient([1.0, 2.0]), "and", gradient([3.0, 6.0]))
print("both halves, losses halved:", gradient([1.0, 2.0], [3.0, 6.0], divide_by=2))
print("not divided:               ", gradient([1.0, 2.0], [3.0, 6.0]))
print("zeroed in between:         ", gradient([3.0, 6.0], divide_by=2))

# %% [markdown]
# $-6$ is right. Without the division it is $-12$; zeroed with each micro-batch, $-4.5$, the last
# half alone.
#
# *Clipping* shortens a gradient whose norm exceeds a limit. When? Two micro-batches with
# gradients, already divided, of $+4$ and $-3$, limit 1. Their sum is $+1$: nothing to clip. And
# clipped after each micro-batch?

# %% demonstration="clipping"
w = torch.zeros(1, requires_grad=True)
w.grad = torch.zeros(1)
for micro_gradient in (4.0, -3.0):
    w.grad += micro_gradient
    nn.utils.clip_grad_norm_([w], max_norm=1.0)
    print(f"after {micro_gradient:+.0f} and clipping: {w.grad.item():+.2f}")

# %% [markdown]
# $+4$ becomes $+1$, minus 3 is $-2$, which becomes $-1$: **the wrong direction**. Clip once,
# after all of them, before the step.

# %% demonstration="picture_one_update"
curves.one_update(micro_batches=40)

# %% [markdown]
# ### The schedule, and what is given
#
# Early on, Adam's averages are unreliable and the steps would be wild: the learning rate climbs
# in a straight line for `warmup_iters` updates. Later, smaller steps settle: half a cosine down
# to `min_lr`. `config.get_lr(iteration)` says all that. What is it at 50, 100, 1,050 and 2,000?

# %% given="train_config" from="solutions/assignment4/train.py:TrainConfig"

# %% demonstration="picture_schedule"
curves.learning_rate(TrainConfig(), marked=[50, 100, 1050, 2000])

# %% [markdown]
# Also given: `get_batch("train")` or `("val")` returns fresh random windows `x` and the same
# windows one character later, `y`; `estimate_loss(model)` averages the loss over several batches
# of each text, and restores the model's mode by itself.

# %% given="batches" from="solutions/assignment4/data.py:GetBatch,make_get_batch"

# %% given="estimate_loss" from="solutions/assignment4/data.py:make_estimate_loss"

# %% [markdown]
# ### Your turn
#
# Write `train(model, optimizer, config, get_batch, estimate_loss, logger) -> best_val_loss`.
# Everything it works with comes in as an argument. An *iteration* is one weight update. The loop
#
# - makes `config.max_iters` updates, then stops. Iterations count from **0**;
# - before update $i$, sets the learning rate of **every** parameter group to `config.get_lr(i)`;
# - accumulates `config.gradient_accumulation_steps` **fresh** micro-batches, one call of
#   `get_batch("train")` each, each loss divided by their number, so that $K$ micro-batches of $B$
#   give the update of one batch of $K \cdot B$;
# - clips the norm of the accumulated gradient at `config.grad_clip`, once; 0 disables clipping;
# - zeroes the gradients once per update. They are clean when the loop is entered;
# - every `config.log_interval` iterations calls `logger.train(iteration, loss, lr)` with the
#   **undivided** loss of this update's last micro-batch, or the mean over its micro-batches (not
#   of another batch);
# - every `config.eval_interval` iterations calls `logger.evaluation(iteration, losses)` with
#   `losses = estimate_loss(model)`, a dictionary with `"train"` and `"val"`, and keeps the best
#   validation loss, which it returns;
# - does every update in training mode, and leaves the model in it.
#
# Evaluating before or after the update, counting by `it % k == 0` or `(it + 1) % k == 0`, one
# more evaluation at the end, one extra call of `get_batch` (prefetching), micro-batches put
# together, a scheduler object: all right. If it never evaluated, `inf`, `None` and `nan` are all
# right. Checkpoints, if you write any, go to the working directory.

# %% exercise="E7" from="solutions/assignment4/train.py:train"

# %% check="E7"

# %% [markdown]
# ### Why a check, when there is a loss curve?
#
# Suppose the division is forgotten, and the gradient is 40 times too large. With plain SGD the
# step is 40 times too long. With Adam? Predict both before you run:

# %% demonstration="adam_hides_it"
for optimizer_class in (torch.optim.SGD, torch.optim.AdamW):
    for scale in (1, 40):
        w = nn.Parameter(torch.zeros(1))
        step = optimizer_class([w], lr=0.01)
        w.grad = torch.tensor([-6.0 * scale])
        step.step()
        print(f"{optimizer_class.__name__:5} gradient {-6 * scale:4}: w becomes {w.item():.3f}")

# %% [markdown]
# Adam divides by the gradient's own size and takes the same step of 0.010. The curve would look
# fine. That is why the check looks at the numbers of single updates.
#
# **One question further.** Look at your loop once more: which of its lines could you delete, and
# the loss would still fall? Which of these would you notice in the curve?
#
# ## Train
#
# `"quick"` makes 250 updates of 2 × 12 × 64 characters at three times the learning rate: a minute
# or two for both models, enough to see words form. `"full"` is the real thing: 2,000 updates of
# 40 × 12 × 64 = 30,720 characters, 61.4 million in all. We measured 1.6 s an update on two idle
# cores and 3 s on one core of a busy machine: **one hour to nearly two** for each of the two
# models. You may stop it at any time (the square button): the state is saved at every evaluation and when you stop, in the folder `checkpoints`;
# run the cell again, today or tomorrow, and it goes on. `START_AFRESH = True` forgets what was
# saved; you need it when you have changed your `train`.
#
# **Where there is a GPU** that PyTorch can use (on Colab: *Runtime*, *Change runtime type*, T4),
# the training cells move the model to it, and nothing in your code has to know. Do not expect
# wonders: it gets its work in pieces of 12 × 64 characters, too small to keep it busy, and waits
# for Python much of the time (we had none to measure by how much it helps). On a CPU, a moment is
# spent on finding out how many threads are fast just now: where others use the same cores, one can
# be five times as quick as two.
#
# **One question further.** Your loop adds up 40 micro-batches of 12. One batch of 480 gives the
# same update (why?). On our CPU it was no faster. Why would a GPU be more grateful?
#
# The texts are `trump_train.txt` and `trump_val.txt`. `"sample"` makes them from campaign
# speeches that we invented, without a network; `"public"` from a public collection of real ones
# (0.9 MB, needs the network; better for `"full"`, which would read the small sample more than 800
# times); or name a text file of your own. Any two text files work the same way.

# %% [markdown]
# **After a lost connection**, or whenever the kernel is a new one: run the first two code cells of
# this notebook and then the next one. It runs again what you had defined, from a file that was
# written as you worked (`checkpoints/assignment4_session.json`: your own code, in your own folder). Then go
# on below; training goes on where it was last saved. If nothing was lost, the cell does nothing.
#
# On Colab the *disk* goes too when you get a new machine. What you may want to keep of it,
# `session.download()` in a cell of your own saves on your computer, as one zip;
# `session.upload()` on the new machine, after its first two cells, puts it back.

# %% demonstration="resume"
from autograder.notebook import session

session.resume()

# %% setting="settings"
SETTING = "quick"  # or "full"
SOURCE = "sample"  # or "public", or the path of a text file
START_AFRESH = False

# %% demonstration="data"
from data_scripts import speeches

setting = training.setting(SETTING)
print(setting)
with needs():
    speeches.make("data", source=SOURCE)
train_ids, val_ids = load_data("data/trump_train.txt"), load_data("data/trump_val.txt")
print(repr(decode(train_ids[:150])))

# %% demonstration="batches_of_the_text"
get_batch = make_get_batch(train_ids, val_ids, setting.batch_size, setting.context_size)
estimate_loss = make_estimate_loss(get_batch, setting.eval_iters)
config = TrainConfig(
    max_iters=setting.max_iters,
    gradient_accumulation_steps=setting.gradient_accumulation_steps,
    learning_rate=setting.learning_rate,
    min_lr=setting.learning_rate / 10,
    warmup_iters=setting.warmup_iters,
    eval_interval=setting.eval_interval,
    log_interval=setting.log_interval,
)
x, y = get_batch("train")
print(tuple(x.shape), repr(decode(x[0])), repr(decode(y[0])), sep="\n")

# %% [markdown]
# ### Two losses to compare with
#
# Knowing nothing costs $\ln 40 = 3.69$. A table of pairs, "how often does *u* follow *q*", needs
# no training but counting. A model with 800,000 parameters had better beat it.

# %% demonstration="bigram_loss"
pairs = torch.ones(40, 40)  # every pair counts as seen once before
pairs.index_put_((train_ids[:-1], train_ids[1:]), torch.tensor(1.0), accumulate=True)
follows = (pairs / pairs.sum(1, keepdim=True)).log()
bigram_loss = -follows[val_ids[:-1], val_ids[1:]].mean().item()
print(f"table of pairs, loss on the validation text: {bigram_loss:.2f}")

# %% demonstration="train_transformer"
with needs("E2", "E3", "E4", "E5", "E6", "E7"):
    torch.manual_seed(0)
    model = GPT(vocab_size=40, context_size=64, hidden_size=128, n_layer=4, n_head=4, dropout=0.0)
    optimizer = model.configure_optimizers(weight_decay=0.1, learning_rate=1e-3, betas=(0.9, 0.99))
    transformer_run = training.run(
        "transformer",
        train,
        model,
        optimizer,
        config,
        get_batch,
        estimate_loss,
        setting=setting,
        afresh=START_AFRESH,
    )

# %% demonstration="picture_loss"
with needs("E7"):
    curves.losses({"transformer": transformer_run}, uniform=math.log(40), bigram=bigram_loss)

# %% [markdown]
# Read it from left to right. The start is at $\ln 40$. The first steep fall is the easy part:
# which characters are frequent, then which pairs. Below the lower dashed line the model uses more
# of its context than one character. If the thin line (training) goes on falling while the points
# (validation) turn up, it is learning the text by heart.
#
# **One question further.** The curve looks fine; what could still be wrong? (You have seen one
# answer. Another way to find out: let it write.)

# %% [markdown]
# ## E8 · Text from the model (4 points)
#
# {{about E8}}
#
# The model gives a distribution over the next character. Draw one, append it, ask again. A
# *temperature* $\tau$ decides how daring the draw is:
# $p = \mathrm{softmax}(\text{logits} / \tau)$. For logits $(2, 1, 0)$, which $\tau$ makes the
# first more likely, 0.5 or 2?

# %% demonstration="temperatures"
logits = torch.tensor([2.0, 1.0, 0.0])
for temperature in (0.5, 1.0, 2.0):
    p = torch.softmax(logits / temperature, dim=-1)
    print(f"T = {temperature}: {p}, entropy {-(p * p.log()).sum():.2f}")

# %% demonstration="picture_temperatures"
curves.temperature_bars(logits, names=["a", "b", "c"], temperatures=[0.25, 0.5, 1.0, 2.0, 10.0])

# %% [markdown]
# Towards 0 it becomes the largest logit alone (no longer a draw at all), towards infinity the
# uniform distribution with entropy $\ln 3 = 1.10$. The tempting slip is to divide the
# *probabilities*:

# %% demonstration="wrong_temperature"
p = torch.softmax(logits, dim=-1)
for temperature in (0.5, 2.0):
    divided = p / temperature
    print(f"T = {temperature}: {divided / divided.sum()}")

# %% [markdown]
# Nothing changes: a common factor falls out again when the draw normalises.
#
# The model sees at most $C$ characters, so the context is **cropped to the last** $C$. With
# $C = 4$, "hello" is read as "ello": the first letter is gone for good.

# %% demonstration="cropping"
ids = encode("hello")
print(repr(decode(ids[-4:])))

# %% [markdown]
# ### Your turn
#
# A function of `self` again. It extends each sequence of the batch `x`, $(N, T)$, to
# $(N, T + \text{max\_new\_tokens})$:
#
# - the logits of the **last** position, divided by `temperature` (positive), softmaxed; one token
#   **drawn** from that distribution per sequence and step. The argmax is not a draw;
# - the context is cropped to the last `self.context_size` tokens when it grows beyond that; the
#   returned sequence is not;
# - the given tokens are kept in front;
# - no gradients; dropout off while generating; the model's mode (training or not) restored
#   afterwards;
# - nothing is printed, and nothing seeded: two calls in a row must differ.
#
# One sequence at a time is fine, and so is `inference_mode`. Useful: `torch.multinomial`,
# `torch.cat`.

# %% exercise="E8" from="solutions/assignment4/generate.py:generate"
GPT.generate = generate

# %% check="E8"

# %% [markdown]
# ### Writing faster
#
# Your loop reads the whole window for each new character, all but the last of which it had read one
# step before. Which of the numbers of that step could it have kept? Append a character and see
# whose logits change: while the context has room, and when it is full.

# %% demonstration="what_could_be_kept"
with needs("E5"):
    newborn = GPT(vocab_size=40, context_size=64, hidden_size=128, n_layer=4, n_head=4, dropout=0.0)
    newborn.eval()
    ids = encode("every character hears the ones before it and none of those that follow it")[None]
    with torch.no_grad():
        room, one_more = newborn(ids[:, :20])[0], newborn(ids[:, :21])[0]
        full, moved = newborn(ids[:, :64])[0], newborn(ids[:, 1:65])[0]
    print(f"room left: largest change {(one_more[:, :20] - room).abs().max():.4f}")
    print(f"full:      largest change {(moved[:, :63] - full[:, 1:]).abs().max():.4f}")
without = sum(range(1, 65))
print(f"64 characters after the first: {without:,} positions read, or 64 with everything kept")

# %% [markdown]
# While there is room, nothing changes: no character hears the ones after it, in any layer. So the
# keys and values of all earlier characters could be kept, each step would read one position, and
# the text would be the same, character for character. That is a *key-value cache*. Once the
# context is full the window moves, every character in it gets another position, and all that was
# kept is wrong; whoever keeps it all the same writes another text.
#
# Nothing to do here: the simple loop is right, and this model is small. Lab 11 has the cache, in
# the code of a GPT-2, and shows what it saves.

# %% [markdown]
# ### Let it write
#
# The same model at three temperatures. Which of them repeats itself, and which one makes up
# words?

# %% setting="prompt"
PROMPT = "we are going to "
TEMPERATURES = [0.3, 0.8, 1.5]

# %% demonstration="samples"
def write(writer, temperature, length=300):
    """Continue the prompt by some characters."""
    torch.manual_seed(0)
    with training.beside(writer):  # new tensors are made where the model is
        return decode(writer.generate(encode(PROMPT)[None], length, temperature)[0])


with needs("E7", "E8"):
    curves.texts({f"temperature {t}": write(model, t) for t in TEMPERATURES})

# %% [markdown]
# ### One slider, three texts
#
# The three texts below start from the same random numbers at every temperature: whatever changes
# when you move the slider, the temperature did it. Before you move it: which of the blue bars will
# grow on the way down to 0.2, the tall ones or the short ones? At which temperature, do you think,
# will you meet the first word that does not exist?

# %% demonstration="temperature_slider"
with needs("E2", "E3", "E4", "E5", "E7"):
    interactive.temperature(model, encode, decode, prompt=PROMPT)

# %% [markdown]
# Below 1 the tall bars take from the short ones, above 1 they give back; the order never changes.
# Entropy, in the title, says the same in one number: at 0.2 the model draws as if from two or three
# characters, at 2.0 as if from most of the alphabet. Follow one text from 0.7 to 0.8: it often stays the same for
# a while, until one draw falls on another letter, and from there on it tells another story. One
# character is enough, since the model reads what it has written.
#
# ### What comes next, and how sure it is
#
# The bars once more, for any text. Before you type: after which will the model be surest, `th`,
# `the` or `the `? And after `q`, which you know and it had to find out?

# %% demonstration="next_token"
with needs("E2", "E3", "E4", "E5", "E7"):
    interactive.next_token(model, encode, decode, text="we are going t")

# %% [markdown]
# Inside a word few letters are left and the bars are long. After a space a new word begins, half of
# the alphabet is possible, and nobody could be sure. The loss is the mean over all of these places:
# most of it is paid at the beginnings of words. Now type a word that the text does not have, such
# as `zebr`: the model must answer all the same. Where do its long bars come from?
#
# ### What the heads have learned to look at
#
# At the start every head spread its attention evenly over the past, as your E1 did when it was
# whispered to. After training they differ. Before you look: which earlier character helps most in
# guessing the next one? And will the heads of the first layer look alike?

# %% demonstration="trained_heads"
with needs("E2", "E3", "E4", "E5", "E7"):
    interactive.attention(model, encode, decode, text=PROMPT, layer=2)

# %% [markdown]
# Read it row by row: who is listened to? In our quick run, spaces look at earlier spaces, the
# letters of "going" at the ones just before them, and some letters draw a dark column because
# everyone listens to them. Choose one head to see it large, and look for one that always listens to
# the character just before. In which layer is it? But do not read too much into such pictures:
# weights say where information *could* come from, not what was made of it.
#
# ### Who stands beside whom
#
# Nobody told the model what a vowel is, or a digit: each character is a row of 128 numbers in $E$,
# drawn at random at first. What it learned of a character must be in that row. Take the angle
# between two rows, as its cosine: 1 for the same direction, 0 for nothing in common. A fresh model
# from seed 0 has the very rows that training started from. Before you run: how large will the
# largest of 39 cosines be *before* training, if the rows are random and 128 wide? And whom will `a`
# have beside it afterwards?

# %% demonstration="neighbours"
with needs("E2", "E3", "E4", "E5", "E7"):
    torch.manual_seed(0)
    fresh = GPT(vocab_size=40, context_size=64, hidden_size=128, n_layer=4, n_head=4, dropout=0.0)
    tables = {"before training": fresh, "after training": model}
    interactive.neighbours(tables, encode, decode, token="a")

# %% [markdown]
# Before: chance, cosines of about $1/\sqrt{128} = 0.09$ up or down, and a largest one of 0.2 or so.
# After: `i` and `o` stand beside `a`. Characters that can take each other's place have moved
# together, for they follow the same things and are followed by the same things. Look at `!` and at
# `t`. Then look at `7`: the digits are together, but `z` is among them, and they have nothing in
# common but being rare. $E$ is the output layer, too, and a character that is hardly ever right is
# pushed away at every step, always in the same direction as the others of its kind.
#
# **One question further.** So what would you want to know of two characters before you called them
# alike?
#
# ## Against the LSTM
#
# The model of the previous assignment, at the same size: 800,976 parameters, two layers. It reads
# one character after the other and keeps what it knows in one vector per layer. How many steps
# lie between characters 1 and 64 in an LSTM, and how many in one layer of attention?

# %% given="lstm" from="solutions/assignment4/lstm.py:LSTMLanguageModel"

# %% [markdown]
# 63 against 1. **Your own `train`** trains it, on the same text, for the same number of
# characters: the loop never knew which model it had.

# %% demonstration="train_lstm"
with needs("E7"):
    torch.manual_seed(0)
    lstm = LSTMLanguageModel()
    lstm_optimizer = torch.optim.AdamW(lstm.parameters(), lr=1e-3, betas=(0.9, 0.99))
    lstm_run = training.run(
        "LSTM",
        train,
        lstm,
        lstm_optimizer,
        config,
        get_batch,
        estimate_loss,
        setting=setting,
        afresh=START_AFRESH,
    )

# %% [markdown]
# Before you look, write three guesses down for your setting: which of the two has the lower loss,
# which reads more characters a second, and can you tell their texts apart?

# %% demonstration="picture_both_losses"
with needs("E7"):
    both = {"transformer": transformer_run, "LSTM": lstm_run}
    curves.losses(both, uniform=math.log(40), bigram=bigram_loss)

# %% demonstration="table_of_both"
from autograder.notebook import comparison

with needs("E7", "E8"):
    models = {"transformer": model, "LSTM": lstm}
    samples = {name: write(each, 0.8) for name, each in models.items()}
    comparison.table(both, models, samples)

# %% [markdown]
# ### How to read this comparison
#
# Same text, same number of characters, same size, same schedule; neither model was tuned. "As
# unsure as among 7" says the loss in another way: $e^{\text{loss}}$, the number of characters
# among which a fair choice would be as hard.
#
# **In the quick setting the LSTM is ahead**, and that is no mistake of yours. It reads in order
# by construction: the latest character is its latest input. A transformer starts without any idea
# of near and far and must first learn what its position table means; with half a million
# characters both have barely begun.
#
# **In the full setting they are close, and the race is about something else.** On 0.8 million
# characters of real speeches, each of them read some 70 times, our transformer ended at a training
# loss well below the LSTM's, and at a validation loss of 1.23 against 1.19: it learns faster, and
# with dropout 0 it also learns the text by heart sooner. On the 73,000 characters of the sample,
# each read more than 800 times, both know it by heart long before the end: the transformer was
# at its best, 1.35, after a quarter of the updates and ended at 2.64; the LSTM went from 1.28 to
# 1.69. Which of the two would gain more from twice the text? From `dropout=0.2`?
#
# **Speed is the other half of the answer.** An LSTM must take its 64 steps one after the other,
# however many cores there are; attention does them in one product, which is what a GPU likes. What
# attention pays for it: a table of $T \times T$ weights, so twice the context costs four times the
# work there.
#
# **One question further.** Which of the two would you take for a context of a million characters,
# and what would you change about it?

# %% [markdown]
# ## Appendix: from GPT-2 to today's models
#
# For the curious: no points, and nothing here is run or looked at while your notebook is graded.
#
# Your model is GPT-2's design, of 2019. Llama, Mistral, Qwen and most other open models of today
# still have its shape: a stream, blocks of two branches, causal attention, an MLP at every
# position. What has changed are four parts, and each fits into about ten lines.

# %% [markdown]
# ## T9.1 · RMSNorm
#
# {{about T9.1}}
#
# LayerNorm does two things to a vector: it subtracts the mean, and it divides by the size that is
# left. Are both needed? Zhang and Sennrich (2019) left out the first, found their models as good as
# before, and saved between 7 and 64 percent of the running time. The bias went as well: the nine
# norms of our model hold 2,304 numbers, of which 1,152 would remain.
#
# What remains is a division by the *root of the mean square*. Take the row of E4, $(2, 4, 4, 6)$:
# the squares 4, 16, 16, 36 have the mean 18, and its root is 4.243. What becomes of ten times that
# row? And of that row plus 100, which LayerNorm treats like the row itself?

# %% demonstration="rms_by_hand"
row = torch.tensor([2.0, 4.0, 4.0, 6.0])
for shifted in (row, 10 * row, row + 100):
    size = shifted.square().mean().sqrt()
    print(f"size {size:7.3f}: {shifted / size}")

# %% [markdown]
# The size is gone, as before: twice $(0.471, 0.943, 0.943, 1.414)$. But the offset stays, and where
# it is large it drowns the rest: $(0.981, 1.000, 1.000, 1.019)$. In the plane you can see what each
# of the two norms keeps:

# %% demonstration="picture_two_norms"
from autograder.notebook import appendix_pictures

torch.manual_seed(3)
appendix_pictures.two_norms(1.4 * torch.randn(24, 2))

# %% [markdown]
# ### Your turn: RMSNorm
#
# $$y = \frac{x}{\sqrt{\mathrm{mean}(x^2) + \varepsilon}} \cdot w, \qquad w \text{ of shape } D, \text{ learned.}$$
#
# - `RMSNorm(hidden_size, eps=1e-6)`; `forward(x)` keeps the shape, whatever axes come before the
#   last, and the mean runs over the last axis alone.
# - No mean is subtracted, and there is no bias. $w$ starts at 1.
# - $\varepsilon$ stands inside the root, so that zeros stay zeros.
# - `nn.RMSNorm` exists and would be right, but then you would have learned nothing.

# %% exercise="T9.1" from="solutions/assignment4/modern.py:RMSNorm"

# %% check="T9.1"

# %% [markdown]
# If the mean is 0 to begin with, nothing is lost. So what is your module on vectors whose mean has
# been subtracted by hand?

# %% demonstration="rms_of_the_centred"
with needs("T9.1"):
    x = torch.randn(2, 3, 8)
    centred = x - x.mean(dim=-1, keepdim=True)
    same = torch.allclose(RMSNorm(8, 1e-5)(centred), F.layer_norm(centred, (8,)), atol=1e-5)
    print("on centred vectors it is LayerNorm:", same)

# %% [markdown]
# **One question further.** Now the mean of a token's vector stays in the branch. Which layer comes
# next there, and could it get rid of the mean by itself?

# %% [markdown]
# ## T9.2 · Rotary positions
#
# {{about T9.2}}
#
# The position table costs $C \cdot D$ numbers, 786,432 of them in GPT-2. That is not its fault. It
# has no row for position $C + 1$, so that the model cannot read a longer text at all; and it knows
# places, not distances. "The token before this one" is something else at each of 1,024 places, to
# be learned at each of them.
#
# Su et al. (2021) put positions where they are needed, into the scores. They take two numbers of a
# query as a point of the plane and *turn* it, by one radian for each position; and keys in the same
# way. A dot product only sees the angle between two vectors. Query and key are both $(1, 0)$, and
# we look at three pairs of positions. Two of the scores are equal: which ones?

# %% demonstration="turned_by_hand"
def turned(position):
    """The point (1, 0), turned by one radian for each position."""
    return torch.tensor([math.cos(position), math.sin(position)])


for query_at, key_at in ((5, 3), (12, 10), (12, 3)):
    score = turned(query_at) @ turned(key_at)
    print(f"query at {query_at:2}, key at {key_at:2}: score {score:.3f}")

# %% [markdown]
# At distance 2 the score is $\cos 2 = -0.416$, here and there; at distance 9 it is $\cos 9 = -0.911$.
# But after $2\pi = 6.28$ positions the hand of this clock is back where it was. So a vector of $d$
# numbers makes $d/2$ pairs, and pair $i$ turns by $10000^{-2i/d}$ for each position: a second hand,
# a minute hand, an hour hand. For $d = 8$, at positions 0 to 11:

# %% demonstration="picture_rotary_dials"
appendix_pictures.rotary_dials([10000 ** (-2 * i / 8) for i in range(4)], positions=12)

# %% [markdown]
# In a head of ours, $d = 32$, the slowest pair needs 35,333 positions for one turn. No parameter
# was needed for any of this.
#
# ### Your turn: rotate
#
# A function `rotate(x)` for the queries or keys of all heads, $(N, h, T, d)$ with even $d$. It
# returns a tensor of the same shape and number type.
#
# - Positions $t = 0, 1, \ldots, T - 1$ are counted along the third axis; at position 0 nothing
#   turns. Every $T$ works.
# - Pair $i = 0, \ldots, d/2 - 1$ turns by the angle $\varphi = t \cdot 10000^{-2i/d}$, in radians:
#   $(a, b)$ becomes $(a \cos\varphi - b \sin\varphi,\; a \sin\varphi + b \cos\varphi)$.
# - Which two numbers make pair $i$ is yours to choose: neighbours $2i$ and $2i + 1$, as in the
#   paper, or $i$ and $i + d/2$, as in much code of today. So is the direction, as long as queries
#   and keys turn alike.
#
# Useful: `torch.arange`, `x[..., 0::2]`, `torch.stack`, `flatten`, `torch.cat`.

# %% exercise="T9.2" from="solutions/assignment4/modern.py:rotate"

# %% check="T9.2"

# %% [markdown]
# One query and one key, the same at all of eight positions. What will the table of their scores
# look like?

# %% demonstration="picture_rotary_scores"
with needs("T9.2"):
    torch.manual_seed(0)
    query, key = torch.randn(2, 1, 1, 1, 32).expand(2, 1, 1, 8, 32)
    appendix_pictures.rotary_scores((rotate(query) @ rotate(key).transpose(-2, -1))[0, 0])

# %% [markdown]
# Stripes: a diagonal is a distance. Whatever the model learns about "two tokens back", it learns
# once.
#
# **One question further.** `rotate` has an answer for every position. You train on 64 characters
# and let the model read 128: which of its hands then stand at angles that it has never met, the
# fast ones or the slow ones?

# %% [markdown]
# ## T9.3 · Grouped-query attention
#
# {{about T9.3}}
#
# A model that writes adds one token at a time. The keys and values of all earlier tokens stay as
# they are, so they are kept, in a *cache*; only the new token's query is new. The cache holds
# $2 \cdot L \cdot T \cdot D$ numbers for each text, and all of them are read for each new token.
# Take 32 layers, 32 heads of 128 numbers, 4,096 tokens, two bytes a number. Guess first: megabytes,
# or gigabytes? And if only 8 heads had keys and values, or one?

# %% demonstration="cache_sizes"
for n_kv_head in (32, 8, 1):
    size_bytes = 2 * 32 * 4096 * n_kv_head * 128 * 2
    print(f"{n_kv_head:2} heads of keys and values: {size_bytes / 2**30:.4g} GiB for each text")

# %% [markdown]
# 2 GiB for a single text: the card is full of memories, and the time goes into reading them. One
# head of keys and values for all queries (*multi-query*, Shazeer 2019) makes it 32 times less, and
# costs some quality. Ainslie et al. (2023) went half the way: the $h$ query heads form groups, and
# each group shares one key head and one value head. With 8 groups their models were nearly as good
# as with keys for every query, and nearly as fast as with one head of keys for all.

# %% demonstration="picture_sharing_heads"
appendix_pictures.sharing_heads(8, [8, 2, 1])

# %% [markdown]
# Does a group then say the same thing several times? Three keys, and two queries that share them.
# Predict where each query looks:

# %% demonstration="shared_keys"
shared = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
for query in (torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0])):
    print(query, "listens by", torch.softmax(shared @ query / math.sqrt(2), dim=-1))

# %% [markdown]
# $(0.446, 0.108, 0.446)$ and $(0.108, 0.446, 0.446)$: same keys, other questions, other answers.
#
# ### Your turn: GroupedQueryAttention
#
# - `GroupedQueryAttention(hidden_size, n_head, n_kv_head)`, $(N, T, D) \to (N, T, D)$, causal,
#   scale $1/\sqrt{d}$ with $d = D/h$. Both divisions come out even: no need to check.
# - $W_Q$ and $W_O$ are $D \times D$; $W_K$ and $W_V$ are $D \times (\texttt{n\_kv\_head} \cdot d)$.
#   No bias, no dropout. Separate layers, one for each head, or fused ones: all right.
# - Each head of keys and values serves `n_head / n_kv_head` query heads. Neighbours usually share;
#   heads in turn are as good.
# - With `n_kv_head = n_head` it is your E2, with 1 it is multi-query attention.
#
# You have written attention twice, so `F.scaled_dot_product_attention(q, k, v, is_causal=True)`
# may do it here, on $(N, h, T, d)$. Useful: `repeat_interleave`.

# %% exercise="T9.3" from="solutions/assignment4/modern.py:GroupedQueryAttention"

# %% check="T9.3"

# %% [markdown]
# In E2, four matrices of $D \times D$ make 65,536 parameters for $D = 128$. How many are left with
# two heads of keys and values for four queries, and with one?

# %% demonstration="grouped_parameters"
with needs("T9.3"):
    for n_kv_head in (4, 2, 1):
        parameters = GroupedQueryAttention(128, 4, n_kv_head).parameters()
        print(f"n_kv_head = {n_kv_head}: {sum(p.numel() for p in parameters):,} parameters")

# %% [markdown]
# 49,152 and 40,960. The parameters are the smaller part of what is saved; the cache shrinks to a
# half and a quarter.
#
# **One question further.** Which work does *not* shrink when heads share their keys: how many
# scores are there for each new token?

# %% [markdown]
# ## T9.4 · SwiGLU
#
# {{about T9.4}}
#
# Each hidden number of your MLP looks at the input in one direction, $xw$, and bends what it sees.
# It cannot multiply two things that it sees; a sum of such numbers comes near a product, and never
# reaches it. A *gate* can: two views of the input, one of them bent, meet number by number.
# The bend is the *SiLU*, $z\,\sigma(z)$ with the sigmoid $\sigma$: the view passes where $z$ is
# large, and hardly at all where it is far below 0. The other view be 3. What comes through?

# %% demonstration="gates"
for z in (-5.0, -1.0, 0.0, 1.0, 5.0):
    gate = F.silu(torch.tensor(z)).item()
    print(f"z = {z:4}: SiLU {gate:6.3f}, and of a 3 comes through {3 * gate:6.3f}")

# %% [markdown]
# And the product? $\mathrm{SiLU}(z) - \mathrm{SiLU}(-z) = z$, so two gated numbers multiply
# exactly: $\mathrm{SiLU}(3) \cdot 4 - \mathrm{SiLU}(-3) \cdot 4 = 11.431 + 0.569 = 12$.

# %% demonstration="picture_gated_unit"
appendix_pictures.gated_unit()

# %% [markdown]
# There are three matrices now, so the hidden layer becomes smaller, $8D/3$ in place of $4D$, and
# the cost stays: $3 \cdot D \cdot 8D/3 = 8D^2$. At equal cost, every gated MLP in Shazeer's
# comparison (2020) predicted better than those without a gate. Why? "We offer no explanation", he
# wrote.
#
# ### Your turn: SwiGLU
#
# $$y = \big(\mathrm{SiLU}(x W_1) \odot x W_3\big)\, W_2, \qquad W_1, W_3: D \times H, \quad W_2: H \times D.$$
#
# - `SwiGLU(hidden_size)`, $(N, T, D) \to (N, T, D)$. ($\odot$ multiplies number by number.)
# - $H = 8D/3$, rounded down (`8 * hidden_size // 3`); rounded up is right as well.
# - No bias, no dropout. Three layers or fused ones: all right. `F.silu` is the bend.

# %% exercise="T9.4" from="solutions/assignment4/modern.py:SwiGLU"

# %% check="T9.4"

# %% [markdown]
# For $D = 128$, your E3 has 131,712 parameters with its biases. And the gated MLP?

# %% demonstration="swiglu_parameters"
with needs("T9.4"):
    count = sum(parameter.numel() for parameter in SwiGLU(128).parameters())
    print(f"hidden layer {8 * 128 // 3}, {count:,} parameters")

# %% [markdown]
# 130,944: no more than before. You now hold all parts of a model of today. Put the four into a copy
# of your `Block` and `GPT` (`rotate` on queries and keys, no position table), train it with your
# `train`, and compare.
#
# **One question further.** Is it the product that helps, or the third matrix? Which two models
# would you train to find out?

# %% [markdown]
# ## Before you hand it in
#
# Your points as the checks last saw them. Run it whenever you like:

# %% demonstration="progress"
progress("assignment4")

# %% [markdown]
# Choose *Kernel → Restart Kernel and Run All Cells*, with `SETTING = "quick"`, and look at the
# checks once more. Then save the notebook. You may keep longer runs in it; only the exercise
# cells are graded.
#
# Three things to try if you want more: `dropout=0.2` on a small text; $C = 16$ against $C = 64$
# at equal characters; and your notebook's `write` after ten minutes of `"full"`.
