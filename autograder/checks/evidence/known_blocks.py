"""A student's GPT whose blocks compute something known, so that E5 is judged by itself.

The student's own Block keeps its parts, and with them the initialiser that reaches into it; only
what it computes is replaced. Where the student's Block, attention or MLP cannot be built, stand-ins
with ordinary layers take their places, one after the other.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

import torch
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed, name_type
from autograder.probe.errors import MalformedReply, StudentFault
from autograder.probe.view import Handle, Parameter, StandIn, Student

PARTS_OF = {"Block": "block", "MultiHeadCausalSelfAttention": "attention", "MLP": "mlp"}
WAYS: tuple[tuple[str, ...], ...] = (  # what is not the student's own, from nothing to all
    (),
    ("MultiHeadCausalSelfAttention",),
    ("MLP",),
    ("MultiHeadCausalSelfAttention", "MLP"),
    ("Block",),
)


@dataclass(frozen=True)
class Sizes:
    """The arguments of GPT, in order. All sizes differ, so that a shape tells what a tensor is."""

    vocab_size: int = 13
    context_size: int = 7
    hidden_size: int = 12
    n_layer: int = 3
    n_head: int = 2
    dropout: float = 0.0

    def but(self, **changes: Any) -> Sizes:
        """These sizes with some changed."""
        return replace(self, **changes)


@dataclass
class Seen:
    """One forward call: logits (N, T, V) and what each block took and gave, in order."""

    logits: Tensor
    calls: list[dict[str, Any]]

    @property
    def numbers(self) -> list[int]:
        """Which block ran first, second, ..."""
        return [int(call["number"]) for call in self.calls]


class KnownGPT:
    """The student's model, the log of its blocks, and the matrices by which these compute.

    parameters: all, each once, with the values that they had when the model was new; made: the
    arguments of each block, as far as it was seen.
    """

    def __init__(
        self,
        model: Handle,
        stand_ins: Sequence[StandIn],
        sizes: Sizes,
        matrices: Tensor,
        foreign: Sequence[str],
    ) -> None:
        self.model, self.sizes, self.matrices = model, sizes, matrices
        self.foreign, self.stand_ins = tuple(foreign), tuple(stand_ins)
        self.parameters = model.unique_parameters
        self.blocks_at = model.parts("Block")
        self.made, calls = stand_ins[-1].report()
        self.with_targets = False
        self._seen, self._stale = len(calls), False

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Put the stand-ins that this model was made with in their places once more."""
        with contextlib.ExitStack() as places:
            for stand_in in self.stand_ins:
                places.enter_context(stand_in.again())
            self.model.eval()
            self._stale = True  # an earlier check may have called the model without a look at them
            yield

    def forward(self, x: Tensor) -> Seen:
        """Run the model on tokens x (N, T), however it packs its logits."""
        if self._stale:
            self._new_calls()
        logits = self.logits(x)
        return Seen(logits, self._new_calls())

    def arguments(self, x: Tensor) -> tuple[Tensor, ...]:
        """What this model's forward wants: tokens, and targets if it cannot do without."""
        return (x, x) if self.with_targets else (x,)

    def logits(self, x: Tensor) -> Tensor:
        """The logits (N, T, V) alone, without a look at the blocks."""
        self._stale = True
        fault: StudentFault | None = None
        result: Any = None
        for with_targets in (self.with_targets, not self.with_targets):
            self.with_targets = with_targets
            try:
                result = self.model(*self.arguments(x))
            except StudentFault as error:
                fault = fault or error
                self._new_calls()
                continue
            logits = unpack(result, x, self.sizes.vocab_size)
            if logits is not None:
                return logits
            self._new_calls()
        if fault is not None:
            raise fault
        wanted = f"logits of shape {(*x.shape, self.sizes.vocab_size)}, and the loss"
        raise CheckFailed("forward does not return logits for every position", wanted,
                          name_type(result), cause="nothing-returned" * (result is None),
        )  # fmt: skip

    def _new_calls(self) -> list[dict[str, Any]]:
        self._stale = False
        self.made, new = self.stand_ins[-1].report(self._seen)
        self._seen += len(new)
        for call in new:
            x, y = call["x"], call.get("y")
            if not isinstance(y, Tensor) or x.shape != y.shape or not y.is_floating_point():
                raise MalformedReply("what a known block gave is not of the form of what it took")
            if x.dim() < 2 or x.shape[-1] != self.sizes.hidden_size:
                raise MalformedReply("a known block took no vectors of hidden_size")
        return new

    @functools.cached_property
    def outside(self) -> list[Parameter]:
        """The parameters that are in no block."""
        return [p for p in self.parameters if not self.in_block(p)]

    def in_block(self, parameter: Parameter) -> bool:
        """Whether a parameter belongs to one of the blocks."""
        return any(parameter.name.startswith(f"{at}.") for at in self.blocks_at)

    def blocks(self, stream: Tensor, numbers: Sequence[int]) -> Tensor:
        """What the known blocks make of a stream (N, T, D), in the order given."""
        counts = torch.arange(1, stream.shape[1] + 1).unsqueeze(-1)
        for number in numbers:
            matrix = self.matrices[number % len(self.matrices)].to(stream.dtype)
            stream = torch.tanh(stream.cumsum(1) / counts @ matrix)
        return stream


def unpack(result: Any, x: Tensor, vocab_size: int) -> Tensor | None:
    """Find logits (N, T, V) in what forward returned; flattened or transposed ones too."""
    N, T = x.shape
    for logits in result if isinstance(result, list) else [result]:
        if isinstance(logits, Tensor) and logits.numel() == N * T * vocab_size:
            if tuple(logits.shape) == (N, vocab_size, T):
                return logits.transpose(1, 2)
            return logits.reshape(N, T, vocab_size)
    return None


@contextlib.contextmanager
def known_gpt(
    student: Student, rng: Draw, sizes: Sizes, ways: Sequence[Sequence[str]] = WAYS
) -> Iterator[KnownGPT]:
    """The student's GPT of these sizes, with known blocks, in evaluation mode.

    All checks of an exercise that ask for these sizes get the same one: it takes milliseconds to
    make, and whoever cares for its weights sets them.
    """
    key = ("known GPT", sizes, tuple(map(tuple, ways)))
    gpt = student.once(key, lambda: make_known(student, rng.common(str(sizes)), sizes, ways))
    with gpt.in_place():
        yield gpt


def make_known(
    student: Student, rng: Draw, sizes: Sizes, ways: Sequence[Sequence[str]]
) -> KnownGPT:
    """Make the student's GPT with known blocks; with stand-ins for its parts only if need be."""
    D = sizes.hidden_size
    matrices = rng.normal(sizes.n_layer + 2, D, D, std=1.5 * D**-0.5)
    faults: list[StudentFault] = []
    for foreign in ways:
        with contextlib.ExitStack() as places:
            stand_ins = place(student, foreign, matrices, places)
            try:
                return KnownGPT(student.GPT(*astuple(sizes)), stand_ins, sizes, matrices, foreign)
            except StudentFault as error:
                faults.append(error)
    raise faults[0 if block_can_be_built(student, sizes) else -1]


def place(
    student: Student, foreign: Sequence[str], matrices: Tensor, places: contextlib.ExitStack
) -> list[StandIn]:
    """Put stand-ins in the foreign classes' places, and known forwards into Block, the last."""
    return [
        places.enter_context(
            student.stand_in(
                name, kind="layer", matrices=matrices, mixing=True,
                arguments=["hidden_size", "n_head", "dropout"],
                subclass=name not in foreign, parts=PARTS_OF[name],
            )
        )
        for name in dict.fromkeys([*(name for name in foreign if name != "Block"), "Block"])
    ]  # fmt: skip


def block_can_be_built(student: Student, sizes: Sizes) -> bool:
    """Whether the student's own Block can be made by itself."""
    try:
        return bool(student.Block(sizes.hidden_size, sizes.n_head, sizes.dropout).parameters)
    except StudentFault:
        return False
