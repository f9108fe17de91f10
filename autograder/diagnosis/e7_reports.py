"""Which mistake gives just these calls of the logger, and just this result."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.e7_calls import arguments_swapped, label_and_rate, passed_on
from autograder.diagnosis.e7_loop import Loop
from autograder.diagnosis.e7_losses import loss_names, returned_names
from autograder.diagnosis.e7_when import Report, pattern_of, reports_of, times
from autograder.diagnosis.e7_world import World

OF_REPORTS = ("log", "log_loss", "evaluation", "best")

WHEN = {
    "condition-inverted": "report-condition-inverted",
    "only-once": "reports-only-once",
    "only-at-first": "reports-only-at-first",
    "starts-elsewhere": "reports-start-elsewhere",
    "every-micro-batch": "reports-per-micro-batch",
}

WHEN_LOGGED = {
    "every-iteration": "logs-every-iteration",
    "at-the-other-interval": "logs-at-eval-interval",
    "never": "never-logs",
} | WHEN

WHEN_EVALUATED = {
    "every-iteration": "evaluates-every-iteration",
    "at-the-other-interval": "evaluates-at-log-interval",
    "never": "never-evaluates",
} | WHEN


def report_diagnosis(
    case: Case, worlds: Sequence[World], loop: Loop
) -> Generator[Diagnosis, None, set[str]]:
    """What is wrong with the calls of the logger and with what is returned.

    Returns the reports that are right for a loop of this kind.
    """
    if not case.failed(*OF_REPORTS):
        return set()
    in_log = yield from log_diagnosis(case, reports_of(worlds, loop, "train"), loop)
    evaluated = reports_of(worlds, loop, "evaluation")
    return in_log | (yield from evaluation_diagnosis(case, evaluated, loop))


def log_diagnosis(
    case: Case, reports: Sequence[Report], loop: Loop
) -> Generator[Diagnosis, None, set[str]]:
    """The calls of logger.train; returns which of log and log_loss are right for this loop."""
    log, log_loss = case.failed("log"), case.failed("log_loss")
    if (log or log_loss) and arguments_swapped(reports, loop):
        yield case.named("logger-arguments-swapped", checks=log + log_loss)
        return set()
    losses = loss_names(reports, loop)
    name = log_name(reports, loop) if log else ""
    if name:
        yield case.named(name, checks=log)
    if name in ("never-logs", "other-logger-method") or (name in WHEN.values() and losses == []):
        yield case.named(name, checks=log_loss)
    if losses:
        also = case.failed("updates") if losses[0] == "loss-of-another-batch" else ()
        yield case.named(losses[0], checks=log_loss + also)
    regular = not name and pattern_of(reports, "train") == "regular"
    return ({"log"} if regular else set()) | ({"log_loss"} if losses == [] else set())


def evaluation_diagnosis(
    case: Case, reports: Sequence[Report], loop: Loop
) -> Generator[Diagnosis, None, set[str]]:
    """The evaluations; returns which of evaluation and best are right for this loop."""
    evaluation, best = case.failed("evaluation"), case.failed("best")
    if not evaluation and not best:
        return set()
    name = evaluation_name(reports, loop) if evaluation else ""
    if name:
        yield case.named(name, checks=evaluation)
    returned = returned_names(reports, loop)
    if name == "never-evaluates" or (name in WHEN.values() and returned == []):
        yield case.named(name, checks=best)
    elif returned and len(returned) <= 2:
        yield case.named(*returned, checks=best, either=len(returned) == 2)
    regular = not name and pattern_of(reports, "evaluation") == "regular"
    return ({"evaluation"} if regular else set()) | ({"best"} if returned == [] else set())


def log_name(reports: Sequence[Report], loop: Loop) -> str:
    """What is wrong with when logger.train was called, or with its iteration and rate."""
    when = pattern_of(reports, "train")
    if when == "never" and any(report.world.run.unknown for report in reports):
        return "other-logger-method"
    if when != "regular":
        return WHEN_LOGGED.get(when, "") if is_enough(when, loop) else ""
    names = label_and_rate(reports)
    return names[0] if names else ""


def is_enough(when: str, loop: Loop) -> bool:
    """Whether a pattern is told from enough calls: a few may be so by chance in a loop that ends
    early or counts otherwise."""
    few = ("every-iteration", "never")
    return loop.iterations in ("M", "M + 1", "M - 1") or (
        when in few and loop.iterations != "unknown"
    )


def evaluation_name(reports: Sequence[Report], loop: Loop) -> str:
    """What is wrong with the evaluations, when they take place or what the logger is told."""
    when = pattern_of(reports, "evaluation")
    estimated = pattern_of(reports, "estimate")
    if when == "never" and estimated != "never":
        unknown = any(report.world.run.unknown for report in reports)
        return "other-logger-method" if unknown else "evaluation-not-logged"
    if when != "regular":
        return WHEN_EVALUATED.get(when, "") if is_enough(when, loop) else ""
    if any(not set(times(r, "estimate")) <= set(times(r, "evaluation")) for r in reports):
        logged = loss_names(reports, loop) == ["logs-the-estimate"]
        return "logs-the-estimate" if logged else "evaluates-without-logging"
    if any(not entry.model for report in reports for entry in report.world.run.estimated):
        return "estimate-without-the-model"
    return passed_on(reports)
