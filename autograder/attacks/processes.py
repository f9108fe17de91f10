"""Processes as the kernel lists them: who descends from whom, and as what they were started."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from autograder.sandbox.enclosure import adopt_orphans

__all__ = ["adopt_orphans", "command_of", "descendants", "parent_of", "stat"]


def stat(pid: int) -> list[str]:
    """A process's numbers from its state on (man 5 proc, field 3 first); empty if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def descendants(pid: int) -> list[int]:
    """All processes below one that still run; those that only wait to be buried do not count."""
    children: dict[int, list[int]] = defaultdict(list)
    running = set()
    for place in Path("/proc").glob("[0-9]*"):
        if fields := stat(int(place.name)):
            children[int(fields[1])].append(int(place.name))
            if fields[0] not in "ZX":
                running.add(int(place.name))
    found, waiting = [], [pid]
    while waiting:
        below = children[waiting.pop()]
        waiting += below
        found += [child for child in below if child in running]
    return found


def parent_of(pid: int) -> int:
    """The process that started it."""
    return int(stat(pid)[1])


def command_of(pid: int) -> str:
    """What a process was started as."""
    try:
        said = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        said = ""
    return f"{pid} ({said[:100]})"
