"""E7 compared: whole training runs with recording collaborators, step by step."""

from __future__ import annotations

import random
from typing import Any

import torch

from autograder.probe import training
from benchmarks.mutants.comparison import Comparison

RUNS = 40


def compare_training(c: Comparison) -> None:
    """E7: runs of drawn lengths, intervals, rates, losses, groups and modes."""
    small = training.TinyModel
    training.TinyModel = lambda *given: small(*given).double()  # type: ignore[misc, assignment]
    draw = random.Random(11)
    for number in range(RUNS):
        design = drawn_design(draw, number)
        left, right = (training.run(names["train"], design) if "train" in names else None
                       for names in (guarded(c.original), guarded(c.mutant)))  # fmt: skip
        for what in ("weights", "rates", "modes", "splits", "trained", "evaluated", "estimated",
                     "unknown", "returned", "runaway", "training"):  # fmt: skip
            values = (left[what], right[what]) if left and right else (bool(left), bool(right))
            c.note(what, *values, tolerance=1e-6 if what in ("trained", "returned") else 1e-9)
            c.records.setdefault(what, []).append(values)
        c.records.setdefault("design", []).append((design, design))


def guarded(names: dict[str, Any]) -> dict[str, Any]:
    """The program's `train`, whose exceptions end a run as its last word."""
    if "train" not in names:
        return {}

    def train(*given: Any) -> Any:
        torch.default_generator.manual_seed(1)
        try:
            return names["train"](*given)
        except Exception as error:
            return f"raised {type(error).__name__}"

    return {"train": train}


def drawn_design(draw: random.Random, number: int) -> dict[str, Any]:
    """One run's design: see autograder/probe/training.py."""
    V, D, B, T = 6, 4, 2, 4
    iterations, steps = draw.randint(1, 9), draw.choice((1, 1, 2, 3, 4))
    clip = draw.choice((0.0, 1e6, draw.uniform(0.02, 0.1), draw.uniform(0.1, 0.3), 1.0))
    torch.default_generator.manual_seed(number)
    count = iterations * steps + 3
    rates = [draw.uniform(0.05, 0.6) for _ in range(iterations)]
    return {
        "max_iters": iterations,
        "gradient_accumulation_steps": steps,
        "grad_clip": clip,
        "log_interval": draw.randint(1, 4),
        "eval_interval": draw.randint(1, 4),
        "learning_rate": draw.uniform(0.1, 0.9),
        "rates": rates,
        "weights": {"embedding": torch.randn(V, D).float().numpy(),
                    "output": torch.randn(V, D).float().numpy(),
                    "bias": torch.randn(V).float().numpy()},
        "x": torch.randint(V, (count, B, T)).numpy(),
        "y": torch.randint(V, (count, B, T)).numpy(),
        "losses": {split: [draw.uniform(0.5, 3.0) for _ in range(iterations + 2)]
                   for split in ("train", "val")},
        "groups": draw.choice((2, 3)),
        "eval_factor": draw.choice((1.0, 0.5)),
        "training": draw.random() < 0.7,
    }  # fmt: skip
