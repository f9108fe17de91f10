"""The instructor's verbs on a class of 300: collect, feedback, report, export.

    python benchmarks/desk.py [--size 300] [--workers 2] [--json]

Packs the bundled Assignment 4 class, repeated, as Canvas packs a download, with a roster as Canvas
exports it. Each verb runs as its own command, start-up included; the class is graded in between,
which is not part of the figures.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.parts.classes import ASSIGNMENT, write_class
from benchmarks.parts.figures import Report, at_most
from benchmarks.parts.grading import grade_command, seconds_of

COLUMN = "Assignment 4 (77)"
LIMITS_S = {"collect": 10, "feedback": 20, "report": 20, "export": 2}  # on two cores


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--size", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    report = Report("desk")
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        taken = measured(Path(folder), asked.size, asked.workers)
    for verb, most in LIMITS_S.items():
        name = f"course {verb}, {asked.size} submissions"
        report.figures.append(at_most(name, taken[verb], "s", most))
    report.show(asked.json)


def measured(place: Path, size: int, workers: int) -> dict[str, float]:
    """Seconds of wall time by verb."""
    names = write_class(place / "class", size)
    pack(place, names)
    submissions, out, roster = place / "submissions", place / "out", place / "roster.csv"
    taken = {"collect": seconds_of(
        verb("collect", place / "download.zip", "--to", submissions, "--roster", roster), cwd=place
    )}  # fmt: skip
    seconds_of(grade_command(submissions, out, "--workers", workers, "--roster", roster), cwd=place)
    taken["feedback"] = seconds_of(verb("feedback", "--out", out), cwd=place)
    taken["report"] = seconds_of(verb("report", "--out", out), cwd=place)
    taken["export"] = seconds_of(
        verb("export", "--out", out, "--for", "canvas", "--to", place / "marks.csv"), cwd=place
    )
    return taken


def verb(name: str, *options: object) -> list[str]:
    """One verb of the course command for the assignment."""
    return [sys.executable, "-m", "autograder.cli", name, ASSIGNMENT, *map(str, options)]


def pack(place: Path, names: list[str]) -> None:
    """Write download.zip and roster.csv as Canvas makes them."""
    with (place / "roster.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", COLUMN])
        rows.writerow(["    Points Possible", "", "", "", "", 40])
        for number, name in enumerate(names):
            rows.writerow([f"Student, {name}", 1000 + number, f"s{number}", name, "A", ""])
    with zipfile.ZipFile(place / "download.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number, name in enumerate(names):
            who = "student" + "".join(c for c in name if c.isalnum())
            given = f"{who}_{1000 + number}_{50_000 + number}_{ASSIGNMENT}.ipynb"
            archive.writestr(given, own_text(place / "class" / name / f"{ASSIGNMENT}.ipynb", name))


def own_text(file: Path, name: str) -> str:
    """A notebook in which no cell is letter by letter another student's, as in a real class."""
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:  # one that breaks off
        return file.read_text(encoding="utf-8")
    for cell in notebook.get("cells", ()):
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = [*cell["source"], f"\n# {name}"]
    return json.dumps(notebook)


if __name__ == "__main__":
    main()
