"""Whether a GPT's layers are different ones, used in order."""

from __future__ import annotations

from itertools import pairwise

import torch

from autograder.checks.draw import Draw
from autograder.checks.evidence.known_blocks import KnownGPT, Seen, known_gpt
from autograder.checks.expectations import expect, expect_close
from autograder.probe.view import Student


def check_use_of_blocks(gpt: KnownGPT, seen: Seen) -> None:
    L, numbers = gpt.sizes.n_layer, seen.numbers
    expect(len(numbers) == L, "forward runs the wrong number of blocks",
           expected=f"n_layer = {L}", got=len(numbers))  # fmt: skip
    expect(
        len(set(numbers)) == L, "one block is used several times",
        expected=f"{L} different blocks, each with weights of its own",
        got=f"{len(set(numbers))} different", hint="make a new Block for each layer",
    )  # fmt: skip
    for before, after in pairwise(seen.calls):
        expect_close(after["x"], before["y"], "a block does not get what the block before it gave",
                     hint="each takes what the one before it gave, with nothing in between: "
                     "the residual connections are inside the blocks")  # fmt: skip
    expect(
        len(gpt.blocks_at) == L, "the model does not know the parameters of its blocks",
        expected=f"{L} blocks among its modules", got=len(gpt.blocks_at),
        hint="a plain Python list hides them from the optimizer: use nn.ModuleList",
    )  # fmt: skip


def check_layers_of_its_own(student: Student, rng: Draw, gpt: KnownGPT) -> None:
    """For a model that does not use Block: one more layer is so many parameters more."""
    D, L = gpt.sizes.hidden_size, gpt.sizes.n_layer
    counts = []
    for n_layer in (L, L + 1, L + 2):
        with known_gpt(student, rng, gpt.sizes.but(n_layer=n_layer), ways=((),)) as other:
            counts.append(sum(p.values.numel() for p in other.parameters))
    steps = [after - before for before, after in pairwise(counts)]
    expect(steps[0] == steps[1] and steps[0] >= 12 * D * D,
           "the model does not have n_layer blocks with weights of their own",
           expected="one Block for each layer", got=f"{steps[0]} parameters for one more layer",
    )  # fmt: skip
    rng.weights_for(gpt.model)
    x = rng.tokens(gpt.sizes.vocab_size, 2, 6)
    _, gradients = gpt.model.gradients(x, x, cotangent=torch.ones(()), output=1)
    unused = [name for name, g in gradients.items() if g is None]
    expect(not unused, f"the parameter {(unused or [''])[0]} is never used",
           expected="every block takes part", got="no gradient")  # fmt: skip
