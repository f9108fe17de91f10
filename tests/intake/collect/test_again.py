"""Collecting again: the same gives the same bytes, newer replaces and keeps, nothing is lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from autograder.course.roster import Person, Roster
from autograder.intake.collect import store
from autograder.intake.collect.items import CannotCollect
from autograder.intake.collect.report import BY_HAND, NEW, OLDER, REPLACED, SAME
from tests.intake.collect.samples import (
    BERLIN,
    NAME,
    contents,
    folder,
    notebook,
    taken_in,
    work,
    zipped,
)


def canvas(place: Path, number: int, source: str, **others: bytes) -> Path:
    """A download of Canvas's in which Ada's file has this number."""
    return zipped(place, {
        f"lovelaceada_1234_{number}_assignment4.ipynb": notebook(source),
        "noetheremmy_66_70_assignment4.ipynb": notebook("emmy"),
        **{f"{name}_1_assignment4.ipynb": content for name, content in others.items()},
    })  # fmt: skip


def test_the_same_gives_the_same_bytes(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "A4_ada_attempt_2026-11-27-22-10-15_assignment4.ipynb": notebook("first"),
        "A4_ada_attempt_2026-11-28-22-10-15_assignment4.ipynb": notebook("second"),
        "A4_eve_attempt_2026-11-28-22-10-15_report.pdf": b"%PDF",
        "A4_joerg_attempt_2026-11-28-22-10-15_assignment4.zip": b"broken",
    })  # fmt: skip
    first, _ = taken_in(source, tmp_path / "out", zone=BERLIN)
    before = contents(tmp_path / "out")
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*.ipynb")}
    second, _ = taken_in(source, tmp_path / "out", zone=BERLIN)
    assert contents(tmp_path / "out") == before
    assert {path: path.stat().st_mtime_ns for path in times} == times
    assert set(first.done.values()) == {NEW} and set(second.done.values()) == {SAME}
    assert first.refused == second.refused and first.several == second.several


def test_a_newer_attempt_replaces_and_the_older_is_kept(tmp_path: Path) -> None:
    taken_in(canvas(tmp_path / "a.zip", 10, "first"), tmp_path / "out")
    newer = zipped(tmp_path / "b.zip", {"lovelaceada_LATE_1234_20_assignment4-1.ipynb":
                                        notebook("second")})  # fmt: skip
    report, found = taken_in(newer, tmp_path / "out")
    assert report.done == {"ada": REPLACED} and found["ada"].attempts == 2
    assert work(tmp_path / "out", "ada") == "second" and found["ada"].late is True
    (kept,) = (tmp_path / "out/.attempts/assignment4/ada").iterdir()
    assert kept.name.startswith("10-") and b"first" in (kept / f"{NAME}.ipynb").read_bytes()
    # who has vanished from the download stays, and it is said
    assert report.kept == ["emmy"] and "emmy" in found
    assert work(tmp_path / "out", "emmy") == "emmy"


def test_an_older_download_taken_in_later_does_not_win(tmp_path: Path) -> None:
    taken_in(canvas(tmp_path / "b.zip", 20, "second"), tmp_path / "out")
    report, found = taken_in(canvas(tmp_path / "a.zip", 10, "first"), tmp_path / "out")
    assert report.done["ada"] == OLDER and work(tmp_path / "out", "ada") == "second"
    assert found["ada"].number == 20 and found["ada"].attempts == 2
    assert b"first" in b"".join(contents(tmp_path / "out/.attempts").values())


def test_going_back_and_forth_counts_each_attempt_once(tmp_path: Path) -> None:
    versions = [folder(tmp_path / str(n), {"ada/a.ipynb": notebook(str(n))}) for n in range(3)]
    for turn in (0, 1, 2, 0, 1, 2):
        _, found = taken_in(versions[turn], tmp_path / "out")
        assert work(tmp_path / "out", "ada", "a.ipynb") == str(turn)
    assert found["ada"].attempts == 3


def test_a_notebook_changed_by_hand_stays_until_something_new_comes(tmp_path: Path) -> None:
    source = canvas(tmp_path / "a.zip", 10, "first")
    taken_in(source, tmp_path / "out")
    mine = tmp_path / f"out/ada/{NAME}/{NAME}.ipynb"
    mine.write_bytes(notebook("repaired"))
    report, _ = taken_in(source, tmp_path / "out")
    assert report.done["ada"] == BY_HAND and work(tmp_path / "out", "ada") == "repaired"
    taken_in(canvas(tmp_path / "b.zip", 20, "second"), tmp_path / "out")
    assert work(tmp_path / "out", "ada") == "second"
    assert b"repaired" in b"".join(contents(tmp_path / "out/.attempts").values())


def test_a_folder_that_was_there_before_is_not_lost(tmp_path: Path) -> None:
    folder(tmp_path / "out", {"ada/assignment4.ipynb": notebook("by hand"), "ada/lab11/x": b"1"})
    source = folder(tmp_path / "in", {"ada/assignment4.ipynb": notebook("new")})
    _, found = taken_in(source, tmp_path / "out")
    assert not (tmp_path / "out/ada/assignment4.ipynb").exists()
    assert (tmp_path / "out/ada/lab11/x").is_file() and work(tmp_path / "out", "ada") == "new"
    assert b"by hand" in b"".join(contents(tmp_path / "out/.attempts").values())
    assert found["ada"].attempts == 1


def test_what_cannot_be_taken_leaves_what_was(tmp_path: Path) -> None:
    taken_in(folder(tmp_path / "a", {"ada/assignment4.ipynb": notebook("good")}), tmp_path / "out")
    broken = folder(tmp_path / "b", {"ada/assignment4.zip": b"broken"})
    for _ in range(2):
        report, found = taken_in(broken, tmp_path / "out")
    assert report.refused[0][0] == "ada" and work(tmp_path / "out", "ada") == "good"
    assert found["ada"].attempts == 2 and len(found["ada"].notes) == 1
    assert found["ada"].digest


def test_the_last_attempt_that_can_be_taken_counts(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "A4_ada_attempt_2026-11-27-22-10-15_assignment4.ipynb": notebook("first"),
        "A4_ada_attempt_2026-11-28-22-10-15_assignment4.zip": b"broken",
        "A4_emmy_attempt_2026-11-28-22-10-15_assignment4.ipynb": notebook("emmy"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out")
    assert work(tmp_path / "out", "ada") == "first" and report.failed
    assert "a later attempt was not taken" in found["ada"].notes[0]
    assert found["ada"].attempts == 2


def test_a_roster_that_comes_later_renames_folders(tmp_path: Path) -> None:
    first, second = canvas(tmp_path / "a.zip", 10, "1"), canvas(tmp_path / "b.zip", 20, "2")
    taken_in(first, tmp_path / "out", None)
    taken_in(second, tmp_path / "out", None)
    report, found = taken_in(second, tmp_path / "out")
    assert sorted(found) == ["ada", "emmy"] and not report.kept
    assert found["ada"].attempts == 2 and work(tmp_path / "out", "ada") == "2"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".attempts", "ada", "collected-assignment4.json", "emmy",
    ]  # fmt: skip
    assert [path.name for path in (tmp_path / "out/.attempts/assignment4").iterdir()] == ["ada"]


class Killed(BaseException):
    """What stands for kill -9: nothing handles it."""


def test_killed_anywhere_a_rerun_completes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every rename and every file that is written, over an earlier collection."""
    old = zipped(tmp_path / "old.zip", {
        "A4_ada_attempt_2026-11-27-22-10-15_assignment4.ipynb": notebook("first"),
        "A4_emmy_attempt_2026-11-27-22-10-15_assignment4.ipynb": notebook("emmy"),
    })  # fmt: skip
    new = zipped(tmp_path / "new.zip", {
        "A4_ada_attempt_2026-11-28-22-10-15_assignment4.ipynb": notebook("second"),
        "A4_ada_attempt_2026-11-29-22-10-15_assignment4.ipynb": notebook("third"),
        "A4_grace_attempt_2026-11-27-22-10-15_assignment4.ipynb": notebook("grace"),
    })  # fmt: skip
    taken_in(old, tmp_path / "start", zone=BERLIN)
    shutil.copytree(tmp_path / "start", tmp_path / "whole")
    taken_in(new, tmp_path / "whole", zone=BERLIN)
    wanted = contents(tmp_path / "whole")
    steps = [(Path, "rename"), (Path, "replace"), (os, "replace"), (store, "copy_out")]
    killed = 0
    for place, name in steps:
        real = getattr(place, name)
        for turn in range(20):
            count = iter(range(10**6))

            def step(*given: object, real=real, turn=turn, count=count) -> object:  # type: ignore[no-untyped-def]
                if next(count) == turn:
                    raise Killed
                return real(*given)

            out = tmp_path / f"{name}-{turn}-{killed}"
            shutil.copytree(tmp_path / "start", out)
            with monkeypatch.context() as patch:
                patch.setattr(place, name, step)
                try:
                    taken_in(new, out, zone=BERLIN)
                    done = True
                except Killed:
                    done = False
            left = b"".join(contents(out).values())
            assert all(word in left for word in (b"first", b"emmy"))
            taken_in(new, out, zone=BERLIN)
            assert contents(out) == wanted
            shutil.rmtree(out)
            if done:
                break
            killed += 1
    assert killed >= 10


def test_two_runs_at_once_are_told(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {"ada/assignment4.ipynb": notebook("ada")})
    one = store.Store(tmp_path / "out", NAME)
    with one.locked(), pytest.raises(CannotCollect, match="another"):
        taken_in(source, tmp_path / "out")
    taken_in(source, tmp_path / "out")
    assert work(tmp_path / "out", "ada") == "ada"


def test_a_full_disk_is_nobodys_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = folder(tmp_path / "in", {"ada/assignment4.ipynb": notebook("ada")})

    def full(*given: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, "copy_out", full)
        with pytest.raises(CannotCollect, match="No space left"):
            taken_in(source, tmp_path / "out")
    _, found = taken_in(source, tmp_path / "out")
    assert found["ada"].attempts == 1


def test_a_roster_whose_ids_lost_their_zeros_moves_nobody(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {"0042/assignment4.ipynb": notebook("ada")})
    taken_in(source, tmp_path / "out", Roster((Person("0042", "Ada"), Person("0043", "Ben"))))
    before = contents(tmp_path / "out")
    with pytest.raises(CannotCollect, match="the roster has 42 for 0042: a spreadsheet"):
        taken_in(source, tmp_path / "out", Roster((Person("42", "Ada"), Person("43", "Ben"))))
    assert contents(tmp_path / "out") == before
    # two people, not one
    taken_in(source, tmp_path / "out", Roster((Person("42", "Emmy"), Person("0042", "Ada"))))
