"""The terminal's table of attacks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from autograder.attacks.case import Case
from autograder.attacks.run import AttackRun
from autograder.attacks.verdict import Outcome
from autograder.sandbox import layers

WIDTH = 100


def table(run: AttackRun) -> str:
    """One line an attack: name, what its honest work deserves, what it got, what it tried."""
    lines = [f"{'attack':<30} {'honest':>6} {'got':>6}  verdict"]
    for outcome in run.outcomes:
        lines += rows(outcome)
    lines += ["", *(f"THE CLASS AROUND THEM: {what}" for what in run.broken), summary(run)]
    return "\n".join(lines)


def summary(run: AttackRun) -> str:
    """What came of it, and how the submissions were held."""
    through = sum(bool(outcome.through) for outcome in run.outcomes)
    around = "was touched" if run.broken else "was graded as without them"
    lines = [f"{len(run.outcomes)} attacks, {through or 'none'} got through; the class around them "
             f"{around} (seed {run.seed})"]  # fmt: skip
    if run.sandbox == "none":
        lines.append(
            "There was no sandbox: each ran with your own rights, and the "
            f"{len(run.left_out)} that may do harm were left out."
        )
    else:
        names = [layer.name for layer in layers.probe() if layer.works]
        lines.append(f"Each ran in the sandbox, made of: {', '.join(names)}.")
    return "\n".join(lines)


def listing(cases: Iterable[Case]) -> str:
    """Every case's name and what it tries."""
    lines = [(case.name, *wrapped(case.tries)) for case in cases]
    return "\n".join(line for group in lines for line in group)


def rows(outcome: Outcome) -> list[str]:
    """One attack's lines."""
    got = "-" if outcome.got is None else f"{outcome.got:g}"
    verdict = "GOT THROUGH" if outcome.through else "held"
    first = f"{outcome.case.name:<30} {outcome.case.honest:>6g} {got:>6}  {verdict}"
    told = [outcome.case.tries, *(f"-> {what}" for what in outcome.through)]
    return [first, *(line for text in told for line in wrapped(text))]


def wrapped(text: str) -> list[str]:
    """The text in lines that stand below its attack."""
    return textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ")
