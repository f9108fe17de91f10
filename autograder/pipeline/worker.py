"""The processes that execute submissions, forked from one that has imported everything.

Run as `python -m autograder.pipeline.worker FD ASSIGNMENT SANDBOX` by autograder.pipeline.workers.
That process, the nursery, imports what a worker needs and starts one warm process meanwhile; then
each worker is forked from the one and gets a twin of the other, in milliseconds. The nursery takes
{"start": NUMBER} with the worker's end of a socket pair, and {"wait": PID}, answered with the
status with which that worker ended. On its socket a worker takes {"settings"} once, then {"job"}
each; it sends {"ready": PID}, and an outcome for each job, in the same order.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from autograder.pipeline.cores import keep_to_core
from autograder.pipeline.quick import import_nbformat
from autograder.pipeline.warm import adopt, close_zygotes, warm_zygote
from autograder.sandbox.session import SandboxFailed, Zygote


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    name, sandbox = sys.argv[2:]
    importing = threading.Thread(target=import_all, args=(name,))
    importing.start()
    mother: Zygote | None = None
    with contextlib.suppress(SandboxFailed, OSError):  # it shows again with the first job
        mother = warm_zygote(name, sandbox)
    importing.join()
    nurse(control, name, mother)


def import_all(name: str) -> None:
    """Import what jobs need, checks included.

    Small tensors need no threads: they only cost, and workers share the cores.
    """
    import_nbformat()
    import torch

    import autograder.pipeline.job  # noqa: F401
    from autograder.checks import assignment

    torch.set_num_threads(1)
    with contextlib.suppress(Exception):  # the build says which check module is broken, and where
        assignment(name)


def nurse(control: socket.socket, name: str, mother: Zygote | None) -> None:
    """Start workers, and say how they ended, until the runner hangs up."""
    while True:
        message, fds, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            close_zygotes()
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.wait()
            os._exit(0)  # taking torch apart takes seconds
        told = json.loads(message)
        if "wait" in told:
            control.sendall(json.dumps(ended(told["wait"])).encode())
            continue
        twin = twin_of(mother)
        if os.fork() == 0:
            control.close()
            be_worker(Connection(fds[0]), told["start"], name, twin)
        os.close(fds[0])
        if twin is not None:
            twin.close()


def ended(pid: int) -> int | None:
    """How a worker ended, as subprocess tells it; None if it is none of ours."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return None


def twin_of(mother: Zygote | None) -> Zygote | None:
    """A warm process for a worker; without one, the worker starts its own."""
    with contextlib.suppress(SandboxFailed, OSError):
        return None if mother is None else mother.twin()
    return None


def be_worker(connection: Connection, number: int, name: str, twin: Zygote | None) -> None:
    """Be a worker until the runner hangs up; never returns."""
    try:
        keep_to_core(number, twin)
        adopt(name, twin)
        messages: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        threading.Thread(target=listen, args=(connection, messages), daemon=True).start()
        connection.send_bytes(json.dumps({"ready": os.getpid()}).encode())
        work(connection, messages)
    finally:
        os._exit(1)


def listen(connection: Connection, messages: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Take messages; end this process when the other side is gone, whatever it does just now."""
    try:
        while True:
            messages.put(json.loads(connection.recv_bytes()))
    except (EOFError, OSError):
        close_zygotes()
        os._exit(0)


def work(connection: Connection, messages: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Do one job after the other."""
    from autograder.intake.find import Submission
    from autograder.pipeline.job import Course, Settings, grade_one

    course = Course(Settings.from_json(messages.get()["settings"]))
    while True:
        found = messages.get()["job"]
        path = None if found["path"] is None else Path(found["path"])
        submission = Submission(found["student"], path, found["reason"])
        outcome = grade_one(course, submission)
        connection.send_bytes(json.dumps(outcome.as_json()).encode())


if __name__ == "__main__":
    main()
