"""The same work on a Dask cluster: `course grade --scheduler ADDRESS`.

Submissions travel as plain data, notebook and files included, so that the cluster's machines need
no disk in common; they need the same version of this package. Dask gives what a dead worker held to
another one.
"""

from __future__ import annotations

import contextlib
import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import nbformat

from autograder.intake.find import Submission, read_bytes
from autograder.pipeline.cores import keep_thread_to_core
from autograder.pipeline.execute import Executed
from autograder.pipeline.job import (
    Course,
    Outcome,
    Prepared,
    execute_in_turn,
    is_whole,
    keep,
    keys,
    mended,
    path_of,
    put,
    ready,
    reusable,
    stopped_by,
    take_in,
)
from autograder.pipeline.keys import code_keys, files_beside
from autograder.pipeline.store import (
    CannotRun,
    check_from_plain,
    executed_as_plain,
    executed_from_plain,
)
from autograder.probe.wire import readable

ANSWER_S = 10  # for a scheduler to answer
AHEAD = 2  # submissions under way for each of the cluster's threads
COUNT_S = 5.0  # how long the number of these threads is believed
MOST_SENT = 2**22  # bytes of a notebook as handed in; mended, without its outputs, it is smaller
GIVEN_UP = ("the Dask cluster has given up; what is done is kept: start another, and the same "
            "command goes on from there")  # fmt: skip
Payload = dict[str, Any]


class ClusterFailed(CannotRun):
    """The cluster cannot do the work."""


@contextlib.contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of the scheduler at an address; raises ClusterFailed."""
    try:
        from distributed import Client
        from distributed.comm import resolve_address
    except ImportError as error:
        raise ClusterFailed(
            '--scheduler needs Dask: `pip install -e ".[cluster]"` in your clone'
        ) from error
    logging.getLogger("distributed").setLevel(logging.ERROR)
    try:
        resolve_address(address)  # a client does not clean up behind an address that is none
        client = Client(address, timeout=ANSWER_S, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise ClusterFailed(f"no Dask scheduler answers at {address}") from error
    with contextlib.closing(client):
        yield client


def run_on_cluster(
    client: Any, course: Course, submissions: Iterable[Submission], say: Callable[[str], None]
) -> Iterator[Outcome]:
    """Do all submissions on the cluster; only so many are in memory as its threads can take.

    Raises ClusterFailed.
    """
    try:
        yield from run_while_it_lasts(client, course, submissions, say)
    except (OSError, RuntimeError, CancelledError) as error:
        if client.status == "running" and not isinstance(error, CancelledError):
            raise
        raise ClusterFailed(GIVEN_UP) from error


def run_while_it_lasts(
    client: Any, course: Course, submissions: Iterable[Submission], say: Callable[[str], None]
) -> Iterator[Outcome]:
    """The same; what it raises where the scheduler is gone is Dask's own."""
    from distributed import as_completed

    under_way: dict[Any, tuple[Submission, Prepared | None]] = {}
    finished = as_completed(loop=client.loop)
    rest = iter(submissions)
    threads = Threads(client)
    if not threads.number():
        say("the cluster has no workers yet: waiting for the first")
    while True:
        while len(under_way) < AHEAD * max(1, threads.number()):
            submission = next(rest, None)
            if submission is None:
                break
            begun = begin(course, submission)
            if isinstance(begun, Outcome):
                yield begun
                continue
            prepared, payload = begun
            future = client.submit(execute_remotely, payload, pure=False)
            under_way[future] = submission, prepared
            finished.add(future)
        if not under_way:
            return
        future = next(finished)
        yield end(course, *under_way.pop(future), future)


class Threads:
    """How many threads a cluster has; asking the scheduler each time would cost milliseconds."""

    def __init__(self, client: Any) -> None:
        self.client, self.known, self.until = client, 0, 0.0

    def number(self) -> int:
        """The number, at most COUNT_S old; raises ClusterFailed."""
        if time.monotonic() >= self.until:
            try:
                self.known = sum(self.client.nthreads().values())
            except OSError as error:  # this may be noticed before the client knows itself cut off
                raise ClusterFailed(GIVEN_UP) from error
            self.until = time.monotonic() + COUNT_S
        return self.known


def begin(course: Course, submission: Submission) -> Outcome | tuple[Prepared | None, Payload]:
    """Begin with a submission; there is an outcome already, or something to be executed.

    A new one without files, as most are, is taken in where it is executed: here it would keep the
    one process waiting that records for the whole cluster.
    """
    try:
        path = path_of(submission)
        kept = course.store.executed(submission.student)
        sent = {"course": course.as_text, "student": submission.student, "name": path.name}
        alone = next(files_beside(path.parent), None) is None
        if kept is None and alone and path.stat().st_size <= MOST_SENT:
            return None, {**sent, "content": read_bytes(path)}
        _, prepared = take_in(course, submission)
        if kept is not None and is_whole(kept, prepared):
            return ready(prepared, kept.name, new=False)
        files = course.layout.submitted(submission.student).parent
        known = reusable(kept, prepared)
        return prepared, {
            **sent,
            "text": prepared.text,
            "files": {str(name): (files / name).read_bytes() for name in files_beside(files)},
            "known": {id: [vars(result) for result in found] for id, found in known.items()},
        }
    except Exception as error:
        return stopped_by(submission.student, error)


def end(course: Course, submission: Submission, prepared: Prepared | None, future: Any) -> Outcome:
    """Keep what came back; raises ClusterFailed where no submission can be executed there."""
    try:
        answer = future.result()
        if "outcome" in answer:
            return Outcome.from_json(answer["outcome"])
        if "unfit" in answer:
            raise ClusterFailed(answer["unfit"])
        if prepared is None:
            found = answer["prepared"]
            prepared = Prepared(**{**found, "mended": tuple(found["mended"])})
            put(course, submission, prepared.text)
        plain = json.loads(answer["executed"])
        executed = executed_from_plain(plain)
        return replace(keep(course, prepared, executed, plain), executed=executed)
    except (ClusterFailed, CancelledError):
        raise
    except ModuleNotFoundError as error:
        raise ClusterFailed(f"the cluster's workers lack a module of the course ({error}): "
                            "install the same version of it there") from error  # fmt: skip
    except Exception as error:
        return stopped_by(submission.student, error)
    finally:
        future.release()


def execute_remotely(payload: Payload) -> dict[str, Any]:
    """Execute one submission on a worker of the cluster; plain data in, plain data out."""
    course, student = course_of(payload["course"]), payload["student"]
    if own_code(course.settings.name) != course.settings.code:
        return {"unfit": "the cluster's workers have another version of the course, or of Python "
                         "and its packages, than this machine: make them the same"}  # fmt: skip
    keep_thread_to_core()
    try:
        if "content" not in payload:
            return {"executed": execute_prepared(course, student, payload)}
        notebook, changes, text = mended(course, payload["content"], payload["name"])
        prepared = Prepared(student, text, changes, *keys(course, student, notebook, None))
        executed = execute_in_turn(course, notebook, student, None, {})
        return {"prepared": vars(prepared), "executed": as_text(executed)}
    except Exception as error:
        return {"outcome": stopped_by(student, error).as_json()}


def execute_prepared(course: Course, student: str, payload: Payload) -> str:
    """The same for one that has been taken in already, with its files and what stands of it."""
    known = {id: [check_from_plain(result) for result in found]
             for id, found in payload["known"].items()}  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="files-") as folder:
        unpack(payload["files"], Path(folder))
        notebook = nbformat.v4.reads(payload["text"])
        return as_text(execute_in_turn(course, notebook, student, Path(folder), known))


def as_text(executed: Executed) -> str:
    """An execution as JSON that any file can hold."""
    return readable(json.dumps(executed_as_plain(executed), ensure_ascii=False))


@lru_cache(maxsize=2)
def course_of(text: str) -> Course:
    """The course that a submission was sent with; a run's submissions all bring the same."""
    return Course.from_text(text)


@cache
def own_code(name: str) -> dict[str, Any]:
    """The digests of the code and environment of this process; it also settles torch here."""
    import torch

    torch.set_num_threads(1)  # small tensors need no more, and workers share the cores
    return code_keys(name).as_json()


def unpack(files: dict[str, bytes], folder: Path) -> None:
    """Write a submission's files into a folder."""
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
