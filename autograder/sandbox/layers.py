"""Which layers of the sandbox this machine offers; `course doctor` prints them.

Each is tried for real, in a process of its own that imports nothing heavy.
"""

from __future__ import annotations

import functools
import json
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass

from autograder.sandbox.places import package_root


@dataclass(frozen=True)
class Layer:
    """One layer: whether it works here, what it is for, and what was found (or failed)."""

    name: str
    works: bool
    required: bool
    purpose: str
    detail: str


def probe() -> list[Layer]:
    """Try every layer on this machine, once in the life of this process."""
    return list(_probed())


@functools.cache
def _probed() -> tuple[Layer, ...]:
    if platform.system() != "Linux":
        found = f"{platform.system()} has none of Linux's namespaces, Landlock and seccomp"
        return (Layer("linux", False, True, "what every layer is made of", found),)
    ran = subprocess.run(
        [sys.executable, "-m", "autograder.sandbox.trial"], capture_output=True, text=True,
        cwd=package_root(), timeout=60, check=False,
    )  # fmt: skip
    try:
        return tuple(Layer(**each) for each in json.loads(ran.stdout))
    except (ValueError, TypeError):
        said = (ran.stderr.strip() or "it said nothing").splitlines()[-1]
        return (Layer("trial", False, True, "trying the layers", f"the trial failed: {said}"),)


def as_json() -> list[dict[str, object]]:
    """The layers as plain data."""
    return [asdict(layer) for layer in probe()]


def as_text() -> str:
    """The layers as lines for a terminal."""
    lines = []
    for layer in probe():
        mark = "yes" if layer.works else "NO " if layer.required else "no "
        lines.append(f"{mark}  {layer.name:22}  {layer.purpose}")
        lines.append(f"{'':29}{layer.detail}")
    lines.append("")
    if missing():
        lines.append("NO: `course grade` needs this layer, and refuses to start without it.")
    else:
        lines.append("Student code can be closed in on this machine.")
    return "\n".join(lines)


def missing() -> list[Layer]:
    """The layers that must be there and are not."""
    return [layer for layer in probe() if layer.required and not layer.works]


def refusal(lacking: list[Layer]) -> str:
    """One paragraph for the instructor: what is missing, and what grading without it means."""
    what = "; ".join(f"{layer.name} ({layer.detail})" for layer in lacking)
    return (
        f"this machine cannot close student code in: {what}. Nothing was graded. `course doctor` "
        "shows every layer and how to get it. `--sandbox none` grades without: each submission "
        "then runs with your own rights, and can read and change your files (gradebook, hidden "
        "checks, other submissions), use the network and outlive grading. Do that only with "
        "submissions that you trust, or on a machine that holds nothing else."
    )
