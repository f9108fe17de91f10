"""Things outside the sandbox that an attack may reach for; each notices when it was touched."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.attacks.processes import adopt_orphans, command_of, descendants

MARK = "attack-left-"  # begins the name of whatever a case leaves behind
SYSV_KINDS, IPC_RMID = ("shm", "msg", "sem"), 0
COMMON_FOLDERS = (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", str(Path.home()))
CLOCK_SLACK_S = 5.0


class Ears:
    """Who listens outside: a TCP port, two unix sockets and a FIFO; what was heard, in order."""

    def __init__(self, folder: Path, token: str) -> None:
        self.heard: list[str] = []
        self._stop, self._wake = os.pipe()
        self.abstract, self.path, self.fifo = f"attack-ear-{token}", folder / "ear", folder / "fifo"
        self._sockets = {"the TCP port": socket.create_server(("127.0.0.1", 0))}
        self.port = self._sockets["the TCP port"].getsockname()[1]
        self._sockets["the unix socket"] = listening(os.path.relpath(self.path))
        if sys.platform == "linux":
            self._sockets["the abstract socket"] = listening(f"\0{self.abstract}")
        os.mkfifo(self.fifo)
        for place in (self.path, self.fifo):
            place.chmod(0o777)
        self._fifo = os.open(self.fifo, os.O_RDWR | os.O_NONBLOCK)
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        names = {ear: name for name, ear in self._sockets.items()}
        waiting: list[Any] = [*names, self._fifo, self._stop]
        while True:
            ready, _, _ = select.select(waiting, [], [])
            if self._stop in ready:
                return
            for ear in ready:
                if isinstance(ear, socket.socket):
                    ear.accept()[0].close()
                    self.heard.append(f"{names[ear]} was called")
                else:
                    said = os.read(self._fifo, 4096)
                    self.heard.append(f"the FIFO was told {said[:60]!r}")

    def close(self) -> None:
        """Stop listening."""
        os.write(self._wake, b"x")
        self._thread.join()
        for ear in self._sockets.values():
            ear.close()
        for fd in (self._fifo, self._stop, self._wake):
            os.close(fd)


def listening(name: str) -> socket.socket:
    """A unix socket that listens there."""
    ear = socket.socket(socket.AF_UNIX)
    ear.bind(name)
    ear.listen()
    return ear


class Canaries:
    """Set up everything that must stay as it is; use as a context manager around the grading.

    folder: an empty one of our own, which others may enter: what keeps an attack away from it must
    be the sandbox, not its permissions.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.token = secrets.token_hex(6)
        self.sysv_key = 1 + secrets.randbelow(2**31 - 1)
        self.files = [
            folder / "canary.txt",
            *(Path(place) / f"attack-canary-{self.token}" for place in sorted(set(COMMON_FOLDERS))),
        ]

    def __enter__(self) -> Canaries:
        for file in self.files:
            with contextlib.suppress(OSError):
                file.write_text(self.token)
                file.chmod(0o666)
        self.files = [file for file in self.files if file.exists()]
        self.ears = Ears(self.folder, self.token)
        adopt_orphans()
        self.bystander = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(3600)"],
            env={**os.environ, "ATTACK_SECRET": self.token},
            start_new_session=True,  # a group of its own, which a case may try to kill
        )
        self._children = set(descendants(os.getpid()))
        self._host, self._clock = socket.gethostname(), clock_offset()
        self._litter = set(litter())
        return self

    @property
    def known(self) -> dict[str, str]:
        """What the cases are told: where everything is."""
        return {
            "port": str(self.ears.port),
            "abstract": self.ears.abstract,
            "socket": str(self.ears.path),
            "fifo": str(self.ears.fifo),
            "canary": str(self.files[0]),
            "tmp_canary": str(self.files[-1]),
            "pid": str(self.bystander.pid),
            "secret": self.token,
            "key": str(self.sysv_key),
        }

    def broken(self) -> list[str]:
        """Say what has happened to them."""
        found = list(dict.fromkeys(self.ears.heard))
        for file in self.files:
            if not file.is_file() or file.read_text(errors="replace") != self.token:
                found.append(f"{file} was changed")
        if self.bystander.poll() is not None:
            found.append("a process outside was ended")
        left = set(descendants(os.getpid())) - self._children
        found += [f"a process is left: {command_of(pid)}" for pid in sorted(left)]
        found += [f"{place} is left" for place in sorted(set(litter()) - self._litter)]
        for kind in SYSV_KINDS:
            for id in sysv_ids(kind, self.sysv_key):
                found.append(f"the System V object {kind} {id} is left")
        if socket.gethostname() != self._host:
            found.append("the machine has another name")
        if abs(clock_offset() - self._clock) > CLOCK_SLACK_S:
            found.append("the machine's clock was set")
        return found

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        self.ears.close()
        self.bystander.kill()
        self.bystander.wait()
        for pid in set(descendants(os.getpid())) - self._children:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for file in [*self.files, *map(Path, set(litter()) - self._litter)]:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
        for sort in SYSV_KINDS:
            for id in sysv_ids(sort, self.sysv_key):
                remove_sysv(sort, id)


def litter() -> Iterator[str]:
    """What cases have left in the folders that every process can reach, and abstract sockets."""
    for folder in sorted(set(COMMON_FOLDERS)):
        with contextlib.suppress(OSError):
            yield from (str(Path(folder) / n) for n in os.listdir(folder) if n.startswith(MARK))
    with contextlib.suppress(OSError):
        for line in Path("/proc/net/unix").read_text().splitlines():
            if f"@{MARK}" in line:
                yield f"the abstract socket {line.split()[-1]}"


def sysv_ids(kind: str, wanted: int) -> Iterator[int]:
    """System V shared memory, queues or semaphores of one key."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]:
            key, id = line.split()[:2]
            if int(key) == wanted:
                yield int(id)


def remove_sysv(kind: str, id: int) -> None:
    """Remove one System V object."""
    libc = ctypes.CDLL(None)
    if kind == "sem":
        libc.semctl(id, 0, IPC_RMID)
    else:
        {"shm": libc.shmctl, "msg": libc.msgctl}[kind](id, IPC_RMID, None)


def clock_offset() -> float:
    """The clock on the wall against one that nobody can set, in seconds."""
    return time.time() - time.monotonic()


def fingerprint(folder: Path) -> dict[str, str]:
    """What stands in a folder: each file's kind and content, links as links."""
    return {str(path.relative_to(folder)): mark_of(path) for path in sorted(folder.rglob("*"))}


def mark_of(path: Path) -> str:
    """One file's kind and content, in short; a large file's size stands for its content."""
    if path.is_symlink():
        return f"link to {os.readlink(path)}"
    if not path.is_file():
        return oct(path.lstat().st_mode)
    size = path.stat().st_size
    if size > 2**24:
        return f"{size} bytes"
    return hashlib.sha256(path.read_bytes()).hexdigest()
