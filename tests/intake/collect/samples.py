"""Downloads as LMSs make them, small."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.course.roster import Person, Roster
from autograder.intake.collect.report import Report
from autograder.intake.collect.run import Wishes, collect
from autograder.intake.manifest import Collected, read_manifest

NAME = "assignment4"
BERLIN = ZoneInfo("Europe/Berlin")
CLASS = Roster(
    (
        Person("ada", "Lovelace, Ada", "ada@uni.example", columns={"ID": "1234"}),
        Person("grace", "Grace Brewster Hopper", "grace@uni.example", columns={"ID": "22"}),
        Person("joerg", "Jörg Müller", "jm@uni.example", columns={"ID": "33"}),
        Person("emmy", "Emmy Noether", "emmy@uni.example", columns={"ID": "66"}),
    )
)


def notebook(source: str) -> bytes:
    """A notebook with one cell."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "outputs": [],
            "execution_count": None}  # fmt: skip
    return json.dumps(
        {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    ).encode()


def zipped(place: Path, files: Mapping[str, bytes]) -> Path:
    """Write a zip archive."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return place


def folder(place: Path, files: Mapping[str, bytes]) -> Path:
    """Write a folder."""
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return place


def taken_in(
    source: Path, to: Path, roster: Roster | None = CLASS, **wishes: object
) -> tuple[Report, Mapping[str, Collected]]:
    """Collect, and what the manifest says then."""
    report = collect(source, NAME, to, Wishes(roster=roster, **wishes))  # type: ignore[arg-type]
    return report, read_manifest(to, NAME).collected


def contents(place: Path) -> dict[str, bytes]:
    """All files in a folder."""
    return {str(path.relative_to(place)): path.read_bytes()
            for path in sorted(place.rglob("*")) if path.is_file()}  # fmt: skip


def work(to: Path, student: str, name: str = f"{NAME}.ipynb") -> str:
    """The source of the first cell of a collected notebook."""
    text = (to / student / NAME / name).read_text(encoding="utf-8")
    return str(json.loads(text)["cells"][0]["source"])
