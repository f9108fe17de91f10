"""How fast the references train and write, as ratios to the plain way of doing it.

    python benchmarks/speed.py [--json] [--only training|generation] [--threads N] [--quick]

Training: Assignment 4's model against a textbook's loop, the lab's GPT-2 124M against Hugging
Face's, the loss under bfloat16 against float32, and each trick by itself. Writing: with a key-value
cache against without. In float32 on a CPU without units for 16 bits, with as many threads as are
fast when the command starts (or --threads), twelve minutes on one idle core and 4 GB of memory.
Exits 1 if a ratio that the course promises is not reached.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # random weights: nothing is fetched

from autograder.notebook.training_threads import best_threads
from benchmarks.parts import generation_speed, training_speed
from benchmarks.parts.ratio import Row


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--only", choices=("training", "generation"))
    parser.add_argument("--threads", type=int, help="instead of those found to be fast")
    parser.add_argument("--no-compile", action="store_true", help="training without torch.compile")
    parser.add_argument("--quick", action="store_true", help="only to see that it runs")
    told = parser.parse_args()
    torch.set_num_threads(told.threads or best_threads())
    shown = sys.stdout
    if not told.json:
        print(machine(), flush=True)
    rows = []
    with contextlib.redirect_stdout(sys.stderr):  # what the data say of themselves
        for row in measured(told):
            rows.append(row)
            if not told.json:
                print(row, file=shown, flush=True)
    if told.json:
        print(json.dumps({"machine": machine(), "rows": [row.to_dict() for row in rows]}, indent=1))
    return 0 if told.quick or all(row.reached for row in rows) else 1


def measured(told: argparse.Namespace) -> Iterator[Row]:
    """Measure what was asked for, one comparison after the other."""
    if told.only != "generation":
        yield from training_speed.rows(quick=told.quick, compile=not told.no_compile)
    if told.only != "training":
        yield from generation_speed.rows(*((8, 1) if told.quick else ()))


def machine() -> str:
    """Say what it was measured on."""
    return (
        f"torch {torch.__version__}, {torch.backends.cpu.get_cpu_capability()}, "
        f"{torch.get_num_threads()} of {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    raise SystemExit(main())
