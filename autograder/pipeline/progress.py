"""How far a run is, in words: one changing line on a terminal, one line a submission in logs."""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable
from typing import TextIO

from autograder.report.wording import printable

Progress = Callable[[str], None]
RECENT = 50  # the rate is that of the last so many submissions
BETWEEN_S = 30.0  # seconds between two estimates in a log


class TerminalLine:
    """Progress on a terminal: `step` rewrites the last line, a call writes a line that stays."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def __call__(self, line: str) -> None:
        """Write a line above the changing one."""
        self.step("")
        self.out.write(line + "\n")
        self.out.flush()

    def step(self, text: str) -> None:
        """Replace the changing line, cut to the terminal's width."""
        width = shutil.get_terminal_size().columns - 1
        self.out.write("\r\033[K" + text[:width])
        self.out.flush()


class Reporter:
    """Tells a progress function of each submission as it is done."""

    def __init__(
        self, progress: Progress, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.progress, self.total, self.clock = progress, total, clock
        self.done = 0
        self.ends: deque[float] = deque(maxlen=RECENT + 1)
        self.last_estimate = clock()

    def told(self, student: str, what: str, went_wrong: bool, took_s: float | None) -> None:
        """Say that a submission is done; took_s: None if it was done before this run."""
        student, what = printable(student), printable(what)
        self.done += 1
        now = self.clock()
        if took_s is not None:
            if not self.ends:
                self.ends.append(now - took_s)  # without the time that the workers took to warm up
            self.ends.append(now)
        line = f"{self.done} of {self.total}  {student}: {what}"
        step = getattr(self.progress, "step", None)
        if step is not None:
            if went_wrong:
                self.progress(line)
            step(progress_text(self.done, self.total, self.rate(), f"{student}: {what}"))
            return
        self.progress(line)
        if now - self.last_estimate >= BETWEEN_S and self.done < self.total:
            self.last_estimate = now
            self.progress(progress_text(self.done, self.total, self.rate()))

    def rate(self) -> float:
        """Submissions a second, of late; 0 before the first."""
        took = self.ends[-1] - self.ends[0] if self.ends else 0.0
        return (len(self.ends) - 1) / took if took > 0 else 0.0

    def ended(self) -> None:
        """Take the changing line away."""
        step = getattr(self.progress, "step", None)
        if step is not None:
            step("")


def progress_text(done: int, total: int, rate: float, last: str = "") -> str:
    """One line: how many of how many, how fast, how much longer, and who was last.

    rate: submissions a second, 0 if it is not known yet.
    """
    parts = [f"{done} of {total}", f"{100 * done // max(total, 1)} %"]
    if rate > 0:
        parts.append(f"{rate:.1f} a second" if rate >= 1 else f"{1 / rate:.1f} s each")
        if done < total:
            parts.append(f"{duration((total - done) / rate)} left")
    return "  ".join([*parts, *filter(None, [last])])


def duration(seconds: float) -> str:
    """A length of time as people say it, rounded."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    if seconds < 100 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
