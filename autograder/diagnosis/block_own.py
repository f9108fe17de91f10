"""A block that makes its own attention or MLP: what the tensors that pass in it show."""

from __future__ import annotations

from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.evidence.block_run import (
    NORM_TOLERANCE,
    D,
    H,
    N,
    T,
    fresh_vectors,
    read_norm,
)
from autograder.checks.expectations import agrees
from autograder.diagnosis.block import Norm, own_norms
from autograder.probe.view import Student


def own_parts_name(student: Student, rng: Draw) -> str:
    """What a block of parts of its own does wrong; empty if nobody knows. Raises ProbeError."""
    block = student.Block(D, H, 0.0)
    block.eval()
    proofs = []
    for _ in range(2):
        vectors = fresh_vectors(block, rng)
        x = rng.normal(N, T, D, std=2.0)
        y, passed = block.passing(x)
        if not isinstance(y, Tensor) or y.shape != x.shape:
            return ""
        x, y = x.double(), y.double()
        proofs.append(is_post_norm(x, y, [p.double() for p in passed], vectors))
    return "post-norm" if all(proofs) else ""


def is_post_norm(x: Tensor, y: Tensor, passed: list[Tensor], vectors: dict[str, Tensor]) -> bool:
    """Whether y = LN(a + p) with a = LN(x + o), for tensors o, a, p among those that passed."""
    if read_norm(y, vectors) is None:
        return False
    norms: list[Norm] = list(own_norms(list(vectors)))
    ends = [a for a in passed if read_norm(a, vectors) is not None]
    starts = [a for a in ends if any(
        agrees(n(x + o, vectors), a, NORM_TOLERANCE) for n in norms for o in passed
    )]  # fmt: skip
    return any(
        agrees(n(a + p, vectors), y, NORM_TOLERANCE) for a in starts for n in norms for p in passed
    )
