"""The process beside a submission: it waits, counts what the submission uses, and ends it.

It is outside the submission's process namespace, which therefore cannot see or signal it.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

from autograder.sandbox.resources import MB, Limits

LOOK_S = 0.2
_TICK = os.sysconf("SC_CLK_TCK")


def guard(pid: int, limits: Limits, report: int) -> None:
    """Wait for a submission's first process to end, ending it where it uses too much.

    Writes one JSON line into the file descriptor `report`: "status" as from waitpid and, where a
    limit ended it, "over": "memory" or "cpu".
    """
    own = memory_mb(pid)  # what it has from the warm process
    over = ""
    ended = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    while ended is not None and not select.select([ended], [], [], LOOK_S)[0]:
        family = list(descendants(pid))
        if sum(cpu_s(each) for each in family) > limits.cpu_s:
            over = "cpu"
        elif sum(max(0.0, memory_mb(each) - own) for each in family) > limits.memory_mb:
            over = "memory"
        if over:
            os.kill(pid, signal.SIGKILL)
            break
    _, status, used = os.wait4(pid, 0)
    if not over and used.ru_utime + used.ru_stime > limits.cpu_s:
        over = "cpu"
    for orphan in list(descendants(os.getpid()))[1:]:  # there are none where namespaces are
        with contextlib.suppress(ProcessLookupError):
            os.kill(orphan, signal.SIGKILL)
    with contextlib.suppress(OSError):
        os.write(report, json.dumps({"status": status, "over": over}).encode() + b"\n")


def descendants(pid: int) -> Iterator[int]:
    """A process and all below it; orphans belong to the first, so that nobody is missed."""
    yield pid
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                yield from descendants(int(child))


def cpu_s(pid: int) -> float:
    """Processor time of a process and of its children that have ended, in seconds."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(field) for field in fields[11:15]) / _TICK
    return 0.0


def memory_mb(pid: int) -> float:
    """Memory of a process that belongs to no file on a disk, in MB."""
    found = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(("RssAnon:", "RssShmem:")):
                found += int(line.split()[1])
    return found * 1024 / MB


def ended_because(report: bytes, limits: Limits, was_full: bool = False) -> str:
    """What a guardian's report says, for people; empty where it says nothing of interest.

    was_full: whether the submission's memory group was.
    """
    try:
        found = json.loads(report or b"{}")
        status, over = int(found["status"]), found["over"]
    except (ValueError, KeyError, TypeError):
        return ""
    if over == "memory" or was_full:
        return f"your code needed more memory than the limit of {limits.memory_mb} MB"
    if over == "cpu":
        return f"your code used more processor time than the limit of {limits.cpu_s:.0f} seconds"
    if os.WIFEXITED(status):
        return f"your code ended its own process (exit status {os.WEXITSTATUS(status)})"
    name = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else "?"
    return f"the process that ran your code was ended by signal {name}"
