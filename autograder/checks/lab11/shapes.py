"""G2.2, G2.3 and the tasks that ask for a shape.

Answers are numbers for the sizes given in the question, or names in any case, or a mixture.
"""

from __future__ import annotations

from collections.abc import Mapping

from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed, expect_close, expect_tensor, name_type
from autograder.checks.framework import Exercise
from autograder.checks.lab11 import reading
from autograder.checks.lab11.counting import LAB
from autograder.probe.view import Student

# The sizes that the questions give: a batch of 4 sequences of 10 tokens.
B, T = 4, 10
D, V, h = LAB.n_embd, LAB.vocab_size, LAB.n_head
BATCH = ("b", "batch_size", "batch", "bs", "n")
HEADS = ("n_head", "nh", "n_heads", "h", "heads", "num_heads")
HEAD_SIZE = ("hs", "head_size", "head_dim", "d_head", "d_k")
NAMES = {
    **dict.fromkeys(BATCH, B),
    **dict.fromkeys(("t", "seq_len", "seq_length", "sequence_length", "seqlen", "time"), T),
    **dict.fromkeys(("n_embd", "c", "hidden_size", "embedding_size", "n_embed", "d", "d_model",
                     "embed_dim", "embedding_dim", "channels"), D),
    **dict.fromkeys(("vocab_size", "v"), V),
    **dict.fromkeys(HEADS, h),
    **dict.fromkeys(HEAD_SIZE, D // h),
    "block_size": LAB.block_size,
}  # fmt: skip
ONE_HEAD = {**NAMES, **dict.fromkeys(BATCH, 1), **dict.fromkeys(HEADS, 1),
            **dict.fromkeys(HEAD_SIZE, D)}  # fmt: skip
Shape = tuple[float, ...]


def judge(
    student: Student, variable: str, right: list[Shape], wrong: Mapping[Shape, str],
    names: Mapping[str, float] = NAMES,
) -> None:  # fmt: skip
    """Pass one of the right shapes; say of a well-known wrong one what it is."""
    found = reading.shape(student, variable, names)
    if found in right:
        return
    if all(len(found) != len(shape) for shape in right):
        axes = "one axis" if len(found) == 1 else f"{len(found)} axes"
        usual = f"it has {axes}: is that how many there are?"
    elif any(sorted(found) == sorted(shape) for shape in right):
        usual = "the sizes are right, but not their order"
    else:
        usual = "go through the lines above it and write the shape down after each"
    raise CheckFailed(f"`{variable}` is not the shape", got=str(written(found)),
                      hint=wrong.get(found, usual))  # fmt: skip


def written(shape: Shape) -> tuple[float, ...]:
    """The shape with whole numbers written as such."""
    return tuple(int(n) if n == int(n) else n for n in shape)


G2_2 = Exercise(
    "G2.2",
    "The shape of x in forward",
    ("x_shape",),
    draws=False,
    asks="the shape of `x` in `forward`",
    minutes=3,
    difficulty=1,
)
G2_3 = Exercise(
    "G2.3", "The shape of the scores", ("scores_shape",), draws=False, minutes=4, difficulty=2
)
T2_7 = Exercise(
    "T2.7", "The shape of the sum", ("sum_shape",), draws=False, minutes=2, difficulty=1
)
T2_8 = Exercise(
    "T2.8",
    "The shape of the logits",
    ("logits_shape_with_targets", "logits_shape_without"),
    draws=False,
    minutes=3,
    difficulty=2,
)
T2_14 = Exercise(
    "T2.14",
    "Shapes inside the MLP",
    ("c_fc_shape", "mlp_shape"),
    draws=False,
    minutes=3,
    difficulty=1,
)
T2_18 = Exercise(
    "T2.18",
    "Three projections in one",
    ("c_attn_shape", "three_projections"),
    minutes=10,
    difficulty=2,
)
T2_22 = Exercise(
    "T2.22", "The mask", ("mask_shape", "masked_entries"), draws=False, minutes=4, difficulty=2
)

STREAM: dict[Shape, str] = {
    (B, T): "this is the shape of idx, before the tokens are looked up",
    (T, D): "this is one sequence; the batch has several",
    (B, T, V): "these are the logits; x comes before lm_head",
    (B, D, T): "the axes are in another order",
    (B, LAB.block_size, D): "block_size is the longest sequence; this one has t tokens",
    (B, T, 3 * D): "this is what c_attn makes of x",
    (B, T, 4 * D): "this is the hidden layer of the MLP",
    (1, T, D): "this batch has more than one sequence",
    (B, 1, D): "without targets the last position alone goes on to lm_head; x has all of them",
    (B, T, D // h): "this is as wide as one head",
    (B, h, T, D // h): "so q, k and v look inside the attention",
    (B, T, h, D // h): "so q, k and v look inside the attention",
}


@G2_2.check("shape", points=1.0)
def x_keeps_one_shape_through_all_blocks(student: Student, rng: Draw) -> None:
    """`x_shape`: the shape of x in GPT.forward, from the first Block to ln_f."""
    judge(student, "x_shape", [(B, T, D)], STREAM)


@G2_3.check("shape", points=1.0)
def one_score_for_each_query_and_key(student: Student, rng: Draw) -> None:
    """`scores_shape`: the shape of q @ k.transpose(-2, -1) with B = 1 and one head."""
    judge(
        student, "scores_shape", [(1, 1, T, T), (T, T)],
        {
            (1, T, T): "q and k have four axes here, and the product keeps the first two: print "
            "q.shape",
            (1, 1, T, D): "this is the shape of q: which of its axes does the product sum over?",
            (1, 1, D, D): "the product sums over the last axis of q and of k, not over positions",
            (1, h, T, T): "so it is with twelve heads; here is one",
            (B, 1, T, T): "here B = 1",
            (1, T, D): "this is x; the scores have one number for each pair of positions",
            (T, D): "this is x; the scores have one number for each pair of positions",
            (1, 1, T, D // h): "this is as wide as one of twelve heads; here is one, and the "
            "product sums over its width",
            (h, T, T): "so many heads has the model; here is one",
            (B, h, T, T): "here B = 1, and there is one head",
            (1, 1, LAB.block_size, LAB.block_size): "block_size is the longest sequence; this one "
            "has T tokens",
        },
        ONE_HEAD,
    )  # fmt: skip


@T2_7.check("shape", points=0.0)
def positions_are_added_to_every_sequence(student: Student, rng: Draw) -> None:
    """`sum_shape`: the shape of tok_emb + pos_emb."""
    judge(student, "sum_shape", [(B, T, D)],
          {**STREAM, (T, D): "this is pos_emb; broadcasting gives every sequence a copy",
           (B, T, 2 * D): "the two are added, not put side by side"})  # fmt: skip


LOGITS: dict[Shape, str] = {
    (B, T, D): "this is x; lm_head makes one number for each token of the vocabulary",
    (B, V): "an axis is missing: look at the index in front of lm_head",
    (B, T): "one number for each position? how many tokens does the model choose from?",
}


@T2_8.check("with_targets", points=0.0)
def with_targets_every_position_predicts(student: Student, rng: Draw) -> None:
    """`logits_shape_with_targets`: the shape of the logits where targets are given."""
    judge(student, "logits_shape_with_targets", [(B, T, V)],
          {**LOGITS, (B, 1, V): "so it is without targets"})  # fmt: skip


@T2_8.check("without", points=0.0)
def without_targets_only_the_last_position_does(student: Student, rng: Draw) -> None:
    """`logits_shape_without`: the shape of the logits where no targets are given."""
    judge(student, "logits_shape_without", [(B, 1, V)],
          {**LOGITS, (B, T, V): "so it is with targets; without, less is needed"})  # fmt: skip


@T2_14.check("c_fc", points=0.0)
def the_hidden_layer_is_wider(student: Student, rng: Draw) -> None:
    """`c_fc_shape`: the shape of c_fc(x)."""
    judge(student, "c_fc_shape", [(B, T, 4 * D)],
          {(B, T, D): "c_fc makes it wider: by which factor?",
           (B, T, 3 * D): "this is c_attn"})  # fmt: skip


@T2_14.check("output", points=0.0)
def the_mlp_gives_back_the_shape_it_got(student: Student, rng: Draw) -> None:
    """`mlp_shape`: the shape of what the MLP returns."""
    judge(student, "mlp_shape", [(B, T, D)],
          {(B, T, 4 * D): "this is the hidden layer; c_proj follows"})  # fmt: skip


@T2_18.check("shape", points=0.0)
def c_attn_makes_all_three_at_once(student: Student, rng: Draw) -> None:
    """`c_attn_shape`: the shape of c_attn(x)."""
    judge(student, "c_attn_shape", [(B, T, 3 * D)],
          {(B, T, D): "this is one of the three; they come out side by side",
           (3, B, T, D): "they come out side by side, in the last axis"})  # fmt: skip


@T2_18.check("separate", points=0.0)
def three_projections_give_the_same(student: Student, rng: Draw) -> None:
    """`three_projections(weight, bias, x)` gives q, k and v, each by a projection of its own."""
    width, x = 6, rng.normal(2, 5, 6)
    weight, bias = rng.normal(3 * width, width), rng.normal(3 * width)
    parts = student.function("three_projections", weight, bias, x)
    if not isinstance(parts, list) or len(parts) != 3:
        raise CheckFailed("three_projections does not return three tensors", "q, k, v",
                          name_type(parts))  # fmt: skip
    for name, part, number in zip("qkv", parts, range(3), strict=True):
        rows = slice(number * width, (number + 1) * width)
        expect_close(
            expect_tensor(part, (2, 5, width), name), x @ weight[rows].T + bias[rows],
            f"{name} is not the slice of c_attn(x) that it should be",
            hint="nn.Linear keeps its weight as (out, in): which rows belong to q, k and v?",
        )  # fmt: skip


@T2_22.check("shape", points=0.0)
def the_mask_has_four_axes(student: Student, rng: Draw) -> None:
    """`mask_shape`: the shape of torch.tril(torch.ones(5, 5)).view(1, 1, 5, 5)."""
    judge(student, "mask_shape", [(1, 1, 5, 5)], {(5, 5): "so it is before .view"}, ONE_HEAD)


@T2_22.check("entries", points=0.0)
def ten_pairs_are_in_the_future(student: Student, rng: Draw) -> None:
    """`masked_entries`: how many of its 25 entries are 0."""
    found = reading.number(student, "masked_entries")
    hints = {15.0: "so many are 1", 25.0: "so many are there in all", 20.0: "half of these"}
    if found != 10:
        raise CheckFailed("`masked_entries` is not it", got=f"{found:g}",
                          hint=hints.get(found, "draw the 5 x 5 table"))  # fmt: skip
