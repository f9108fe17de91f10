"""E4: one layer of the transformer, checked with known maps in place of attention and MLP."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.e1 import change_after
from autograder.checks.evidence.block_run import (
    ATTENTION,
    CLOSE,
    MLP,
    NORM_TOLERANCE,
    BlockRun,
    D,
    H,
    N,
    Norm,
    Part,
    T,
    known_parts,
    normalised,
    quiet_run,
    read_norm,
    run_block,
)
from autograder.checks.evidence.trainable import expect_backward
from autograder.checks.expectations import agrees, differs, expect, expect_close, output
from autograder.checks.framework import Exercise
from autograder.probe.errors import StudentFault
from autograder.probe.view import Handle, Student

NAMES = ATTENTION, MLP
E4 = Exercise("E4", "Block", ("Block",), asks="the block that joins them", minutes=20, difficulty=1)


@E4.check("shape", points=0.5, hint="forward returns the sum of the stream and both branches")
def the_output_has_the_shape_of_the_input(student: Student, rng: Draw) -> None:
    """The output has the shape of the input, (N, T, D), and is not the input itself."""
    run = quiet_run(student, rng)
    expect(differs(run.y, torch.zeros_like(run.y), 1e-3), "the output is zero throughout",
           expected="x + attention(...) + mlp(...)", got="0")  # fmt: skip
    expect(differs(run.y, run.x, 1e-3), "the output is the input",
           expected="x + attention(...) + mlp(...)", got="x")  # fmt: skip


@E4.check("parts", points=0.5, after=("shape",))
def the_parts_get_their_arguments(student: Student, rng: Draw) -> None:
    """The block has one attention with hidden_size, n_head and dropout and one MLP with hidden_size
    and dropout, and calls each once, the attention first."""
    run = quiet_run(student, rng)
    if run.matrices is None:
        expect_known_parts(student, rng)
        return expect_settings_matter(student, rng)
    for name, part, wanted in (
        (ATTENTION, run.attention, [D, H, run.dropout]), (MLP, run.mlp, [D, run.dropout])
    ):  # fmt: skip
        expect_part(name, part, wanted)
    expect_parts_registered(student, rng)


def expect_parts_registered(student: Student, rng: Draw) -> None:
    """Fail if a part is made but is no module of the block: then nothing in it is ever trained."""
    matrices, x = (rng.normal(D, D), rng.normal(D, D)), rng.normal(N, T, D)
    for keep_own in (True, False):
        with known_parts(student, matrices, keep_own) as parts:
            try:
                block = student.Block(D, H, 0.0)
                before = [
                    (part.made, block.parts(at)) for part, at in zip(parts, NAMES, strict=True)
                ]
                block(x)
            except StudentFault:
                continue  # its forward is judged elsewhere
            if not all(part.calls for part in parts):
                continue
            for name, (made, places) in zip(NAMES, before, strict=True):
                expect(
                    bool(places), f"the {name} is no part of the block for PyTorch",
                    expected="a module that is stored in __init__, so that it is trained",
                    got="one that is kept where PyTorch does not look" if made
                    else "one that is made anew in forward",
                    hint="what does named_parameters() of your block list?",
                    cause="parts-not-registered" if made else "parts-made-in-forward",
                )  # fmt: skip
            return


def expect_part(name: str, part: Part, wanted: list[float]) -> None:
    """Fail unless the part was made once with these arguments and called once."""
    expect(
        part.made == [wanted], f"the block does not make one {name} with the right arguments",
        expected=f"{name}({', '.join(map(str, wanted))})",
        got=" and ".join(f"{name}({', '.join(map(str, made))})" for made in part.made) or "none",
        hint="pass the constructor's own arguments on",
    )  # fmt: skip
    expect(len(part.calls) == 1, f"{name} is called {len(part.calls)} times in one forward",
           expected="once", got=f"{len(part.calls)} times")  # fmt: skip


def expect_known_parts(student: Student, rng: Draw) -> None:
    """For a block of which one part is its own: the other is made once, with the right arguments,
    and its own drops numbers in training."""
    rate = rng.whole(30, 60) / 100
    with known_parts(student, (rng.normal(D, D), rng.normal(D, D)), keep_own=True) as parts:
        block = student.Block(D, H, rate)
        x = rng.normal(N, T, D)
        block.eval()
        quiet = output(block, x)
        made = [part.made for part in parts]
        for name, found, wanted, cause in (
            (ATTENTION, made[0], [D, H, rate], "attention-for-mlp"),
            (MLP, made[1], [D, rate], "mlp-for-attention"),
        ):
            expect(len(found) <= 1, f"the block makes {name} twice and the other part never",
                   expected="one attention and one MLP", got=f"{name}, twice",
                   cause=cause)  # fmt: skip
            expect(not found or found == [wanted],
                   f"the block makes its {name} with other arguments than its own",
                   expected=f"{name}({', '.join(map(str, wanted))})",
                   got=f"{name}({', '.join(map(str, found[0] if found else []))})",
                   hint="pass the constructor's own arguments on")  # fmt: skip
        if any(made):
            block.train()
            expect(not agrees(block(x), quiet, 1e-3), "in training mode nothing is dropped by the "
                   "part that the block makes itself", expected=f"dropout={rate} passed on to it",
                   got="no change", cause="dropout-not-passed-on")  # fmt: skip


def expect_settings_matter(student: Student, rng: Draw) -> None:
    """For a block with parts of its own: heads, dropout and earlier positions make a difference."""
    x = rng.normal(N, T, D)
    block = student.Block(D, H, 0.5)
    block.eval()
    rng.weights_for(block)
    quiet = output(block, x)
    expect_close(
        output(block, change_after(x, 2, rng))[:, :2], quiet[:, :2], "the block sees the future"
    )
    earlier = torch.cat([rng.normal(N, 1, D), x[:, 1:]], dim=1)
    changed = output(block, earlier)
    expect(not agrees(changed[:, -1], quiet[:, -1], 1e-4), "the block has no attention",
           expected="outputs that gather from earlier positions", got="none")  # fmt: skip
    block.train()
    expect(not agrees(block(x), quiet, 1e-3), "in training mode nothing is dropped",
           expected="dropout=0.5 passed on to the parts", got="no change",
           cause="dropout-not-passed-on")  # fmt: skip
    by_heads = []
    for h in (1, H):
        student.begin(0)
        block = student.Block(D, h, 0.0)
        by_heads.append(output(block, x))
    expect(not agrees(by_heads[0], by_heads[1]), "the number of heads makes no difference",
           expected="n_head passed on to the attention", got="the same output",
           cause="heads-not-passed-on")  # fmt: skip


@E4.check("norms", points=0.5, after=("shape",), hint="the parts get the normalised stream; the "
          "stream itself stays as it is")  # fmt: skip
def each_part_gets_a_normalised_input(student: Student, rng: Draw) -> None:
    """Attention and MLP each get the output of a LayerNorm of their own (pre-norm)."""
    run = quiet_run(student, rng)
    first, second = norm_before("attention", run.attention, run), norm_before("MLP", run.mlp, run)
    expect(
        agrees(first.plain, normalised(run.x), NORM_TOLERANCE),
        "the attention's input is normalised, but it is not LayerNorm(x)",
        expected="attention(LayerNorm_1(x))", got="a LayerNorm of something else",
    )  # fmt: skip
    expect(first.weight != second.weight, "both parts use one and the same LayerNorm",
           expected="two LayerNorms, each with its own weight", got="one",
           cause="" if run.matrices else "one-norm-for-both")  # fmt: skip


def norm_before(name: str, part: Part, run: BlockRun) -> Norm:
    """Recognise the LayerNorm before a part, or fail and say what is there instead."""
    expect(len(part.calls) > 0, f"the {name} is never called", expected="once", got="never")
    norm = read_norm(part.x, run.vectors)
    got = "the unnormalised stream" if agrees(part.x, run.x) else "something else"
    expect(norm is not None, f"the {name} does not get the output of a LayerNorm with its weights",
           expected="(u - mean) / sqrt(variance + eps) * weight + bias", got=got)  # fmt: skip
    assert norm is not None
    expect(
        norm.divides_by_n, f"the LayerNorm before the {name} has another variance",
        expected="the mean of the squared distances (divide by n)", got="the sum divided by n - 1",
        hint="torch.var and torch.std divide by n - 1 unless told otherwise",
        cause="" if run.matrices else "norm-by-n-minus-one",  # else a diagnosis may say more
    )  # fmt: skip
    return norm


@E4.check("residuals", points=0.5, after=("shape",))
def what_goes_around_the_parts_is_added(student: Student, rng: Draw) -> None:
    """The input is added to the attention's output, and their sum to the MLP's output; the gradient
    finds its way back along this stream."""
    run = quiet_run(student, rng)
    for name, part in (("attention", run.attention), ("MLP", run.mlp)):
        expect(len(part.calls) > 0, f"the {name} is never called", expected="once", got="never")
    hint = "the stream itself goes around the parts, neither normalised nor replaced"
    for missing, y in without_one_residual(run).items():
        if agrees(run.y, y, CLOSE):
            hint = missing
    expect_close(
        run.y, run.x + run.attention.y + run.mlp.y,
        "the output is not x + attention(...) + mlp(...)", hint=hint, tolerance=CLOSE,
    )  # fmt: skip
    expect_gradient_along_the_stream(student, rng)


def expect_gradient_along_the_stream(student: Student, rng: Draw) -> None:
    """Fail unless the gradient travels back through the block and its known parts."""
    matrices, x = (rng.normal(D, D), rng.normal(D, D)), rng.normal(N, T, D)
    for keep_own in (True, False):
        with known_parts(student, matrices, keep_own):
            try:
                block = student.Block(D, H, 0.0)
                block(x)
            except StudentFault:
                continue  # its forward is judged elsewhere
            expect_backward(block, x, rng)
            block.eval()
            if agrees(block(x), output(block, x)):  # who draws numbers is judged elsewhere
                expect_whole_gradient(block, x, rng)
            return


def expect_whole_gradient(block: Handle, x: Tensor, rng: Draw) -> None:
    """Fail unless the gradient of the input says how the output changes with it.

    A step of 0.003 either way is off by about 1e-3 of the derivative in float32, a branch or a
    stream that is cut by half of it.
    """
    step, cotangent = 3e-3, rng.normal(*x.shape)
    inputs, _ = block.gradients(x, cotangent=cotangent)
    assert inputs[0] is not None
    size = float(inputs[0].norm())
    for _ in range(3):
        along = rng.normal(*x.shape)
        ends = [(output(block, x + sign * step * along) * cotangent).sum() for sign in (1, -1)]
        told = float((inputs[0] * along).sum())
        expect(
            abs(float(ends[0] - ends[1]) / (2 * step) - told) <= 0.03 * size,
            "the gradient of the input is not how the output changes with it",
            expected="the whole derivative", got="a part of it",
            hint="do not detach on the way: stream and branches both carry a gradient",
            cause="gradient-cut",
        )  # fmt: skip


def without_one_residual(run: BlockRun) -> dict[str, Tensor]:
    """What comes out where a connection is missing or starts at the wrong place, and why."""
    x, u, o = run.x, run.attention.x, run.attention.y
    v, p = run.mlp.x, run.mlp.y
    return {
        "the residual connection around the attention is missing": o + p,
        "the residual connection around the MLP is missing": p,
        "the second residual connection adds x again, instead of x + attention(...)": x + p,
        "the first residual connection carries LayerNorm_1(x): it must carry x itself": u + o + p,
        "the second residual connection carries LayerNorm_2(a): it must carry a itself": v + p,
    }


@E4.check("formula", points=1.0, after=("norms", "residuals"))
def the_output_is_what_the_formula_gives(student: Student, rng: Draw) -> None:
    """With a = x + attention(LayerNorm_1(x)), the output is a + mlp(LayerNorm_2(a)), in training as
    in evaluation."""
    expect_formula(quiet_run(student, rng))
    expect_formula(run_block(student, rng, dropout=0.4, training=True))


def expect_formula(run: BlockRun) -> None:
    """Fail unless a run gave what the formula gives for its weights and its input."""
    if run.matrices is None:
        return  # its own parts were found, so that the formula holds
    norms = [read_norm(part.x, run.vectors) for part in (run.attention, run.mlp)]
    expect(None not in norms, "the parts do not get normalised inputs in training mode")
    expect_close(
        run.y, formula(run, [norm for norm in norms if norm]),
        "the output is not a + mlp(LayerNorm_2(a)) with a = x + attention(LayerNorm_1(x))",
        hint="the MLP works on what the attention has added to; the parts have their own "
        "dropout, the block adds none", tolerance=CLOSE,
    )  # fmt: skip


def formula(run: BlockRun, norms: list[Norm]) -> Tensor:
    """The formula's output, from x and the weights alone."""
    assert run.matrices is not None
    stream = run.x
    for norm, matrix, mixing in zip(norms, run.matrices, (True, False), strict=True):
        u = normalised(stream) * run.vectors[norm.weight]
        if norm.bias is not None:
            u = u + run.vectors[norm.bias]
        if mixing:
            u = u.cumsum(1) / torch.arange(1, T + 1).double().unsqueeze(-1)
        stream = stream + torch.tanh(u @ matrix.double())
    return stream
