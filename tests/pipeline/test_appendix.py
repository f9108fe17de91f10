"""Tasks without points at the end of the notebook: whatever stands there, they cost nothing."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest

from autograder.build import fill
from autograder.checks import TASKS
from autograder.intake.mend import mend
from autograder.pipeline.execute import execute, roles_of
from autograder.pipeline.warm import PRELOAD
from autograder.sandbox.session import Limits, Zygote
from tests.pipeline.classes import SEED, built

TASK_CELLS = [f"{id.lower().replace('.', '_')}_solution" for id in TASKS["assignment4"]]
UNSOLVED = {cell.metadata.course.exercise: cell.source
            for cell in built().release.cells if cell.id in TASK_CELLS}  # fmt: skip


@pytest.fixture(scope="module")
def warm() -> Iterator[Zygote]:
    with Zygote(PRELOAD["assignment4"]) as warm:
        yield warm


@pytest.mark.parametrize(
    "answers",
    [
        {},
        UNSOLVED,
        {"T9.1": "while True:\n    pass"},
        {"T9.1": "1 / 0", "T9.4": "class SwiGLU(:"},
        {"T9.4": "GPT = MLP = None"},
    ],
    ids=["solved", "unsolved", "hangs", "raises", "spoils names"],
)
def test_what_stands_in_the_appendix_changes_no_result(
    answers: dict[str, str], warm: Zygote
) -> None:
    notebook = fill(built().solved, answers)
    limits = Limits(cell_s=60.0)
    executed = execute(notebook, roles_of(built().source), "ada", "assignment4", SEED, warm, limits)
    assert executed.result.score == executed.result.max_score == 40.0, executed.result.notes
    assert not [note for note in executed.result.notes if "t9_" in note]
    assert {check.exercise for check in executed.result.checks}.isdisjoint(UNSOLVED)
    ran = dict(zip([cell.id for cell in notebook.cells], executed.outputs, strict=True))
    assert not any(ran[cell] for cell in TASK_CELLS)
    assert executed.result.seconds < limits.cell_s


def test_an_unsolved_appendix_is_no_damage() -> None:
    notebook = fill(built().solved, UNSOLVED)
    found, notes = mend(deepcopy(notebook), built().release)
    assert found == notebook and notes == []


def test_a_deleted_appendix_is_put_back_and_said() -> None:
    notebook = deepcopy(built().solved)
    notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("t9_")]
    found, notes = mend(notebook, built().release)
    kept = {cell.id: cell.source for cell in found.cells}
    assert [kept[f"t9_{n}_check"] for n in range(1, 5)] == [
        f'check("T9.{n}");' for n in range(1, 5)
    ]
    assert notes == ["no answer to T9.1, T9.2, T9.3 and T9.4 was found"]
