"""`course collect` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.intake.collect.formats import KINDS
from autograder.verbs.collect import KINDS as OFFERED
from autograder.verbs.collect import collect
from tests.intake.collect.samples import folder, notebook, zipped

ROSTER = "id,name,email,group,section\nada,Ada Lovelace,,pair,A\nemmy,Emmy Noether,,pair,A\n"


def run(*words: object) -> tuple[int, str]:
    """Exit status and all that was printed."""
    found = CliRunner().invoke(collect, [str(word) for word in words], catch_exceptions=False)
    return found.exit_code, found.output


def test_a_download_is_taken_in_and_summed_up(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "lovelaceada_LATE_1_2_lab11.ipynb": notebook("ada"),
        "stranger_3_4_lab11.ipynb": notebook("stranger"),
    })  # fmt: skip
    (tmp_path / "roster.csv").write_text(ROSTER)
    words = ("lab11", source, "--to", tmp_path / "out", "--roster", tmp_path / "roster.csv")
    status, said = run(*words)
    assert status == 0, said
    assert "2 submissions from in.zip (canvas): 2 new" in said
    assert "late: 1: ada" in said and "not on the roster: 1: stranger_3" in said
    assert "missing" not in said  # pairs may hand in lab11
    (tmp_path / "course.toml").write_text('roster = "roster.csv"\n')
    words = (*words[:4], "--config", tmp_path / "course.toml")
    status, said = run(*words, "--alone", "--json")
    found = json.loads(said)
    assert status == 0 and found["partners"] == ["emmy"] and found["done"]["ada"] == "unchanged"


def test_the_courses_deadline_says_who_is_late(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        f"A4_{user}_attempt_2026-11-{day}-12-00-00_assignment4.ipynb": notebook(user)
        for user, day in (("ada", 27), ("emmy", 28), ("kurt", 28))
    })  # fmt: skip
    (tmp_path / "course.toml").write_text(
        "[assignment4]\ndeadline = 2026-11-27T23:59:00+01:00\n"
        "[assignment4.extensions]\nkurt = 2026-11-30T23:59:00+01:00\n"
    )
    status, said = run("assignment4", source, "--to", tmp_path / "out", "--timezone",
                       "Europe/Berlin", "--config", tmp_path / "course.toml", "--json")  # fmt: skip
    assert status == 0 and json.loads(said)["late"] == ["emmy"], said


def test_what_was_refused_makes_the_exit_status(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {
        "ada/assignment4.ipynb": notebook("ada"), "emmy/assignment4.zip": b"broken",
    })  # fmt: skip
    status, said = run("assignment4", source, "--to", tmp_path / "out")
    assert status == 1 and "refused: emmy: assignment4.zip cannot be opened" in said


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("assignment5", "{in}", "--to", "{out}"), 2, "assignment4"),
        (("assignment4", "{in}/nothing", "--to", "{out}"), 2, "does not exist"),
        (("assignment4", "{in}", "--to", "{out}", "--timezone", "Mars/Olympus"), 2, "no time zone"),
        (("assignment4", "{in}", "--to", "{out}", "--timezone", "../../etc"), 2, "no time zone"),
        (("assignment4", "{in}", "--to", "{out}", "--groups", "{table}"), 2, "needs a --roster"),
        (("assignment4", "{in}", "--to", "{out}", "--roster", "{table}"), 1, "column"),
        (("assignment4", "{in}", "--to", "{in}"), 1, "within each other"),
        (("assignment4", "{in}", "--to", "{out}", "--from", "canvas"), 1, "--from says"),
        (("assignment4", "{table}", "--to", "{out}"), 1, "not a whole zip archive"),
    ],
)
def test_mistakes_get_a_sentence(
    tmp_path: Path, words: tuple[str, ...], status: int, said: str
) -> None:
    folder(tmp_path / "in", {"ada/assignment4.ipynb": notebook("ada")})
    (tmp_path / "table.csv").write_text("colour\nred\n")
    places = {"in": tmp_path / "in", "out": tmp_path / "out", "table": tmp_path / "table.csv"}
    found = run(*(word.format(**places) for word in words))
    assert found[0] == status and said in found[1].replace("\n", " "), found[1]


def test_all_kinds_are_offered() -> None:
    assert ("auto", *KINDS) == OFFERED
