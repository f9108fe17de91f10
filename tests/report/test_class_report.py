"""The instructor's page about the whole class."""

import copy
import re
from dataclasses import replace

import pytest

from autograder.course.finals import EXCUSED, MISSING, Final
from autograder.course.roster import Person, Roster
from autograder.diagnosis.definition import misconception
from autograder.report.class_report import class_report, class_report_html
from autograder.report.figures import (
    bin_width,
    bins_of,
    histogram_of_marks,
    points_of_exercises,
    shares_of_checks,
)
from autograder.report.of_class.causes import common_mistakes
from autograder.report.of_class.files import as_csv, write_tables
from autograder.report.of_class.items import (
    ALL_PASSED,
    FEW_FAILED,
    LEAST_STUDENTS,
    TOO_FEW,
    discrimination,
    items,
)
from autograder.report.of_class.rows import feedback_link, student_row
from autograder.report.of_class.table import Column, Table
from autograder.report.wording import from_json
from tests.report.reading import assert_harmless, contrast
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
    assert "1 to be marked by hand" in text


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
    assert len(labels) == 3
    assert "marks of 7 students, from 0 to 5 of 5 points" in labels[0]
    causal = [
        check["status"] == "passed"
        for entry in class_results()["submissions"]
        for check in entry["checks"]
        if check["id"] == "e1.causal"
    ]
    assert 0 < sum(causal) < len(causal)
    boxes, bars = labels[1:]
    assert f"e1.causal {100 * sum(causal) / len(causal):.0f} %" in bars
    assert "medians: E1" in boxes
    assert [v["role"] for tag, v in page.tags if tag == "svg"] == ["img"] * 3


def test_ids_are_unique_although_figures_share_the_page():
    ids = page_of(class_results()).attributes("id")
    assert ids and len(ids) == len(set(ids))


def test_figures_take_their_colours_from_the_page():
    for svg in drawn():
        assert "var(--bar)" in svg and "var(--ink)" in svg
        assert not re.findall(r"(?:fill|stroke): ?#\w+", svg)
        assert not re.findall(r"#[0-9a-fA-F]{6}\b", svg)


def test_figures_hold_text_and_neither_fonts_nor_dates_nor_styles_for_the_whole_page():
    for svg in drawn():
        assert "<text" in svg
        assert not re.search(r"<style|<metadata|font-family|20\d\d-\d\d", svg)
        assert len(svg) < 20_000


def test_figures_are_the_same_bytes_each_time():
    assert drawn() == drawn()


def drawn():
    return [
        histogram_of_marks([1.0, 5.0], 5.0, "d"),
        shares_of_checks([("e1.a", 0.5)], "d"),
        points_of_exercises([("E1", [0.5, 1.0, 0.0]), ("E2", [1.0])], "d"),
    ]


def test_a_description_cannot_break_out_of_the_figure():
    svg = shares_of_checks([("e1.a", 0.5)], '"><script>alert(1)</script>')
    assert "<script>" not in svg


def rows_of(*checks):
    """Rows of students with these results, one of each."""
    return [
        student_row(submission(f"student{i}", checks=found).as_json(), "assignment4")
        for i, found in enumerate(checks)
    ]


def test_shares_leave_out_what_the_grader_could_not_decide():
    broken = errored(results("biased and unmasked"))
    found = {item.id: item for item in items(rows_of(broken, results("right")), ["E1"])}
    assert found["e1.causal"].share == 0.5  # one of two
    assert found["e1.shape"].share == 1.0
    assert (found["e1.shape"].passed, found["e1.shape"].errored) == (1, 1)
    assert found["e1.causal"].mean == pytest.approx(found["e1.causal"].max_points / 2)


def test_common_mistakes_count_students_and_leave_out_singles():
    wrong = [replace(r, misconception=None) for r in results("biased and unmasked")]
    found = common_mistakes(rows_of(wrong, wrong, results("payload")))
    assert {m.students for m in found} == {2}
    assert ["e1.causal"] in [m.check_ids for m in found]
    assert not [m for m in found if PAYLOAD in m.message]


def test_a_message_that_several_checks_give_counts_once_for_a_student():
    one, *_ = results("missing")
    same = [one, replace(one, id="e1.causal")]
    (mistake,) = common_mistakes(rows_of(same, same))
    assert mistake.students == 2
    assert mistake.check_ids == ["e1.causal", "e1.shape"]


def test_a_mistake_of_known_cause_is_no_message_without_one():
    wrong = results("biased and unmasked")
    assert all(r.misconception for r in wrong if r.status == "failed")
    assert not common_mistakes(rows_of(wrong, wrong))


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


def test_every_mark_falls_into_a_bar_even_the_full_one_and_more():
    edges, students = bins_of([0.0, 39.5, 40.0, 40.000001, 41.0], 40.0)
    assert (edges[0], edges[-1], len(edges)) == (0.0, 40.0, 21)
    assert students == [1] + 18 * [0] + [4]


@pytest.mark.parametrize(("points", "width"), [(5, 0.5), (20, 1.0), (40, 2.0), (100, 5.0)])
def test_bars_stay_few_and_their_width_readable(points, width):
    assert bin_width(points) == width


def test_an_empty_class_still_gives_a_page():
    text = page_of({**class_results(), "submissions": []}).text
    assert "0 submissions" in text


def test_a_class_without_any_mark_still_gives_a_page():
    failed = [submission("ada", status="not graded", reason="no memory").as_json()]
    text = page_of({**class_results(), "submissions": failed}).text
    assert "mean, of" not in text
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


# ---- which checks tell students apart


def test_discrimination_is_the_correlation_with_the_rest_of_the_mark():
    rest = [float(i) for i in range(LEAST_STUDENTS)]
    half = LEAST_STUDENTS // 2
    told, remark = discrimination([(mark >= half, mark) for mark in rest])
    # of a split at the median of 0, 1, ..., n - 1
    n = LEAST_STUDENTS
    assert told == pytest.approx((n / 4) / ((n**2 - 1) / 12) ** 0.5)
    assert remark == ""
    upside_down, remark = discrimination([(mark < half, mark) for mark in rest])
    assert upside_down == pytest.approx(-told)
    assert "look at the check" in remark


def test_what_cannot_be_told_has_a_reason():
    rest = [float(i) for i in range(LEAST_STUDENTS)]
    assert discrimination([(True, mark) for mark in rest]) == (None, ALL_PASSED)
    assert discrimination([(mark > 0, mark) for mark in rest]) == (None, FEW_FAILED)
    assert discrimination([(mark > 9, mark) for mark in rest[1:]]) == (None, TOO_FEW)
    assert discrimination([(mark > 9, 5.0) for mark in rest])[0] is None


def test_the_mark_on_everything_else_leaves_the_check_itself_out():
    """One check alone makes the mark: without it nothing is left to go along with."""
    (only, *_) = results("right")
    failed = replace(only, status="failed", points=0.0, message="wrong")
    other = replace(only, id="e1.other")
    rows = rows_of(*([[only, other], [failed, other]] * LEAST_STUDENTS))
    found = {item.id: item for item in items(rows, ["E1"])}
    assert found["e1.shape"].discrimination is None
    assert found["e1.shape"].remark == "everybody has the same elsewhere"
    assert found["e1.other"].remark == ALL_PASSED


def test_who_wrote_nothing_is_left_out_of_discrimination():
    """Stubs fail everything: they would make every check look good."""
    stubs, right = [results("stub")] * LEAST_STUDENTS, [results("right")] * LEAST_STUDENTS
    assert {item.remark for item in items(rows_of(*stubs, *right), ["E1"])} == {ALL_PASSED}


def test_while_answers_wait_for_a_mark_only_checks_count():
    """Who has been marked already would else seem to do better than who has not."""
    (only, *_) = results("right")
    failed = replace(only, status="failed", points=0.0, message="wrong")
    other = replace(only, id="e1.other")
    rows = rows_of(*([[only, other], [failed, other]] * LEAST_STUDENTS))
    marked = [replace(row, points={**row.points, "W": 1.0}, score=row.score + i % 3)
              for i, row in enumerate(rows)]  # fmt: skip
    found = {item.id: item for item in items(marked, ["E1"])}
    assert found["e1.shape"].discrimination is not None
    marked[0] = replace(marked[0], points={**marked[0].points, "W": None})
    found = {item.id: item for item in items(marked, ["E1"])}
    assert found["e1.shape"].remark == "everybody has the same elsewhere"


def test_a_class_that_is_too_small_is_told_so_in_a_sentence():
    text = page_of(class_results()).text
    assert f"chance alone would decide; it takes {LEAST_STUDENTS}" in text


def test_checks_that_tell_students_apart_the_most_and_the_least_are_named():
    base = results("biased and unmasked")
    many = [submission(f"w{i}", checks=base).as_json() for i in range(LEAST_STUDENTS)]
    many += [submission(f"r{i}").as_json() for i in range(LEAST_STUDENTS)]
    text = page_of({**class_results(), "submissions": many}).text
    section = text[text.index("Which checks tell students apart") :]
    assert "e1.causal 1.00, passed by 50 %" in section
    assert "No correlation, since all passed: e1.shape" in section


# ---- who needs a look


def test_mended_notebooks_and_those_out_of_time_need_a_look():
    entries = [
        submission("ada", mended=["the outputs were too large and are gone"]).as_json(),
        submission("bob", notes=["the cell e1_solution: this cell ran longer than 8 seconds"]),
        submission("cem", notes=["the gradebook no longer holds this submission"]),
        submission("dia", notes=["the cell e1_solution raised ImportError"]),
    ]
    entries = [entries[0], *(entry.as_json() for entry in entries[1:])]
    text = page_of({**class_results(), "submissions": entries}).text
    listed = text[text.index("Who needs a look") : text.index("Distribution")]
    assert "mended: the outputs were too large and are gone (ada)" in listed
    assert "out of time: the cell e1_solution: this cell ran longer than 8 seconds (bob)" in listed
    assert "gradebook: the gradebook no longer holds this submission (cem)" in listed
    assert "dia" not in listed


def test_many_reasons_of_one_kind_are_folded_up():
    entries = [submission(f"s{i:02d}", mended=[f"line {i} was lost"]).as_json() for i in range(20)]
    text = page_of({**class_results(), "submissions": entries}).text
    assert "mended: 20 submissions, 20 reasons line 0 was lost (s00)" in text


def test_who_is_not_on_the_roster_or_in_two_submissions_needs_a_look():
    found = a_class_with_a_roster()
    odd = replace(found["finals"][2], on_roster=False)
    twice = replace(found["finals"][1], others=("cem",))
    html = class_report(**{**found, "finals": [odd, twice]}).html()
    text = assert_harmless(html).text
    assert "roster: cem is not on the roster (cem)" in text
    assert "roster: bob is also in cem, which does not count (ada)" in text


def test_results_of_an_earlier_version_lack_what_is_new():
    old = [{k: v for k, v in entry.items() if k not in ("mended", "handed_in", "members")}
           for entry in class_results()["submissions"]]  # fmt: skip
    assert page_of({**class_results(), "submissions": old}).text == page_of(class_results()).text


# ---- final marks, sections, groups


def final(student, submission, mark, **more):
    status = more.pop("status", "graded")
    return Final(student, submission, status, mark, 10.0, more.pop("penalty", 0.0), mark, **more)


def a_class_with_a_roster():
    """Two who handed in together, one late, one excused, and one who handed in nothing."""
    pair = submission("ada", members=["ada", "bob"]).as_json()
    late = submission("cem", "biased and unmasked").as_json()
    finals = [
        final("ada", "ada", 10.0, by_exercise={"E1": 10.0}),
        final("bob", "ada", 10.0, by_exercise={"E1": 10.0}),
        final("cem", "cem", 4.5, penalty=1.5, days_late=2, by_exercise={"E1": 6.0}),
        final("dia", None, None, status=EXCUSED),
        final("eli", None, None, status=MISSING),
    ]
    names = {"ada": "Ada L.", "bob": "Bob " + PAYLOAD, "cem": "=HYPERLINK(1)", "dia": "", "eli": ""}
    people = [Person(id, name, section="A" if id < "d" else "B") for id, name in names.items()]
    return {
        "results": {**class_results(), "submissions": [pair, late]}, "title": TITLE,
        "exercises": EXERCISES, "finals": finals, "roster": Roster(tuple(people)),
    }  # fmt: skip


def test_final_marks_count_for_each_person_and_late_and_missing_ones_are_told():
    page = assert_harmless(class_report(**a_class_with_a_roster()).html())
    for told in (
        "2 submissions", "3 with a mark", "8.2 mean, of 10", "10 median, of 10", "1 late",
        "1 not handed in", "1 excused", "Not handed in by eli", "Bob " + PAYLOAD,
    ):  # fmt: skip
        assert told in page.text, told
    assert "with bob" in page.text and "with ada" in page.text
    links = page.attributes("href")
    assert links.count(feedback_link("ada", "assignment4")) >= 2
    assert feedback_link("bob", "assignment4") not in links  # the pair has one page


def test_sections_have_their_own_numbers():
    tables = class_report(**a_class_with_a_roster()).tables()
    by_section = {row["section"]: row for row in tables["sections"].as_json()}
    assert by_section["A"]["students"] == 3 and by_section["A"]["with a mark"] == 3
    assert by_section["A"]["median"] == 10.0
    assert by_section["B"]["mean"] is None and by_section["B"][MISSING] == 1
    assert tables["late"].as_json() == [
        {"days late": 2, "students": 1, "mean penalty": 1.5, "who": "cem"}
    ]


def test_without_a_roster_there_are_neither_sections_nor_lateness():
    tables = class_report(class_results(), TITLE, EXERCISES).tables()
    assert not {"sections", "late", "similar"} & set(tables)
    text = page_of(class_results()).text
    assert "Sections" not in text and "penalty" not in text
    assert "Not compared here" in text


# ---- tables as files


def test_every_table_becomes_a_file_without_formulas(tmp_path):
    report = class_report(**a_class_with_a_roster())
    files = write_tables(report.tables(), tmp_path / "tables")
    assert {file.stem for file in files} == set(report.tables())
    students = (tmp_path / "tables" / "students.csv").read_text(encoding="utf-8").splitlines()
    assert students[0].startswith('"student","name","section","status","mark"')
    assert any('"\'=HYPERLINK(1)"' in line for line in students)
    assert len(students) == 1 + 5


def test_cells_of_a_table_are_numbers_texts_or_empty():
    table = Table("t", [Column("a"), Column("b"), Column("c")], [["=1+1", -0.25, None]])
    assert as_csv(table) == '"a","b","c"\n"\'=1+1","-0.25",""\n'


def test_the_page_links_to_the_course_folder_from_where_it_lies():
    page = page_of(class_results())
    moved = assert_harmless(class_report_html(class_results(), TITLE, EXERCISES, base="../a%20b/"))
    links = [link for link in page.attributes("href") if link.startswith("feedback/")]
    assert links
    assert [f"../a%20b/{link}" for link in links] == [
        link for link in moved.attributes("href") if "feedback/" in link
    ]


def test_what_is_marked_can_be_read_in_light_and_dark():
    html = class_report_html(class_results(), TITLE, EXERCISES)
    pairs = re.findall(r"--few: (#\w+); --on-few: (#\w+)", html)
    assert len(pairs) == 3  # light, dark, print
    assert all(contrast(*pair) >= 4.5 for pair in pairs)
