"""What the tiny course becomes, and that the course's own notebooks are up to date."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import IncludeHeaderFooter, InstantiateTests, SaveCells

from autograder.build import (
    BuiltNotebooks,
    build,
    check_drift,
    dump,
    fill,
    texts,
    write,
    write_solved,
)
from autograder.build.stages import OURS, RELEASE_STAGES
from autograder.checks import ASSIGNMENTS, TASKS, exercise
from autograder.pipeline.course_folder import CONFIGURATION

ROOT = Path(__file__).parents[2]


def build_assignment(name: str) -> BuiltNotebooks:
    return build(ROOT / "notebooks" / "text" / f"{name}.py", ROOT)


def cell(notebook: NotebookNode, id: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == id)


@pytest.mark.parametrize("kind", ["source", "release", "solved"])
def test_the_tiny_course_becomes_exactly_the_golden_notebooks(golden, kind, pytestconfig):
    made = dump(getattr(golden.build(), kind))
    path = golden.root / "expected" / f"{kind}.ipynb"
    if pytestconfig.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert path.exists(), f"no golden {path.name}; make it with --update-golden and review it"
    assert made == path.read_text(encoding="utf-8")


def test_two_builds_are_equal_byte_for_byte(course):
    for folder in ("one", "two"):
        built = course.build()
        write(built, course.root / folder)
        write_solved(built, course.root / folder)
    one, two = course.root / "one", course.root / "two"
    names = sorted(path.relative_to(one) for path in one.rglob("*.ipynb"))
    assert [name.as_posix() for name in names] == [
        "notebooks/source/tiny/tiny.ipynb",
        "notebooks/tiny/tiny.ipynb",
        "tiny.ipynb",
    ]
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)


def test_the_build_does_not_depend_on_where_the_course_lies(golden, course):
    assert dump(golden.build().release) == dump(course.build().release)


def test_the_notebooks_are_valid_and_without_outputs(golden):
    built = golden.build()
    for notebook in (built.source, built.release, built.solved):
        nbformat.validate(notebook)
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert all(not cell.outputs and cell.execution_count is None for cell in code)


def test_prose_keeps_its_ids_when_another_section_grows(course):
    before = [cell.id for cell in course.build().release.cells]
    course.change("notebooks/text/tiny.py", "# # Tiny\n", "# # Tiny\n#\n# %% [markdown]\n# More.\n")
    after = [cell.id for cell in course.build().release.cells]
    assert set(before) < set(after)
    assert len(after) == len(set(after)) == len(before) + 1


def test_an_object_is_taken_as_written_with_decorators_and_comments(golden):
    pieces = cell(golden.build().release, "pieces").source
    written = (golden.root / "solutions/tiny/pieces.py").read_text(encoding="utf-8")
    for part in pieces.split("\n\n\n")[:-1]:
        assert part in written
    assert pieces.startswith('SIDES = ("left", "right")  # read from the front\n')
    assert "# under two lines of comment.\n@cache\ndef square" in pieces
    assert pieces.endswith("sides = [Side(name) for name in SIDES]")


def test_the_release_stages_are_nbgraders_own():
    not_ours = (IncludeHeaderFooter, InstantiateTests, SaveCells)
    theirs = GenerateAssignment.class_traits()["preprocessors"].default()
    kept = [stage for stage in theirs if stage not in not_ours]
    assert list(RELEASE_STAGES) == [OURS.get(stage, stage) for stage in kept]
    assert all(issubclass(ours, theirs) for theirs, ours in OURS.items())


def generate(folder: Path, source: NotebookNode, configuration: str) -> subprocess.CompletedProcess:
    """Let nbgrader make the release of a source notebook in a folder of its own."""
    place = folder / "source" / "tiny" / "tiny.ipynb"
    place.parent.mkdir(parents=True)
    place.write_text(dump(source), encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(configuration, encoding="utf-8")
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "tiny"]
    # nbgrader calls alembic by name, which an unactivated environment does not have on its path.
    beside_python = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": beside_python},
        capture_output=True,
        text=True,
    )


def test_nbgrader_with_our_configuration_makes_the_same_release_from_our_source(course, tmp_path):
    built = course.build()
    done = generate(tmp_path, built.source, CONFIGURATION)
    assert done.returncode == 0, done.stderr
    released = (tmp_path / "release" / "tiny" / "tiny.ipynb").read_text(encoding="utf-8")
    assert released == dump(built.release)


def test_stock_nbgrader_stops_rather_than_release_a_rubric(course, tmp_path):
    done = generate(tmp_path, course.build().source, "")
    assert done.returncode != 0
    assert "Mark scheme region" in done.stdout + done.stderr
    assert not (tmp_path / "release" / "tiny" / "tiny.ipynb").exists()


def test_stock_nbgrader_makes_the_same_release_but_for_blanks_and_rubrics(course, tmp_path):
    built = course.build()
    plain = deepcopy(built.source)
    plain.cells = [c for c in plain.cells if c.metadata.get("course", {}).get("role") != "rubric"]
    done = generate(tmp_path, plain, "")
    assert done.returncode == 0, done.stderr
    released = nbformat.read(tmp_path / "release" / "tiny" / "tiny.ipynb", 4)
    ours = {c.id: c.source for c in built.release.cells}
    differing = [c.id for c in released.cells if c.source != ours[c.id]]
    assert differing == ["e3_solution", "t1_solution"]
    assert cell(released, "e3_solution").source == "# YOUR CODE HERE\nraise NotImplementedError()"


def test_values_become_blanks_that_keep_their_comments(golden):
    release = golden.build().release
    assert cell(release, "e3_solution").source == "width = ...  # in steps\nleft = ..."
    stub = cell(release, "t1_solution").source
    assert stub.endswith("whole = ...  # all of it\n\n\n# the cell's own line stays")
    assert "raise NotImplementedError()" in stub and "width * height" not in stub


def test_an_answer_in_words_waits_for_a_person_and_its_rubric_stays_with_us(golden):
    built = golden.build()
    answer, rubric = cell(built.source, "e4_solution"), cell(built.source, "e4_rubric")
    assert answer.metadata.nbgrader.grade and answer.metadata.nbgrader.solution
    assert answer.metadata.nbgrader.points == 1.0
    assert rubric.metadata.nbgrader.locked and "for saying so" in rubric.source
    assert cell(built.release, "e4_solution").source == "YOUR ANSWER HERE"
    assert "saying so" not in dump(built.release) and "*so*" not in dump(built.release)
    assert cell(built.solved, "e4_solution").source == "Because it is *so*."
    assert "saying so" not in dump(built.solved)


def test_words_that_nobody_marks_stand_in_the_solved_notebook_alone(golden):
    built = golden.build()
    for id, words in {"t1_words": "As wide as it is high.", "t2_solution": "Nobody knows."}.items():
        assert "nbgrader" not in cell(built.release, id).metadata
        for notebook in (built.source, built.release):
            assert cell(notebook, id).source == f"*{id[:2].upper()}:* YOUR ANSWER HERE"
        assert cell(built.solved, id).source == words


def test_a_task_without_points_has_a_check_that_is_not_graded(golden):
    check = cell(golden.build().release, "t1_check")
    assert check.source == 'check("T1");'
    assert check.metadata.nbgrader.locked and not check.metadata.nbgrader.grade
    assert check.metadata.course.role == "self-check"


def test_an_untouched_class_cell_runs_and_only_its_use_raises(golden):
    space: dict = {}
    built = golden.build()
    exec(cell(built.release, "imports").source, space)
    exec(cell(built.release, "e1_solution").source, space)
    with pytest.raises(NotImplementedError):
        space["Box"](1.0, 2.0)
    box = object.__new__(space["Box"])
    with pytest.raises(NotImplementedError):
        box.largest()
    assert not hasattr(space["Box"], "_sort")


def test_every_cell_of_the_untouched_notebook_runs_but_the_checks(golden):
    space: dict = {"check": lambda exercise: 0.0}
    for code in (c.source for c in golden.build().release.cells if c.cell_type == "code"):
        exec(code, space)
    with pytest.raises(NotImplementedError):
        space["total"](type("Full", (), {"things": [1.0]})())


def test_the_solved_notebook_holds_the_reference_without_markers(golden):
    space: dict = {"check": lambda exercise: 0.0}
    solved = golden.build().solved
    for code in (c.source for c in solved.cells if c.cell_type == "code"):
        exec(code, space)
    box = space["Box"](1.0, 3.0, 2.0)
    assert (box.things, box.largest(), box.total()) == ([3.0, 2.0, 1.0], 3.0, 6.0)
    assert "SOLUTION" not in dump(solved)
    assert "NotImplementedError" not in dump(solved)


def test_the_solved_notebook_differs_from_the_release_in_answers_alone(golden):
    built = golden.build()
    assert len(built.solved.cells) == len(built.release.cells)
    for solved, released in zip(built.solved.cells, built.release.cells, strict=True):
        is_answer = solved.id.endswith(("_solution", "_words"))
        assert (solved.source != released.source) == is_answer
        assert solved.metadata == released.metadata


def test_fill_replaces_the_answers_named_in_a_copy(golden):
    release = golden.build().release
    filled = fill(release, {"E2": "\ndef total(self):\n    return 7.0\n"})
    assert cell(filled, "e2_solution").source == "def total(self):\n    return 7.0"
    assert cell(filled, "e1_solution") == cell(release, "e1_solution")
    assert "YOUR CODE HERE" in cell(release, "e2_solution").source


def test_fill_refuses_an_exercise_that_the_notebook_lacks(golden):
    with pytest.raises(LookupError, match=r"^no exercise 'E5'; did you mean 'E4'\?"):
        fill(golden.build().release, {"E5": "pass"})


def test_drift_names_the_release_that_is_missing_or_differs(course):
    built = course.build()
    release = course.root / "notebooks" / "tiny" / "tiny.ipynb"
    assert check_drift(built, course.root) == [release]
    write(built, course.root)
    assert check_drift(built, course.root) == []
    course.change("notebooks/text/tiny.py", "FULL = False", "FULL = True")
    assert check_drift(course.build(), course.root) == [release]


@pytest.mark.parametrize("text", texts(ROOT), ids=lambda path: path.stem)
def test_the_committed_release_is_what_the_text_and_the_solutions_make(text):
    stale = check_drift(build(text, ROOT), ROOT)
    assert not stale, f"{stale[0].relative_to(ROOT)} is not up to date: run course build"


@pytest.mark.parametrize("assignment", ["assignment4"])
def test_untouched_exercise_cells_of_the_course_run_and_their_use_raises(assignment):
    space: dict = {}
    for code in build_assignment(assignment).release.cells:
        if code.metadata.get("course", {}).get("role") in ("given", "exercise"):
            exec(code.source, space)
    for name in ("CausalSelfAttention", "GPT"):
        arguments = [4] * (len(inspect.signature(space[name]).parameters))
        with pytest.raises(NotImplementedError):
            space[name](*arguments)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_exercise_of_an_assignment_has_its_cells(assignment):
    built = build_assignment(assignment)

    def ids(*roles: str) -> list[str]:
        return [
            cell.metadata.course.exercise
            for cell in built.release.cells
            if cell.metadata.get("course", {}).get("role") in roles
        ]

    by_hand = {id for id in ASSIGNMENTS[assignment] if exercise(id).by_hand}
    assert ids("check", "written") == list(ASSIGNMENTS[assignment])
    assert set(ids("written")) == set(ids("rubric")) == by_hand
    assert ids("self-check") == list(TASKS[assignment])
    assert sorted(ids("exercise")) == sorted(ids("check", "self-check"))


@pytest.mark.parametrize("assignment", ["assignment4", "lab11"])
def test_the_switch_for_diagnoses_is_one_given_cell_more_and_nothing_else(assignment):
    plain = build_assignment(assignment)
    changed = build(ROOT / "notebooks" / "text" / f"{assignment}.py", ROOT,
                    diagnoses="after:2026-12-01T23:59+01:00")  # fmt: skip
    for kind in ("source", "release", "solved"):
        before, after = getattr(plain, kind), getattr(changed, kind)
        added = cell(after, "diagnoses")
        assert [c for c in after.cells if c.id != "diagnoses"] == before.cells
        place = after.cells.index(added)
        assert after.cells[place - 1].id == "setup"
        assert 'checking.diagnoses("after:2026-12-01T23:59+01:00")' in added.source
        assert "after 1 December 2026, 23:59 (UTC+01:00)" in added.source
        assert added.metadata.nbgrader.locked
        nbformat.validate(after)
    namespace = {}
    try:
        exec(cell(changed.release, "diagnoses").source, namespace)
        assert namespace["checking"]._setting == "after:2026-12-01T23:59+01:00"
    finally:
        namespace["checking"].diagnoses("live")


def test_without_the_switch_the_notebooks_are_as_before(golden):
    assert "diagnoses" not in [cell.id for cell in golden.build().release.cells]
    assert build_assignment("assignment4").release == build(
        ROOT / "notebooks" / "text" / "assignment4.py", ROOT, diagnoses="live"
    ).release  # fmt: skip
