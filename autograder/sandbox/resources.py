"""How much a submission may use, and what is said where it used more."""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    cell_s, check_s, submission_s: wall time in seconds of a cell, of one call of a check, of the
    whole submission. grace_s lies between asking a cell to stop and ending its process: long enough
    for an honest loop to come back on a busy machine, where writing its traceback alone takes
    seconds. cpu_s: processor time of all its processes together. memory_mb: memory beyond what the
    warm process holds, for each process as address space, for all together as what they really use.
    processes: processes and threads. file_mb: size of one file. disk_mb: all its files. output_mb:
    what its cells may show, over the whole notebook.
    """

    cell_s: float = 30.0
    check_s: float = 30.0
    submission_s: float = 180.0
    grace_s: float = 15.0
    cpu_s: float = 150.0
    memory_mb: int = 3072
    processes: int = 48
    file_mb: int = 256
    disk_mb: int = 512
    output_mb: float = 8.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Limits:
        return cls(**given)


def apply(limits: Limits) -> None:
    """Set this process's own limits; what it starts inherits them."""
    import resource  # not on Windows, where students use the rest of this package

    set_limit(resource.RLIMIT_AS, address_space() + limits.memory_mb * MB)
    set_limit(
        resource.RLIMIT_CPU, int(limits.cpu_s) + 2
    )  # the guardian ends it before, and says so
    set_limit(resource.RLIMIT_FSIZE, limits.file_mb * MB)
    set_limit(resource.RLIMIT_CORE, 0)
    set_limit(resource.RLIMIT_NOFILE, 512)
    for name, most in (("RLIMIT_MSGQUEUE", 0), ("RLIMIT_MEMLOCK", MB), ("RLIMIT_RTPRIO", 0)):
        if hasattr(resource, name):
            set_limit(getattr(resource, name), most)
    # Counted within the submission's own user namespace, where its guardian is one as well.
    set_limit(resource.RLIMIT_NPROC, limits.processes + 1)


def set_limit(kind: int, most: int) -> None:
    """Lower a limit for good; one that is lower already stays."""
    import resource

    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


def address_space() -> int:
    """This process's address space in bytes; 0 where the system does not tell."""
    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def limit_met(kind: str, text: str, limits: Limits) -> str:
    """The limit that an exception of a submission's code speaks of, for people; else empty.

    kind: the exception's class name; text: what it says.
    """
    said = f"{kind}: {text}"
    for signs, sentence in (
        (("MemoryError", "can't allocate memory", "not enough memory", "Cannot allocate memory"),
         f"it needed more memory than the limit of {limits.memory_mb} MB"),
        (("can't start new thread", "[Errno 11]"),
         f"it started more processes or threads than the limit of {limits.processes}"),
        (("[Errno 27]",), f"it wrote a file larger than the limit of {limits.file_mb} MB"),
        (("[Errno 28]",), f"its files needed more room than the limit of {limits.disk_mb} MB"),
    ):  # fmt: skip
        if any(sign in said for sign in signs):
            return sentence
    return ""
