"""Real check results for the reports: E1's checks, run on answers wrong in different ways."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

from autograder.checks.outcome import CheckResult, score
from autograder.pipeline.results import SubmissionResult, run_as_json
from tests.answers import grade, reference

HEAD = """
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.q = nn.Linear(hidden_size, hidden_size, bias={bias})
        self.k = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, x):
        scores = self.q(x) @ self.k(x).transpose(1, 2) / self.hidden_size**0.5
"""
MASK = """
        mask = torch.ones_like(scores).triu(1).bool()
        scores = scores.masked_fill(mask, -torch.inf)
"""
END = "        return scores.softmax(-1) @ self.v(x)\n"
UNSTABLE = """
        weights = scores.exp().tril()
        return weights / weights.sum(-1, keepdim=True) @ self.v(x)
"""
PAYLOAD = "<img src=x onerror=alert(1)>"
ANSWERS = {
    "right": None,
    "stub": HEAD.format(bias=False) + "        raise NotImplementedError()\n",
    "missing": "import no_such_package_anywhere",
    "payload": HEAD.format(bias=False) + f"        raise ValueError('{PAYLOAD}')\n",
    "biased and unmasked": HEAD.format(bias=True) + END,
    "overflowing": HEAD.format(bias=False) + UNSTABLE,
    "masked": HEAD.format(bias=False) + MASK + END,
}
TITLES = {"E1": "Causal self-attention", "E2": "Multi-head causal self-attention"}
EXERCISES = [{"id": "E1", "title": TITLES["E1"], "points": 5.0}]


@functools.cache
def results(answer: str) -> tuple[CheckResult, ...]:
    """What E1's checks say about one of the answers, inputs drawn with seed 123."""
    code = ANSWERS[answer]
    return tuple(grade({"E1": reference("E1") if code is None else code}, 123, only="E1"))


def errored(results: tuple[CheckResult, ...]) -> list[CheckResult]:
    """The same results, had the grader failed on the first check."""
    message = "the grader itself failed here (RuntimeError); no points are decided"
    broken = replace(
        results[0],
        status="errored",
        points=0.0,
        message=message,
        detail="Traceback (most recent call last): secret of the grader",
    )
    return [broken, *results[1:]]


def submission(
    student: str, answer: str = "right", status: str = "graded", **more: Any
) -> SubmissionResult:
    """One student's result as the pipeline makes it."""
    checks = list(more.pop("checks", results(answer) if status != "not graded" else ()))
    return SubmissionResult(student, status, score=score(checks), max_score=5.0, checks=checks,
                            **{"seconds": 1.25, **more})  # fmt: skip


def class_results() -> dict[str, Any]:
    """A class of eight as it stands in results.json."""
    late = "the notebook is not valid JSON (line 3): it was cut off while it was saved"
    submissions = [
        submission("ada"),
        submission("bertrand", "biased and unmasked"),
        submission("chloé", "stub"),
        submission("dennis", "missing", notes=["cell `e1_solution` raised ImportError"]),
        submission("eve " + PAYLOAD, "payload"),
        submission("francis", status="not graded", reason=late),
        submission("grace", status="graded", checks=errored(results("biased and unmasked"))),
        submission("hal", "overflowing", status="needs manual grading", reason="an essay"),
    ]
    return run_as_json("assignment4", 7, [each.as_json() for each in submissions])
