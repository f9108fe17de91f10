"""Reference answers in words, and the rubrics for marking them: solutions/<assignment>/words.md.

    ## G1.2
    The answer.
    ### Rubric
    What earns the point, what half of it, common misunderstandings.

A section without a rubric belongs to a task that nobody marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from autograder.build.errors import BuildError, Place, did_you_mean
from autograder.build.regions import reject_markers

HEADING = re.compile(r"## (?P<id>\S+)\s*")
RUBRIC = "### Rubric"
# What nbgrader takes out of the release again; as a comment it is seen in no rendered notebook.
BEGIN_RUBRIC, END_RUBRIC = "<!-- BEGIN MARK SCHEME -->", "<!-- END MARK SCHEME -->"


@dataclass(frozen=True)
class Words:
    """One answer and, where a person marks it, its rubric."""

    answer: str
    rubric: str
    place: Place


class WordsReference:
    """The answers of one assignment, read once; remembers which were used."""

    def __init__(self, root: Path, assignment: str) -> None:
        self.path = Path("solutions") / assignment / "words.md"
        self._words = read(root, self.path) if (root / self.path).exists() else {}
        self._used: set[str] = set()

    def take(self, id: str, place: Place, *, marked: bool) -> Words:
        """Return the words of an exercise.

        Raises BuildError where there are none, or where a marked exercise has no rubric.
        """
        if id not in self._words:
            hint = did_you_mean(id, self._words)
            raise BuildError(place, f"no section '## {id}' in {self.path.as_posix()}{hint}")
        found = self._words[id]
        if marked and not found.rubric:
            raise BuildError(found.place, f"{id} is marked by hand but has no '{RUBRIC}'")
        if found.rubric and not marked:
            raise BuildError(found.place, f"{id} has a rubric, but nobody marks it")
        self._used.add(id)
        return found

    def reject_unused(self, text: Path) -> None:
        """Raise BuildError at the first section that no cell took."""
        for id, words in self._words.items():
            if id not in self._used:
                raise BuildError(words.place, f"{id} is not used in {text.as_posix()}")


def read(root: Path, path: Path) -> dict[str, Words]:
    """Read all sections; raises BuildError at an empty or repeated one, or a marker inside."""
    lines = (root / path).read_text(encoding="utf-8").splitlines()
    reject_markers(lines, path)
    starts = [n for n, line in enumerate(lines) if HEADING.fullmatch(line)]
    found: dict[str, Words] = {}
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        place = Place(path, start + 1)
        heading = HEADING.fullmatch(lines[start])
        assert heading is not None
        body = "\n".join(lines[start + 1 : end])
        answer, _, rubric = body.partition(f"\n{RUBRIC}\n")
        if heading["id"] in found:
            raise BuildError(place, f"a second section '## {heading['id']}'")
        if not answer.strip():
            raise BuildError(place, f"the answer of {heading['id']} is empty")
        found[heading["id"]] = Words(answer.strip(), rubric.strip(), place)
    return found


def rubric_source(id: str, words: Words) -> str:
    """The text of the cell that shows marker and student how an answer is marked."""
    return (
        f"*How {id} is marked, with an answer that earns the point, stands here in the feedback.*\n"
        f"{BEGIN_RUBRIC}\n\n**An answer that earns the point**\n\n{words.answer}\n\n"
        f"**How it is marked**\n\n{words.rubric}\n{END_RUBRIC}"
    )
