"""Which core a process that executes submissions keeps to.

Such a process, its warm process and the submission's own take turns. On one core they wake each
other fast; wandering about, they cost each other a fifth.
"""

from __future__ import annotations

import contextlib
import os
import socket
from functools import cache

from autograder.sandbox.session import Zygote

_claims: list[socket.socket] = []  # held until this process ends


def keep_to_core(number: int, zygote: Zygote | None) -> None:
    """Keep this process, and its warm one, to a core of their own; number: of this worker.

    Where other processes have claimed all, workers share the cores in turn.
    """
    cores = own_cores()
    if cores:
        claimed = claimed_core(number)
        keep_to(cores[number % len(cores)] if claimed is None else claimed, zygote)


def keep_thread_to_core() -> None:
    """Keep this thread, and what it starts, to the core that this process has claimed, if any."""
    if (core := core_of_process()) is not None:
        keep_to(core)


@cache
def core_of_process() -> int | None:
    """The core that this process has claimed for good."""
    return claimed_core()


def own_cores() -> list[int]:
    """The cores that this thread may use; none where nobody can say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def claimed_core(first: int = 0) -> int | None:
    """A core that no other process of this machine has claimed, and now this one has.

    Sought from the first-th on. The claim is the name of a socket, which the kernel takes back when
    the process ends, however it ends.
    """
    cores = own_cores()
    start = first % max(1, len(cores))
    for core in (*cores[start:], *cores[:start]):
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0course-grade-core-{core}")
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return core
    return None


def keep_to(core: int, zygote: Zygote | None = None) -> None:
    """Keep this thread, what it will start, and a warm process that is there already to a core."""
    for pid in (0, *([zygote.pid] if zygote is not None else [])):
        with contextlib.suppress(OSError):
            os.sched_setaffinity(pid, {core})
