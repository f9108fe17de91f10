"""The table that is printed when a class was graded."""

from dataclasses import replace

from autograder.report.terminal import table, width
from tests.report.samples import PAYLOAD, class_results, errored, results, submission


def lines_of(*submissions):
    found = {"assignment": "assignment4", "submissions": [s.as_json() for s in submissions]}
    return table(found).splitlines()


def test_there_is_one_line_for_each_student_and_a_summary():
    lines = table(class_results()).splitlines()
    assert len(lines) == 2 + 8 + 2
    assert lines[0].split()[:4] == ["student", "status", "score", "E1"]
    assert lines[-1].startswith(
        "8 submissions: 6 graded, 1 needs manual grading, 1 not graded; mean "
    )
    assert lines[-1].endswith("of 5")


def test_no_line_is_wider_than_a_terminal():
    assert max(map(width, table(class_results()).splitlines())) <= 120


def test_the_line_says_the_first_reason():
    (line,) = lines_of(submission("bertrand", "biased and unmasked"))[2:3]
    assert line.startswith("bertrand  graded")
    assert "e1.parameters: biases: the number of trainable parameters" in line


def test_causes_that_fit_equally_well_are_joined_by_or():
    first, second, *rest = results("biased and unmasked")
    named = replace(second, misconception="e1.biases | e1.no-mask")
    (line,) = lines_of(submission("bertrand", checks=[first, named, *rest]))[2:3]
    assert "e1.parameters: biases or no-mask: the number" in line


def test_a_cell_that_stopped_is_the_reason_before_what_it_left_undone():
    notes = ["the cell e2_solution raised KeyError", "the cell e1_solution raised ImportError: x"]
    (line,) = lines_of(submission("dennis", "biased and unmasked", notes=notes))[2:3]
    assert "e1.parameters: the cell e1_solution raised ImportError" in line


def test_no_mark_is_a_dash_and_not_a_zero():
    (line,) = lines_of(submission("francis", status="not graded", reason="not valid JSON"))[2:3]
    assert line.split() == ["francis", "not", "graded", "-", "not", "valid", "JSON"]


def test_nothing_written_is_said_in_those_words():
    assert lines_of(submission("chloé", "stub"))[2].endswith("nothing written yet")


def test_a_grader_fault_comes_before_a_students_mistake():
    checks = errored(results("biased and unmasked"))
    assert "e1.shape: the grader itself failed" in lines_of(submission("g", checks=checks))[2]


def test_columns_stay_aligned_with_wide_letters():
    lines = lines_of(submission("ada"), submission("林黛玉"), submission("zoe\u0308"))
    starts = {width(line[: line.index("graded")]) for line in lines[2:5]}
    assert len(starts) == 1


def test_a_name_cannot_steer_the_terminal_or_start_a_new_line():
    lines = lines_of(submission("\x1b[31mred\nada  graded  40"))
    assert len(lines) == 5
    assert "\x1b" not in "".join(lines)


def test_a_long_name_is_cut_and_the_rest_of_the_line_kept():
    (line,) = lines_of(submission("x" * 90))[2:3]
    assert "…" in line and "graded" in line


def test_a_payload_stays_plain_text():
    assert PAYLOAD[:8] in "\n".join(lines_of(submission(PAYLOAD)))


def test_an_empty_class_is_said_so():
    assert table({"submissions": []}) == "no submissions"
