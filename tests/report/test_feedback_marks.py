"""What the page says of the final mark: lateness, other points, groups, what was mended."""

import re
from datetime import UTC, datetime

import pytest

from autograder.course.finals import EXCUSED, Final
from autograder.report.feedback import feedback_html, pages_of, readers
from tests.report.reading import assert_harmless
from tests.report.samples import EXERCISES, PAYLOAD, submission

TITLE = "Assignment 4: a small transformer from scratch"


def final(student="ada", **more):
    """A final mark of what `submission` gives; a page gets it as the course counts it."""
    told = {"points": 5.0, "max_points": 5.0, "penalty": 0.0, "mark": 5.0, **more}
    return Final(student, told.pop("submission", "ada"), told.pop("status", "graded"), **told)


def final_page(mark, **more):
    entry = {**submission("ada").as_json(), **more}
    return assert_harmless(feedback_html(entry, TITLE, EXERCISES, final=mark))


def test_lateness_is_a_line_of_the_total():
    page = final_page(final(penalty=2.0, mark=3.0, days_late=2, late_words="grace is 15 minutes"))
    assert "3 of 5 points 5 of 5 points, less 2 for 2 days late: 3. grace is 15" in page.text


def test_a_mark_that_is_as_in_the_notebook_has_no_such_line():
    assert final_page(final()).text == final_page(None).text


def test_points_that_count_otherwise_are_explained():
    mark = final(points=80.0, max_points=100.0, mark=80.0, by_exercise={"E1": 80.0})
    page = final_page(mark, score=4.0)
    assert "80 of 100 points 4 of 5 points in the notebook count as 80 of 100." in page.text
    assert re.search(r"in the notebook counts as E1 .* 5 of 5 points 80 ", page.text)


def test_a_late_submission_that_waits_says_what_lateness_will_cost():
    mark = final(status="needs manual grading", points=None, mark=None, days_late=1,
                 late_words="1 day late: 20 % off as soon as there is a mark")  # fmt: skip
    page = final_page(mark, status="needs manual grading", reason="an essay")
    assert "20 % off as soon as there is a mark" in page.text and "Not final" in page.text


@pytest.mark.parametrize("status", ["graded", "not graded"])
def test_an_excused_student_sees_no_mark_but_the_feedback(status):
    page = final_page(final(status=EXCUSED, points=None, mark=None), status=status)
    assert "Excused No mark of this assignment is counted for you." in page.text
    assert "Not graded yet" not in page.text
    assert ("What you handed in has 5 of 5 points" in page.text) == (status == "graded")


def test_the_time_of_handing_in_is_shown():
    assert (
        "Handed in on 28 November 2026, 22:57"
        in final_page(None, handed_in="2026-11-28T22:57:00+01:00").text
    )
    when = datetime(2026, 11, 27, 8, 5, tzinfo=UTC)
    assert "Handed in on 27 November 2026, 08:05 UTC" in final_page(final(handed_in=when)).text
    assert "Handed in" not in final_page(None, handed_in="some day").text


def test_what_was_mended_has_a_section_of_its_own():
    mended = ["a cell `x` was found by what it defines", PAYLOAD]
    text = final_page(None, mended=mended, notes=["n"]).text
    assert text.index("What was mended in your file") < text.index("a cell x was found by what")
    assert text.index(PAYLOAD) < text.index("What was noticed while running")
    assert "mended" not in final_page(None).text


def test_every_member_of_a_group_gets_a_page_of_their_own():
    entry = {**submission("ada").as_json(), "members": ["ada", "ben"]}
    finals = [final("ada"), final("ben", penalty=1.0, mark=4.0, days_late=1), final("cy")]
    ada, ben = list(pages_of(entry, TITLE, EXERCISES, True, finals[:2]))
    assert [(p.student, p.folder) for p in (ada, ben)] == [("ada", "ada"), ("ben", "ben")]
    assert "Feedback for ben" in ben.html and "Feedback for ada" in ada.html
    assert "less 1 for 1 day late: 4" in ben.html and "day late" not in ada.html
    assert "4 of 5 points" in ben.text and "Feedback for ben" in ben.text
    for each in (ada, ben):
        assert "together by 2 people: ada, ben" in assert_harmless(each.html).text


def test_a_group_without_final_marks_gets_pages_as_well():
    entry = {**submission("ada").as_json(), "members": ["ada", "ben"]}
    assert [page.student for page in pages_of(entry, TITLE, EXERCISES)] == ["ada", "ben"]


def test_whose_mark_comes_from_another_submission_gets_only_that_page():
    entry = {**submission("ada").as_json(), "members": ["ada", "ben"]}
    elsewhere = final("ben", submission="ben")
    assert [student for student, _, _ in readers(entry, [final("ada"), elsewhere])] == ["ada"]
    assert readers(entry, [final("ada", submission="cy"), elsewhere]) == []


def test_a_member_s_name_is_never_a_path():
    names = ["ada", "../../etc", "a/b", "..", "ben"]
    entry = {**submission("ada").as_json(), "members": names}
    folders = [folder for _, folder, _ in readers(entry, [])]
    assert len(set(folders)) == 5 and folders[0] == "ada" and folders[4] == "ben"
    assert not [name for name in folders if "/" in name or name.startswith(".")]


def test_who_hands_in_under_another_id_keeps_the_folder():
    """The class report links to the folder that the submission has."""
    assert [(s, f) for s, f, _ in readers({"student": "ada"}, [final("s1234")])] == [
        ("s1234", "ada")
    ]
