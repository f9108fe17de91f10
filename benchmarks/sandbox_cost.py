"""What isolation costs a submission, and what else is neither student cells nor checks.

    python benchmarks/sandbox_cost.py [--forks 50] [--json]

Three figures. Time: a submission's process is started and ended with every layer and without any,
in turn, and the medians are compared. Memory: what a process holds for itself alone, read from
outside, after a whole notebook has run in it. Processor time: of `course grade` for one class and
for one three times as large, the difference for each submission more; less what cells and checks
took in the same process, plus what the submission's own processes took before their first cell and
beside them, which no parent gets to know.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import nbformat
import torch

from autograder.pipeline import execute as executing
from autograder.sandbox.session import Limits, Session, Zygote, session
from benchmarks.parts import processes
from benchmarks.parts.classes import ASSIGNMENT, FILE, built, students, write_class
from benchmarks.parts.figures import Figure, Report, at_most, say
from benchmarks.parts.grading import grade_command, seconds_of

ADDED_MS, PRIVATE_MB, OUTSIDE_S = 60.0, 100.0, 0.25
SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--forks", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    report = Report("what the sandbox costs")
    torch.set_num_threads(1)
    say("starting and ending processes")
    report.figures += start_and_end(asked.forks)
    with tempfile.TemporaryDirectory(prefix="cost-") as folder:
        submissions = Path(folder) / "submissions"
        write_class(submissions, len(students()))
        say("executing the class in this process")
        meter = Meter()
        execute_class(submissions, meter)
        say("grading classes of two sizes")
        marginal = marginal_cpu_s(Path(folder))
    report.figures += figures(meter, marginal)
    report.details = {"private megabytes by student": meter.private_mb}
    report.show(asked.json)


def start_and_end(count: int) -> list[Figure]:
    """Milliseconds from asking for a process to its end, with layers and without."""
    took: dict[str, list[float]] = {"on": [], "none": []}
    with Zygote(sandbox="on") as closed, Zygote(sandbox="none") as opened:
        for number in range(-2, count):  # the first ones warm up
            for zygote in (closed, opened):
                started = time.perf_counter()
                with session(zygote, Limits()):
                    pass
                if number >= 0:
                    took[zygote.sandbox].append(1000 * (time.perf_counter() - started))
    with_layers, without = (statistics.median(took[kind]) for kind in ("on", "none"))
    return [
        Figure("a submission's process, started and ended, no layers", without, "ms"),
        Figure("the same with every layer", with_layers, "ms"),
        at_most("added by the layers", with_layers - without, "ms", ADDED_MS),
    ]


class Meter:
    """What executing costs, sorted: in cells and checks, and beside them; seconds of CPU."""

    def __init__(self) -> None:
        self.inside_s: list[float] = []
        self.born_s: list[float] = []
        self.used_s: list[float] = []
        self.guarded_s: list[float] = []
        self.private_mb: dict[str, float] = {}
        self.student = ""

    @contextlib.contextmanager
    def fitted(self) -> Iterator[None]:
        """Measure all that executes meanwhile."""
        before = executing.session, executing.run_exercise, Session.run_cell
        executing.session = self.watched
        executing.run_exercise = self.timed(before[1])
        Session.run_cell = self.timed(before[2])  # type: ignore[method-assign]
        try:
            yield
        finally:
            executing.session, executing.run_exercise = before[:2]
            Session.run_cell = before[2]  # type: ignore[method-assign]

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its processor time in this process counted as inside."""

        def wrapped(*arguments: Any, **named: Any) -> Any:
            started = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                self.inside_s[-1] += time.process_time() - started

        return wrapped

    @contextlib.contextmanager
    def watched(self, *arguments: Any, **named: Any) -> Iterator[Session]:
        """A session whose processes are read when they begin and before they end."""
        with session(*arguments, **named) as found:
            self.born_s[-1] += processes.cpu_s(found.pid)
            guardian = processes.parent_of(found.pid)
            yield found
            with contextlib.suppress(OSError):
                self.private_mb[self.student] = processes.private_mb(found.pid)
                self.guarded_s[-1] += processes.cpu_s(guardian)
                self.used_s[-1] += processes.cpu_s(found.pid)

    def begin(self, student: str) -> None:
        """Count for this student from here."""
        self.student = student
        for each in (self.inside_s, self.born_s, self.used_s, self.guarded_s):
            each.append(0.0)


def execute_class(submissions: Path, meter: Meter) -> None:
    """Execute every submission once, after one that warms up."""
    roles = executing.roles_of(built().source)
    with Zygote(sandbox="on") as zygote:
        for number, student in enumerate(["ada", *students()]):
            notebook = nbformat.read(submissions / student / FILE, 4)
            counted = meter if number else Meter()
            counted.begin(student)
            with counted.fitted():
                executing.execute(notebook, roles, student, ASSIGNMENT, SEED, zygote, Limits())


def marginal_cpu_s(folder: Path) -> float:
    """Seconds of CPU of the runner, its worker and warm process for each submission more."""
    used = {}
    for copies in (1, 3):
        count = copies * len(students())
        submissions = folder / f"class{copies}"
        write_class(submissions, count)
        command = grade_command(submissions, folder / f"out{copies}", "--workers", 1, "--seed",
                                SEED, "--sandbox", "on")  # fmt: skip
        before = children_cpu_s()
        seconds_of(command, cwd=folder)
        used[count] = children_cpu_s() - before
    (few, less), (many, more) = sorted(used.items())
    return (more - less) / (many - few)


def children_cpu_s() -> float:
    """Seconds of CPU of all our children that have ended, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def figures(meter: Meter, marginal: float) -> list[Figure]:
    """The processor time in its parts, and the memory."""
    inside, born, used, guarded = (
        statistics.mean(each)
        for each in (meter.inside_s, meter.born_s, meter.used_s, meter.guarded_s)
    )
    name = "private memory of a process after {}'s notebook"
    worst = max(meter.private_mb, key=lambda student: meter.private_mb[student])
    return [
        Figure("CPU of runner, worker and warm process", marginal, "s a submission"),
        Figure("of that in cells and checks", inside, "s a submission"),
        Figure("CPU of a submission's own process", used, "s a submission"),
        Figure("of that before its first cell", born, "s a submission"),
        Figure("CPU of its guardian", guarded, "s a submission"),
        at_most("CPU that is neither cells nor checks", marginal - inside + born + guarded,
                "s a submission", OUTSIDE_S),
        at_most(name.format("ada"), meter.private_mb["ada"], "MB", PRIVATE_MB),
        at_most(name.format(worst), meter.private_mb[worst], "MB", PRIVATE_MB),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
