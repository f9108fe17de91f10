"""Grade a class in a process of its own: `python -m autograder.attacks.grading ORDER.json`.

An attack that brings the grader down brings down this process, and not the one that watches.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

import nbformat

from autograder.pipeline.runner import grade_class
from autograder.sandbox.session import Limits

MOST_BYTES = 2**31  # of one file: an attack that gets through is not to fill this machine's disk


def main() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_BYTES, MOST_BYTES))
    order = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    source = nbformat.read(order["source"], 4)
    grade_class(
        order["name"], source, Path(order["submissions"]), Path(order["out"]),
        workers=order["workers"], seed=order["seed"], limits=Limits(**order["limits"]),
        sandbox=order["sandbox"], progress=print,
    )  # fmt: skip


if __name__ == "__main__":
    main()
