"""Every exercise is taught in the same order, and none asks for more than twenty lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from nbformat import NotebookNode

from autograder.build import builder
from autograder.build.notebook import role_of
from autograder.build.regions import BEGIN, END
from autograder.checks.declared import HARDEST, declarations
from tests.notebook.conftest import LAB_TEXT, ROOT, TEXT

MOST_LINES = 20
FURTHER = "**One question further.**"
ASSIGNMENT = [f"E{number}" for number in range(1, 9)]
PARTS = ["Part 1", "Part 2", "Part 3"]


@pytest.fixture(scope="module")
def sources() -> dict[str, NotebookNode]:
    """The source notebooks, in which solutions stand between their markers."""
    return {text.stem: builder.build_source(text, ROOT) for text in (TEXT, LAB_TEXT)}


def asked(source: str) -> int:
    """Lines of code between the markers, blanks and comments left out."""
    inside, lines = False, 0
    for line in map(str.strip, source.splitlines()):
        if line in (BEGIN, END):
            inside = line == BEGIN
        elif inside and line and not line.startswith("#"):
            lines += 1
    return lines


def test_the_counting_sees_every_region_and_nothing_given() -> None:
    answer = f"def f():\n    {BEGIN}\n    a = 1\n\n    # why\n    b = 2\n    {END}\n    given()\n"
    assert asked(answer) == 2 and asked(answer + answer) == 4


@pytest.mark.parametrize("notebook", ["assignment4", "lab11"])
def test_no_exercise_asks_for_more_than_twenty_lines(
    sources: dict[str, NotebookNode], notebook: str
) -> None:
    cells = [cell for cell in sources[notebook].cells if role_of(cell) == "exercise"]
    lines = {cell.metadata.course.exercise: asked(cell.source) for cell in cells}
    assert len(lines) >= 8 and min(lines.values()) >= 1
    assert {id: count for id, count in lines.items() if count > MOST_LINES} == {}


def section(notebook: NotebookNode, heading: str) -> list[NotebookNode]:
    """The cells from a heading of the second level to the next; text of others is cut off."""
    found: list[NotebookNode] = []
    inside = False
    for cell in notebook.cells:
        pieces = [cell.source]
        if cell.cell_type == "markdown":
            pieces = re.split(r"^(?=## )", cell.source, flags=re.MULTILINE)
        for piece in pieces:
            if piece.startswith("## ") and cell.cell_type == "markdown":
                inside = piece.startswith(f"## {heading} ·")
            if inside and piece.strip():
                found.append(NotebookNode({**cell, "source": piece}))
    return found


def prose(cells: Sequence[NotebookNode]) -> str:
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


@pytest.mark.parametrize("exercise", ASSIGNMENT)
def test_an_exercise_has_all_that_a_tutor_would_give_it(
    sources: dict[str, NotebookNode], exercise: str
) -> None:
    cells = section(sources["assignment4"], exercise)
    roles = [role_of(cell) for cell in cells]
    task, check = roles.index("exercise"), roles.index("check")
    before, after = cells[:task], cells[check + 1 :]
    assert "?" in prose(before), "no prediction is asked for"
    assert re.search(r"\d", prose(before)), "no worked number"
    assert "demonstration" in roles[:task], "nothing is shown before the task"
    assert any("picture" in cell.id for cell in cells), "no picture"
    assert "### Your turn" in prose(before)
    assert task < check
    assert prose(after).strip(), "nothing says what it means"
    assert FURTHER in prose(after), "no question further"


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_lab_predicts_shows_and_asks_on(
    sources: dict[str, NotebookNode], part: str
) -> None:
    cells = section(sources["lab11"], part)
    roles = [role_of(cell) for cell in cells]
    assert roles.count("demonstration") >= 5
    assert any("picture" in cell.id for cell in cells)
    assert prose(cells).count("?") >= 5
    assert {"check", "self-check"} & set(roles)
    last = max(n for n, cell in enumerate(cells) if FURTHER in cell.source)
    assert last > roles.index("demonstration")


def test_every_exercise_says_how_long_it_takes_and_how_hard_it_is() -> None:
    from autograder.checks import exercise

    for each in declarations():
        found = exercise(each.id)
        assert 1 <= found.minutes <= 90, each.id
        assert 1 <= found.difficulty <= HARDEST, each.id


@pytest.mark.parametrize("exercise", ASSIGNMENT)
def test_time_and_difficulty_stand_under_the_heading(
    sources: dict[str, NotebookNode], exercise: str
) -> None:
    first = section(sources["assignment4"], exercise)[0].source.splitlines()
    assert re.fullmatch(r"\*\d+ points · about \d+ minutes · [●○]{3}\*", first[2])
