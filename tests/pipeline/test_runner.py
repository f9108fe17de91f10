"""The runner's parts: what it remembers, what it says, and whom it lets in."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.checks.outcome import CheckResult
from autograder.pipeline.execute import Executed
from autograder.pipeline.keys import Reach, code_keys, submission_key
from autograder.pipeline.progress import Reporter, TerminalLine, duration, progress_text
from autograder.pipeline.results import GRADED, SubmissionResult
from autograder.pipeline.runner import grade_class
from autograder.pipeline.store import Entry, FolderInUse, Store, locked
from autograder.sandbox.places import package_root
from tests.pipeline.classes import NAME, ROOT, SEED, built, without_times, write

# ---- keys


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our packages, copied: a test may change a file there."""
    root = tmp_path_factory.mktemp("copied")
    for package in ("autograder", "data_scripts"):
        shutil.copytree(package_root() / package, root / package,
                        ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
    return root


def changed_by(root: Path, file: str) -> tuple[bool, set[str]]:
    """What a change of one file does to the keys: to all executions, and to which exercises."""
    before = code_keys(NAME, root)
    text = (root / file).read_text()
    (root / file).write_text(text + "\n# changed\n")
    try:
        after = code_keys(NAME, root)
    finally:
        (root / file).write_text(text)
    exercises = {id for id, key in after.exercises.items() if key != before.exercises[id]}
    return after.executes != before.executes, exercises


def test_keys_do_not_depend_on_where_the_package_lies(copied: Path) -> None:
    assert code_keys(NAME, copied) == code_keys(NAME)


@pytest.mark.parametrize("file", ["checks/e3.py", "hidden/e3.py"])
def test_a_changed_check_concerns_its_exercise_alone(copied: Path, file: str) -> None:
    assert changed_by(copied, f"autograder/{file}") == (False, {"E3"})


def test_what_several_exercises_share_concerns_these(copied: Path) -> None:
    anew, exercises = changed_by(copied, "autograder/checks/evidence/gpt_reading.py")
    assert not anew
    assert "E5" in exercises and "E3" not in exercises


@pytest.mark.parametrize(
    "file", ["sandbox/child.py", "probe/agent.py", "checks/framework.py", "pipeline/execute.py"]
)
def test_what_executes_concerns_everything(copied: Path, file: str) -> None:
    assert changed_by(copied, f"autograder/{file}")[0]


@pytest.mark.parametrize("file", ["cli.py", "report/class_report.py", "pipeline/runner.py"])
def test_what_only_reports_concerns_nothing(copied: Path, file: str) -> None:
    assert changed_by(copied, f"autograder/{file}") == (False, set())


def test_relative_and_late_imports_are_followed(tmp_path: Path) -> None:
    package = tmp_path / "autograder" / "inner"
    package.mkdir(parents=True)
    (tmp_path / "autograder" / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "a.py").write_text("from . import b\n")
    (package / "b.py").write_text("def later():\n    from ..c import something\n")
    (tmp_path / "autograder" / "c.py").touch()
    found = Reach(tmp_path).closure(["autograder.inner.a"])
    assert {"a.py", "b.py", "c.py"} <= {path.name for path in found}


def test_prose_does_not_count_and_code_and_files_do(tmp_path: Path) -> None:
    def key(prose: str = "Hello.", code: str = "x = 1") -> str:
        cells = [nbformat.v4.new_markdown_cell(prose), nbformat.v4.new_code_cell(code)]
        return submission_key(nbformat.v4.new_notebook(cells=cells), tmp_path)

    first = key()
    assert key(prose="Good day.") == first
    assert key(code="x = 2") != first
    (tmp_path / "weights.txt").write_text("1")
    with_file = key()
    assert with_file != first
    (tmp_path / "weights.txt").write_text("2")
    assert key() != with_file


# ---- the store


def entry(*statuses: str) -> Entry:
    checks = [CheckResult(f"e{n}.x", f"E{n}", status, 1.0, 1.0, "It holds.", remarks=("so",))
              for n, status in enumerate(statuses, start=1)]  # type: ignore[arg-type]  # fmt: skip
    result = SubmissionResult("ada", GRADED, score=1.0, checks=checks, notes=["\ud800 odd"])
    outputs = [[{"output_type": "stream", "name": "stdout", "text": "hi"}], []]
    return Entry("k", {f"E{n}": f"k{n}" for n in range(1, len(statuses) + 1)},
                 Executed(outputs, result, ["print('hi')", ""]))  # fmt: skip


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    store, kept = Store(tmp_path, NAME), entry("passed", "failed")
    name = store.keep("ada", kept)
    found = Store(tmp_path, NAME).executed("ada")
    assert found is not None and found.name == name
    assert found.executed.result.notes == ["? odd"]  # half a surrogate pair fits into no file
    kept.executed.result.notes = ["? odd"]
    assert (found.cells, dict(found.exercises), found.executed) == (
        kept.cells, kept.exercises, kept.executed)  # fmt: skip
    assert store.executed("ben") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": 1}', "\x00" * 40])
def test_a_torn_or_foreign_file_counts_as_absent(tmp_path: Path, text: str) -> None:
    store = Store(tmp_path, NAME)
    store.keep("ada", entry("passed"))
    (file,) = (store.folder / "executed").iterdir()
    file.write_text(text)
    assert store.executed("ada") is None


def test_every_half_of_a_kept_file_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path, NAME)
    store.keep("ada", entry("passed"))
    (file,) = (store.folder / "executed").iterdir()
    whole = file.read_text()
    for length in range(0, len(whole), 7):
        file.write_text(whole[:length])
        assert store.executed("ada") is None, length


def test_an_exercise_in_which_the_grader_failed_is_never_known(tmp_path: Path) -> None:
    store, keys = Store(tmp_path, NAME), {"E1": "k1", "E2": "k2", "E3": "another"}
    store.keep("ada", entry("passed", "errored", "passed"))
    found = store.executed("ada")
    assert found is not None
    assert set(found.known(keys)) == {"E1"}


def test_the_seed_stays_private_and_the_same_until_another_is_wanted(tmp_path: Path) -> None:
    store = Store(tmp_path, NAME)
    first = store.seed()
    assert (store.folder / "run.json").stat().st_mode & 0o777 == 0o600
    assert store.seed() == first
    assert store.seed(given=7) == 7 and store.seed() == 7
    store.keep("ada", entry("passed"))
    assert store.seed(fresh=True) != 7
    assert store.executed("ada") is None


# ---- the lock


def test_a_second_run_on_a_folder_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    with locked(tmp_path / "out"), pytest.raises(FolderInUse) as refused:
        grade_class(NAME, built().source, tmp_path / "class", tmp_path / "out")
    assert str(tmp_path / "out") in str(refused.value)
    assert "\n" not in str(refused.value)


def test_the_lock_of_a_killed_run_is_free(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, time\nfrom autograder.pipeline.store import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n    print('in', flush=True)\n    time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT,
                              stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert holder.stdout is not None and holder.stdout.readline() == "in\n"
    with pytest.raises(FolderInUse), locked(tmp_path):
        pass
    holder.kill()
    holder.wait()
    holder.stdout.close()
    with locked(tmp_path):
        pass


# ---- progress


def test_progress_says_how_far_how_fast_and_how_much_longer() -> None:
    assert progress_text(12, 48, 0.5, "ada: 40 of 40 points") == (
        "12 of 48  25 %  2.0 s each  72 s left  ada: 40 of 40 points"
    )
    assert progress_text(300, 1000, 3.5) == "300 of 1000  30 %  3.5 a second  3 min left"
    assert progress_text(0, 4, 0.0) == "0 of 4  0 %"
    assert progress_text(4, 4, 2.0) == "4 of 4  100 %  2.0 a second"
    assert progress_text(0, 0, 0.0) == "0 of 0  0 %"
    assert [duration(s) for s in (0.2, 99, 180, 7200)] == ["1 s", "99 s", "3 min", "2.0 h"]


def test_a_log_has_one_line_a_submission_and_an_estimate_now_and_then() -> None:
    lines: list[str] = []
    now = 0.0
    reporter = Reporter(lines.append, 4, clock=lambda: now)
    for number in range(4):
        now += 20.0
        reporter.told(f"s{number}", "1 of 1 points", went_wrong=False, took_s=20.0)
    assert lines == [
        "1 of 4  s0: 1 of 1 points",
        "2 of 4  s1: 1 of 1 points",
        "2 of 4  50 %  20.0 s each  40 s left",
        "3 of 4  s2: 1 of 1 points",
        "4 of 4  s3: 1 of 1 points",
    ]


def test_what_was_done_before_says_nothing_about_the_time_left() -> None:
    now = 0.0
    reporter = Reporter(lambda line: None, 10, clock=lambda: now)
    for _ in range(5):
        now += 0.01
        reporter.told("old", "", went_wrong=False, took_s=None)
    assert reporter.rate() == 0.0
    now += 3.0
    reporter.told("new", "", went_wrong=False, took_s=2.0)
    assert reporter.rate() == pytest.approx(0.5)


def test_a_terminal_has_one_changing_line_and_keeps_what_went_wrong() -> None:
    out = io.StringIO()
    reporter = Reporter(TerminalLine(out), 2)
    reporter.told("ada", "40 of 40 points", went_wrong=False, took_s=1.0)
    reporter.told("grace", "not graded, no notebook", went_wrong=True, took_s=1.0)
    reporter.ended()
    assert out.getvalue().count("\n") == 1
    assert "2 of 2  grace: not graded, no notebook\n" in out.getvalue()
    assert "\r\033[K1 of 2  50 %" in out.getvalue()


# ---- what is not done again


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("class"), ("ben", "grace"), copies=1)


@pytest.fixture(scope="module")
def graded(submissions: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    grade_class(NAME, built().source, submissions, out, workers=2, seed=SEED)
    return out


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    """A copy of the graded folder, for a test that changes it."""
    return Path(shutil.copytree(graded, tmp_path / "course"))


def test_a_second_run_executes_nothing(submissions: Path, course: Path) -> None:
    """How long each submission took is measured anew with each execution: it stays to the ms."""
    before = (course / "results.json").read_bytes()
    kept = {path: path.stat().st_mtime_ns for path in (course / ".grading").rglob("*.json")}
    grade_class(NAME, built().source, submissions, course)
    assert (course / "results.json").read_bytes() == before
    again = [p.name for p, then in kept.items() if p.stat().st_mtime_ns != then]
    assert again == ["run.json"]


def test_fresh_draws_new_inputs_and_does_everything_anew(submissions: Path, course: Path) -> None:
    results = grade_class(NAME, built().source, submissions, course, fresh=True)
    before = json.loads((course / "results.json").read_text())
    assert results["seed"] != SEED and before["seed"] == results["seed"]
    kept = Store(course, NAME).executed("ben")
    assert kept is not None and kept.executed.result.checks[0].seed is not None


def change_kept(course: Path, student: str) -> None:
    """As if E3's check had changed since; E1's result and E3's get a mark of ours."""
    for file in (course / ".grading" / NAME / "executed").iterdir():
        found = json.loads(file.read_text())
        if found["student"] == student:
            found["exercises"]["E3"] = "the key of another check"
            for check in found["executed"]["result"]["checks"]:
                if check["exercise"] in ("E1", "E3"):
                    check["claim"] = "Kept."
            file.write_text(json.dumps(found))


def test_a_changed_check_redoes_only_its_exercise(submissions: Path, course: Path) -> None:
    change_kept(course, "ben")
    results = grade_class(NAME, built().source, submissions, course)
    (ben,) = (s for s in results["submissions"] if s["student"] == "ben")
    kept = {check["exercise"] for check in ben["checks"] if check["claim"] == "Kept."}
    assert kept == {"E1"}
    assert ben["score"] == 36.5


def test_what_the_gradebook_has_lost_is_recorded_again(submissions: Path, course: Path) -> None:
    before = (course / "results.json").read_bytes()
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        gradebook.remove_submission(NAME, "ben")
    grade_class(NAME, built().source, submissions, course)
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        assert gradebook.find_submission(NAME, "ben").score == 36.5
    assert (course / "results.json").read_bytes() == before


def test_a_changed_answer_is_executed_and_the_others_are_not(
    submissions: Path, course: Path, tmp_path: Path
) -> None:
    changed = Path(shutil.copytree(submissions, tmp_path / "class"))
    shutil.copyfile(changed / "silent0" / f"{NAME}.ipynb", changed / "ben" / f"{NAME}.ipynb")
    before = json.loads((course / "results.json").read_text())
    grade_class(NAME, built().source, changed, course)
    after = json.loads((course / "results.json").read_text())
    assert [s["score"] for s in after["submissions"]] == [0.0, 0.0, 0.0]
    assert after["submissions"][1:] == before["submissions"][1:]


def test_files_of_an_earlier_submission_are_gone(tmp_path: Path) -> None:
    place = tmp_path / "class" / "silent0" / NAME
    write(tmp_path / "first", (), copies=1)
    place.mkdir(parents=True)
    shutil.copy(tmp_path / "first" / "silent0" / f"{NAME}.ipynb", place)
    (place / "helper.py").write_text("x = 1\n")
    grade_class(NAME, built().source, tmp_path / "class", tmp_path / "out", seed=SEED)
    handed_in = tmp_path / "out" / "submitted" / "silent0" / NAME
    assert (handed_in / "helper.py").is_file()
    (place / "helper.py").unlink()
    grade_class(NAME, built().source, tmp_path / "class", tmp_path / "out", seed=SEED)
    assert [path.name for path in handed_in.iterdir()] == [f"{NAME}.ipynb"]


def test_a_folder_whose_name_is_no_text_stops_nobody(tmp_path: Path) -> None:
    write(tmp_path / "class", (), copies=1)
    odd = bytes(tmp_path / "class") + b"/z\xff"
    shutil.copytree(bytes(tmp_path / "class" / "silent0"), odd)
    results = grade_class(NAME, built().source, tmp_path / "class", tmp_path / "out", seed=SEED)
    assert [s["status"] for s in results["submissions"]] == ["graded", "not graded"]
    assert "UTF-8" in results["submissions"][1]["reason"]
    assert without_times(results)


def test_text_that_no_file_can_hold_stops_nobody(tmp_path: Path) -> None:
    write(tmp_path / "class", (), copies=3)
    places = [tmp_path / "class" / f"silent{n}" / f"{NAME}.ipynb" for n in range(3)]
    notebook = json.loads(places[0].read_text())
    notebook["cells"].insert(0, nbformat.v4.new_code_cell("raise ValueError(chr(0xD800))"))
    places[0].write_text(json.dumps(notebook))
    notebook["cells"][0]["source"] = "x = '\ud800'"
    places[1].write_text(json.dumps(notebook))
    places[2].rename(os.fsdecode(bytes(places[2].parent) + b"/z\xff.ipynb"))
    results = grade_class(NAME, built().source, tmp_path / "class", tmp_path / "out", seed=SEED)
    first, second, third = results["submissions"]
    assert {entry["status"] for entry in results["submissions"]} == {"graded"}
    assert "raised ValueError: ?" in first["notes"][0]
    assert "half a character" in second["mended"][0]
    assert "was called z\ufffd.ipynb" in third["mended"][0]
