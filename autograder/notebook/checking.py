"""`check("E1")`: check an exercise on the notebook's own names, show a table, give points."""

from __future__ import annotations

import contextlib
import io
import random
import secrets
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from autograder.notebook.progress_record import record
from autograder.probe.links import LocalLink
from autograder.probe.view import Student

# The checks themselves are imported when one is asked for: while grading, where they run elsewhere,
# the process that holds a submission has none.
if TYPE_CHECKING:
    from autograder.checks.outcome import CheckResult

_setting = "live"


def check(exercise_id: str, *, seed: int | None = None) -> float:
    """Check one exercise of this notebook; shows what holds and what does not, returns points.

    Inputs are drawn afresh each time; give the seed of an earlier run to repeat it. Nothing that a
    cell left behind changes: random generators, modes and names are as before.
    """
    try:
        from autograder.checks import UnknownName, exercise
        from autograder.checks.outcome import score
        from autograder.report.notebook_table import table_html, table_text
        from autograder.report.showing import as_students_see, students_see
    except ImportError:
        show("", f"{exercise_id} is checked elsewhere while the notebook is graded.")
        return 0.0
    try:
        found = exercise(exercise_id)
    except UnknownName as error:
        show("", str(error))
        return 0.0
    if found.by_hand:
        show("", f"{found.id} is answered in words and read by a person: nothing to check here.")
        return 0.0
    results = results_of(found.id, notebook_names(), seed)
    shown = as_students_see(results, students_see(_setting))
    show(table_html(found.id, found.title, shown), table_text(found.id, found.title, shown))
    points = float(score(results))
    record(found.id, points, all(result.status == "passed" for result in results))
    return points


def diagnoses(setting: str) -> None:
    """Say when checks name the misconceptions behind mistakes, as the instructor wants it.

    setting: "live", "never" or "after:" and a moment; raises BadSetting, see
    autograder.report.showing.
    """
    global _setting
    with contextlib.suppress(ImportError):  # while grading, the check cells are not run here
        from autograder.report.showing import starts

        starts(setting)
    _setting = setting


def results_of(
    exercise_id: str, namespace: dict[str, Any], seed: int | None = None
) -> list[CheckResult]:
    """Run the checks of one exercise on a namespace, streams and generators left alone."""
    from autograder.checks import exercise
    from autograder.checks.framework import run_exercise

    drawn = secrets.randbelow(10**6) if seed is None else seed
    with undisturbed(), contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return run_exercise(exercise(exercise_id), Student(LocalLink(namespace)), drawn)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Put every random generator back where it was."""
    states = random.getstate(), np.random.get_state()
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])


def notebook_names() -> dict[str, Any]:
    """The names that the notebook's cells have defined."""
    if "IPython" in sys.modules:
        from IPython.core.getipython import get_ipython

        if (shell := get_ipython()) is not None:
            names: dict[str, Any] = shell.user_ns
            return names
    return vars(sys.modules["__main__"])


def show(html: str, text: str) -> None:
    """Display a table where there is a display, else print it."""
    try:
        from IPython.core.getipython import get_ipython
        from IPython.display import display
    except ImportError:
        print(text)
        return
    if get_ipython() is None or not html:
        print(text)
    else:
        display({"text/html": html, "text/plain": text}, raw=True)
