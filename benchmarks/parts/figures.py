"""Figures with what they must hold, and the machine they were measured on."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "numpy", "ipython", "nbgrader", "nbconvert", "jupyter_client", "distributed")


@dataclass(frozen=True)
class Figure:
    """One measured number; must: what it has to hold, in words; holds: whether it does."""

    name: str
    value: float
    unit: str
    must: str = ""
    holds: bool | None = None

    def line(self) -> str:
        """One line of a table."""
        verdict = {None: "", True: "holds", False: "MISSED"}[self.holds]
        shown = f"{self.value:.3f}" if abs(self.value) < 10 else f"{self.value:,.1f}"
        return f"{self.name:<58}{shown:>10} {self.unit:<14}{self.must:<22}{verdict}".rstrip()


def at_most(name: str, value: float, unit: str, limit: float) -> Figure:
    """A figure that must not be greater."""
    return Figure(name, value, unit, f"at most {limit:g}", value <= limit)


def at_least(name: str, value: float, unit: str, limit: float) -> Figure:
    """A figure that must not be smaller."""
    return Figure(name, value, unit, f"at least {limit:g}", value >= limit)


@dataclass
class Report:
    """What a benchmark found; details: the single measurements behind the figures."""

    benchmark: str
    figures: list[Figure] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=lambda: machine())

    def show(self, as_json: bool) -> None:
        """Print as a table, or as JSON for docs/scale.md."""
        if as_json:
            print(json.dumps(asdict(self), indent=1))
            return
        found = self.machine
        print(f"{self.benchmark}: {found['date']}, {found['cores']} cores ({found['processor']}), "
              f"load {found['load']} at the start, Python {found['python']}")  # fmt: skip
        print(", ".join(f"{name} {version}" for name, version in found["packages"].items()))
        for figure in self.figures:
            print(figure.line())
        for remark in self.remarks:
            print(f"- {remark}")

    @property
    def holds(self) -> bool:
        """Whether no figure misses what it must hold."""
        return all(figure.holds is not False for figure in self.figures)


def machine() -> dict[str, Any]:
    """The machine, its load right now and the versions of what is measured."""
    return {
        "date": f"{datetime.datetime.now():%Y-%m-%d %H:%M}",
        "cores": len(os.sched_getaffinity(0)),
        "processor": processor(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := version(name))},
    }


def processor() -> str:
    """The processor's name, as Linux gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def version(package: str) -> str:
    """The installed version; empty if there is none."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def say(text: str) -> None:
    """Progress goes where figures do not."""
    print(text, file=sys.stderr, flush=True)
