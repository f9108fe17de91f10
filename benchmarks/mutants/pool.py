"""Many short jobs, each in a forked process of its own, within limits of time and memory.

A job that hangs, dies or takes too much memory ends by itself and stops nothing else. Nothing but
its value comes back, pickled; what it prints is lost.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import select
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

MEMORY = 8 << 30  # address space; torch alone maps more than one


@dataclass(frozen=True)
class Ended:
    """How a job ended. value: what it returned; failed: why it returned nothing."""

    name: Any
    value: Any = None
    failed: str = ""
    seconds: float = 0.0


@dataclass
class Running:
    """A process at work, and what it has written so far."""

    name: Any
    pid: int
    pipe: int
    started: float
    written: bytearray = field(default_factory=bytearray)


def run_jobs(
    waiting: deque[tuple[Any, Callable[[], Any]]], workers: int, cpu_s: int, wall_s: float
) -> Iterator[Ended]:
    """Run named jobs, some at a time, and yield each as it ends.

    Whoever takes what is yielded may put more jobs into the same queue; all of them are run.
    """
    running: dict[int, Running] = {}
    while waiting or running:
        while len(running) < workers and waiting:
            started = start(*waiting.popleft(), cpu_s)
            running[started.pipe] = started
        ready, _, _ = select.select(list(running), [], [], 0.5)
        for pipe in ready:
            if block := os.read(pipe, 1 << 20):
                running[pipe].written += block
            else:
                yield ended(running.pop(pipe))
        for job_running in list(running.values()):
            if time.monotonic() - job_running.started > wall_s:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(job_running.pid, signal.SIGKILL)


def start(name: Any, job: Callable[[], Any], cpu_s: int) -> Running:
    """Fork a process for a job."""
    sys.stdout.flush()
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        return Running(name, pid, read, time.monotonic())
    try:
        os.close(read)
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            reply = (True, job())
        except BaseException:
            reply = (False, traceback.format_exc(limit=-6))
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(reply, pipe)
    finally:
        os._exit(0)


def ended(job: Running) -> Ended:
    """Read what a process left, and take it off the system's list."""
    os.close(job.pipe)
    _, status = os.waitpid(job.pid, 0)
    seconds = time.monotonic() - job.started
    try:
        fine, value = pickle.loads(bytes(job.written))
    except (EOFError, pickle.UnpicklingError):
        by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        late = by in (signal.SIGXCPU, signal.SIGKILL)
        return Ended(job.name, None, "it does not end" if late else "its process died", seconds)
    return Ended(job.name, value if fine else None, "" if fine else value, seconds)
