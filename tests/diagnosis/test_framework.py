"""A diagnosis is help beyond the marks: it never costs one, and nobody without failures pays."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from autograder import diagnosis
from autograder.checks import exercise
from autograder.checks.framework import run_exercise
from autograder.checks.outcome import CheckResult
from autograder.diagnosis import e1
from autograder.diagnosis.definition import Diagnosis, misconception, names_in
from autograder.probe.links import LocalLink
from autograder.probe.view import Student
from tests.answers import notebook_namespace

HERE = Path(__file__).parents[1]
NO_MASK = (HERE / "wrong_answers" / "e1" / "no_mask.py").read_text(encoding="utf-8")


def results(code: str, seed: int) -> list[CheckResult]:
    student = Student(LocalLink(notebook_namespace({"E1": code})))
    return run_exercise(exercise("E1"), student, seed)


def test_every_failed_check_that_a_mistake_explains_has_its_name(seed: int) -> None:
    for result in results(NO_MASK, seed):
        wanted = "e1.no-mask" if result.status == "failed" else None
        assert result.misconception == wanted, result


def test_who_has_no_failure_needs_no_diagnosis(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\n"
        "from autograder.checks import exercise\n"
        "from autograder.checks.framework import run_exercise\n"
        "from autograder.probe.links import LocalLink\n"
        "from autograder.probe.view import Student\n"
        "from solutions.assignment4.attention import CausalSelfAttention\n"
        "student = Student(LocalLink({'CausalSelfAttention': CausalSelfAttention}))\n"
        "found = run_exercise(exercise('E1'), student, 1)\n"
        "assert all(r.status == 'passed' for r in found), found\n"
        "assert 'autograder.diagnosis' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, str(script)], cwd=HERE.parent, capture_output=True,
                          text=True, env={"PYTHONPATH": str(HERE.parent)})  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_nobody_is_diagnosed_who_wrote_nothing(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    def never(case: object) -> object:
        raise AssertionError("there is nothing to diagnose")

    monkeypatch.setattr(e1, "diagnose", never)
    untouched = (HERE / "wrong_answers" / "e1" / "untouched.py").read_text(encoding="utf-8")
    assert all(r.misconception is None for r in results(untouched, seed))
    assert all(r.misconception is None for r in results("x = 1\n", seed))


def test_a_fault_of_the_diagnosis_leaves_the_results_as_they_are(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    wanted = [replace(r, misconception=None, seconds=0.0) for r in results(NO_MASK, seed)]
    monkeypatch.setattr(diagnosis, "STRICT", False)
    monkeypatch.setattr(e1, "explanations", lambda *_, **__: 1 / 0)
    found = [replace(r, seconds=0.0) for r in results(NO_MASK, seed)]
    assert found == wanted


def test_code_that_raises_only_now_gets_no_name(seed: int) -> None:
    code = NO_MASK.replace(
        "        scores =",
        "        if x.shape == (2, 5, 8) and not self.training:\n"
        "            raise ValueError('only in the diagnosis')\n        scores =",
    )
    found = results(code, seed)
    assert [r.misconception for r in found if r.id == "e1.causal"] == [None]


def test_names_are_written_and_read() -> None:
    both = Diagnosis(("e1.no-mask", "e1.no-scale"), ("e1.formula",))
    one_of = replace(both, either=True)
    assert both.text == "e1.no-mask + e1.no-scale" and names_in(both.text) == list(both.names)
    assert one_of.text == "e1.no-mask | e1.no-scale" and names_in(one_of.text) == list(both.names)
    assert names_in(None) == []


def test_names_that_a_later_version_knows_are_passed_over() -> None:
    assert misconception("e1.no-such-thing") is None and misconception("e99.no-mask") is None
    assert misconception("e1.no-mask") is not None and misconception("e3.no-super-init") is not None


def test_a_hidden_case_gives_its_cause_away_and_nothing_else(seed: int) -> None:
    code = NO_MASK.replace("return scores.softmax(-1)", (
        "if x.shape[-1] not in (5, 7, 10, 13):\n"
        "            future = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()\n"
        "            scores = scores.masked_fill(future, float('-inf'))\n"
        "        return scores.softmax(-1)"))  # fmt: skip
    found = {r.id: r for r in results(code, seed)}
    failed = found["e1.formula"]
    assert failed.status == "failed" and failed.message.startswith("right on the notebook's sizes")
    assert not failed.expected and not failed.got and failed.misconception is None
