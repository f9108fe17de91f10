"""What a course folder remembers of its grading runs: journal and cache in one.

Under OUT/.grading/ASSIGNMENT lie the run's seed, with the setting of when students see diagnoses
(`run.json`), one file for each submission that was executed (`executed/`), and one for each whose
marks the gradebook holds (`recorded/`). All are JSON and written whole or not at all; a torn or
foreign file counts as absent. Nothing else needs to survive a run that is killed: started again, it
finds here what was done.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.checks.outcome import CheckResult
from autograder.pipeline.execute import Executed
from autograder.pipeline.keys import digest
from autograder.pipeline.results import SubmissionResult, WrittenResult
from autograder.report.showing import LIVE

FOLDER = ".grading"
FORMAT = 1


class CannotRun(Exception):
    """A run cannot begin or go on; the message says why, and what to do."""


class FolderInUse(CannotRun):
    """Another run works on this folder."""


@contextlib.contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep a course folder for this run alone; raises FolderInUse.

    The kernel takes the lock away when its holder ends, however it ends.
    """
    place = root / FOLDER
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (place / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderInUse(
                f"another `course grade` is at work on {root}: wait, or choose another folder"
            ) from error
        yield


@dataclass(frozen=True)
class Entry:
    """An execution as it was kept: under which keys, and what came of it."""

    cells: str
    exercises: Mapping[str, str]
    executed: Executed
    name: str = ""

    def known(self, keys: Mapping[str, str]) -> dict[str, list[CheckResult]]:
        """The checks' results by exercise, of the exercises whose key is the same."""
        same = {id for id, key in keys.items() if self.exercises.get(id) == key}
        found: dict[str, list[CheckResult]] = {id: [] for id in keys if id in same}
        for result in self.executed.result.checks:
            if result.exercise in same:
                found[result.exercise].append(result)
        return found


@dataclass(frozen=True)
class Store:
    """The memory of one assignment's runs in one course folder."""

    root: Path
    assignment: str

    @property
    def folder(self) -> Path:
        """Where everything lies."""
        return self.root / FOLDER / self.assignment

    def seed(self, given: int | None = None, fresh: bool = False) -> int:
        """The seed of this run's inputs: the given one, the last run's, or a new secret one.

        It is on disk before it is used. fresh: forget the last run's, and all that was kept.
        """
        run = self._run()
        if fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
            run.pop("seed", None)
        seed = given if given is not None else run.get("seed")
        if not isinstance(seed, int):
            seed = secrets.randbelow(2**31)
        self._keep_run(run, seed=seed)
        return seed

    def diagnoses(self, given: str | None = None) -> str:
        """When students see diagnoses: as given, else as the last run said; live if none did.

        A setting as autograder.report.showing has it.
        """
        run = self._run()
        if given is not None and given != run.get("diagnoses"):
            self._keep_run(run, diagnoses=given)
        return str(given or run.get("diagnoses") or LIVE)

    def _run(self) -> dict[str, Any]:
        """What all of the last run's submissions shared."""
        return read_json(self.folder / "run.json")

    def _keep_run(self, run: Mapping[str, Any], **changed: Any) -> None:
        """Write the same with changes."""
        write_privately(self.folder / "run.json", json.dumps({**run, "format": FORMAT, **changed}),
                        to_disk=True)  # fmt: skip

    def executed(self, student: str) -> Entry | None:
        """What was kept of a student's last execution."""
        place = self._place("executed", student)
        found = read_json(place)
        try:
            if found["format"] != FORMAT or found["student"] != student:
                return None
            return Entry(found["cells"], dict(found["exercises"]),
                         executed_from_plain(found["executed"]), found["name"])  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def keep(self, student: str, entry: Entry, plain: Mapping[str, Any] | None = None) -> str:
        """Keep an execution in place of the last one; returns its name.

        plain: the execution as plain data, where that is at hand. An exercise in which the grader
        itself failed is kept without a key, and so checked again.
        """
        errored = {r.exercise for r in entry.executed.result.checks if r.status == "errored"}
        keys = {id: key for id, key in entry.exercises.items() if id not in errored}
        plain = plain or executed_as_plain(entry.executed)
        name = digest(entry.cells, keys, plain)
        write_privately(self._place("executed", student), json.dumps({
            "format": FORMAT, "student": student, "name": name, "cells": entry.cells,
            "exercises": keys, "executed": plain,
        }, ensure_ascii=False))  # fmt: skip
        return name

    def recorded(self, student: str) -> str:
        """The name of what the gradebook was told last of a student; empty if of nothing."""
        found = read_json(self._place("recorded", student))
        return str(found.get("name", "")) if found.get("student") == student else ""

    def shown(self, student: str) -> str:
        """The name of how a student's autograded notebook shows its tables; empty if unknown."""
        found = read_json(self._place("recorded", student))
        return str(found.get("shown", "")) if found.get("student") == student else ""

    def keep_recorded(self, student: str, name: str, shown: str = "") -> None:
        """Say that the gradebook holds a student's marks now; an empty name: that it may not."""
        place = self._place("recorded", student)
        if name:
            write_privately(place, json.dumps({"student": student, "name": name, "shown": shown}))
        else:
            place.unlink(missing_ok=True)

    def _place(self, kind: str, student: str) -> Path:
        """A student's file: any name that a folder can have gives a short one here."""
        return self.folder / kind / (digest(student) + ".json")


def write_privately(path: Path, text: str, to_disk: bool = False) -> None:
    """Write whole or not at all, for this user's eyes only; to_disk: safe from a power cut too."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    number = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    # half a surrogate pair, which a student's text may hold, has no place in any file of ours
    with open(number, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
        if to_disk:
            file.flush()
            os.fsync(number)
    os.replace(temporary, path)


def read_json(path: Path) -> dict[str, Any]:
    """What a file holds; nothing if it is absent, torn or something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def executed_as_plain(executed: Executed) -> dict[str, Any]:
    """An execution as JSON has it."""
    return {"outputs": executed.outputs, "sources": executed.sources,
            "result": asdict(executed.result)}  # fmt: skip


def executed_from_plain(found: Mapping[str, Any]) -> Executed:
    """The reverse; raises KeyError, TypeError or ValueError for what is something else."""
    result = dict(found["result"])
    result["checks"] = [check_from_plain(check) for check in result["checks"]]
    result["written"] = [WrittenResult(**answer) for answer in result["written"]]
    return Executed(list(found["outputs"]), SubmissionResult(**result), list(found["sources"]))


def check_from_plain(found: Mapping[str, Any]) -> CheckResult:
    """One check's result; what all students' results say alike is held in memory once."""
    shared = {name: sys.intern(found[name]) for name in ("id", "exercise", "status", "claim")}
    return CheckResult(**{**found, **shared, "remarks": tuple(found["remarks"])})
