"""The grader's end: start warm processes, run cells in them, ask their agents, end them."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from autograder.probe import wire
from autograder.probe.errors import MalformedReply, ProbeError, StudentProcessGone, StudentTimeout
from autograder.sandbox.places import package_root

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TIKTOKEN_CACHE_DIR", "PYTHONPATH", "VIRTUAL_ENV")


class SandboxFailed(Exception):
    """The grader could not start a process for student code: its own fault, not the student's."""


@dataclass(frozen=True)
class Limits:
    """How long things may take, in seconds of wall time.

    grace_s lies between asking a cell to stop and ending its process: long enough for an honest
    loop to come back on a busy machine, where writing its traceback alone takes seconds.
    """

    cell_s: float = 30.0
    check_s: float = 30.0
    submission_s: float = 180.0
    grace_s: float = 15.0


class Zygote:
    """One warm process; use as a context manager.

    preload: what it imports or calls beside the usual, "module" or "module:function".
    """

    def __init__(self, preload: Sequence[str] = ()) -> None:
        ours, theirs = socket.socketpair()
        environment = {k: v for k, v in os.environ.items() if k in PASSED_ON}
        environment |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"}
        environment |= dict.fromkeys(("HOME", "IPYTHONDIR"), tempfile.gettempdir())
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.sandbox.zygote", str(theirs.fileno()), *preload],
            pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=package_root(),
        )  # fmt: skip
        theirs.close()
        self._control = ours
        self._await("ready")

    def _await(self, what: str) -> str:
        self._control.settimeout(120)
        try:
            line = self._control.recv(64).decode().strip()
        except OSError:
            line = ""
        if not line:
            self._process.kill()
            said = (self._process.communicate()[1] or b"").decode(errors="replace")
            raise SandboxFailed(f"the warm process did not start ({what}): {said[-2000:]}")
        return line

    def fork(self, folder: Path) -> tuple[int, socket.socket]:
        """Start a child in that folder; returns its process number and our end of its socket."""
        ours, theirs = socket.socketpair()
        socket.send_fds(self._control, [str(folder).encode()], [theirs.fileno()])
        theirs.close()
        return int(self._await("fork")), ours

    def close(self) -> None:
        """End the warm process."""
        self._control.close()
        self._process.kill()
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()

    def __enter__(self) -> Zygote:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


class Session:
    """One submission's process."""

    def __init__(self, pid: int, connection: socket.socket, limits: Limits) -> None:
        self.pid, self.limits = pid, limits
        self._channel = wire.Channel(connection)
        self._ends_at = time.monotonic() + limits.submission_s
        self.gone = ""

    def run_cell(self, source: str) -> list[dict[str, Any]]:
        """Run one cell and return its outputs; raises ProbeError if it did not end by itself."""
        reply = self._ask({"do": "cell", "source": source}, self.limits.cell_s, "this cell")
        outputs = reply.get("outputs")
        if not isinstance(outputs, list) or not all(isinstance(o, dict) for o in outputs):
            raise MalformedReply("a cell's outputs are not a list")
        return [output for output in outputs if well_formed(output)]

    def request(self, verb: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Ask the agent one verb: this makes a session a Link for the view."""
        return self._ask(
            {"do": "probe", "verb": verb, "payload": payload}, self.limits.check_s, "a check"
        )

    def _ask(self, request: dict[str, Any], seconds: float, what: str) -> dict[str, Any]:
        if self.gone:
            raise StudentProcessGone(self.gone)
        nonce = secrets.token_hex(8)
        seconds = min(seconds, max(0.1, self._ends_at - time.monotonic()))
        try:
            self._channel.send({"nonce": nonce, **request})
        except OSError as error:
            self._end("the process that ran your code has ended")
            raise StudentProcessGone(self.gone) from error
        try:
            reply = self._channel.receive(time.monotonic() + seconds)
        except StudentTimeout:
            self._interrupt(nonce, what, seconds)
            raise StudentTimeout(f"{what} ran longer than {seconds:.0f} seconds") from None
        except ProbeError as error:
            self._end(str(error))
            raise
        return self._accept(reply, nonce)

    def _accept(self, reply: Any, nonce: str) -> dict[str, Any]:
        if not isinstance(reply, dict) or reply.get("nonce") != nonce:
            self._end("the process that ran your code did not keep to the protocol")
            raise MalformedReply(self.gone)
        if reply.get("interrupted") is True:
            raise StudentTimeout("your code was interrupted")
        return reply

    def _interrupt(self, nonce: str, what: str, seconds: float) -> None:
        """Ask politely, wait a little, then end the process."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGINT)
        try:
            reply = self._channel.receive(time.monotonic() + self.limits.grace_s)
        except ProbeError:
            reply = None
        if not isinstance(reply, dict) or reply.get("nonce") != nonce:
            self._end(f"{what} ran longer than {seconds:.0f} seconds and could not be stopped")

    def _end(self, why: str) -> None:
        self.gone = self.gone or why
        self.close()

    def close(self) -> None:
        """End the process and everything it started."""
        self._channel.close()
        self.gone = self.gone or "the session has ended"
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)


@contextlib.contextmanager
def session(
    zygote: Zygote, limits: Limits, files: Path | None = None,
    given: Mapping[str, bytes] | None = None,
) -> Iterator[Session]:  # fmt: skip
    """Run one submission in a scratch folder that holds copies of its other files.

    given: files of the grader's own, by their path in that folder; they replace the submission's.
    """
    with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as scratch:
        if files is not None:
            shutil.copytree(files, scratch, dirs_exist_ok=True, symlinks=True,
                            ignore=shutil.ignore_patterns("*.ipynb"))  # fmt: skip
        put(Path(scratch), given or {})
        found = Session(*zygote.fork(Path(scratch)), limits)
        try:
            yield found
        finally:
            found.close()


def put(folder: Path, given: Mapping[str, bytes]) -> None:
    """Write the grader's files; whatever the submission has in their folders goes."""
    for top in {folder / Path(name).parts[0] for name in given}:
        if top.is_dir() and not top.is_symlink():
            shutil.rmtree(top)
        else:
            top.unlink(missing_ok=True)
    for name, content in given.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def well_formed(output: dict[str, Any]) -> bool:
    """Whether an output that a child reports can stand in a notebook."""
    kind = output.get("output_type")
    if kind == "stream":
        return output.get("name") in ("stdout", "stderr") and isinstance(output.get("text"), str)
    if kind == "error":
        return (
            all(isinstance(output.get(k), str) for k in ("ename", "evalue"))
            and isinstance(output.get("traceback"), list)
            and all(isinstance(line, str) for line in output["traceback"])
        )
    if kind in ("display_data", "execute_result"):
        data = output.get("data")
        return (
            isinstance(data, dict)
            and all(isinstance(v, str) for v in data.values())
            and output.get("metadata") == {}
        )
    return False
