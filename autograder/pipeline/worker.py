"""One worker process: it takes submissions from its socket and answers what became of them.

Run as `python -m autograder.pipeline.worker FD NUMBER ASSIGNMENT SANDBOX` by
autograder.pipeline.workers. Messages are JSON: {"settings"} once, then {"job"} each; it sends
{"ready"} when it is warm, and an outcome for each job, in the same order.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from autograder.pipeline.quick import import_nbformat
from autograder.pipeline.warm import close_zygotes, warm_zygote
from autograder.sandbox.session import SandboxFailed


def main() -> None:
    connection = Connection(int(sys.argv[1]))
    number, name, sandbox = int(sys.argv[2]), sys.argv[3], sys.argv[4]
    keep_to_core(number)
    messages: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=listen, args=(connection, messages), daemon=True).start()
    threading.Thread(target=start_zygote, args=(name, sandbox), daemon=True).start()
    import_all(name)
    connection.send_bytes(b'{"ready": true}')
    work(connection, messages)


def listen(connection: Connection, messages: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Take messages; end this process when the other side is gone, whatever it does just now."""
    try:
        while True:
            messages.put(json.loads(connection.recv_bytes()))
    except (EOFError, OSError):
        close_zygotes()
        os._exit(0)


def keep_to_core(number: int) -> None:
    """Keep to one core: worker, warm process and child take turns, and so wake each other fast."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})


def start_zygote(name: str, sandbox: str) -> None:
    """Start the warm process; a failure shows again, and is reported, with the first job.

    This thread stays as long as the process it has started: the kernel may end that with it.
    """
    with contextlib.suppress(SandboxFailed, OSError):
        warm_zygote(name, sandbox)
    threading.Event().wait()


def import_all(name: str) -> None:
    """Import what jobs need, checks included.

    Small tensors need no threads: they only cost, and workers share the cores.
    """
    import_nbformat()
    import torch

    import autograder.pipeline.job  # noqa: F401
    from autograder.checks import assignment

    torch.set_num_threads(1)
    assignment(name)


def work(connection: Connection, messages: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Do one job after the other."""
    from autograder.intake.find import Submission
    from autograder.pipeline.job import Course, Settings, grade_one

    course = Course(Settings.from_json(messages.get()["settings"]))
    while True:
        found = messages.get()["job"]
        path = None if found["path"] is None else Path(found["path"])
        submission = Submission(found["student"], path, found["reason"], tuple(found["notes"]))
        outcome = grade_one(course, submission)
        connection.send_bytes(json.dumps(outcome.as_json()).encode())


if __name__ == "__main__":
    main()
