"""What a student sees below a check cell."""

import subprocess
import sys
from dataclasses import replace

import pytest

from autograder.report.notebook_table import BADGE_TEXT, BADGES, table_html, table_text
from tests.report.reading import Page, assert_harmless, contrast
from tests.report.samples import ANSWERS, PAYLOAD, TITLES, errored, results


def html(answer):
    return table_html("E1", TITLES["E1"], results(answer))


def text(answer):
    return table_text("E1", TITLES["E1"], results(answer))


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_table_is_well_formed_and_runs_and_fetches_nothing(answer):
    page = assert_harmless(html(answer))
    assert "style" not in page.names()  # inline styles survive where style sheets are stripped


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_first_line_is_the_verdict_with_the_points(answer):
    earned = sum(result.points for result in results(answer))
    verdict = f"E1 Causal self-attention: {earned:g} of 5 points"
    assert Page(html(answer)).text.startswith(verdict)
    assert text(answer).splitlines()[0] == verdict


def test_a_right_answer_shows_a_tick_and_a_claim_for_every_check_and_no_seed():
    page = Page(html("right"))
    assert page.text.count("✓ passed") == len(results("right"))
    for result in results("right"):
        assert result.claim in page.text
    assert "seed" not in page.text


@pytest.mark.parametrize(
    "render", [lambda a: Page(html(a)).text, lambda a: " ".join(text(a).split())]
)
def test_a_failed_check_says_message_expected_got_and_seed(render):
    shown = render("biased and unmasked")
    failed = [r for r in results("biased and unmasked") if r.status == "failed"]
    assert len(failed) >= 2
    for result in failed:
        for part in (result.message, result.expected, result.got):
            assert part in shown
    assert "inputs drawn with seed 123:" in shown
    assert 'check("E1", seed=123)' in shown


def test_outcomes_differ_in_shape_and_word_and_not_by_colour_alone():
    shown = Page(table_html("E1", "t", errored(results("biased and unmasked")))).text
    for mark in ("✓ passed", "✗ failed", "– not tried", "! undecided"):
        assert mark in shown


def test_a_skipped_check_names_what_comes_first():
    blocked = [r for r in results("payload") if r.status == "skipped"]
    assert blocked
    shown = Page(html("payload")).text
    assert "first make e1.shape pass" in shown
    assert "not tried: first" not in shown  # the badge says so already


def test_an_untouched_stub_gets_one_kind_line_and_no_wall():
    page = Page(html("stub"))
    assert "Not written yet" in page.text
    assert "table" not in page.names()
    assert len(text("stub").splitlines()) <= 3
    assert "seed" not in page.text


def test_a_missing_name_gets_one_line_that_names_it():
    page = Page(html("missing"))
    assert "table" not in page.names()
    assert "CausalSelfAttention is not defined" in page.text


def test_one_passed_check_is_enough_to_show_the_whole_table():
    first, *rest = results("stub")
    some = [replace(first, status="passed", points=0.5, message=""), *rest]
    assert "table" in Page(table_html("E1", "t", some)).names()


def test_advice_is_shown_on_a_passed_check():
    remarks = [remark for result in results("overflowing") for remark in result.remarks]
    assert remarks
    assert remarks[0] in Page(html("overflowing")).text
    assert " ".join(remarks[0].split()) in " ".join(text("overflowing").split())


def test_the_graders_own_fault_is_said_plainly_and_its_traceback_is_not_shown():
    broken = errored(results("biased and unmasked"))
    for shown in (Page(table_html("E1", "t", broken)).text, table_text("E1", "t", broken)):
        assert "1 check undecided" in shown
        assert "the grader itself failed here" in shown
        assert "this is not your fault" in shown
        assert "Traceback" not in shown


def test_html_in_a_students_message_is_shown_and_not_interpreted():
    page = assert_harmless(html("payload"))
    assert PAYLOAD in page.text


def test_code_between_backticks_becomes_code_and_stays_escaped():
    odd = replace(results("payload")[0], message="at the line `x < y & <b>z</b>`")
    page = assert_harmless(table_html("E1", "t", [odd]))
    assert "b" not in page.names()
    assert "code" in page.names()
    assert "x < y & <b>z</b>" in page.text


def test_escape_sequences_do_not_reach_a_terminal():
    odd = replace(results("payload")[0], message="your code raised ValueError: \x1b[2Jgone\u202e")
    shown = table_text("E1", "t", [odd])
    assert "\x1b" not in shown and "\u202e" not in shown
    assert "gone" in shown


@pytest.mark.parametrize("status", BADGES)
def test_badges_can_be_read_and_stand_out_on_light_and_dark(status):
    assert contrast(BADGES[status], BADGE_TEXT) >= 4.5
    assert contrast(BADGES[status], "#ffffff") >= 3
    assert contrast(BADGES[status], "#111111") >= 3


def test_no_colour_but_the_badges_is_fixed():
    page = Page(html("biased and unmasked"))
    for style in page.attributes("style"):
        declared = dict(part.split(":", 1) for part in style.strip("; ").split(";"))
        if declared.get(" color", declared.get("color", " inherit")).strip() != "inherit":
            assert declared[" background"].strip() in BADGES.values()


def test_plain_text_lines_fit_a_terminal():
    assert max(map(len, text("biased and unmasked").splitlines())) <= 100


def test_the_table_needs_the_standard_library_only():
    code = (
        "import sys; import autograder.report.notebook_table;"
        "print({'torch', 'jinja2', 'numpy', 'matplotlib'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
