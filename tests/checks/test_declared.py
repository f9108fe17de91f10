"""Exercises are found by reading, and what is found is what is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from autograder.checks import ASSIGNMENTS, TASKS, exercise
from autograder.checks.declared import LINE, declarations, in_order, repeated

ROOT = Path(__file__).parents[2]
NUMBERS = st.lists(st.integers(0, 30), min_size=1, max_size=3)


def test_every_declaration_is_an_exercise_at_that_line() -> None:
    for each in declarations():
        found = exercise(each.id)
        assert (found.id, found.module) == (each.id, each.module)
        line = (ROOT / each.path).read_text("utf-8").splitlines()[each.line - 1]
        assert line.startswith(f"{each.name} = Exercise(")


def test_the_course_s_own_exercises_are_all_found() -> None:
    assert list(ASSIGNMENTS["assignment4"])[:8] == [f"E{n}" for n in range(1, 9)]
    assert [*ASSIGNMENTS["lab11"]] == [
        "G1.1", "G1.2", "G1.3", "G2.1", "G2.2", "G2.3", "G2.4", "G2.5",
    ]  # fmt: skip
    assert TASKS["assignment4"] == {f"T9.{n}": f"t9_{n}" for n in range(1, 5)}
    assert list(TASKS["lab11"])[-3:] == ["T2.20", "T2.22", "T3.1"]
    assert not repeated(declarations())


@given(st.lists(NUMBERS, max_size=8))
def test_ids_are_sorted_by_their_numbers(numbers: list[list[int]]) -> None:
    ids = ["G" + ".".join(map(str, each)) for each in numbers]
    wanted = ["G" + ".".join(map(str, each)) for each in sorted(numbers)]
    assert sorted(ids, key=in_order) == wanted


def test_only_a_whole_declaration_at_the_left_edge_counts() -> None:
    text = """
E1 = Exercise("E1", "one", ("f",))
E2: Exercise = Exercise(
    "E2", "two", ("g",))
EXERCISE = E3 = Exercise(id='E3', title="three")
    E4 = Exercise("E4", "inside")
# E5 = Exercise("E5", "a comment")
found = OtherExercise("E6", "another class")
E7 = Exercise(name, "no literal")
print(Exercise("E8", "not kept"))
"""
    assert [(f["name"], f["id"]) for f in LINE.finditer(text)] == [
        ("E1", "E1"), ("E2", "E2"), ("EXERCISE", "E3"),
    ]  # fmt: skip


def test_finding_them_imports_no_check_and_no_torch() -> None:
    code = (
        "import sys, autograder.checks as c\n"
        "assert c.ASSIGNMENTS['lab11'] and c.declaration('T2.22').module == 'lab11.shapes'\n"
        "print([m for m in sys.modules if m == 'torch' or m.startswith('autograder.checks.')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "['autograder.checks.declared']", done.stderr
