"""Write measured figures into the tables of docs/scale.md.

    python benchmarks/growth.py --json > growth.json
    python benchmarks/sandbox_cost.py --json > cost.json
    python -m benchmarks.parts.scale_page growth.json cost.json

A table lies between `<!-- figures: NAME -->` and `<!-- end of figures -->`; everything else of the
page stays as it is.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scale.md"
MANY, CORES, SECTIONS = 100_000, 64, (1, 4, 8, 16)
HOUR_S = 3600.0


def main() -> None:
    growth, cost = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    page = PAGE.read_text(encoding="utf-8")
    page = replaced(page, "costs", costs(growth, cost))
    page = replaced(page, "estimate", estimate(growth))
    PAGE.write_text(page, encoding="utf-8")


def replaced(page: str, name: str, lines: Iterable[str]) -> str:
    """The page with another table under that name; raises ValueError if it has no such place."""
    place = re.compile(rf"(<!-- figures: {name} -->\n).*?(\n<!-- end of figures -->)", re.DOTALL)
    text = "\n" + "\n".join(lines) + "\n"
    page, count = place.subn(lambda found: found[1] + text + found[2], page)
    if count != 1:
        raise ValueError(f"{PAGE.name}: {count} places for the figures named {name!r}, not one")
    return page


def costs(growth: Mapping[str, Any], cost: Mapping[str, Any]) -> Iterable[str]:
    """What one submission costs."""
    found, machine = named(growth) | named(cost), growth["machine"]
    yield "| figure | symbol | measured |"
    yield "| --- | --- | --- |"
    for text, symbol, name, unit in (
        ("executing, each submission more", "e", "executing, each submission more", "core s"),
        ("recording, each submission more", "r", "recording, each submission more", "core s"),
        ("recording and sending over Dask, each submission more", "d",
         "Dask: recording and sending, each submission more", "core s"),
        ("two Dask workers' throughput against one's, each submission more", "",
         "Dask: two workers' throughput / one's, each submission more", "times"),
        ("the same with start-up included", "",
         "Dask: two workers' throughput / one's, start-up included", "times"),
        ("the same against one worker that shares its core with runner and scheduler", "",
         "Dask: two workers' throughput / one's on one core, each submission more", "times"),
        ("memory of the runner, each submission more", "",
         "memory of the runner, each submission more", "KB"),
        ("private memory of a submission's process, at the end of the reference", "",
         "private memory of a process after ada's notebook", "MB"),
        ("disk, each submission more", "", "disk, each submission more", "MB"),
    ):  # fmt: skip
        shown = f"{short(found[name])} {unit}" if name in found else "not measured"
        yield f"| {text} | {symbol} | {shown} |"
    for run in growth["details"]["runs"]:
        yield (f"| a class of {run['size']:,}, start-up included | | "
               f"{run['seconds']:.0f} s, {run['seconds'] / run['size']:.2f} s each |")  # fmt: skip
    yield ""
    yield (f"Measured on {machine['date']} with {machine['cores']} cores ({machine['processor']}), "
           f"{machine['memory_gb']:.0f} GB, load {machine['load']} at the start, Python "
           f"{machine['python']}, torch {machine['packages']['torch']}, nbgrader "
           f"{machine['packages']['nbgrader']}.")  # fmt: skip


def estimate(growth: Mapping[str, Any]) -> Iterable[str]:
    """What many submissions take, by the number of course folders they are divided over."""
    found = named(growth)
    executing = found["executing, each submission more"]
    recording = found["recording, each submission more"]
    memory_kb, disk_mb = (found[f"{what}, each submission more"]
                          for what in ("memory of the runner", "disk"))  # fmt: skip
    yield "| course folders | executing | recording | the run | executing cores that are busy |"
    yield "| --- | --- | --- | --- | --- |"
    for folders in SECTIONS:
        workers = CORES - folders
        hours = [MANY * executing / workers / HOUR_S, MANY * recording / folders / HOUR_S]
        busy = workers * hours[0] / max(hours)
        yield (f"| {folders} | {hours[0]:.2f} h on {workers} cores | {hours[1]:.2f} h on "
               f"{folders} | {max(hours):.2f} h | {busy:.0f} of {workers} |")  # fmt: skip
    yield ""
    largest = max(growth["details"]["runs"], key=lambda run: run["size"])
    runner_mb = largest["runner_mb"] + memory_kb / 1000 * (MANY - largest["size"])
    yield (f"One recording process keeps {executing / recording:.0f} workers busy. All in one "
           f"folder, the runner would need {runner_mb / 1000:.1f} GB of memory; on disk the "
           f"folders take {MANY * disk_mb / 1e6:.2f} TB together.")  # fmt: skip


def named(report: Mapping[str, Any]) -> dict[str, float]:
    """A report's figures by name."""
    return {figure["name"]: figure["value"] for figure in report["figures"]}


def short(value: float) -> str:
    """Three figures that mean something."""
    return f"{value:.3g}" if value < 100 else f"{value:,.0f}"


if __name__ == "__main__":
    main()
