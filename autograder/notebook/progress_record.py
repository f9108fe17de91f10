"""Remember what each exercise's last check gave: in this kernel, and in a small file beside it.

The file only serves the panel of points; nobody grades by it. Where it cannot be written or read,
the kernel's own memory is all there is.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path("checkpoints") / "progress.json"


@dataclass(frozen=True)
class Standing:
    """What an exercise's last check gave: its points, and whether every claim held.

    earlier: the check was run in another kernel than this one.
    """

    points: float
    right: bool
    earlier: bool = False


_standings: dict[str, Standing] = {}


def record(exercise_id: str, points: float, right: bool) -> None:
    """Note the outcome of a check; where a notebook runs, also in the file. Never raises."""
    _standings[exercise_id] = Standing(points, right)
    if not in_a_notebook():
        return
    kept = {id: [each.points, each.right] for id, each in standings().items()}
    with contextlib.suppress(OSError):
        FILE.parent.mkdir(exist_ok=True)
        new = FILE.with_suffix(".new")
        new.write_text(json.dumps(kept), encoding="utf-8")
        new.replace(FILE)


def standings() -> Mapping[str, Standing]:
    """Return the last outcome of each exercise by its id: this kernel's, else the file's."""
    return {**(_from_file() if in_a_notebook() else {}), **_standings}


def in_a_notebook() -> bool:
    """Whether a student works here: a kernel runs, and not to grade."""
    if "NBGRADER_EXECUTION" in os.environ:
        return False
    with contextlib.suppress(ImportError):
        from IPython.core.getipython import get_ipython

        return get_ipython() is not None
    return False


def _from_file() -> dict[str, Standing]:
    """Return what the file holds; nothing of an entry that is none."""
    try:
        kept = json.loads(FILE.read_text(encoding="utf-8"))
        return {
            str(id): Standing(float(points), right is True, earlier=True)
            for id, (points, right) in kept.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
