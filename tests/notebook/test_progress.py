"""The panel of points says what the last checks gave, and forgets nothing when the kernel goes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from autograder.checks import assignment, exercise
from autograder.notebook import check, progress, progress_panel, progress_record
from autograder.notebook.progress_panel import BY_HAND, Row, panel_html, panel_text, row_of
from autograder.notebook.progress_record import Standing
from solutions.assignment4.mlp import MLP


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No standings from elsewhere, and a folder of one's own."""
    monkeypatch.setattr(progress_record, "_standings", {})
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a kernel ran, but for grading."""
    monkeypatch.setattr("IPython.core.getipython.get_ipython", object)


def rows(known: dict[str, Standing]) -> list[Row]:
    return [row_of(each, known) for each in assignment("assignment4")]


def test_before_any_check_everything_is_open_and_the_first_is_next() -> None:
    told = panel_text(rows({}))
    assert told.startswith("0 of 40 points")
    assert "Next: E1 Causal self-attention" in told
    assert told.count("not checked yet") == 8


def test_points_add_up_and_what_is_not_right_yet_is_next() -> None:
    told = panel_text(rows({"E1": Standing(5, True), "E2": Standing(2.5, False)}))
    assert told.startswith("7.5 of 40 points")
    assert "✓ E1" in told and "◐ E2" in told
    assert "Next: E2" in told


def test_the_time_left_is_that_of_what_is_open() -> None:
    times = {each.id: getattr(each, "minutes", 0) for each in assignment("assignment4")}
    done = {"E1": Standing(5, True)}
    rest = sum(minutes for id, minutes in times.items() if id != "E1")
    assert rest > 0
    assert f"about {rest} minutes for all that is open" in panel_text(rows(done))


def test_when_all_is_right_nothing_is_next() -> None:
    told = panel_text(rows({e.id: Standing(e.points, True) for e in assignment("assignment4")}))
    assert told.startswith("40 of 40 points")
    assert "Next" not in told and "Every check has passed" in told


def test_what_a_person_reads_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    progress("lab11")
    told = capsys.readouterr().out
    by_hand = [each for each in assignment("lab11") if each.by_hand]
    assert told.count("read by a person") == len(by_hand)
    assert f"{sum(each.by_hand for each in by_hand):g} more are given by a person" in told
    assert "Tasks without points: 0 of " in told


def test_titles_cannot_become_markup() -> None:
    shown = panel_html([Row("E1", "<script>alert(1)</script>", BY_HAND, 0, 1, 0)])
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_an_unknown_assignment_is_answered_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    progress("assignment5")
    assert "did you mean 'assignment4'" in capsys.readouterr().out


def test_a_check_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "MLP", MLP, raising=False)
    points = check("E3", seed=0)
    assert progress_record.standings()["E3"] == Standing(points, True)
    assert points == exercise("E3").points


def test_a_new_kernel_remembers_what_an_earlier_one_saw(
    a_notebook: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress_record.record("E1", 5.0, True)
    monkeypatch.setattr(progress_record, "_standings", {})
    assert progress_record.standings()["E1"] == Standing(5.0, True, earlier=True)
    progress_record.record("E2", 1.0, False)
    monkeypatch.setattr(progress_record, "_standings", {})
    assert set(progress_record.standings()) == {"E1", "E2"}
    assert "done, in an earlier kernel" in panel_text(rows(dict(progress_record.standings())))


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"E1": 5}', '{"E1": ["x", true]}', "null"])
def test_a_file_that_holds_something_else_is_no_obstacle(kept: str, a_notebook: None) -> None:
    progress_record.FILE.parent.mkdir()
    progress_record.FILE.write_text(kept, encoding="utf-8")
    assert progress_record.standings() == {}
    progress_record.record("E1", 5.0, True)
    assert json.loads(progress_record.FILE.read_text(encoding="utf-8")) == {"E1": [5.0, True]}


def test_a_folder_that_cannot_be_written_is_no_obstacle(a_notebook: None) -> None:
    progress_record.FILE.parent.write_text("a file where the folder would be", encoding="utf-8")
    progress_record.record("E1", 5.0, True)
    assert progress_record.standings()["E1"].points == 5.0


def test_nothing_is_written_outside_a_notebook_or_while_grading(
    a_notebook: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    progress_record.record("E1", 5.0, True)
    monkeypatch.delenv("NBGRADER_EXECUTION")
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: None)
    progress_record.record("E1", 5.0, True)
    assert not progress_record.FILE.exists()


def test_without_the_checks_nothing_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in the sandbox, where the process that holds a submission has none."""
    monkeypatch.setitem(sys.modules, "autograder.checks", None)
    progress_panel.progress("assignment4")
    assert capsys.readouterr().out == ""
