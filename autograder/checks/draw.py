"""Fresh inputs for a check, reproducible from one seed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from autograder.probe.view import Handle, Parameter


class Draw:
    """Random numbers for one check; the seed and the check's id fix them all.

    Tensors are float32 or long, on the CPU, from a generator of our own: the student's stays
    untouched.
    """

    def __init__(self, seed: int, *names: str) -> None:
        self._root = seed
        digest = hashlib.sha256(":".join([str(seed), *names]).encode()).digest()
        self.seed = int.from_bytes(digest[:7], "big")
        self._generator = torch.Generator().manual_seed(self.seed)

    def common(self, *names: str) -> Draw:
        """Numbers for what several checks share: the same whichever of them asks first."""
        return Draw(self._root, "common", *names)

    def normal(self, *shape: int, std: float = 1.0) -> Tensor:
        """Normal(0, std) numbers of this shape."""
        return torch.randn(*shape, generator=self._generator) * std

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Uniform numbers of this shape."""
        return low + (high - low) * torch.rand(*shape, generator=self._generator)

    def tokens(self, vocab_size: int, *shape: int) -> Tensor:
        """Token ids 0 .. vocab_size - 1, long.

        Where there is room for it (four tokens or more), the first and the last id are among them:
        those are the ones that a wrong padding_idx or ignore_index, or a range one short, forgets.
        """
        drawn = torch.randint(vocab_size, shape, generator=self._generator)
        if drawn.numel() >= 4:
            first, last = self.permutation(drawn.numel())[:2]
            drawn.view(-1)[first], drawn.view(-1)[last] = 0, vocab_size - 1
        return drawn

    def permutation(self, n: int) -> Tensor:
        """The numbers 0 .. n - 1 in random order, long."""
        return torch.randperm(n, generator=self._generator)

    def whole(self, low: int, high: int) -> int:
        """One whole number from low to high, both included."""
        return int(torch.randint(low, high + 1, (), generator=self._generator))

    def choice(self, options: Sequence[int]) -> int:
        """One of these."""
        return options[self.whole(0, len(options) - 1)]

    def weights_for(
        self,
        module: Handle,
        std: float | None = None,
        bias: bool = True,
        parameters: Sequence[Parameter] | None = None,
    ) -> Mapping[str, Tensor]:
        """New values for every parameter of a module, loaded there and returned by name.

        Matrices ~ Normal(0, 1/sqrt(last axis)) unless std is given; vectors likewise with std 0.3,
        or 0 where bias is False. Parameters that share memory get the same values. One that is not
        trainable keeps its own (some students register a mask so); it is returned as well.
        parameters: those to set, where they are known already.
        """
        drawn: dict[str, Tensor] = {}
        kept: dict[str, Tensor] = {}
        for parameter in module.unique_parameters if parameters is None else parameters:
            if not parameter.trainable:
                kept[parameter.name] = parameter.values
                continue
            shape = tuple(parameter.values.shape)
            if len(shape) < 2 and not bias:
                drawn[parameter.name] = torch.zeros(shape)
                continue
            scale = std or (shape[-1] ** -0.5 if len(shape) > 1 else 0.3)
            drawn[parameter.name] = self.normal(*shape, std=scale)
        module.load(drawn)
        return drawn | kept
