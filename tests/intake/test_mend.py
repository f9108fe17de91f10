"""Submissions are held against the release: the student's work is found, the course's restored."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.build import BuiltNotebooks, build
from autograder.intake.mend import grade_id, mend

ROOT = Path(__file__).parents[2]


@cache
def built(name: str = "assignment4") -> BuiltNotebooks:
    return build(ROOT / "notebooks" / "text" / f"{name}.py", ROOT)


def solved(name: str = "assignment4") -> NotebookNode:
    return deepcopy(built(name).solved)


def mended(notebook: NotebookNode, name: str = "assignment4") -> tuple[NotebookNode, list[str]]:
    found, notes = mend(notebook, built(name).release)
    nbformat.validate(found)
    return found, notes


def at(notebook: NotebookNode, key: str) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if key in (grade_id(cell), cell.id))


def text(notebook: NotebookNode, key: str) -> str:
    return str(notebook.cells[at(notebook, key)].source)


def code(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def strip(notebook: NotebookNode) -> NotebookNode:
    """Without any metadata, and with ids that mean nothing."""
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = NotebookNode(), f"cell-{number}"
    return notebook


# ---- nothing amiss -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["assignment4", "lab11"])
@pytest.mark.parametrize("kind", ["solved", "release"])
def test_an_undamaged_notebook_stays_as_it_is(name: str, kind: str) -> None:
    whole = deepcopy(getattr(built(name), kind))
    found, notes = mended(whole, name)
    assert found == whole and notes == []


def test_own_cells_stay_where_they_are() -> None:
    notebook = solved()
    here = at(notebook, "e1_check") + 1
    for source in ("class CausalSelfAttention: pass  # what if?", "x = 3", "%%bash\nls", "def ("):
        notebook.cells.insert(here, new_code_cell(source))
    found, notes = mended(notebook)
    assert code(found) == code(notebook) and notes == []
    assert text(found, "e1_solution") == text(built().solved, "e1_solution")


# ---- metadata and ids ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["assignment4", "lab11"])
def test_without_any_metadata_all_cells_are_recognised_in_one_sentence(name: str) -> None:
    found, notes = mended(strip(solved(name)), name)
    wanted = built(name).solved.cells
    assert [cell.source for cell in found.cells] == [cell.source for cell in wanted]
    assert [c.metadata for c in found.cells if grade_id(c)] == [
        c.metadata for c in wanted if grade_id(c)
    ]
    assert len(notes) == 1 and "metadata was lost" in notes[0] and "what they define" in notes[0]


def test_a_pasted_cell_with_another_exercise_text_is_not_that_exercise() -> None:
    notebook = solved()
    wrong = notebook.cells[at(notebook, "e3_solution")]
    wrong.metadata = deepcopy(notebook.cells[at(notebook, "e1_solution")].metadata)
    notebook.cells[at(notebook, "e1_solution")].metadata = NotebookNode()
    found, _ = mended(notebook)
    for key in ("e1_solution", "e3_solution"):
        assert text(found, key) == text(built().solved, key)


def test_one_id_on_two_cells_puts_no_words_under_another_exercise() -> None:
    notebook = solved("lab11")
    answer, other = at(notebook, "g1_3_solution"), at(notebook, "t1_3_solution")
    notebook.cells[other].id = notebook.cells[answer].id
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
    notebook.cells[answer].id = "its-own"  # as reading does with the second of them
    found, _ = mended(notebook, "lab11")
    assert text(found, "g1_3_solution") == text(built("lab11").solved, "g1_3_solution")


def test_metadata_made_up_by_a_student_does_not_count() -> None:
    notebook = solved()
    notebook.cells[at(notebook, "e1_check")].metadata.nbgrader.points = 500
    made_up = {**notebook.cells[at(notebook, "e1_check")].metadata.nbgrader, "grade_id": "e9_check"}
    notebook.cells.append(new_code_cell("1000", metadata={"nbgrader": made_up}))
    found, _ = mended(notebook)
    assert found.cells[at(found, "e1_check")].metadata.nbgrader.points == 5
    assert "nbgrader" not in found.cells[-1].metadata


# ---- the course's cells --------------------------------------------------------------------------


def test_changed_and_missing_course_cells_come_back() -> None:
    notebook = solved()
    notebook.cells[at(notebook, "train_config")].source = "TrainConfig = None"
    notebook.cells[at(notebook, "e2_check")].source = "6.0"
    del notebook.cells[at(notebook, "e1_check")]
    found, notes = mended(notebook)
    assert code(found) == code(built().solved)
    assert any("e2_check and train_config were changed" in note for note in notes)
    assert any("e1_check was missing" in note for note in notes)


def test_many_missing_checks_are_one_sentence() -> None:
    notebook = solved("lab11")
    notebook.cells = [c for c in notebook.cells if not grade_id(c).endswith(("_check", "_rubric"))]
    found, notes = mended(notebook, "lab11")
    assert code(found) == code(built("lab11").solved) and len(notes) == 1


def test_an_import_added_to_the_setup_is_kept_if_it_is_needed() -> None:
    notebook = solved()
    notebook.cells[at(notebook, "setup")].source += "\nimport numpy as np\nimport os\nD = 5"
    notebook.cells[at(notebook, "e3_solution")].source += "\n\nassert np.ones(1)"
    found, notes = mended(notebook)
    assert text(found, "setup") == text(built().release, "setup")
    assert found.cells[at(found, "setup") + 1].source == "import numpy as np"
    assert any("added to the cell setup" in note for note in notes)


def test_a_copy_of_a_check_goes_and_a_copy_with_own_text_stays() -> None:
    notebook = solved()
    here = at(notebook, "e1_check")
    for source in ('check("E1")', "my_own = 1"):
        copy = deepcopy(notebook.cells[here])
        copy.source, copy.id = source, f"copy-{len(source)}"
        notebook.cells.insert(here, copy)
    found, _ = mended(notebook)
    assert code(found).count('check("E1")') == 1 and "my_own = 1" in code(found)
    assert [grade_id(cell) for cell in found.cells].count("e1_check") == 1


# ---- copies of answers ---------------------------------------------------------------------------


def versions(*sources: str, key: str = "e3_solution") -> NotebookNode:
    """The solved notebook with these in place of an answer, all under its grade_id."""
    notebook = solved()
    here = at(notebook, key)
    cells = []
    for number, source in enumerate(sources):
        cell = deepcopy(notebook.cells[here])
        cell.source, cell.id = source, f"version-{number}"
        cells.append(cell)
    notebook.cells[here : here + 1] = cells
    return notebook


def test_a_blank_behind_the_work_does_not_undo_it() -> None:
    for key in ("e3_solution", "e8_solution"):
        work, blank = text(built().solved, key), text(built().release, key)
        for sources in ((work, blank), (blank, work)):
            found, notes = mended(versions(*sources, key=key))
            assert code(found) == code(built().solved)
            assert any("empty copy" in note for note in notes)


def test_of_two_versions_the_last_before_the_check_counts_and_both_stay() -> None:
    work = text(built().solved, "e3_solution")
    found, notes = mended(versions("class MLP(nn.Module):\n    old = True", work))
    assert text(found, "e3_solution") == work
    assert "class MLP(nn.Module):\n    old = True" in code(found)
    assert any("E3 was there in several versions" in note for note in notes)


def test_a_version_that_does_not_parse_does_not_count() -> None:
    work = text(built().solved, "e3_solution")
    found, _ = mended(versions(work, "class MLP(nn.Module:\n    broken"))
    assert text(found, "e3_solution") == work


def test_a_piece_of_an_answer_left_behind_it_does_not_undo_it() -> None:
    for key in ("e3_solution", "e8_solution"):
        work = text(built().solved, key)
        piece = "\n".join(work.split("\n")[:-6])
        found, _ = mended(versions(work, piece, key=key))
        assert code(found) == code(built().solved)


def test_blank_lines_left_below_the_work_in_one_cell_go() -> None:
    both = text(built().solved, "e3_solution") + "\n\n\n" + text(built().release, "e3_solution")
    found, _ = mended(versions(both))
    assert text(found, "e3_solution") == text(built().solved, "e3_solution")


# ---- answers in other cells ----------------------------------------------------------------------


@pytest.mark.parametrize("left", ["", "blank"])
@pytest.mark.parametrize("where", ["before", "behind the check", "at the end"])
@pytest.mark.parametrize("key", ["e2_solution", "e5_solution", "e6_solution", "e8_solution"])
def test_work_in_another_cell_than_its_own_is_found(key: str, where: str, left: str) -> None:
    notebook = solved()
    here = at(notebook, key)
    own = new_code_cell(notebook.cells[here].source)
    notebook.cells[here].source = text(built().release, key) if left else ""
    place = {"before": here, "behind the check": here + 2, "at the end": len(notebook.cells)}
    notebook.cells.insert(place[where], own)
    found, notes = mended(notebook)
    assert code(found) == code(built().solved)
    assert any("found in another cell" in note for note in notes)


def test_a_function_without_its_line_keeps_the_line_of_the_blank() -> None:
    notebook = solved()
    here = at(notebook, "e8_solution")
    work, line = notebook.cells[here].source.rsplit("\n\n\n", 1)
    notebook.cells[here].source = text(built().release, "e8_solution")
    notebook.cells.append(new_code_cell(work))
    found, _ = mended(notebook)
    assert text(found, "e8_solution") == work
    assert found.cells[at(found, "e8_solution") + 1].source == line == "GPT.generate = generate"


def test_the_line_that_attaches_a_function_is_put_back() -> None:
    notebook = solved()
    cell = notebook.cells[at(notebook, "e6_solution")]
    cell.source = cell.source.rsplit("\n\n\n", 1)[0]
    found, notes = mended(notebook)
    line = "GPT.configure_optimizers = configure_optimizers"
    assert found.cells[at(found, "e6_solution") + 1].source == line
    assert any(line in note for note in notes)


def test_two_exercises_in_one_cell_get_their_own() -> None:
    notebook = solved()
    first, second = at(notebook, "e1_solution"), at(notebook, "e2_solution")
    notebook.cells[first].source += "\n\n" + notebook.cells[second].source
    for blank in (None, text(built().release, "e2_solution")):
        tried = deepcopy(notebook)
        if blank is None:
            del tried.cells[second]
        else:
            tried.cells[second].source = blank
        found, notes = mended(tried)
        assert code(found) == code(built().solved)
        assert any("E2 shared" in note or "E1 and E2 shared" in note for note in notes)


def test_one_broken_exercise_does_not_hide_the_other_in_its_cell() -> None:
    notebook = solved()
    second = notebook.cells.pop(at(notebook, "e3_solution"))
    notebook.cells[at(notebook, "e2_solution")].source = (
        "class Multi(\n    oh no\n\n" + second.source
    )
    found, _ = mended(notebook)
    assert text(found, "e3_solution") == text(built().solved, "e3_solution")


def test_work_pasted_into_the_check_is_taken_out_of_it() -> None:
    notebook = solved()
    work = notebook.cells.pop(at(notebook, "e3_solution")).source
    notebook.cells[at(notebook, "e3_check")].source = f'{work}\n\ncheck("E3")'
    found, _ = mended(notebook)
    assert code(found) == code(built().solved)


def test_a_class_cut_at_any_line_is_put_together() -> None:
    whole = text(built().solved, "e4_solution")
    lines = whole.split("\n")
    for line in range(1, len(lines)):
        notebook = versions("\n".join(lines[:line]), "\n".join(lines[line:]), key="e4_solution")
        found, _ = mended(notebook)
        assert code(found) == code(built().solved), line


def test_an_answer_that_became_text_is_code_again() -> None:
    for kind, source in (("raw", "{}"), ("markdown", "```python\n{}\n```")):
        for bare in (False, True):
            notebook = solved()
            here = at(notebook, "e4_solution")
            old = notebook.cells[here]
            cell = new_markdown_cell(source.format(old.source), metadata=old.metadata, id=old.id)
            cell.cell_type = kind
            notebook.cells[here] = cell
            found, _ = mended(strip(notebook) if bare else notebook)
            assert code(found) == code(built().solved)


def test_answers_and_checks_are_in_order_again() -> None:
    notebook = solved()
    moved = [notebook.cells.pop(at(notebook, key)) for key in ("e5_solution", "e2_check", "setup")]
    notebook.cells += moved
    found, notes = mended(notebook)
    assert code(found) == code(built().solved)
    assert any("moved back" in note for note in notes)


def test_a_helper_at_the_end_comes_before_what_needs_it() -> None:
    notebook = solved()
    notebook.cells[at(notebook, "e3_solution")].source = "MLP = make(8)"
    helper = new_code_cell("def make(width):\n    return size * width\n\n\nsize = 2")
    unneeded = new_code_cell("x = 1\nwidth = 3")  # names that are only local where they are read
    notebook.cells += [helper, unneeded]
    found, notes = mended(notebook)
    assert found.cells[at(found, "e3_solution") - 1].source == helper.source
    assert found.cells[-1].source == unneeded.source
    assert len(notes) == 1 and "E3 needs" in notes[0]


# ---- Lab 11: values and words --------------------------------------------------------------------


def test_values_of_one_answer_in_two_cells_count_both() -> None:
    notebook = solved("lab11")
    cell = notebook.cells[at(notebook, "g1_1_solution")]
    first, second = cell.source.split("\n", 1)
    cell.source = first
    notebook.cells.insert(at(notebook, "g1_1_check") + 1, new_code_cell(second))
    found, notes = mended(notebook, "lab11")
    assert code(found).index(second) < code(found).index('check("G1.1")')
    assert any("part of G1.1" in note for note in notes)


def test_a_name_used_by_the_way_is_no_answer() -> None:
    notebook = solved("lab11")
    blank = text(built("lab11").release, "t2_20_solution")
    notebook.cells[at(notebook, "t2_20_solution")].source = blank
    temporary = "divisor = 3\nmlp_parameters = 4722432 // divisor * divisor"
    notebook.cells[at(notebook, "t2_13_solution")].source = temporary
    found, notes = mended(notebook, "lab11")
    assert text(found, "t2_20_solution") == blank and notes == []
    assert text(found, "t2_13_solution") == temporary


def test_words_are_found_between_question_and_rubric() -> None:
    for keep_blank in (False, True):
        notebook = solved("lab11")
        here = at(notebook, "g2_4_solution")
        said = new_markdown_cell(notebook.cells[here].source)
        notebook.cells[here].source = "YOUR ANSWER HERE"
        notebook.cells.insert(here, said)
        if not keep_blank:
            del notebook.cells[here + 1]
        found, notes = mended(notebook, "lab11")
        assert found.cells == built("lab11").solved.cells and len(notes) == 1


def test_words_in_a_doubtful_place_are_not_guessed() -> None:
    notebook = strip(solved("lab11"))
    known = built("lab11").solved
    here = at(known, "g2_4_solution")
    said, question = notebook.cells[here].source, here - 1
    before = at(known, "t2_23_solution")
    assert before == question - 1
    notebook.cells[before] = new_markdown_cell("One remark.")
    notebook.cells[question] = new_markdown_cell("Another remark.")  # nothing is known any more
    found, notes = mended(notebook, "lab11")
    assert text(found, "g2_4_solution") == "YOUR ANSWER HERE"
    assert said in [cell.source for cell in found.cells]
    assert "no answer to G2.4 was found" in notes


def test_words_merged_with_their_question_are_taken_apart() -> None:
    notebook = solved("lab11")
    here = at(notebook, "g2_1_solution")
    answer = notebook.cells.pop(here)
    notebook.cells[here - 1].source += f"\n\n{answer.source}"
    found, _ = mended(notebook, "lab11")
    assert found.cells == built("lab11").solved.cells


def test_a_release_without_roles_will_do() -> None:
    def cell(name: str, source: str, **kind: object) -> NotebookNode:
        flags = {"grade": False, "solution": False, "locked": False, "schema_version": 3, **kind}
        return new_code_cell(source, id=name, metadata={"nbgrader": {"grade_id": name, **flags}})

    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    release = new_notebook(metadata=kernel, cells=[
        cell("setup", "import torch", locked=True),
        cell("answer", "def f(x):\n    raise NotImplementedError()", solution=True),
        cell("test", "assert f(1) == 2", grade=True, locked=True, points=5),
    ])  # fmt: skip
    submitted = new_notebook(cells=[new_code_cell(source) for source in (
        "import torch", "assert f(1) == 2", "def f(x):\n    return x + 1",
    )])  # fmt: skip
    found, _ = mend(submitted, release)
    assert [grade_id(cell) for cell in found.cells] == ["setup", "answer", "test"]
    assert found.metadata.kernelspec.name == "python3"


# ---- found by damaging notebooks as people and editors do ----------------------------------------


def test_the_release_pasted_before_the_solved_notebook() -> None:
    """The last given cell of the lab stands before no other whose order matters."""
    whole = deepcopy(built("lab11").release)
    for number, cell in enumerate(whole.cells):
        cell.id = f"first-{number}"
    whole.cells += solved("lab11").cells
    found, _ = mended(whole, "lab11")
    for key in ("g1_1_solution", "g2_5_solution", "g1_2_solution"):
        assert text(found, key) == text(solved("lab11"), key)


def test_a_solution_merged_with_its_check_is_no_loss_of_metadata() -> None:
    notebook = solved()
    place = at(notebook, "e1_check")
    notebook.cells[at(notebook, "e1_solution")].source += "\n" + notebook.cells[place].source
    del notebook.cells[place]
    _, notes = mended(notebook)
    assert notes == ["E1 shared a cell with something else; it got its own"]


def test_an_answer_in_words_that_is_gone_is_said_to_be() -> None:
    notebook = solved("lab11")
    del notebook.cells[at(notebook, "g1_2_solution")]
    _, notes = mended(notebook, "lab11")
    assert notes == ["no answer to G1.2 was found"]


def test_an_answer_in_words_as_a_text_in_a_code_cell() -> None:
    notebook = solved("lab11")
    said = '"""Its ids are those of the weights."""'
    notebook.cells[at(notebook, "g1_2_solution")] = new_code_cell(said)
    found, _ = mended(notebook, "lab11")
    assert text(found, "g1_2_solution") == said


def test_an_answer_in_words_merged_with_its_question_is_no_loss_of_metadata() -> None:
    notebook = solved("lab11")
    here = at(notebook, "g1_2_solution")
    notebook.cells[here - 1].source += "\n\n" + notebook.cells[here].source
    del notebook.cells[here]
    found, notes = mended(notebook, "lab11")
    assert text(found, "g1_2_solution") == text(solved("lab11"), "g1_2_solution")
    assert notes == ["G1.2 shared a cell with something else; it got its own"]


def test_copies_of_the_courses_cells_are_named_in_one_sentence() -> None:
    notebook = solved()
    for key in ("setup", "e1_check"):
        notebook.cells.append(deepcopy(notebook.cells[at(notebook, key)]))
    _, notes = mended(notebook)
    assert notes == ["second copies of the cells setup and e1_check were left out"]


@pytest.mark.parametrize("is_stripped", [False, True])
def test_a_copy_of_another_exercises_answer_does_not_stay_in_a_cell(is_stripped: bool) -> None:
    notebook = solved()
    copied = "\n\n\n" + text(notebook, "e4_solution")
    notebook.cells[at(notebook, "e3_solution")].source += copied
    found, _ = mended(strip(notebook) if is_stripped else notebook)
    for key in ("e3_solution", "e4_solution"):
        assert text(found, key) == text(solved(), key)
    assert sum("class Block" in source for source in code(found)) == 1
