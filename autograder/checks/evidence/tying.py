"""Whether one parameter is both the token embedding and the output layer."""

from __future__ import annotations

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.gpt_reading import Values, token_tables
from autograder.checks.evidence.known_blocks import KnownGPT
from autograder.checks.expectations import CheckFailed, agrees, expect, name_type


def expect_both_uses(gpt: KnownGPT, rng: Draw, values: Values, when: str = "") -> None:
    """Change the row of a token that x does not hold, then of one that it does."""
    V = gpt.sizes.vocab_size
    x = rng.tokens(V - 1, 2, 4)  # without the last token
    before = gpt.logits(x)
    others = torch.arange(V) != V - 1
    unused = logits_with_changed_row(gpt, rng, values, V - 1, x)
    used = logits_with_changed_row(gpt, rng, values, int(x[0, 0]), x)
    others_too = torch.arange(V) != int(x[0, 0])
    expect(
        not agrees(unused[..., V - 1], before[..., V - 1], 1e-3),
        f"the output layer does not use the parameter of the token embedding{when}",
        expected="one parameter in both places", got="logits that do not follow it",
        hint="the output layer needs the parameter itself, not a copy of its values",
    )  # fmt: skip
    expect(
        agrees(unused[..., others], before[..., others])
        and not agrees(used[0][..., others_too], before[0][..., others_too], 1e-3),
        f"the token embedding does not use the parameter of the output layer{when}",
        expected="one parameter in both places", got="a stream that does not follow it",
    )  # fmt: skip


def logits_with_changed_row(
    gpt: KnownGPT, rng: Draw, values: Values, row: int, x: Tensor
) -> Tensor:
    """The logits with another row for one token in the one table; the weights are put back."""
    table = token_tables(gpt)[0]
    changed = {table.name: values[table.name].clone()}
    table.find(changed)[row] = rng.normal(gpt.sizes.hidden_size)  # a view: either way round
    gpt.model.load(changed)
    logits = gpt.logits(x)
    gpt.model.load({table.name: values[table.name]})
    return logits


def expect_both_gradients(gpt: KnownGPT, rng: Draw) -> None:
    """Pull back the logits of a token that x does not hold: its row shows the output layer's
    gradient, the rows of x the embedding's."""
    V, table = gpt.sizes.vocab_size, token_tables(gpt)[0]
    x = rng.tokens(V - 1, 2, 4)  # with token 0, which a padding_idx would leave out
    result = gpt.model(*gpt.arguments(x))
    results = result if isinstance(result, list) else [result]
    fit = [i for i, r in enumerate(results) if isinstance(r, Tensor) and r.numel() == 8 * V]
    if not fit:
        raise CheckFailed("forward does not return logits for every position",
                          f"logits of shape (2, 4, {V})", name_type(result))  # fmt: skip
    index, raw = fit[0], results[fit[0]]
    cotangent = torch.zeros(2, 4, V)
    cotangent[..., V - 1] = rng.normal(2, 4)
    if raw.shape == (2, V, 4):
        cotangent = cotangent.transpose(1, 2)
    _, gradients = gpt.model.gradients(
        *gpt.arguments(x),
        cotangent=cotangent.reshape(raw.shape),
        output=index if isinstance(result, list) else None,
    )
    gradient = gradients.get(table.name)
    shape = next(p.values.shape for p in gpt.parameters if p.name == table.name)
    rows = None
    if gradient is not None and gradient.shape == shape:
        rows = table.find({table.name: gradient})
    for what, used in (("output layer", torch.tensor(V - 1)), ("token embedding", x)):
        expect(
            rows is not None and bool((rows[used].abs().amax(-1) > 0).all()),
            f"no gradient reaches the shared parameter through the {what}",
            expected="a gradient from both uses", got="none", hint="do not detach it",
        )  # fmt: skip
