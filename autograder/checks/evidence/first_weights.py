"""A GPT's first weights: which parameter is for what, and how each must start."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from autograder.checks.draw import Draw
from autograder.checks.evidence.gpt_reading import squeezed
from autograder.checks.evidence.known_blocks import WAYS, KnownGPT, Sizes, known_gpt
from autograder.checks.evidence.normality import expect_different, expect_normal, is_normal
from autograder.checks.expectations import CheckFailed, agrees, expect
from autograder.probe.errors import StudentFault
from autograder.probe.view import Parameter, Student


@dataclass
class Roles:
    """The model's parameters by what they are for.

    either: matrices of 4 D^2 numbers of which half must be MLP outputs, where we cannot tell which;
    attention: matrices of D^2 numbers in blocks, of which one a block may be its output.
    """

    matrices: list[Parameter]
    outputs: list[Parameter]
    either: list[Parameter]
    attention: list[Parameter]
    ones: list[Parameter]
    zeros: list[Parameter]


def find_roles(student: Student, gpt: KnownGPT, rng: Draw) -> Roles:
    """Sort the parameters; what was all ones in a fresh Block is a LayerNorm's weight."""
    D = gpt.sizes.hidden_size
    output_names = mlp_output_names(student, gpt, rng)
    ones_names = norm_weight_names(student, gpt)
    roles = Roles([], [], [], [], [], [])
    for p in gpt.parameters:
        in_block, size = gpt.in_block(p) or not gpt.made, p.values.numel()
        if len(squeezed(p)) <= 1:
            known = gpt.in_block(p)
            is_one = p.name in ones_names if known else bool((p.values == 1).all())
            (roles.ones if is_one else roles.zeros).append(p)
        elif p.name in output_names:
            roles.outputs.append(p)
        elif in_block and size == 4 * D * D and not output_names:
            roles.either.append(p)
        elif in_block and size == D * D:
            roles.attention.append(p)
        else:
            roles.matrices.append(p)
    return roles


def norm_weight_names(student: Student, gpt: KnownGPT) -> set[str]:
    """Names of the LayerNorm weights in the model's blocks, read off a fresh Block."""
    if not gpt.blocks_at:
        return set()
    sizes = gpt.sizes
    fresh = student.Block(sizes.hidden_size, sizes.n_head, sizes.dropout).unique_parameters
    norms = [p.name for p in fresh if len(squeezed(p)) <= 1 and bool((p.values == 1).all())]
    return {f"{at}.{name}" for at in gpt.blocks_at for name in norms}


def mlp_output_names(student: Student, gpt: KnownGPT, rng: Draw) -> set[str]:
    """Names of the output matrices of the model's MLPs; none if we cannot tell."""
    if "Block" in gpt.foreign:
        return {f"{at}.mlp.output.weight" for at in gpt.blocks_at}
    places = gpt.model.parts("MLP")
    if not places:
        return set()
    name = "output.weight" if "MLP" in gpt.foreign else odd_matrix(student, gpt, rng)
    return {f"{at}.{name}" for at in places} if name else set()


def odd_matrix(student: Student, gpt: KnownGPT, rng: Draw) -> str | None:
    """The matrix of the student's MLP whose sign is the sign of the result: its output layer.

    GELU(-u) is not -GELU(u), so the first layer's matrix is another matter. Needs zero biases.
    """
    try:
        mlp = student.MLP(gpt.sizes.hidden_size, 0.0)
        mlp.eval()
        values = rng.weights_for(mlp, bias=False)
        x = rng.normal(3, 2, gpt.sizes.hidden_size)
        y, odd = mlp(x), []
        for name, matrix in values.items():
            mlp.load({name: -matrix})
            if matrix.dim() > 1 and isinstance(y, Tensor) and torch.allclose(mlp(x), -y, atol=1e-4):
                odd.append(name)
            mlp.load({name: matrix})
    except StudentFault:
        return None
    return odd[0] if len(odd) == 1 else None


def expect_vectors(gpt: KnownGPT, roles: Roles) -> None:
    """Biases 0; LayerNorm weights 1, one of them outside the blocks."""
    for p in roles.ones:
        expect(bool((p.values == 1).all()), f"the LayerNorm weight {p.name} does not start at 1",
               expected=1, got=f"{float(p.values[0]):.3g} ...")  # fmt: skip
    norms = [p for p in roles.ones if not gpt.in_block(p)]
    zeros_outside = [p for p in roles.zeros if not gpt.in_block(p)]
    expect(
        len(norms) >= 1 or len(zeros_outside) == 0 or not gpt.blocks_at,
        "the final LayerNorm's weight does not start at 1", expected=1,
        got="no vector of ones outside the blocks",
        hint="zero the biases, but leave LayerNorm weights at 1",
    )  # fmt: skip
    for p in roles.zeros:
        expect(
            bool((p.values == 0).all()), f"the bias {p.name} does not start at 0",
            expected=0, got=f"{float(p.values.flatten()[0]):.3g} ...",
            hint="biases of linear layers and of LayerNorms start at 0",
        )  # fmt: skip


def on_the_best_blocks(
    student: Student, rng: Draw, sizes: Sizes, claim: Callable[[KnownGPT, Roles, Draw], None]
) -> None:
    """Judge first weights on the student's own blocks, and where that fails on stand-ins.

    Blocks with parameters of an unusual kind are no mistake of the model's.
    """
    failure: Exception | None = None
    for ways in (WAYS, WAYS[-1:]):
        try:
            with known_gpt(student, rng, sizes, ways) as gpt:
                common = rng.common("roles", str(sizes))
                key = ("roles", sizes, tuple(ways))
                roles = student.once(key, lambda: find_roles(student, gpt, common))  # noqa: B023
                claim(gpt, roles, rng)
                return expect_shown_is_used(gpt, rng)
        except (CheckFailed, StudentFault) as error:
            failure = failure or error
    assert failure is not None
    raise failure


def expect_shown_is_used(gpt: KnownGPT, rng: Draw) -> None:
    """Fail unless the parameters that the model shows are those that it computes with."""
    x = rng.tokens(gpt.sizes.vocab_size, 2, 5)
    logits = gpt.logits(x)
    gpt.model.load({p.name: p.values for p in gpt.parameters})
    expect(
        agrees(gpt.logits(x), logits),
        "the parameters that the model shows are not those that it computes with",
        expected="the same logits when they are loaded", got="others",
    )  # fmt: skip


def expect_small_and_normal(gpt: KnownGPT, roles: Roles, rng: Draw) -> None:
    """All but the MLPs' outputs: Normal(0, 0.02), vectors 0 or 1, the first loss near ln V."""
    L, V = gpt.sizes.n_layer, gpt.sizes.vocab_size
    scaled = 0.02 / math.sqrt(2 * L)
    names = {p.name for p in roles.attention + roles.either if is_normal(p.values, scaled)}
    count = sum(p.name in names for p in roles.attention)
    expect(
        count <= L, "more than one attention matrix in each block is scaled down",
        expected="at most the attention's output projection", got=f"{count} in {L} blocks",
    )  # fmt: skip
    rest = [p for p in roles.matrices + roles.attention + roles.either if p.name not in names]
    expect_normal(rest, 0.02, "the weight",
                  hint="initialise every weight matrix and embedding, then the MLPs' outputs",
    )  # fmt: skip
    expect_different([p for p in gpt.parameters if gpt.in_block(p) and len(squeezed(p)) > 1])
    expect_vectors(gpt, roles)
    x, y = rng.tokens(V, 16, 8), rng.tokens(V, 16, 8)
    loss = float(F.cross_entropy(gpt.logits(x).flatten(0, 1), y.flatten()))
    expect(abs(loss - math.log(V)) < 0.15, f"the first loss is far from ln V for V = {V}",
           expected=f"about {math.log(V):.2f}", got=f"{loss:.2f}")  # fmt: skip


def expect_scaled_outputs(gpt: KnownGPT, roles: Roles, rng: Draw) -> None:
    """The MLPs' outputs: Normal(0, 0.02 / sqrt(2 L)); the attention's are judged above."""
    L = gpt.sizes.n_layer
    scaled = 0.02 / math.sqrt(2 * L)
    outputs = roles.outputs or [p for p in roles.either if is_normal(p.values, scaled)]
    expect(
        bool(roles.outputs) or len(outputs) == L, f"the MLPs of {L} blocks are not scaled down",
        expected=f"{L} matrices with standard deviation {scaled:.3g}",
        got=f"{len(outputs)} among the model's parameters",
        hint="the parameters of all blocks must be the model's" * (not roles.either),
    )  # fmt: skip
    expect_normal(outputs, scaled, "the MLP's output layer")
