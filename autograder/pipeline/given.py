"""What the grader puts into a submission's folder: fresh inputs for answers that depend on data.

Lab 11 works on a corpus. While grading it is a small one, drawn anew for each student from the
run's secret seed, so that lines copied from somebody else's notebook are nobody's here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograder.checks.draw import Draw
from autograder.probe.view import CorpusRows


@dataclass(frozen=True)
class Given:
    """Files by their path in the submission's folder, and what the grader knows of them."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    corpus_rows: CorpusRows | None = None


def given_for(assignment: str, seed: int, who: str) -> Given:
    """Draw what one submission gets."""
    if assignment != "lab11":
        return Given()
    from autograder.hidden.drawn_corpus import draw

    files, rows = draw(Draw(seed, who, "corpus"))
    return Given(files, rows)
