"""Grade all attacks as one class, three honest students among them, and see what got through."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import nbformat

from autograder.attacks.canaries import Canaries, fingerprint
from autograder.attacks.case import Case
from autograder.attacks.folder import hand_in
from autograder.attacks.verdict import (
    HONEST,
    Outcome,
    compare,
    gradebook_scores,
    judge,
    left_in,
    read_results,
)
from autograder.build import BuiltNotebooks, build
from autograder.demo import submission
from autograder.sandbox import layers
from autograder.sandbox.places import package_root

ASSIGNMENT = "assignment4"
# Enough for the honest on a busy machine, and short: the whole suite is to take three minutes.
LIMITS: dict[str, float] = {
    "cell_s": 3.0, "check_s": 5.0, "submission_s": 25.0, "grace_s": 1.0, "cpu_s": 20.0,
    "memory_mb": 512, "file_mb": 32, "disk_mb": 64, "output_mb": 2.0,
}  # fmt: skip
RUN_S = 1800


@dataclass(frozen=True)
class AttackRun:
    """All attacks, and what happened to the world around them.

    left_out: the names of those that nothing would have held.
    """

    outcomes: list[Outcome]
    broken: list[str]
    seed: int
    sandbox: str
    left_out: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether nothing got through."""
        return not self.broken and not any(outcome.through for outcome in self.outcomes)


@dataclass(frozen=True)
class Order:
    """How a class is to be graded."""

    built: BuiltNotebooks
    workers: int
    sandbox: str
    seed: int
    limits: Mapping[str, float]


class CannotAttack(Exception):
    """The attacks cannot be run here; the message says why and what to do."""


def attack_this_machine(
    cases: Sequence[Case], root: Path, out: Path | None, workers: int, sandbox: str
) -> AttackRun:
    """What `course attack` does: Assignment 4's class, in a new folder. Raises CannotAttack."""
    if sandbox == "on" and (lacking := layers.missing()):
        raise CannotAttack(layers.refusal(lacking))
    if out is not None and out.exists():
        raise CannotAttack(f"{out} is there already: choose a new folder")
    built = build(root / "notebooks" / "text" / f"{ASSIGNMENT}.py", root)
    place = Path(tempfile.mkdtemp(prefix="course-attack-")) if out is None else out
    try:
        return run_attacks(cases, built, place.resolve(), workers, sandbox)
    finally:
        if out is None:
            shutil.rmtree(place, ignore_errors=True)


def run_attacks(
    cases: Sequence[Case], built: BuiltNotebooks, out: Path, workers: int = 2,
    sandbox: str = "on", seed: int | None = None,
) -> AttackRun:  # fmt: skip
    """Grade the cases in a fresh folder `out`, those with limits of their own as further classes.

    Nothing of the folder's own permissions keeps an attack out: its way is opened to everybody.
    Without a sandbox, those that may harm the machine are left out.
    """
    left_out = [case.name for case in cases if case.is_harmful and sandbox == "none"]
    cases = [case for case in cases if case.name not in left_out]
    seed = secrets.randbelow(2**31) if seed is None else seed
    order = Order(built, workers, sandbox, seed, LIMITS)
    outcomes: list[Outcome] = []
    broken = grade_honest(order, out / "alone")
    ordered = sorted(cases, key=lambda case: (case.limits, case.name))
    for number, (limits, group) in enumerate(groupby(ordered, key=lambda case: case.limits)):
        own = replace(order, limits={**LIMITS, **dict(limits)})
        found, around = run_class(list(group), own, out / f"class{number}", out / "alone")
        outcomes += found
        broken += around
    outcomes.sort(key=lambda outcome: outcome.case.name)
    return AttackRun(outcomes, broken, seed, sandbox, tuple(left_out))


def grade_honest(order: Order, place: Path) -> list[str]:
    """Grade the honest students without anybody else; say if that did not end well."""
    open_folders(place)
    write_honest(place / "submissions", order.built)
    return grade(order, place)


def run_class(
    cases: Sequence[Case], order: Order, place: Path, alone: Path
) -> tuple[list[Outcome], list[str]]:
    """Grade the honest students with the attacks among them, and compare with them alone."""
    open_folders(place)
    course, submissions = place / "course", place / "submissions"
    write_honest(submissions, order.built)
    with Canaries(place) as canaries:
        known = canaries.known | {"out": str(course), "submissions": str(submissions),
                                  "root": str(package_root())}  # fmt: skip
        for case in cases:
            hand_in(case, order.built, submissions, known)
        before = fingerprint(submissions)
        broken = grade(order, place, canaries.token) + canaries.broken()
        if fingerprint(submissions) != before:
            broken.append("the handed-in folders were changed")
    broken += left_in(place) + compare(alone / "course", course, cases)
    results, scores = read_results(course), gradebook_scores(course)
    return [judge(case, results, scores, course) for case in cases], broken


def open_folders(place: Path) -> None:
    """Make a class's folder, which everybody may enter, and those that the grader works in."""
    place.mkdir(parents=True)
    for folder in (place, place.parent):
        folder.chmod(0o755)
    for name in ("home", "tmp", "here"):
        (place / name).mkdir()
        (place / name).chmod(0o777)


def write_honest(submissions: Path, built: BuiltNotebooks) -> None:
    """The honest students' folders."""
    for name, answers in HONEST.items():
        folder = submissions / name
        folder.mkdir(parents=True)
        text = submission(dict(answers), built)
        (folder / f"{built.assignment}.ipynb").write_text(text, encoding="utf-8")


def grade(order: Order, place: Path, secret: str = "") -> list[str]:
    """Grade one class in a process of its own; say if that did not end well.

    secret: what an attack may look for in the grader's environment.
    """
    nbformat.write(order.built.source, place / "source.ipynb")
    told = {
        "name": order.built.assignment, "source": str(place / "source.ipynb"),
        "submissions": str(place / "submissions"), "out": str(place / "course"),
        "workers": order.workers, "seed": order.seed, "limits": dict(order.limits),
        "sandbox": order.sandbox,
    }  # fmt: skip
    (place / "order.json").write_text(json.dumps(told), encoding="utf-8")
    environment = {
        **os.environ, "HOME": str(place / "home"), "TMPDIR": str(place / "tmp"),
        "PYTHONPATH": str(package_root()), "ATTACK_SECRET": secret,
    }  # fmt: skip
    with (place / "log.txt").open("w") as log:
        try:
            status = subprocess.run(
                [sys.executable, "-m", "autograder.attacks.grading", str(place / "order.json")],
                stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment,
                cwd=place / "here", timeout=RUN_S,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            return [f"grading had not ended after {RUN_S} s"]
    if status == 0:
        return []
    said = (place / "log.txt").read_text(errors="replace").strip().splitlines()[-1:]
    return [f"the grader ended with status {status}: {''.join(said)[:300]}"]
