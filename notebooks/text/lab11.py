# %% [markdown]
# # Lab 11: fine-tuning GPT-2 to write TV dialogue
#
# In Assignment 4 you built a transformer. In this lab you are handed one: GPT-2, complete, in about
# two hundred lines. You take it apart, count it, and then teach it to talk like one character of
# *Friends*.
#
# {{Points in words}} points. Tests give {{points by tests in words}} of them, a person gives {{points by hand in words}}; everything else is for you.
#
# {{exercises}}
#
# The tasks, with those that give no points, take {{about all}}; reading the fine-tuning loop and watching
# it run takes another half hour. The minutes are a guess at what most of you will need; ●●● is the hardest.
#
# By the end you can fine-tune a pre-trained transformer on new data, explain what happens inside
# it, say what random windows of one long token stream have over padded sequences, and discuss what
# such a model should be used for.

# %% [markdown]
# ## How to work with this notebook
#
# - **Numbers, shapes and code** go into cells with blanks: replace each `...` by your answer. The
#   cell below says whether it is right and why, as often as you like; it does not tell the answer.
# - **Answers in words** go in place of *YOUR ANSWER HERE* (double-click, write, run). Two to five
#   sentences are enough. Of these, {{exercises by hand}} are read and marked by a person; how
#   they are marked stands below them in your feedback.
# - **G** tasks are graded, **T** tasks are not, but the G tasks rest on them.
# - **Before you run a cell, say what you expect.** Where the text asks for a prediction, make one.
# - Cells with demonstrations are locked. If one needs a task that is still open, it says so. While
#   your notebook is graded, demonstrations do not run: your answers may use the given cells and your
#   earlier answers, nothing else.
# - **How far you are** you can see at any time: write `progress("lab11")` into a cell of your own. It
#   shows the points of your last checks and what is open, and checks nothing anew.
#
# This lab speaks the language of GPT-2's own files: `n_embd` for the hidden size, `block_size` for
# the context size, `b` sequences of `t` tokens in a batch. In Assignment 4 these were `hidden_size`,
# `context_size`, $N$ and $T$.

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
package = f"transformer-course[lab] @ {PACKAGE or max(files, default='ADDRESS')}"
if on_colab and (PACKAGE or files) and not find_spec("autograder"):
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", package])
if find_spec("autograder") is None:
    here = "drag its file into the file panel, or write its address behind PACKAGE; run this again"
    there = f'run  %pip install "{package}"  in a new cell, then restart the kernel'
    print("The course's package is not here:", here if on_colab else there)
elif find_spec("autograder.student"):  # which is left out while the notebook is graded
    from autograder.student import ready
    ready("lab11")

# %% given="setup"
import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from convokit import Corpus
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from autograder.notebook import (
    check,
    finetuning,
    interactive,
    lab_curves,
    lab_pictures,
    lab_tables,
    needs,
    progress,
)
from data_scripts import friends, gpt2_tokenizer
from data_scripts.tokens import open_tokens, write_tokens

torch.set_printoptions(precision=3, sci_mode=False, linewidth=100)

# %% [markdown]
# ## Part 1 · Data
#
# {{about part 1}}
#
# ### A corpus of conversations
#
# ConvoKit keeps conversations as what they are: *utterances*, each with a *speaker*, a text, and the
# utterance that it replies to. Choose where yours come from:
#
# - `"sample"`: a small corpus that was written for this course, with the six names of the show and
#   lines of our own. It needs no network; everything below works with it.
# - `"public"`: the real transcripts of ten seasons, through ConvoKit's own `download`. 67,373
#   utterances in 3,107 scenes, 700 speakers; Monica Geller has 8,498 lines, Ross Geller 9,161, Phoebe
#   Buffay 7,539, Chandler Bing 8,568. For fine-tuning the real GPT-2 you want this one.
# - the path of a folder that holds such a corpus.

# %% setting="source"
SOURCE = "sample"  # or "public", or the path of a corpus

# %% demonstration="fetch_corpus"
with needs():
    print(friends.make("data", source=SOURCE))

# %% given="corpus"
CHARACTERS = friends.CHARACTERS
corpus = Corpus(filename=str(friends.prepared("data")))

# %% demonstration="corpus_sizes"
corpus.print_summary_stats()
print("the six:", ", ".join(CHARACTERS))

# %% [markdown]
# **T1.1** Look at the first ten utterances: put a pair `(speaker, text)` for each of them into
# `first_ten`; the cell below prints them. `corpus.iter_utterances()` goes through all utterances in order; what
# an utterance has, `dir` and the completion of your editor will tell. What do the two fields mean?

# %% exercise="T1.1" from="solutions/lab11/answers.py:first_ten"

# %% check="T1.1"

# %% demonstration="ten_utterances"
with needs("T1.1"):
    for speaker, said in first_ten:
        print(f"{speaker:16} {said}")

# %% [markdown] answer="T1.1"

# %% [markdown]
# **G1.1 (1 point)** Choose one of the six characters, and collect in `uts` the texts of **all** their
# utterances, **in corpus order**. A list of texts is asked for; a tuple or a pandas Series is as good.
# White space at the ends of a text makes no difference, and the order of the utterances' ids is as
# good as that of `iter_utterances`. Nobody else's lines, and no line left out, not even an empty one. You may use `character` or write
# the name out. When your notebook is graded, `corpus` is another one: filter it, copy nothing.

# %% exercise="G1.1" from="solutions/lab11/answers.py:character, uts"

# %% check="G1.1"

# %% demonstration="some_lines"
with needs("G1.1"):
    print(f"{len(uts):,} lines")
    for line in uts[:8]:
        print("-", line)

# %% [markdown]
# ### Training and validation text
#
# **T1.2** The first 90 % of the lines become the training text, the last 10 % the validation text,
# each joined by newlines. Why in order, and not at random?

# %% exercise="T1.2" from="solutions/lab11/answers.py:train_text, val_text"

# %% check="T1.2"

# %% [markdown] answer="T1.2"

# %% [markdown]
# **T1.3** There is no test set in this lab. Why not, and when would you want one?

# %% [markdown] answer="T1.3"

# %% [markdown]
# ### Tokens
#
# GPT-2 reads *tokens*: 50,257 pieces of text, found by merging frequent pairs of bytes. Frequent words
# are one token (with the space before them), rare ones several. How many tokens does the next sentence
# have? Guess before you run the cell.

# %% given="encoding"
encoding = gpt2_tokenizer.encoding()  # tiktoken's encoding "gpt2"

# %% setting="sentence"
SENTENCE = "Monica alphabetised the spice rack, unfortunately without the cardamom."

# %% demonstration="picture_tokens"
lab_pictures.token_boundaries(SENTENCE, encoding)

# %% [markdown]
# **G1.2 (1 point)** There are newer tokenizers than this one. Why must the text be cut by exactly the
# tokenizer that the pre-trained GPT-2 was trained with?

# %% [markdown] written="G1.2"

# %% [markdown]
# **T1.4** Count tokens (`encoding.encode_ordinary`), words (`text.split()`) and characters of both
# texts. On the real corpus there are about 1.5 tokens a word and 3.4 characters a token: dialogue is
# full of short words and punctuation.

# %% exercise="T1.4" from="solutions/lab11/answers.py:count_units, train_counts, val_counts"

# %% check="T1.4"

# %% demonstration="ratios"
with needs("T1.4"):
    for name, (tokens, words, characters) in {"train": train_counts, "val": val_counts}.items():
        print(f"{name:5} {tokens:7,} tokens, {words:7,} words, {characters:8,} characters: ", end="")
        print(f"{tokens / words:.2f} tokens a word, {characters / tokens:.2f} characters a token")

# %% [markdown]
# ### Tokens on disk
#
# A data set for pre-training has billions of tokens. It is kept in a file of bare numbers and opened
# as a *memory map*: an array whose parts are read from the file when they are looked at. How many
# bytes does a token need? Two, if you choose well:

# %% demonstration="sixteen_bits"
largest = np.array([encoding.n_vocab - 1])
print("as int16: ", largest.astype(np.int16)[0])
print("as uint16:", largest.astype(np.uint16)[0])

# %% [markdown]
# 50,256 does not fit into fifteen bits and a sign: read as `int16` it is −15,280. `uint16` ends at
# 65,535.
#
# **T1.5** Write both texts as `uint16` to `train.bin` and `val.bin`, and open them with `np.memmap`,
# for reading only (`mode="r"`).

# %% exercise="T1.5" from="solutions/lab11/answers.py:store, train_data, val_data"

# %% check="T1.5"

# %% [markdown]
# ### Random windows
#
# There are no sentences any more, only one long stream of tokens. A batch is a handful of windows that
# start at random places, and the *targets* are the same windows, one token later. Take the stream
# 0, 1, …, 9 and windows of four tokens. At how many places may a window start?

# %% demonstration="six_starts"
stream = np.arange(10)
print("starts:", list(range(len(stream) - 4)))
for start in (2, 5):
    print(f"start {start}: x = {stream[start : start + 4]}, t = {stream[start + 1 : start + 5]}")

# %% [markdown]
# Six, from 0 to 5: the last window must leave one token for its last target.
#
# **T1.6** Write `get_batch(data, block_size, batch_size, device)`. It returns `x, t`, both
# `(batch_size, block_size)` and `int64`: random windows, and the same windows one token later. Every
# window must be possible. On a GPU copy from pinned memory with `non_blocking=True`, so that the copy
# does not hold up the computation (`tensor.pin_memory().to(device, non_blocking=True)`).

# %% exercise="T1.6" from="solutions/lab11/answers.py:get_batch"

# %% check="T1.6"

# %% demonstration="one_batch"
with needs("T1.5", "T1.6"):
    torch.manual_seed(0)
    x, t = get_batch(train_data, block_size=16, batch_size=4, device="cpu")
    print(tuple(x.shape), tuple(t.shape))
    print("x:", repr(encoding.decode(x[0].tolist())))
    print("t:", repr(encoding.decode(t[0].tolist())))

# %% [markdown]
# **G1.3 (1 point)** Why are the targets the inputs, shifted by one?

# %% [markdown] written="G1.3"

# %% [markdown]
# ### What padding would cost
#
# The other way to make a batch: one line per row, and short lines filled up ("padded") to the longest.
# Sixteen lines of your character, drawn at random. What share of the table is words? Guess.

# %% demonstration="picture_padding"
with needs("G1.1", "T1.5"):
    torch.manual_seed(0)
    some = [uts[i] for i in torch.randint(len(uts), (16,)).tolist()]
    lab_pictures.windows(96, block_size=16, starts=[5, 30, 52, 74])
    lab_pictures.padded_table([max(1, len(encoding.encode_ordinary(line))) for line in some])

# %% [markdown]
# Random windows waste nothing: every position of every row is a training example, and every batch has
# the same shape. What they cost is meaning at the seams: a window may begin in the middle of a line and
# run on into the next one, which somebody may have said three scenes later. The model learns that a
# newline ends a thought. With padding every row is one line, whole; in exchange the grey cells are
# computed for nothing and must be masked out of the loss.
#
# **One question further.** The loss below will be the mean over all positions of all windows. Which
# positions of a window have the hardest task?

# %% [markdown]
# ## Part 2 · The model
#
# {{about part 2}}
#
# ### The settings
#
# Everything about the size of a GPT-2 is in these seven values. The smallest of the four published
# models has the ones below. Its vocabulary has 50,257 tokens; here the table is padded to 50,304, the
# next multiple of 64, since GPUs like such sizes. The 47 extra rows stand for nothing.

# %% given="config" from="solutions/lab11/gpt2.py:GPTConfig"

# %% [markdown]
# **T2.1** You have not counted anything yet. Which of these settings move the number of parameters,
# which do not, and which one moves it most? Write your guess down; at the end of Part 2 you will look
# at it again.

# %% [markdown] answer="T2.1"

# %% [markdown]
# ### The parts
#
# Below is the whole model, smallest parts first. Read `GPT` now and the others when their turn comes.
# The names are those of GPT-2's published files, so that its weights can be loaded by name: `wte` is
# the *weight of the token embedding*, `wpe` that of the positions, `h` the list of hidden layers, `ln`
# a LayerNorm, `c_attn`, `c_fc` and `c_proj` are linear layers (the `c` once stood for *convolution*).

# %% given="layer_norm" from="solutions/lab11/gpt2.py:LayerNorm"

# %% given="attention" from="solutions/lab11/gpt2.py:CausalSelfAttention"

# %% given="mlp" from="solutions/lab11/gpt2.py:MLP"

# %% given="block" from="solutions/lab11/gpt2.py:Block"

# %% given="gpt" from="solutions/lab11/gpt2.py:GPT"

# %% [markdown]
# **T2.2** First reading: what does `GPT.__init__` make, and what does `forward` do with it, step by
# step? A sentence or two for each.

# %% [markdown] answer="T2.2"

# %% [markdown]
# ### A small one to play with
#
# Same code, small sizes: this model has random weights and knows nothing, but it has every part.
# `GPTConfig()` itself describes 124 million parameters, which we make on the device `meta`: there a
# tensor has a shape and no numbers, so that counting costs nothing.

# %% demonstration="two_models"
torch.manual_seed(0)
small = GPT(GPTConfig(block_size=64, vocab_size=50304, n_layer=2, n_head=4, n_embd=32))
with torch.device("meta"):
    full_size = GPT(GPTConfig())
print(full_size.transformer.h[0])

# %% [markdown]
# ### The two embeddings
#
# **T2.3** How many parameters has `wte` of the full-size model (`GPTConfig()`, not `small`)?
# **T2.4** And `wpe`? You may write the number, or the expression that gives it; say first, then look.

# %% exercise="T2.3" from="solutions/lab11/answers.py:wte_parameters"

# %% check="T2.3"

# %% exercise="T2.4" from="solutions/lab11/answers.py:wpe_parameters"

# %% check="T2.4"

# %% [markdown]
# **G2.1 (1 point)** `lm_head` has as many parameters as `wte`. Why? And why is it reasonable to *tie*
# the two, so that they are one and the same table?

# %% [markdown] written="G2.1"

# %% [markdown]
# **T2.5** Why is `tok_emb` of shape `(b, t, n_embd)`? **T2.6** `pos_emb` is only `(t, n_embd)`: why is
# that enough?

# %% [markdown] answer="T2.5"

# %% [markdown] answer="T2.6"

# %% [markdown]
# ### Shapes
#
# For all shapes below: a batch of `b = 4` sequences of `t = 10` tokens, in the full-size model
# (`n_embd = 768`, `n_head = 12`, `vocab_size = 50304`). Write numbers, or names as text, in any case,
# or a mixture: `("b", "t")`, `(4, 10)`, `("B", 10)`, `"3 * n_embd"` are all fine. A tuple, a list, a
# `torch.Size` or one text, such as `"(b, t)"`: all the same.
#
# **T2.7** What is the shape of `tok_emb + pos_emb`?

# %% exercise="T2.7" from="solutions/lab11/answers.py:sum_shape"

# %% check="T2.7"

# %% [markdown]
# **G2.2 (1 point)** What is the shape of `x` in `GPT.forward`, from the dropout through all the Blocks to
# `ln_f`?

# %% exercise="G2.2" from="solutions/lab11/answers.py:x_shape"

# %% check="G2.2"

# %% [markdown]
# **T2.8** And the shape of `logits`: with targets, and without?

# %% exercise="T2.8" from="solutions/lab11/answers.py:logits_shape_with_targets, logits_shape_without"

# %% check="T2.8"

# %% [markdown]
# ### LayerNorm
#
# **T2.9** How many parameters has one `LayerNorm` of the full-size model?

# %% exercise="T2.9" from="solutions/lab11/answers.py:layer_norm_parameters"

# %% check="T2.9"

# %% [markdown]
# **T2.10** How does layer normalisation differ from batch normalisation, and why is that important in a
# language model? The next cell normalises one batch both ways; look at what changes in the first sequence
# when the *second* is made a hundred times larger.

# %% demonstration="two_norms"
torch.manual_seed(0)
batch = torch.randn(2, 3, 4)  # (b, t, n_embd)
louder = batch * torch.tensor([1.0, 100.0]).view(2, 1, 1)
batch_norm = nn.BatchNorm1d(4)
for name, norm in {
    "layer norm": nn.LayerNorm(4),
    "batch norm": lambda x: batch_norm(x.flatten(0, 1)).view_as(x),
}.items():
    change = (norm(louder)[0] - norm(batch)[0]).abs().max().item()
    print(f"{name}: the first sequence changes by {change:.4f}")

# %% [markdown] answer="T2.10"

# %% [markdown]
# ### One Block
#
# **T2.11** Why must the attention and the MLP give back the shape that they get?

# %% [markdown] answer="T2.11"

# %% [markdown]
# **T2.12** How do the skip connections help the gradient? Twelve layers of width 64, with and without
# them: how large is the gradient that arrives at the first layer, compared with the last?

# %% demonstration="gradient_with_and_without"
def gradient_ratio(with_skips: bool) -> float:
    """Return |gradient of layer 1| / |gradient of layer 12| for a stack of twelve."""
    torch.manual_seed(0)
    layers = [nn.Linear(64, 64) for _ in range(12)]
    x = torch.randn(32, 64)
    for layer in layers:
        x = x + F.gelu(layer(x)) if with_skips else F.gelu(layer(x))
    x.square().mean().backward()
    return (layers[0].weight.grad.norm() / layers[-1].weight.grad.norm()).item()


print(f"plain: {gradient_ratio(False):.0e}   with skips: {gradient_ratio(True):.2f}")

# %% [markdown] answer="T2.12"

# %% [markdown]
# ### The MLP
#
# **T2.13** How many parameters has one `MLP`? **T2.14** What is the shape of `c_fc(x)`, and of what the MLP
# returns? **T2.15** It is called a *pointwise feed-forward* network. Why "pointwise"?

# %% exercise="T2.13" from="solutions/lab11/answers.py:mlp_parameters"

# %% check="T2.13"

# %% exercise="T2.14" from="solutions/lab11/answers.py:c_fc_shape, mlp_shape"

# %% check="T2.14"

# %% [markdown] answer="T2.15"

# %% [markdown]
# ### Attention
#
# **T2.16** First reading of `CausalSelfAttention.forward`: what happens to `x`, step by step? There are
# two paths to the same result. Read the manual one; the other, `scaled_dot_product_attention`, does all of
# it in one call that never writes the table of weights down. We come back to it.

# %% [markdown] answer="T2.16"

# %% [markdown]
# **T2.17** How many parameters has the fused `c_attn`?

# %% exercise="T2.17" from="solutions/lab11/answers.py:c_attn_parameters"

# %% check="T2.17"

# %% [markdown]
# **T2.18** What is the shape of `c_attn(x)`? And show that splitting it gives what three separate projections
# would give: write `three_projections(weight, bias, x)`, with the weight `(3 n_embd, n_embd)` and the bias
# `(3 n_embd,)` of `c_attn`. A linear layer stores its weight as (out, in) and computes `x @ weight.T + bias`.

# %% exercise="T2.18" from="solutions/lab11/answers.py:c_attn_shape, three_projections"

# %% check="T2.18"

# %% demonstration="three_in_one"
with needs("T2.18"), torch.no_grad():
    c_attn, x = small.transformer.h[0].attn.c_attn, torch.randn(2, 5, 32)
    fused = c_attn(x).split(32, dim=-1)
    separate = three_projections(c_attn.weight, c_attn.bias, x)
    for name, one, other in zip("qkv", fused, separate, strict=True):
        print(name, "the same:", torch.allclose(one, other, atol=1e-6))

# %% [markdown]
# **T2.19** Why must `n_head` divide `n_embd`?

# %% [markdown] answer="T2.19"

# %% [markdown]
# **G2.3 (1 point)** Take one sequence (B = 1) of T = 10 tokens, and **one** head. What is the shape of
# `q @ k.transpose(-2, -1)` in the manual path? Write T or 10.

# %% exercise="G2.3" from="solutions/lab11/answers.py:scores_shape"

# %% check="G2.3"

# %% [markdown]
# **T2.20** With one head and `n_embd = 768`: what is `math.sqrt(k.size(-1))`? Two digits after the point are
# enough.

# %% exercise="T2.20" from="solutions/lab11/answers.py:divisor"

# %% check="T2.20"

# %% [markdown]
# That number is no accident. If the entries of `q` and `k` are independent with variance 1, their dot product
# has a standard deviation of just this size. The next picture draws it for one head of 768 and for twelve
# heads of 64. Which is wider, and by how much?

# %% demonstration="picture_score_spread"
lab_pictures.score_spread()

# %% [markdown]
# **T2.21** Why can a dot product of a query and a key be read as a similarity?

# %% [markdown] answer="T2.21"

# %% [markdown]
# ### The mask
#
# **T2.22** What is `torch.tril(torch.ones(5, 5)).view(1, 1, 5, 5)`? Give its shape and the number of its zeros,
# and say why two axes of length 1 are enough for a whole batch and all heads.

# %% exercise="T2.22" from="solutions/lab11/answers.py:mask_shape, masked_entries"

# %% check="T2.22"

# %% [markdown] answer="T2.22"

# %% [markdown]
# Three tokens, scores `(1, 1, 3, 3)`, the worked example of Assignment 4 in four axes. What will the second row
# look like after `masked_fill`, and what after the softmax?

# %% demonstration="masking"
scores = torch.tensor([[1.0, 1.0, 2.0], [0.0, 1.0, 1.0], [1.0, 2.0, 3.0]]).view(1, 1, 3, 3) / math.sqrt(2)
mask = torch.tril(torch.ones(3, 3)).view(1, 1, 3, 3)
masked = scores.masked_fill(mask == 0, float("-inf"))
print(masked)
print(torch.softmax(masked, dim=-1))

# %% demonstration="picture_mask"
lab_pictures.mask_steps(scores)

# %% [markdown]
# **T2.23** What does `masked_fill` do?

# %% [markdown] answer="T2.23"

# %% [markdown]
# **G2.4 (1 point)** Why does the mask keep a token from using the tokens after it? Follow one later token from the
# scores to the output.

# %% [markdown] written="G2.4"

# %% [markdown]
# You can also ask the model. Change the last of eight tokens: at which positions do the logits change?

# %% demonstration="last_token"
with torch.no_grad():
    ids = torch.arange(100, 108).view(1, 8)
    other = ids.clone()
    other[0, -1] = 999
    small.eval()
    change = (small(ids, ids)[0] - small(other, ids)[0]).abs().amax(-1)[0]
print("positions that change:", change.nonzero().flatten().tolist())

# %% [markdown]
# **T2.24** Why is it −∞ before the softmax, and not 0? **T2.25** The first weight of the first row is always 1. Why?

# %% demonstration="zero_scores"
print(torch.softmax(scores.masked_fill(mask == 0, 0.0), dim=-1))

# %% [markdown] answer="T2.24"

# %% [markdown] answer="T2.25"

# %% [markdown]
# **T2.26** `att @ v`: why is that a weighted sum of values? **T2.27** And what do several heads buy?

# %% [markdown] answer="T2.26"

# %% [markdown] answer="T2.27"

# %% [markdown]
# The two paths through the attention, manual and fast, on the same input:

# %% demonstration="two_paths"
with torch.no_grad():
    attention, x = small.transformer.h[0].attn, torch.randn(2, 5, 32)
    outputs = []
    for attention.flash in (False, True):
        outputs.append(attention(x))
print(f"largest difference: {(outputs[0] - outputs[1]).abs().max().item():.1e}")

# %% [markdown]
# ### Shapes on the way through one Block
#
# All shapes of this part in one picture, measured on the small model. Before you look: which of them does the
# attention change, which the MLP, and which axes does each of them mix?

# %% demonstration="picture_block_shapes"
block_input = torch.randn(4, 10, 32)
lab_pictures.block_shapes(lab_pictures.shapes_through_block(small.transformer.h[0], block_input))

# %% [markdown]
# ### G2.5 · The parameters of GPT-2, counted (3 points)
#
# {{about G2.5}}
#
# Six numbers, half a point each, for the full-size model (`GPTConfig()`): one attention module, one MLP, one
# Block, all twelve Blocks, the token embedding `wte`, and the whole model. Remember what is tied.
#
# Write numbers (`1234`, `"1,234"`) or expressions. A number that follows correctly from an earlier number of yours
# keeps its half point, even if the earlier one is wrong, as long as that one is positive and within a factor of ten of
# the right one. As a first estimate, without the small parts: how large
# is $12\,L\,D^2$ for $L = 12$ and $D = 768$?

# %% exercise="G2.5" from="solutions/lab11/answers.py:n_attention, n_mlp, n_block, n_blocks, n_wte, n_total"

# %% check="G2.5"

# %% [markdown]
# ### Two answers to one question
#
# Whoever asks PyTorch gets another total than the course's answer key. Nobody has miscounted: the key counts *one*
# bias vector of `n_embd` for the fused `c_attn`, the module really has one of `3 n_embd`. Both earn full points, and
# the check says which of the two it has recognised. (The number of T2.17 leads to PyTorch's count of the attention.)
# The table and the picture appear when your six numbers are right, in either way of counting.

# %% demonstration="two_totals"
with needs("G2.5"):
    lab_tables.two_conventions(
        full_size, (n_attention, n_mlp, n_block, n_blocks, n_wte, n_total)
    )
    lab_pictures.where_the_parameters_sit(full_size)

# %% [markdown]
# Now look at your guess of T2.1 again. Each setting is doubled in turn (the number of heads too), and the total
# compared:

# %% demonstration="what_moves_the_count"
for name in ("block_size", "vocab_size", "n_layer", "n_head", "n_embd"):
    config = replace(GPTConfig(), **{name: 2 * getattr(GPTConfig(), name)})
    with torch.device("meta"):
        ratio = GPT(config).get_num_params() / full_size.get_num_params()
    print(f"{name:10} doubled: {ratio:.2f} times as many parameters")

# %% [markdown]
# **One question further.** Doubling `n_embd` costs more than doubling `n_layer`. What would you rather double, and
# what does it cost in time per token?

# %% [markdown]
# ## Part 3 · Fine-tuning
#
# *no points · about half an hour, most of it reading and watching*
#
# Nothing below is graded. A GPU is expected for the real thing; on a CPU the small setting shows every step in a few
# minutes.
#
# ### What somebody else has trained
#
# GPT-2's weights lie on the Hugging Face hub: a file `model.safetensors` (numbers with a table of contents, no code) and
# a `config.json`. Our model has the same names, so loading is copying, with one trap: GPT-2's authors stored the weight of
# a linear layer as (in, out), `nn.Linear` has (out, in). Forget the transpose, and most layers raise an error, because
# 768 × 3072 does not fit 3072 × 768. Which layer would raise none?

# %% given="checkpoint" from="solutions/lab11/pretrained.py:PUBLISHED, ASSUMED, find_checkpoint, read_json, weight_files, read_tensors"

# %% given="checkpoint_config" from="solutions/lab11/pretrained.py:read_config"

# %% given="checkpoint_fit" from="solutions/lab11/pretrained.py:is_stored_transposed, tensor_problems"

# %% given="from_pretrained" from="solutions/lab11/pretrained.py:from_pretrained"
GPT.from_pretrained = classmethod(from_pretrained)

# %% [markdown]
# The attention's `c_proj` is square, 768 × 768: without its transpose it loads, and the model writes nonsense.
#
# Three more methods, as in Assignment 4: the optimiser with its two groups, how well the hardware is used, and how the
# model writes.

# %% given="optimizer" from="solutions/lab11/optimizer.py:configure_optimizers"
GPT.configure_optimizers = configure_optimizers

# %% given="mfu" from="solutions/lab11/optimizer.py:estimate_mfu"
GPT.estimate_mfu = estimate_mfu

# %% [markdown]
# **Top-k.** Below the few likely tokens there is a long tail of unlikely ones. Each has next to no probability, but there
# are 50,000 of them, and one strange word leads to the next. So only the $k$ largest logits are kept. Five logits, 5, 4, 1,
# 0, −1, temperature 0.8, $k = 2$: what is left?

# %% given="sampling" from="solutions/lab11/generate.py:next_token_probabilities"

# %% given="generate" from="solutions/lab11/generate.py:generate"
GPT.generate = generate

# %% demonstration="picture_sampling"
lab_curves.sampling(torch.tensor([5.0, 4.0, 1.0, 0.0, -1.0]), list("abcde"), temperature=0.8, top_k=2)

# %% [markdown]
# ### Nothing twice
#
# For every new token `generate` reads the whole text again, all but the last token of which it had read a step before. Each layer
# makes a query, a key and a value at every position. One token is appended: which of the earlier positions' change? Say it
# before you look; think of the mask.

# %% demonstration="nothing_changes"
made = []
last_layer = small.eval().transformer.h[-1].attn.c_attn  # its queries, keys and values
hook = last_layer.register_forward_hook(lambda module, x, qkv: made.append(qkv[0]))
with torch.no_grad():
    eight = torch.arange(100, 108).view(1, 8)
    small(eight[:, :7]), small(eight)  # without the last token, then with it
hook.remove()
before_it, with_it = made
print(f"largest change at the earlier positions: {(with_it[:7] - before_it).abs().max():.6f}")

# %% [markdown]
# None changes. A position hears itself and those before it, in every layer, so what comes later cannot touch it. The new token
# asks, with its own query; the earlier ones only answer, with their keys and values. Those are worth keeping, in a **key-value
# cache**; then each step reads one position. (Why need the queries not be kept?)

# %% given="kv_cache" from="solutions/lab11/cache.py:KeyValueCache"

# %% given="read_on" from="solutions/lab11/cached.py:read_on"

# %% given="generate_cached" from="solutions/lab11/cached.py:generate_cached"
GPT.generate_cached = generate_cached

# %% [markdown]
# **How long does this last?** Until the block is full. Then the window moves with every token: each token in it gets another row of
# `wpe`, and the oldest, which all the others have heard, is gone. No key and no value is right any more. Keeping them all the
# same would be fast, and would write a different text without telling you. So the window is read anew, as without a cache.
#
# A model with a block of sixty-four tokens, a prompt of four, ninety-six new ones. How many positions does the first layer read
# at each step, without the cache and with it? And will the tokens be the same?

# %% demonstration="picture_positions_read"
import time

torch.manual_seed(0)
writer = GPT(GPTConfig(block_size=64, vocab_size=512, n_layer=4, n_head=4, n_embd=128))
read = {"without a cache": [], "with a cache": []}
texts = []
for counts, write_on in zip(read.values(), (writer.generate, writer.generate_cached), strict=True):
    hook = writer.transformer.wte.register_forward_hook(
        lambda module, x, embedded, counts=counts: counts.append(embedded.size(1))
    )
    torch.manual_seed(1)
    started = time.perf_counter()
    texts.append(write_on(torch.arange(4)[None], 96))
    print(f"{write_on.__name__}: {time.perf_counter() - started:.2f} s")
    hook.remove()
print("the same tokens:", torch.equal(*texts))
lab_curves.positions_read(read, block_size=64)

# %% [markdown]
# The time falls less than the positions do: a step with one position is mostly spent on fetching the weights and on starting the next
# operation, however little there is to do. The longer the text, the more the cache gains.
#
# *The same* has one small print: sums taken in another order end in another last digit. In float32 a draw would have to fall into
# a gap of a millionth to go the other way.
#
# **One question further.** What does the cache cost? Count the numbers that it keeps of one sequence, in the full-size model with
# its block full, and compare with the weights.

# %% demonstration="cache_memory"
config = GPTConfig()
kept = 2 * config.n_layer * config.block_size * config.n_embd  # keys and values
print(f"{kept:,} numbers, {4 * kept / 1e6:.0f} MB in float32, for each sequence")

# %% [markdown]
# ### The setting
#
# `"full"` is the real thing: GPT-2's weights (548 MB, fetched on first use), 500 updates of 32 × 256 tokens at a learning rate
# of 3e-5 without decay, dropout 0.2, evaluated every 10 updates. On a Colab T4 we expect ten to twenty minutes.
#
# `"quick"` needs no network and no GPU. It cannot have GPT-2's knowledge, so it makes a small stand-in: a model of two layers
# that first reads, for a minute, what *everybody else* says in the corpus, and is then fine-tuned on your character. The text
# will be poor; every step is the same.

# %% setting="setting"
SETTING = "quick"  # or "full"
CHECKPOINT = "gpt2"  # for "full": a published name, or the folder of a checkpoint
START_AFRESH = False  # True forgets an interrupted run
COMPILE = False  # True: some minutes of compiling, then faster updates, on a GPU of 2020 or later

# %% [markdown]
# ### Shorter windows
#
# GPT-2 can read 1,024 tokens; we fine-tune on windows of 256. `crop_block_size` cuts the table of positions.
#
# **T3.1** How many parameters does that save in the full-size model? And why does it hardly change their number, and
# yet save much memory?

# %% exercise="T3.1" from="solutions/lab11/answers.py:cropped_parameters"

# %% check="T3.1"

# %% demonstration="attention_memory"
for block_size in (1024, 256):
    bytes_kept = 12 * 12 * block_size * block_size * 4  # layers, heads, queries, keys, float32
    print(f"block size {block_size:4}: attention weights of one sequence {bytes_kept / 1e6:4.0f} MB")

# %% [markdown] answer="T3.1"

# %% [markdown]
# ### Before
#
# The model to start from. If nothing were known of the next token, the loss would be $\ln 50304 = 10.83$. A loaded
# GPT-2 must start far below it, else loading has failed; a model with random weights must not. Which of your two
# settings starts where?

# %% given="loop_gradients" from="solutions/lab11/finetune.py:add_gradients"

# %% given="loop_loss" from="solutions/lab11/finetune.py:estimate_loss"

# %% given="loop" from="solutions/lab11/finetune.py:fine_tune"

# %% [markdown]
# Read `fine_tune` as you would read a friend's E7. Three things are new:
#
# - **Numbers with 16 bits.** Where the GPU has bfloat16 (since 2020), the matrix products run in it; a T4 has only
#   float16, whose smallest number is 6e-8. There the loss is multiplied by a large number before it goes backward, so
#   that small gradients survive, and the gradients are divided by it again **before** they are clipped. What would
#   clipping do to gradients that are 65,536 times too large?
# - **As few micro-batches as memory allows.** The lab's setting is 32 micro-batches of one sequence. They give the
#   update of one batch of 32, so the loop takes as many at once as fit, and halves that when memory runs out.
# - **No decay of the learning rate**, and a low one: the weights are good already.

# %% [markdown]
# **After a lost connection**, or whenever the kernel is a new one: run the first two code cells of
# this notebook and then the next one. It runs again what you had defined, from a file that was
# written as you worked (`checkpoints/lab11_session.json`: your own code, in your own folder). Then go
# on below; training goes on where it was last saved. If nothing was lost, the cell does nothing.
#
# On Colab the *disk* goes too when you get a new machine. What you may want to keep of it,
# `session.download()` in a cell of your own saves on your computer, as one zip;
# `session.upload()` on the new machine, after its first two cells, puts it back.

# %% demonstration="resume"
from autograder.notebook import session

session.resume()

# %% demonstration="base_model"
def new_model(config, setting) -> GPT:
    """Return the model to fine-tune, on its device, with windows of the setting's length."""
    torch.manual_seed(setting.seed)
    model = GPT.from_pretrained(CHECKPOINT, setting.dropout) if config is None else GPT(config)
    model.crop_block_size(min(setting.block_size, model.config.block_size))
    return model.to(finetuning.best_device())


with needs():
    setting = replace(finetuning.setting(SETTING), compile=COMPILE)
    small_config = GPTConfig(block_size=64, n_layer=2, n_head=4, n_embd=128, dropout=setting.dropout)
    model = new_model(None if setting.name == "full" else small_config, setting)
    print(setting)
    print(f"{model.get_num_params():,} parameters on {finetuning.best_device()}")

# %% demonstration="pretrain_stand_in"
with needs("G1.1"):
    if setting.name != "full":  # what everybody else says, in place of GPT-2's web pages
        own = {*uts, ""}
        others = "\n".join(u.text for u in corpus.iter_utterances() if u.text not in own)
        write_tokens("others.bin", encoding.encode_ordinary(others))
        others_data = open_tokens("others.bin")  # memory-mapped, as in T1.5
        cut = len(others_data) * 9 // 10
        optimizer = model.configure_optimizers(0.1, 1e-3, (0.9, 0.99), "cpu")
        longer = replace(setting, max_iters=90, eval_interval=30, learning_rate=1e-3)
        finetuning.run(
            fine_tune,
            model,
            optimizer,
            longer if setting.name == "quick" else setting,
            others_data[:cut],
            others_data[cut:],
            folder="checkpoints/everybody",
            afresh=START_AFRESH,
        )

# %% setting="prompt"
PROMPT = "\n"  # a new line begins

# %% demonstration="text_before"
def write(length: int = 120) -> str:
    """Let the model continue the prompt: temperature 0.8, the 200 likeliest tokens."""
    torch.manual_seed(0)
    start = torch.tensor([encoding.encode_ordinary(PROMPT)], device=finetuning.best_device())
    how = {"temperature": 0.8, "top_k": 200, "vocab_size": encoding.n_vocab}
    written = model.generate_cached(start, length, **how)
    return encoding.decode(written[0].tolist()).strip()


with needs():
    before = write(120 if setting.name != "grading" else 5)
    print(before)

# %% [markdown]
# And the table of token embeddings as it is now; its neighbours will be compared with those after
# fine-tuning.

# %% demonstration="table_before"
with needs():
    table_before = interactive.embedding_table(model)
    print(f"a copy of the token embedding: {tuple(table_before.shape)}")

# %% [markdown]
# ### Fine-tune
#
# The bar shows the loss, tokens a second and the *model FLOPs utilisation*: which share of what the hardware could
# compute is spent on the model. You may stop at any time (the square button), and if Colab disconnects nothing is
# lost: run the cells from the top, and this one goes on where it was. The weights with the lowest validation loss are
# kept in `checkpoints/character/best.safetensors`.

# %% demonstration="fine_tune"
with needs("G1.1", "T1.2", "T1.5"):
    device_type = finetuning.best_device().type
    optimizer = model.configure_optimizers(
        setting.weight_decay, setting.learning_rate, setting.betas, device_type
    )
    tuning = finetuning.run(
        fine_tune,
        model,
        optimizer,
        setting,
        train_data,
        val_data,
        folder="checkpoints/character",
        precision="fastest",  # a CPU is measured first: few are quicker with 16 bits
        afresh=START_AFRESH,
    )

# %% demonstration="picture_loss"
with needs("T1.5"):
    lab_curves.loss_curve(tuning.history, len(train_data))

# %% [markdown]
# Look at the second axis: how often has the model read every line? On the real corpus one character has about 112,000
# tokens in the training text; 500 updates of 8,192 tokens are 4.1 million, some 37 passes. So a validation loss that
# turns up again is expected, and the star marks the weights that were kept. A loss of 3.5 is a *perplexity* of
# $e^{3.5} = 33$: as unsure as a fair choice between 33 tokens. And 3.0?

# %% demonstration="text_after"
with needs("T1.5"):
    finetuning.load_best(model, "checkpoints/character")
    after = write(120 if setting.name != "grading" else 5)
    lab_curves.before_and_after({"before fine-tuning": before, "after": after})

# %% [markdown]
# **One question further.** After so many passes: is that style, or memory? Search the training text for what the model
# has written.

# %% demonstration="style_or_memory"
with needs("T1.2", "T1.5"):
    written = [line.strip() for line in after.split("\n") if len(line.split()) >= 4]
    spoken = set(train_text.split("\n"))
    print(f"{sum(line in spoken for line in written)} of {len(written)} lines stand in the training text, word for word")

# %% [markdown]
# ### What the heads look at
#
# One line of your character, all heads of one layer. Read it row by row: who is listened to? A head that looks at the
# first token almost always is not broken: that is where a head looks which finds nothing of what it is for. And
# weights say where information *could* come from; they are no explanation.

# %% demonstration="picture_heads"
with needs("G1.1"):
    line = next((text for text in uts if 6 <= len(text.split()) <= 10), uts[0])
    ids = encoding.encode_ordinary(line)[: model.config.block_size]
    tokens = [encoding.decode([token]) for token in ids]
    last = model.config.n_layer - 1
    reading = torch.tensor(ids, device=finetuning.best_device())
    lab_pictures.attention_heads(model, reading, tokens, last, range(model.config.n_head))

# %% [markdown]
# That was the last layer. In which layer would you look for a head that always listens to the token just before? Choose
# the layer first, then a head, to see it large.

# %% demonstration="any_head"
with needs("G1.1"):
    interactive.attention(
        model, encoding.encode_ordinary, encoding.decode, text=line, layer=0, first=0
    )

# %% [markdown]
# Early layers tend to look at places (the token before, the first token), later ones at words; in the quick stand-in,
# with its two layers and a minute of reading, do not expect much of either.
#
# ### What comes next
#
# The ten likeliest tokens after any text, with their probabilities. Most of the 50,257 begin with a space (␣). Before
# you type: what will change when you put a space at the end? And which is surer, the start of a line or its middle?

# %% demonstration="next_token"
with needs():
    interactive.next_token(
        model,
        encoding.encode_ordinary,
        encoding.decode,
        text="What are you",
        vocab_size=encoding.n_vocab,
    )

# %% [markdown]
# A space at the end is a token of its own, one that training hardly ever ends a word with: the model expected the space
# *inside* the next token, and is now at a place that it does not know. That is why prompts should not end in a space.
# How would you repair it for someone who types one all the same?
#
# ### What fine-tuning did to the table
#
# A token's neighbours in `wte` before and after fine-tuning, among the tokens that your training text holds. The
# learning rate was small, and only some hundred updates were made. Before you look: will the lists differ? And for
# which tokens most, frequent ones or rare ones?

# %% demonstration="neighbours"
with needs("T1.5"):
    interactive.neighbours(
        {"before fine-tuning": table_before, "after": interactive.embedding_table(model)},
        encoding.encode_ordinary,
        encoding.decode,
        token=" you",
        among=np.unique(train_data).astype(np.int64),
    )

# %% [markdown]
# At a learning rate of 3e-5 the real GPT-2 should keep nearly all of its neighbours: fine-tuning turns many weights a
# little, the knowledge was there before. The stand-in had little to lose. If a list of yours changed a lot, for which
# token, and how often does it stand in the training text? Type a name, with and without its space in front: for GPT-2
# these are two tokens. Are they neighbours?

# %% [markdown]
# ## What such a model is for
#
# You have taught a machine to talk like a person who does not exist, from lines that somebody wrote and somebody
# spoke. In a year it may be a person who does.
#
# **Discuss** (ten lines are enough, alone or in pairs): whose words are these, whose views does the model repeat, who
# could be deceived by them, and what of its training text may it give away? Where would you draw a line, and who
# should draw it?

# %% [markdown] answer="ethics"

# %% [markdown]
# ## Before you hand it in
#
# Your points as the checks last saw them. Run it whenever you like:

# %% demonstration="progress"
progress("lab11")

# %% [markdown]
# Run the checks of G1.1, G2.2, G2.3 and G2.5 once more, and see that G1.2, G1.3, G2.1 and G2.4 hold your answers. Then save
# the notebook. Fine-tuning is not needed for it.
