"""A control group that counts a submission's memory in the kernel, where one may be made.

Both generations of Linux's control groups, as they come: nothing is mounted, no group of anybody
else is changed. Where none may be made, the guardian and RLIMIT_AS do the same more coarsely.
"""

from __future__ import annotations

import contextlib
import functools
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.resources import MB, Limits

# Pages of the warm process that a submission writes to become its own.
OF_WARM_PROCESS_MB = 256


@dataclass(frozen=True)
class Base:
    """The group under which ours are made. version: of Linux's control groups, 1 or 2."""

    folder: Path
    version: int

    def describe(self) -> str:
        return f"control groups, version {self.version}"

    def tidy(self) -> None:
        """Remove what graders left that were killed; a group in use cannot be removed."""
        for left in self.folder.glob("course-*"):
            if not Path("/proc", left.name.split("-")[1]).exists():
                Group(left, self.version).remove()

    def limit(self, folder: Path) -> Path:
        """The file that holds a group's limit."""
        return folder / ("memory.max" if self.version == 2 else "memory.limit_in_bytes")

    def make(self, limits: Limits) -> Group | None:
        """Make a group for one submission; None if it cannot be."""
        folder = self.folder / f"course-{os.getpid()}-{secrets.token_hex(4)}"
        most = (limits.memory_mb + limits.disk_mb + OF_WARM_PROCESS_MB) * MB
        try:
            folder.mkdir()
            self.limit(folder).write_text(str(most))
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            return None
        return Group(folder, self.version)


@dataclass(frozen=True)
class Group:
    """One submission's group."""

    folder: Path
    version: int

    def add(self, pid: int) -> None:
        """Count this process from now on, and all that it starts."""
        with contextlib.suppress(OSError):
            (self.folder / "cgroup.procs").write_text(str(pid))

    def was_full(self) -> bool:
        """Whether the kernel ended a process because the group was full."""
        name = "memory.events" if self.version == 2 else "memory.oom_control"
        with contextlib.suppress(OSError, ValueError):
            for line in (self.folder / name).read_text().splitlines():
                if line.startswith("oom_kill "):
                    return int(line.split()[1]) > 0
        return False

    def remove(self) -> None:
        """Remove the group; its processes have ended."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


@functools.cache
def best() -> Base | None:
    """The place where this process may make groups that count memory, tried once."""
    for base in candidates():
        made = base.make(Limits())
        if made is not None:
            made.remove()
            base.tidy()
            return base
    return None


def candidates() -> list[Base]:
    """This process's own group in each hierarchy that counts memory."""
    found = []
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers == "":
                found.append(Base(Path("/sys/fs/cgroup", path.lstrip("/")), 2))
            elif "memory" in controllers.split(","):
                found.append(Base(Path("/sys/fs/cgroup/memory", path.lstrip("/")), 1))
    return found
