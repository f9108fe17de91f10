"""Processes seen from outside: what they use, and what they leave behind. Linux only."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from autograder.attacks.processes import (
    adopt_orphans,
    command_of,
    descendants,
    parent_of,
    stat,
)

__all__ = ["Traces", "Watch", "adopt_orphans", "descendants", "parent_of", "still_running"]

TICK = os.sysconf("SC_CLK_TCK")
MB = 1e6


def cpu_s(pid: int) -> float:
    """Seconds of processor time of one process, its children apart; 0 if it is gone."""
    fields = stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK if fields else 0.0


def rss_mb(pid: int) -> float:
    """Megabytes in memory, shared pages included; 0 if the process is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / MB
    return 0.0


def private_mb(pid: int) -> float:
    """Megabytes that nobody else shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_")) / MB


def still_running(besides: Collection[int] = (), patience_s: float = 10.0) -> list[str]:
    """What runs below this process after some patience, as commands; besides: what may."""
    ends_at = time.monotonic() + patience_s
    while (
        left := [pid for pid in descendants(os.getpid()) if pid not in besides]
    ) and time.monotonic() < ends_at:
        bury(left)
        time.sleep(0.1)
    return [command_of(pid) for pid in left]


def bury(pids: list[int]) -> None:
    """Take note of adopted processes that have ended."""
    for pid in pids:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


class Watch:
    """Sample what a process and its family use while it runs; use as a context manager.

    own_mb: its memory over time; own_cpu_s: its processor time, its family's apart, at last sight.
    """

    def __init__(self, pid: int, every_s: float = 0.5) -> None:
        self.pid, self.every_s = pid, every_s
        self.own_mb: list[float] = []
        self.own_cpu_s = 0.0
        self.largest_other_mb = 0.0
        self.most_processes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def _sample(self) -> None:
        while not self._stop.wait(self.every_s):
            if size := rss_mb(self.pid):
                self.own_mb.append(size)
            self.own_cpu_s = max(self.own_cpu_s, cpu_s(self.pid))
            family = descendants(self.pid)
            self.most_processes = max(self.most_processes, len(family))
            for other in family:
                self.largest_other_mb = max(self.largest_other_mb, rss_mb(other))

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()


class Traces:
    """What lies about on the machine now, for a comparison later.

    Other programs leave things too: on a machine that does something else, read with care.
    """

    def __init__(self, *folders: Path) -> None:
        self.folders = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path.home(), *folders)
        self.before = set(self.now())

    def now(self) -> Iterator[str]:
        """Files, listening and named sockets, System V objects."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                yield from (str(folder / name) for name in os.listdir(folder))
        for table in ("tcp", "tcp6"):
            for fields in rows(f"/proc/net/{table}"):
                if fields[3] == "0A":  # listens
                    yield f"a {table} socket that listens on {fields[1]}"
        for fields in rows("/proc/net/unix"):
            if len(fields) > 7:
                yield f"the unix socket {fields[7]}"
        for kind in ("shm", "msg", "sem"):
            for fields in rows(f"/proc/sysvipc/{kind}"):
                yield f"the System V object {kind} {fields[1]}"

    def new(self) -> list[str]:
        """What was not there before."""
        return sorted(set(self.now()) - self.before)


def rows(table: str) -> list[list[str]]:
    """The fields of each line of a table in /proc, without its heading; none if there is no such"""
    with contextlib.suppress(OSError):
        return [line.split() for line in Path(table).read_text().splitlines()[1:]]
    return []
