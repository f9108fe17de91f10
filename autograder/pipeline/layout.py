"""Where things lie in an nbgrader course folder: paths and nothing that takes long to import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Layout:
    """A course folder and its one assignment."""

    root: Path
    assignment: str

    @property
    def gradebook_url(self) -> str:
        """Where nbgrader keeps the marks."""
        return f"sqlite:///{self.root / 'gradebook.db'}"

    @property
    def source(self) -> NotebookNode:
        """The course's own notebook."""
        import nbformat  # half a second, which those who only look for a place need not spend

        return nbformat.read(self.notebook("source"), 4)

    @property
    def release(self) -> NotebookNode:
        """The notebook that students got."""
        import nbformat

        return nbformat.read(self.notebook("release"), 4)

    def notebook(self, stage: str) -> Path:
        """Where the course's notebook of a stage lies: "source" or "release"."""
        return self.root / stage / self.assignment / f"{self.assignment}.ipynb"

    def submitted(self, student: str) -> Path:
        """Where a student's notebook waits for grading."""
        return self.root / "submitted" / student / self.assignment / f"{self.assignment}.ipynb"

    def autograded(self, student: str) -> Path:
        """Where a student's notebook lies with what came of it."""
        return self.root / "autograded" / student / self.assignment / f"{self.assignment}.ipynb"

    def feedback(self, student: str) -> Path:
        """Where a student's feedback page goes."""
        return self.root / "feedback" / student / self.assignment / f"{self.assignment}.html"
