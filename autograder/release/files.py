"""All that a release consists of, in memory: nothing is written before everything is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from autograder.checks import ASSIGNMENTS
from autograder.course.settings import CourseConfig
from autograder.release import links, notebooks
from autograder.release.archive import zipped
from autograder.release.errors import CannotRelease
from autograder.release.page import extra, page
from autograder.release.pins import constraints
from autograder.release.wheel import build_wheel
from autograder.report.showing import LIVE

__all__ = ["FOLDER", "ZIP", "CannotRelease", "Made", "Wishes", "make"]
FOLDER = "transformer-course"
ZIP = f"{FOLDER}.zip"


@dataclass(frozen=True)
class Wishes:
    """What a release is to have.

    assignments: their names, all if empty; package: where Colab installs the student package from,
    if that is said; source: where students will find the release; course: what course.toml says.
    """

    assignments: tuple[str, ...] = ()
    package: str = ""
    source: links.Source = field(default_factory=links.Source)
    course: CourseConfig = field(default_factory=CourseConfig)


@dataclass(frozen=True)
class Made:
    """A release: contents by file name, the student folder's in one folder of that name.

    package: where Colab installs the student package from; empty: from the wheel that a student
    puts there.
    """

    files: dict[str, bytes]
    wheel: str
    package: str


def make(root: Path, wishes: Wishes) -> Made:
    """Make all files of a release from a clone; the same clone gives the same bytes.

    Raises CannotRelease.
    """
    name, wheel = build_wheel(root)
    source = wishes.source
    package = wishes.package or source.raw(name)
    made = released(root, wishes, package)
    titles = {f"{each}.ipynb": notebooks.title(notebook) for each, notebook in made.items()}
    inside = {
        "LICENSE": (root / "LICENSE").read_bytes(),
        "README.md": page(wishes.course.name, titles, name, package, source).encode(),
        "constraints.txt": constraints(root, extra(list(made))).encode(),
        "students.md": (root / "docs" / "students.md").read_bytes(),
        name: wheel,
    } | {f"{each}.ipynb": notebooks.text(notebook) for each, notebook in made.items()}
    folder = {f"{FOLDER}/{file}": inside[file] for file in sorted(inside)}
    beside = {
        ZIP: zipped(folder),
        "links.html": links.as_html(source, titles).encode(),
        "links.md": links.as_markdown(source, titles).encode(),
    }
    return Made(folder | beside, name, package)


def released(root: Path, wishes: Wishes, package: str) -> dict[str, NotebookNode]:
    """The notebooks, by assignment."""
    return {
        name: notebooks.notebook(root, name, package, wishes.course.of(name).diagnoses or LIVE)
        for name in ASSIGNMENTS
        if not wishes.assignments or name in wishes.assignments
    }
