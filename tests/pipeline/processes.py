"""Processes as Linux lists them: who descends from whom, and who is still there."""

from __future__ import annotations

import time
from pathlib import Path

ZYGOTE = "autograder.sandbox.zygote"
Process = tuple[int, str]  # number and start time: numbers are used again


def family(pid: int) -> set[Process]:
    """All processes below one."""
    found: set[Process] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text().split()]
        except OSError:
            continue
        for child in children:
            found |= {(child, started(child)), *family(child)}
    return found


def started(pid: int) -> str:
    """When a process started, in the kernel's ticks; empty if it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def those_left(processes: set[Process], seconds: float = 20.0) -> set[Process]:
    """Which of these are still there after so long; returns as soon as none is."""
    ends_at = time.monotonic() + seconds
    while left := {p for p in processes if p[1] and started(p[0]) == p[1]}:
        if time.monotonic() > ends_at:
            return left
        time.sleep(0.1)
    return set()


def named(pid: int, module: str) -> list[int]:
    """The processes below one that run a module."""
    found = []
    for child, _ in family(pid):
        try:
            command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if module.encode() in command and started(child):
            found.append(child)
    return sorted(found)
