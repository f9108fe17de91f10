"""The grader's end: start warm processes, run cells in them, ask their agents, end them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from autograder.intake.plain_files import MAX_FILES, files_beside
from autograder.probe import wire
from autograder.probe.errors import (
    MalformedReply,
    ProbeError,
    StudentFault,
    StudentProcessGone,
    StudentTimeout,
)
from autograder.sandbox.guardian import ended_because
from autograder.sandbox.memory_group import best
from autograder.sandbox.places import package_root
from autograder.sandbox.resources import MB, Limits

__all__ = ["IsolationImpossible", "Limits", "SandboxFailed", "Session", "Zygote", "session"]

PASSED_ON = ("PATH", "LANG", "LC_ALL", "TIKTOKEN_CACHE_DIR", "PYTHONPATH", "VIRTUAL_ENV")
# Left alone, glibc raises both with every large block freed, so a submission that once held a large
# tensor keeps its memory to the end: 126 MB where 48 are in use. Only glibc reads them.
KEEP_LITTLE = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(2**20))
START_S, END_S = 120.0, 5.0
MAX_CELL = 500_000  # characters: no cell that a person wrote comes near


class SandboxFailed(Exception):
    """The grader could not start a process for student code: its own fault, not the student's."""


class IsolationImpossible(SandboxFailed):
    """This machine cannot close student code in; the text says what is missing and what to do."""


class Zygote:
    """One warm process; use as a context manager.

    preload: what it imports or calls beside the usual, "module" or "module:function". sandbox: "on"
    for every layer that this system can offer (raises IsolationImpossible where one that must be
    there is missing), "none" for plain processes with this user's rights.
    """

    def __init__(self, preload: Sequence[str] = (), sandbox: str = "on") -> None:
        if sandbox not in ("on", "none"):
            raise ValueError(f"sandbox is 'on' or 'none', not {sandbox!r}")
        if sandbox == "on":
            require_isolation()
        self.sandbox = sandbox
        ours, theirs = socket.socketpair()
        environment = {k: v for k, v in os.environ.items() if k in PASSED_ON}
        environment |= {"OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg", "PYTHONHASHSEED": "0"}
        environment |= KEEP_LITTLE
        # Fonts are looked up once on a machine, in this user's cache. Nothing else is kept.
        cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        environment["XDG_CACHE_HOME"] = cache
        self._process = subprocess.Popen(
            [sys.executable, "-m", "autograder.sandbox.zygote", str(theirs.fileno()), sandbox,
             *preload],
            pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=package_root(),
        )  # fmt: skip
        theirs.close()
        self._control = ours
        self._await("ready")

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs; between two requests it has nothing to say but that it ended."""
        try:
            told = select.select([self._control], [], [], 0)[0]
            return not told or bool(self._control.recv(1, socket.MSG_PEEK))
        except (OSError, ValueError):
            return False

    def twin(self) -> Zygote:
        """A second warm process like this one, forked from it in milliseconds; it outlives it.

        So several processes can have one each at the price of one. Raises SandboxFailed.
        """
        return Twin(self)

    def _await(self, what: str) -> str:
        self._control.settimeout(START_S)
        try:
            line = self._control.recv(4096).decode().strip()
        except OSError:
            line = ""
        if line and not line.startswith("failed"):
            return line
        said = self._give_up()
        why = line.removeprefix("failed ") or said[-2000:] or "it ended without a word"
        raise SandboxFailed(f"the warm process did not start ({what}): {why}")

    def _give_up(self) -> str:
        """End it, and read what it has written about its end."""
        self._process.kill()
        return (self._process.communicate()[1] or b"").decode(errors="replace")

    def fork(
        self, connection: socket.socket, archive: IO[bytes], report: int, limits: Limits,
        folder: str,
    ) -> int:  # fmt: skip
        """Start a submission's process at the far end of a connection; returns its number.

        archive: its files, packed; report: where its guardian writes how it ended; folder: its
        scratch folder, used without a sandbox only.
        """
        told = json.dumps({"limits": limits.as_json(), "folder": folder}).encode()
        with contextlib.suppress(OSError):  # where it is gone, what follows says why
            socket.send_fds(self._control, [told], [connection.fileno(), archive.fileno(), report])
        return int(self._await("fork"))

    def hang_up(self) -> None:
        """Have no more to do with it: for a process that was forked from the one that started it.

        It ends when nobody is left at this end.
        """
        self._control.close()

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


class Twin(Zygote):
    """A warm process forked from another one: it ends when its socket is closed."""

    def __init__(self, mother: Zygote) -> None:
        self.sandbox = mother.sandbox
        self._control, theirs = socket.socketpair()
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(mother._control, [b'{"twin": true}'], [theirs.fileno()])
        self._pid = int(self._await("twin").split()[1])

    @property
    def pid(self) -> int:
        """Its process number."""
        return self._pid

    def _give_up(self) -> str:
        """What it said before it ended: nothing that could be read."""
        return ""

    def close(self) -> None:
        """End the warm process."""
        self._control.close()


def require_isolation() -> None:
    """Raise IsolationImpossible unless this machine offers every layer that must be there."""
    from autograder.sandbox.layers import missing, refusal

    if lacking := missing():
        raise IsolationImpossible(refusal(lacking))


class Session:
    """One submission's process.

    report: the guardian's pipe, read once the process has ended. group: whether to count its memory
    in a control group, where one may be made. layers: what closes it in.
    """

    def __init__(
        self, pid: int, connection: socket.socket, limits: Limits, report: int, group: bool = False
    ) -> None:
        self.pid, self.limits = pid, limits
        self._process = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1
        self._channel = wire.Channel(connection)
        self._report = report
        self._group = base.make(limits) if group and (base := best()) else None
        if self._group is not None:
            self._group.add(pid)
        self._shown = 0
        self._was_full = False
        self.gone = ""
        self.layers: list[str] = self._begin()
        self._ends_at = time.monotonic() + limits.submission_s

    def _begin(self) -> list[str]:
        """Wait until the process has closed itself in; no student code runs before."""
        try:
            said = self._channel.receive(time.monotonic() + START_S)
        except ProbeError as error:
            self.close()
            raise SandboxFailed(f"a submission's process did not start: {error}") from error
        if not isinstance(said, dict) or "ready" not in said:
            self.close()
            raise SandboxFailed(f"a submission's process did not start: {said.get('failed')}")
        return list(said["ready"])

    def run_cell(self, source: str) -> list[dict[str, Any]]:
        """Run one cell and return its outputs; raises ProbeError if it did not end by itself."""
        if len(source) > MAX_CELL:
            raise StudentFault("ValueError", f"the cell is longer than {MAX_CELL:,} characters")
        reply = self._ask({"do": "cell", "source": source}, self.limits.cell_s, "this cell")
        outputs = reply.get("outputs")
        if not isinstance(outputs, list) or not all(isinstance(o, dict) for o in outputs):
            raise MalformedReply("a cell's outputs are not a list")
        return self._within_limit([output for output in outputs if well_formed(output)])

    def _within_limit(self, outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Drop outputs beyond what a submission may show, and say so in their place."""
        kept: list[dict[str, Any]] = []
        for output in outputs:
            self._shown += len(json.dumps(output))
            if self._shown > self.limits.output_mb * MB:
                text = (
                    f"[output beyond {self.limits.output_mb:g} MB in this notebook is not kept]\n"
                )
                return [*kept, {"output_type": "stream", "name": "stderr", "text": text}]
            kept.append(output)
        return kept

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
            self._end(wire.GONE)
            raise StudentProcessGone(self.gone) from error
        try:
            reply = self._channel.receive(time.monotonic() + seconds)
        except StudentTimeout:
            self._interrupt(nonce, what, seconds)
            raise StudentTimeout(f"{what} ran longer than {seconds:.0f} seconds") from None
        except StudentProcessGone as error:
            self._end(str(error))
            raise StudentProcessGone(self.gone) from None
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
        self._signal(signal.SIGINT)
        try:
            reply = self._channel.receive(time.monotonic() + self.limits.grace_s)
        except ProbeError:
            reply = None
        if not isinstance(reply, dict) or reply.get("nonce") != nonce:
            self._end(f"{what} ran longer than {seconds:.0f} seconds and could not be stopped")

    def _end(self, why: str) -> None:
        if not self.gone:
            self.gone = why
            report = self._take_down(wait_first=True)
            told = ended_because(report, self.limits, self._was_full)
            if told and why == wire.GONE:
                self.gone = told

    def _signal(self, number: signal.Signals) -> None:
        """Signal the process; by its descriptor, since numbers are used again."""
        with contextlib.suppress(OSError):
            if self._process >= 0:
                signal.pidfd_send_signal(self._process, number)
            else:
                os.kill(self.pid, number)

    def _take_down(self, wait_first: bool = False) -> bytes:
        """End the process and everything it started; returns the guardian's report.

        wait_first: it seems to have ended by itself, so let its guardian see how.
        """
        if self._report < 0:
            return b""
        self._channel.close()
        report = read_all(self._report, 0.5) if wait_first else b""
        self._signal(signal.SIGKILL)
        if self._process < 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        report = report or read_all(self._report, END_S)
        for number in (self._report, self._process):
            if number >= 0:
                os.close(number)
        self._report = self._process = -1
        if self._group is not None:
            self._was_full = self._group.was_full()
            self._group.remove()
        return report

    def close(self) -> None:
        """End the process and everything it started."""
        self.gone = self.gone or "the session has ended"
        self._take_down()


def read_all(pipe: int, seconds: float) -> bytes:
    """What comes through a pipe until its writer has closed it, for so long at most."""
    ends_at, found = time.monotonic() + seconds, b""
    while (left := ends_at - time.monotonic()) > 0:
        if not select.select([pipe], [], [], left)[0] or not (part := os.read(pipe, 4096)):
            break
        found += part
    return found


@contextlib.contextmanager
def session(
    zygote: Zygote, limits: Limits, files: Path | None = None,
    given: Mapping[str, bytes] | None = None,
) -> Iterator[Session]:  # fmt: skip
    """Run one submission in a scratch folder that holds copies of its other files.

    given: files of the grader's own, by their path in that folder; they replace the submission's.
    Raises SandboxFailed if no process could be started.
    """
    ours, theirs = socket.socketpair()
    read_end, write_end = os.pipe()
    with contextlib.ExitStack() as stack:
        folder = ""
        if zygote.sandbox == "none":
            folder = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True)
            )
        archive = stack.enter_context(tempfile.TemporaryFile())
        pack(archive, files, given or {}, limits)
        try:
            pid = zygote.fork(theirs, archive, write_end, limits, folder)
        except SandboxFailed:
            ours.close()
            os.close(read_end)
            raise
        finally:
            theirs.close()
            os.close(write_end)
        found = Session(pid, ours, limits, read_end, group=zygote.sandbox == "on")
        try:
            yield found
        finally:
            found.close()


def pack(
    archive: IO[bytes], files: Path | None, given: Mapping[str, bytes], limits: Limits
) -> None:
    """Pack a submission's files, then the grader's; whatever is in these one's folders stays out.

    Links, devices and pipes are not packed, nor what is too large: a submission is its own files.
    """
    ours = {Path(name).parts[0] for name in given}
    left = limits.disk_mb * MB // 2
    with tarfile.open(fileobj=archive, mode="w") as packed:
        for name in islice(files_beside(files), MAX_FILES) if files is not None else ():
            path = Path(files or "", name)
            size = path.stat().st_size
            if name.parts[0] not in ours and size <= min(left, limits.file_mb * MB):
                left -= size
                packed.add(path, str(name), recursive=False, filter=anonymous)
        for given_name, content in given.items():
            member = tarfile.TarInfo(given_name)
            member.size, member.mode = len(content), 0o644
            packed.addfile(member, io.BytesIO(content))
    archive.flush()
    archive.seek(0)


def anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Forget whose file it was and what its bits said."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o755 if member.isdir() else 0o644
    return member


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
