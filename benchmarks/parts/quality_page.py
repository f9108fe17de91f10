"""Write measured figures into the tables of docs/grader_quality.md.

    python benchmarks/grader_quality.py --json > quality.json
    python -m benchmarks.parts.quality_page quality.json

A part that was not measured, and everything else of the page, stays as it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.parts.scale_page import replaced

PAGE = Path(__file__).resolve().parents[2] / "docs" / "grader_quality.md"
CORPORA = (
    ("right answers", "right"), ("of these, lost points", "false failures"),
    ("wrong answers", "wrong"), ("kept all points", "missed"),
    ("lost points elsewhere", "elsewhere"), ("diagnosis right", "diagnosis right"),
    ("rightly silent", "diagnosis rightly silent"), ("silent", "diagnosis silent"),
    ("wrong", "diagnosis wrong"),
)  # fmt: skip
MUTANTS = (
    ("mutants", "made"), ("equivalent", "equivalent"), ("allowed", "allowed"),
    ("wrong", "wrong"), ("caught", "caught"), ("survived", "survived"), ("diagnosed", "named"),
)  # fmt: skip


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in sys.argv[1:]:
        report = json.loads(Path(name).read_text(encoding="utf-8"))
        if "corpora" in report["details"]:
            page = replaced(page, "corpora", corpora(report))
        if "mutants" in report["details"]:
            page = replaced(page, "mutants", mutants(report))
            page = replaced(page, "survivors", survivors(report))
    PAGE.write_text(page, encoding="utf-8")


def corpora(report: Mapping[str, Any]) -> Iterable[str]:
    """Answers written by hand, by exercise."""
    yield from table(CORPORA, report["details"]["corpora"])


def mutants(report: Mapping[str, Any]) -> Iterable[str]:
    """Mistakes made by machine, by exercise, and when this was measured."""
    rows = report["details"]["mutants"]
    yield from table(MUTANTS, rows)
    caught, wrong, named = (sum(row[key] for row in rows) for key in ("caught", "wrong", "named"))
    seconds = next(f["value"] for f in report["figures"] if f["name"] == "the whole run")
    machine = report["machine"]
    yield ""
    yield (f"Caught: {caught:,} of {wrong:,}, {100 * caught / wrong:.2f} %; a diagnosis was given "
           f"to {100 * named / caught:.0f} % of the caught ones. Seed {report['details']['seed']}, "
           f"{seconds / 60:.0f} minutes, on {machine['date']} with {machine['cores']} cores "
           f"({machine['processor']}), load {machine['load']} at the start, Python "
           f"{machine['python']}, torch {machine['packages']['torch']}.")  # fmt: skip


def table(columns: Iterable[tuple[str, str]], rows: list[Mapping[str, Any]]) -> Iterable[str]:
    """A table with a row for each exercise and one for all."""
    columns = list(columns)
    yield "| exercise | " + " | ".join(title for title, _ in columns) + " |"
    yield "| --- |" + " ---: |" * len(columns)
    for row in sorted(rows, key=lambda row: row["exercise"]):
        yield f"| {row['exercise']} | " + " | ".join(f"{row[key]:,}" for _, key in columns) + " |"
    sums = (sum(row[key] for row in rows) for _, key in columns)
    yield "| all | " + " | ".join(f"{total:,}" for total in sums) + " |"


def survivors(report: Mapping[str, Any]) -> Iterable[str]:
    """Every mutant that kept its points, its change, and why it is left as it is."""
    found = report["details"]["survivors"]
    if not found:
        yield "None."
    for each in found:
        yield f"`{each['id']}`: {each['reason'] or 'nobody has looked at this one yet.'}"
        yield ""
        yield "```diff"
        yield each["diff"]
        yield "```"
        yield ""


if __name__ == "__main__":
    main()
