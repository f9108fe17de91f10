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
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from autograder.intake.find import Submission
from autograder.pipeline.job import (
    Course,
    Outcome,
    Prepared,
    Settings,
    execute_in_turn,
    is_whole,
    keep,
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

ANSWER_S = 10  # for a scheduler to answer
AHEAD = 2  # submissions under way for each of the cluster's threads
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
    """Do all submissions on the cluster; only so many are in memory as its threads can take."""
    from distributed import as_completed

    under_way: dict[Any, Prepared] = {}
    finished = as_completed(loop=client.loop)
    rest = iter(submissions)
    if not client.nthreads():
        say("the cluster has no workers yet: waiting for the first")
    while True:
        while len(under_way) < AHEAD * max(1, sum(client.nthreads().values())):
            submission = next(rest, None)
            if submission is None:
                break
            begun = begin(course, submission)
            if isinstance(begun, Outcome):
                yield begun
                continue
            prepared, payload = begun
            future = client.submit(execute_remotely, payload, pure=False)
            under_way[future] = prepared
            finished.add(future)
        if not under_way:
            return
        future = next(finished)
        yield end(course, under_way.pop(future), future)


def begin(course: Course, submission: Submission) -> Outcome | tuple[Prepared, Payload]:
    """Take a submission in; there is an outcome already, or something to be executed."""
    try:
        prepared, kept = take_in(course, submission)
        if kept is not None and is_whole(kept, prepared):
            return ready(prepared, kept.name, new=False)
        known = reusable(kept, prepared)
        return prepared, {
            "settings": course.settings.as_json(),
            "roles": course.roles,
            "student": prepared.student,
            "notebook": json.dumps(prepared.notebook),
            "files": {str(name): (prepared.files / name).read_bytes()
                      for name in files_beside(prepared.files)},
            "known": {id: [vars(result) for result in found] for id, found in known.items()},
        }  # fmt: skip
    except Exception as error:
        return stopped_by(submission.student, error)


def end(course: Course, prepared: Prepared, future: Any) -> Outcome:
    """Keep what came back; raises ClusterFailed where no submission can be executed there."""
    error = future.exception()
    try:
        if isinstance(error, ModuleNotFoundError):
            raise ClusterFailed(f"the cluster's workers lack a module of the course ({error}): "
                                "install the same version of it there")  # fmt: skip
        if error is not None:
            return stopped_by(prepared.student, error)
        answer = future.result()
        if "outcome" in answer:
            return Outcome.from_json(answer["outcome"])
        if "unfit" in answer:
            raise ClusterFailed(answer["unfit"])
        return keep(course, prepared, executed_from_plain(answer["executed"]))
    finally:
        future.release()


def execute_remotely(payload: Payload) -> dict[str, Any]:
    """Execute one submission on a worker of the cluster; plain data in, plain data out."""
    settings = Settings.from_json(payload["settings"])
    if own_code(settings.name) != settings.code:
        return {"unfit": "the cluster's workers have another version of the course, or of Python "
                         "and its packages, than this machine: make them the same"}  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="files-") as folder:
        try:
            unpack(payload["files"], Path(folder))
            known = {id: [check_from_plain(result) for result in found]
                     for id, found in payload["known"].items()}  # fmt: skip
            executed = execute_in_turn(
                settings, nbformat.from_dict(json.loads(payload["notebook"])), payload["roles"],
                payload["student"], Path(folder), known,
            )  # fmt: skip
        except Exception as error:
            return {"outcome": stopped_by(payload["student"], error).as_json()}
    return {"executed": executed_as_plain(executed)}


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
