"""A second marker's sample: reproducible, from all kinds of answers, and never in the gradebook."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from sklearn.metrics import cohen_kappa_score

from autograder.marking import second
from autograder.marking.agreement import Pair, agreement, compare, report
from autograder.marking.book import Book, Mark, Refused
from autograder.marking.tasks import Task
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.results import run_as_json, write_results
from autograder.verbs.marking import marking
from tests.marking.folders import course_folder, opened, put_answers, task_of

KINDS = ("Each row of wte is one token id number {}.", "It is faster on machine {}.",
         "It would raise error {} because of the size.")  # fmt: skip
# three kinds, four of each, with the mark that the first marker gives
CLASS = {f"{kind}{n}": (KINDS[kind].format(n), (1.0, 0.0, 0.5)[kind])
         for kind in range(3) for n in range(4)}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> CourseFolder:
    answers = {student: {"G1.2": text} for student, (text, _) in CLASS.items()}
    folder = course_folder(tmp_path_factory.mktemp("course"), {**answers, "blank": {"G1.2": " "}})
    with opened(folder) as book:
        task = task_of(book, "G1.2")
        book.save(task, [
            {"id": a.id, "seen": a.written.digest, "points": CLASS[a.student][1],
             "comment": "FIRST"}
            for a in book.answers(task) if a.student in CLASS
        ])  # fmt: skip
    write_results(folder.root / "results.json", run_as_json("lab11", 0, []))
    return folder


@pytest.fixture
def folder(made: CourseFolder, tmp_path: Path) -> CourseFolder:
    return CourseFolder(Path(shutil.copytree(made.root, tmp_path / "course")), "lab11")


def in_task(sample: second.Sample, task: Task) -> list[str]:
    return [answer.student for answer in sample.of(task).values()]


def mark_all(book: Book, sample: second.Sample, task: Task, by: float = 0.0) -> None:
    """Give every answer of the sample its first mark and so much more, at most the whole point."""
    sample.save(task, [
        {"id": second.id_of(answer), "points": min(1.0, CLASS[answer.student][1] + by)}
        for answer in sample.of(task).values()
    ])  # fmt: skip


def test_the_same_seed_draws_the_same_and_another_seed_others(folder: CourseFolder) -> None:
    with opened(folder) as book:
        one = second.draw(book, "lab11", "bo", 50, 1)
        assert second.draw(book, "lab11", "bo", 50, 1) == one
        assert any(second.draw(book, "lab11", "bo", 50, n).answers != one.answers for n in (2, 3))


@pytest.mark.parametrize("seed", range(8))
def test_every_kind_of_answer_is_drawn_in_proportion_and_no_blank_one(
    folder: CourseFolder, seed: int
) -> None:
    with opened(folder) as book:
        drawn = in_task(second.draw(book, "lab11", "bo", 50, seed), task_of(book, "G1.2"))
    assert len(drawn) == len(set(drawn)) == 6
    assert sorted(student[0] for student in drawn) == ["0", "0", "1", "1", "2", "2"]


def test_few_answers_are_all_drawn(folder: CourseFolder) -> None:
    with opened(folder) as book:
        sample = second.draw(book, "lab11", "bo", 0.1, 0)
        assert len(in_task(sample, task_of(book, "G1.2"))) == second.FEWEST


def test_second_marks_are_kept_apart(folder: CourseFolder) -> None:
    before = hashlib.sha256((folder.root / "gradebook.db").read_bytes()).digest()
    with opened(folder) as book:
        sample = second.draw(book, "lab11", "bo", 50, 1)
        task = task_of(book, "G1.2")
        id, other = [second.id_of(answer) for answer in sample.of(task).values()][:2]
        changes = [{"id": id, "points": 0.5, "comment": "so"}, {"id": other, "points": 7}]
        done = sample.save(task, [*changes, {"id": "x", "points": 1}])
        second.keep(folder.root, sample)
    assert done[id] == Mark(0.5, False, "so")
    assert isinstance(done[other], Refused) and isinstance(done["x"], Refused)
    assert second.load(folder.root, "lab11", "bo") == sample
    assert hashlib.sha256((folder.root / "gradebook.db").read_bytes()).digest() == before


@pytest.mark.parametrize("name", ["", "../bo", "a/b", ".hidden", "a b", "x" * 41, "bo\n"])
def test_a_marker_s_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(second.NoSample):
        second.place_of(tmp_path, "lab11", name)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"answers": [1]}', '{"answers": []}'])
def test_a_file_that_is_no_sample_is_named(tmp_path: Path, text: str) -> None:
    place = second.place_of(tmp_path, "lab11", "bo")
    place.parent.mkdir(parents=True)
    place.write_text(text)
    with pytest.raises(second.NoSample, match=r"bo\.json"):
        second.load(tmp_path, "lab11", "bo")


def test_an_answer_that_changes_after_the_draw_is_left_out(folder: CourseFolder) -> None:
    with opened(folder) as book:
        sample = second.draw(book, "lab11", "bo", 50, 1)
        task = task_of(book, "G1.2")
        mark_all(book, sample, task)
        put_answers(folder, in_task(sample, task)[0], {"G1.2": "quite another"})
        compared = compare(book, sample)
        assert (compared.changed, len(compared.pairs)) == (1, 5)
        assert "1 answer changed" in "\n".join(report(book.tasks(), sample, compared))


def test_the_agreement_is_counted_by_task_and_as_a_whole(folder: CourseFolder) -> None:
    with opened(folder) as book:
        sample = second.draw(book, "lab11", "bo", 100, 1)
        mark_all(book, sample, task_of(book, "G1.2"), by=0.5)
        compared = compare(book, sample)
        text = "\n".join(report(book.tasks(), sample, compared))
    found = agreement("G1.2", compared.pairs)
    # 0 → ½ and ½ → 1, four of each; 1 stays 1
    assert (found.count, found.exact) == (12, pytest.approx(1 / 3))
    assert found.difference == pytest.approx(1 / 3)
    assert "33%" in text and "+0.33" in text
    assert text.count("first 0, second 0.5") == 4


def test_kappa_is_scikit_learn_s_with_the_squared_difference_in_points() -> None:
    first, again = [0, 0, 0.5, 1, 1, 0.5], [0, 0.5, 0.5, 1, 0, 1]
    pairs = [Pair("G1.2", "a", a, b, "") for a, b in zip(first, again, strict=True)]
    halves = [[int(2 * x) for x in marks] for marks in (first, again)]
    expected = cohen_kappa_score(*halves, weights="quadratic")
    assert agreement("G1.2", pairs).kappa == pytest.approx(expected)


def test_kappa_is_not_made_up_where_everything_has_one_mark() -> None:
    pairs = [Pair("G1.2", student, 1.0, 1.0, "") for student in "abc"]
    assert agreement("G1.2", pairs).kappa is None


def test_the_verb_draws_once_then_reports(folder: CourseFolder) -> None:
    def call(*more: str) -> str:
        done = CliRunner().invoke(marking, ["lab11", "--out", str(folder.root), *more])
        assert done.exit_code == 0, done.output
        return done.output

    assert "G1.2    12 of 13 marked" in call()
    said = call("--second-marker", "bo", "--share", "50", "--seed", "4")
    assert "drawn:" in said and "/by-task/?second=bo" in said
    place = second.place_of(folder.root, "lab11", "bo")
    before = json.loads(place.read_text())
    assert before["seed"] == 4
    with opened(folder) as book:
        sample = second.load(folder.root, "lab11", "bo")
        mark_all(book, sample, task_of(book, "G1.2"))
        second.keep(folder.root, sample)
    said = call("--second-marker", "bo", "--seed", "9")
    assert "drawn" not in said and "100%" in said and "FIRST" not in said
    assert json.loads(place.read_text())["seed"] == 4


def test_the_verb_says_what_is_wrong(folder: CourseFolder) -> None:
    told = ["lab11", "--out", str(folder.root), "--second-marker", "../x"]
    done = CliRunner().invoke(marking, told)
    assert done.exit_code == 1 and "cannot be a marker's name" in done.output
