"""Judge many mutants, two jobs each: graded first, then compared with their source."""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from benchmarks.mutants.judging import Verdict, compared, graded, verdict
from benchmarks.mutants.mutant import Mutant
from benchmarks.mutants.pool import Ended, run_jobs

CPU_S, WALL_S = 30, 400.0  # of one job; the slowest right one takes a tenth


def judged(
    mutants: Sequence[Mutant], seed: int, workers: int, told: Callable[[Verdict], None]
) -> list[Verdict]:
    """Judge them all; `told` gets each verdict as it comes. The order is that of the mutants."""
    found: dict[str, Verdict] = {}
    home = os.getcwd()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        os.environ["TMPDIR"], before = folder, os.environ.get("TMPDIR")
        tempfile.tempdir = None
        os.chdir(folder)
        try:
            for each in verdicts(mutants, seed, workers):
                found[each.mutant.id] = each
                told(each)
        finally:
            os.chdir(home)
            tempfile.tempdir = None
            os.environ.pop("TMPDIR")
            if before is not None:
                os.environ["TMPDIR"] = before
    return [found[mutant.id] for mutant in mutants]


def verdicts(mutants: Sequence[Mutant], seed: int, workers: int) -> Iterator[Verdict]:
    """The same, as they come."""
    marks: dict[str, Ended] = {}
    by_id = {mutant.id: mutant for mutant in mutants}
    waiting: deque[tuple[tuple[str, str], Callable[[], object]]] = deque(
        ((mutant.id, "graded"), partial(graded, mutant, seed)) for mutant in mutants
    )
    for ended in run_jobs(waiting, workers, CPU_S, WALL_S):
        id, what = ended.name
        if what == "compared":
            yield verdict(by_id[id], marks[id], ended)
            continue
        marks[id] = ended
        lost = ended.value is None or ended.value.points < ended.value.full
        waiting.appendleft(((id, "compared"), partial(compared, by_id[id], lost)))
