"""The instructor's page about the whole class."""

import copy
import re
from dataclasses import replace

import pytest

from autograder.diagnosis.definition import misconception
from autograder.report.class_report import (
    class_report_html,
    common_mistakes,
    feedback_link,
    passed_shares,
)
from autograder.report.figures import bin_width, histogram_of_marks, shares_of_checks
from autograder.report.wording import from_json
from tests.report.reading import assert_harmless
from tests.report.samples import EXERCISES, PAYLOAD, class_results, errored, results, submission

TITLE = "Assignment 4"


def page_of(found):
    return assert_harmless(class_report_html(found, TITLE, EXERCISES))


def test_the_page_is_well_formed_and_runs_and_fetches_nothing():
    page = page_of(class_results())
    assert "svg" in page.names()
    assert PAYLOAD in page.text


def test_the_same_results_give_the_same_bytes_in_any_order():
    found = class_results()
    shuffled = {**found, "submissions": found["submissions"][::-1]}
    assert class_report_html(found, TITLE, EXERCISES) == class_report_html(
        shuffled, TITLE, EXERCISES
    )


def test_numbers_count_marks_and_leave_out_who_has_none():
    text = page_of(class_results()).text
    marks = [e["score"] for e in class_results()["submissions"] if e["status"] != "not graded"]
    assert len(marks) == 7
    assert f"{round(sum(marks) / 7, 1):g} mean, of 5" in text
    assert f"{sorted(marks)[3]:g} median, of 5" in text
    assert "8 submissions 7 with a mark" in text
    assert "1 not graded" in text
    assert "1 nothing written yet" in text


def test_everybody_is_in_the_table_with_a_link_to_the_page():
    found = class_results()
    page = page_of(found)
    for entry in found["submissions"]:
        link = feedback_link(entry["student"], "assignment4")
        assert link in page.attributes("href")
        assert entry["student"] in page.text
    assert feedback_link("ada", "assignment4") == "feedback/ada/assignment4/assignment4.html"


@pytest.mark.parametrize("name", ["../../etc", "javascript:alert(1)", 'a" onclick="x', "Zoë/ü"])
def test_a_name_cannot_leave_its_folder_or_its_attribute(name):
    link = feedback_link(name, "assignment4")
    assert link.count("/") == 3
    assert not re.search(r'["<>:\s]', link)
    page_of({**class_results(), "submissions": [submission(name).as_json()]})


def test_who_needs_a_look_is_listed_with_the_reason():
    text = page_of(class_results()).text
    listed = text[text.index("Who needs a look") : text.index("What this class")]
    assert "not graded: the notebook is not valid JSON (line 3)" in listed
    assert "graded: the grader itself failed on e1.shape (grace)" in listed
    assert "needs manual grading: an essay (hal)" in listed
    assert "ada" not in listed and "bertrand" not in listed


def test_students_with_the_same_reason_share_a_line():
    late = [submission(n, status="not graded", reason="too slow").as_json() for n in "abc"]
    text = page_of({**class_results(), "submissions": late}).text
    assert text.count("not graded: too slow") == 1
    assert "(a, b, c)" in text


def test_a_class_without_trouble_says_so():
    text = page_of({**class_results(), "submissions": [submission("ada").as_json()]}).text
    assert "Nobody needs a look" in text


def test_figures_carry_their_content_in_words():
    page = page_of(class_results())
    labels = [v["aria-label"] for tag, v in page.tags if tag == "svg"]
    assert len(labels) == 2
    assert "marks of 7 students, from 0 to 5 of 5 points" in labels[0]
    causal = [
        check["status"] == "passed"
        for entry in class_results()["submissions"]
        for check in entry["checks"]
        if check["id"] == "e1.causal"
    ]
    assert 0 < sum(causal) < len(causal)
    assert f"e1.causal {100 * sum(causal) / len(causal):.0f} %" in labels[1]
    assert [v["role"] for tag, v in page.tags if tag == "svg"] == ["img", "img"]


def test_ids_are_unique_although_two_figures_share_the_page():
    ids = page_of(class_results()).attributes("id")
    assert ids and len(ids) == len(set(ids))


def test_figures_take_their_colours_from_the_page():
    for svg in (histogram_of_marks([1.0, 5.0], 5.0, "d"), shares_of_checks([("e1.a", 0.5)], "d")):
        assert "var(--bar)" in svg and "var(--ink)" in svg
        assert not re.findall(r"(?:fill|stroke): ?#\w+", svg)


def test_a_description_cannot_break_out_of_the_figure():
    svg = shares_of_checks([("e1.a", 0.5)], '"><script>alert(1)</script>')
    assert "<script>" not in svg


def test_shares_leave_out_what_the_grader_could_not_decide():
    broken = errored(results("biased and unmasked"))
    shares = dict(passed_shares([broken, results("right")], ["E1"]))
    assert shares["e1.causal"] == 0.5  # one of two
    assert shares["e1.shape"] == 1.0


def test_common_mistakes_count_students_and_leave_out_singles():
    wrong = [replace(r, misconception=None) for r in results("biased and unmasked")]
    found = common_mistakes([wrong, wrong, results("payload")])
    assert {m.students for m in found} == {2}
    assert ["e1.causal"] in [m.check_ids for m in found]
    assert not [m for m in found if PAYLOAD in m.message]


def test_a_message_that_several_checks_give_counts_once_for_a_student():
    one, *_ = results("missing")
    same = [one, replace(one, id="e1.causal")]
    (mistake,) = common_mistakes([same, same])
    assert mistake.students == 2
    assert mistake.check_ids == ["e1.causal", "e1.shape"]


def test_a_mistake_of_known_cause_is_no_message_without_one():
    wrong = results("biased and unmasked")
    assert all(r.misconception for r in wrong if r.status == "failed")
    assert not common_mistakes([wrong, wrong])


def misunderstood(*texts):
    """The section on a class whose students have these causes, one of each, and nobody else."""
    base = results("biased and unmasked")
    entries = []
    for number, text in enumerate(texts):
        checks = [replace(r, misconception=text if r.status == "failed" else None) for r in base]
        entries.append(submission(f"student{number}", checks=checks).as_json())
    page = page_of({**class_results(), "submissions": entries})
    if "What this class misunderstands" not in page.text:
        return "", page
    start = page.text.index("What this class misunderstands")
    return page.text[start : page.text.index("Distribution of marks")], page


def test_misconceptions_come_with_their_sentence_and_who_has_them_the_most_frequent_first():
    text, page = misunderstood("e1.no-scale", "e1.no-mask", "e1.no-mask")
    for name in ("e1.no-mask", "e1.no-scale"):
        assert misconception(name).says.replace("`", "") in text
    assert text.index("2 e1.no-mask") < text.index("1 e1.no-scale")
    assert "student1, student2" in text
    assert "one of" not in text
    assert page.attributes("href").count(feedback_link("student1", "assignment4")) == 2


def test_a_student_with_two_at_once_counts_in_both():
    text, _ = misunderstood("e1.no-mask + e1.no-scale", "e1.no-scale")
    assert "2 e1.no-scale" in text and "1 e1.no-mask" in text


def test_what_fits_equally_well_counts_apart():
    text, _ = misunderstood("e1.no-mask | e1.no-scale", "e1.no-scale")
    assert "1 1 e1.no-scale" in text and "0 1 e1.no-mask" in text
    assert text.index("e1.no-scale") < text.index("e1.no-mask")
    assert "student1 one of: student0" in text


def test_names_of_later_versions_are_listed_without_a_sentence_and_escaped():
    text, page = misunderstood(f"e1.{PAYLOAD}")
    assert f"1 e1.{PAYLOAD} student0" in text
    assert "img" not in page.names()


def test_a_class_without_diagnoses_has_no_such_section():
    assert misunderstood(None, None)[0] == ""


def bar_heights(svg):
    """Heights of the histogram's bars in the figure's own units, from left to right."""
    return [float(height) for height in re.findall(r'height="(\S+)" style="fill: var\(--bar', svg)]


def test_every_mark_falls_into_a_bar_even_the_full_one_and_more():
    heights = bar_heights(histogram_of_marks([0.0, 39.5, 40.0, 40.000001, 41.0], 40.0, "d"))
    assert len(heights) == 20
    assert heights[-1] == pytest.approx(4 * heights[0], rel=1e-3)
    assert heights[0] > 0


@pytest.mark.parametrize(("points", "width"), [(5, 0.5), (20, 1.0), (40, 2.0), (100, 5.0)])
def test_bars_stay_few_and_their_width_readable(points, width):
    assert bin_width(points) == width


def test_an_empty_class_still_gives_a_page():
    text = page_of({**class_results(), "submissions": []}).text
    assert "0 submissions" in text


def test_a_class_without_any_mark_still_gives_a_page():
    failed = [submission("ada", status="not graded", reason="no memory").as_json()]
    text = page_of({**class_results(), "submissions": failed}).text
    assert "mean" not in text
    assert "no memory" in text


def test_six_hundred_students_fit_a_page_of_one_megabyte():
    one = submission("x", "biased and unmasked").as_json()
    many = [{**copy.copy(one), "student": f"student{i:03d}"} for i in range(600)]
    html = class_report_html({**class_results(), "submissions": many}, TITLE, EXERCISES)
    page = assert_harmless(html)
    assert len(html.encode()) < 1_000_000
    assert "student599" in page.text


def test_results_read_back_as_they_were():
    entry = submission("ada", "overflowing").as_json()
    for check, original in zip(entry["checks"], results("overflowing"), strict=True):
        again = from_json(check)
        assert (again.id, again.remarks, again.points) == (
            original.id, original.remarks, original.points,
        )  # fmt: skip
