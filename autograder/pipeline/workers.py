"""Processes of this machine that execute submissions, and what happens when one of them dies.

Each worker is a process at the far end of a socket pair; messages are JSON. It gets its
next submission while it works on the last, so that it never waits for the one that records. It ends
when the other end of its socket is gone, however that came about: no worker outlives its runner.

This module imports nothing that takes long: workers warm up while their parent still imports.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any

from autograder.sandbox.places import package_root

AHEAD = 2  # submissions that a worker holds: the one it works on, and the next
MAX_DEATHS = 2  # of workers, before a submission is taken to be the reason
MAX_FALSE_STARTS = 3

Job = dict[str, Any]


class WorkersFailed(Exception):
    """No worker can be started; the message says why."""


class Nursery:
    """The process from which workers are forked; see autograder.pipeline.worker."""

    def __init__(self, name: str, sandbox: str) -> None:
        self.control, theirs = socket.socketpair()
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "autograder.pipeline.worker", str(theirs.fileno()), name,
                   sandbox]  # fmt: skip
        # a session of its own: Ctrl-C is for the runner, which then ends its workers
        self.process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], env=environment, cwd=package_root(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        theirs.close()

    def start(self, number: int) -> Connection:
        """Ask for a worker; returns this end of its socket. A nursery that died shows there."""
        ours, theirs = socket.socketpair()
        with theirs, contextlib.suppress(OSError):
            socket.send_fds(self.control, [json.dumps({"start": number}).encode()],
                            [theirs.fileno()])  # fmt: skip
        return Connection(ours.detach())

    def status(self, pid: int) -> int | None:
        """How a worker has ended; None if nobody knows."""
        try:
            self.control.sendall(json.dumps({"wait": pid}).encode())
            found: int | None = json.loads(self.control.recv(4096))
            return found
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """Hang up, and wait until it and all workers have ended: they have no other end."""
        self.control.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Worker:
    """One process, and the jobs that it holds; number: of the core that it keeps to.

    pid: its process number, 0 as long as it warms up.
    """

    def __init__(self, number: int, nursery: Nursery) -> None:
        self.number = number
        self.jobs: deque[Job] = deque()
        self.pid = 0
        self.connection = nursery.start(number)

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message; a worker that is gone is noticed where its answers are read."""
        with contextlib.suppress(OSError):
            self.connection.send_bytes(json.dumps(message).encode())

    def give(self, job: Job) -> None:
        """Add a job to those that it holds."""
        self.jobs.append(job)
        self.send({"job": job})


class Workers:
    """A number of workers for one assignment; use as a context manager.

    They begin to warm up at once and take jobs from `run`.
    """

    def __init__(self, count: int, name: str, sandbox: str = "on") -> None:
        self.count, self.name, self.sandbox = count, name, sandbox
        self.settings: Mapping[str, Any] = {}
        self.false_starts = 0
        self.nursery = Nursery(name, sandbox) if count else None
        self.workers = [self.new(number) for number in range(count)]

    def new(self, number: int) -> Worker:
        """A new worker; from a new nursery, if the last one has died."""
        if self.nursery is None or self.nursery.process.poll() is not None:
            self.nursery = Nursery(self.name, self.sandbox)
        return Worker(number, self.nursery)

    def run(
        self, settings: Mapping[str, Any], jobs: Iterable[Job]
    ) -> Iterator[tuple[Job, dict[str, Any]]]:
        """Yield each job with its worker's answer, in the order in which they are done.

        settings: what every worker is told first. An answer is {"died": why} where the worker died
        at this job twice; raises WorkersFailed if workers die before their first job.
        """
        self.settings = settings
        again: deque[Job] = deque()
        rest = iter(jobs)
        deaths: Counter[str] = Counter()
        for worker in self.workers:
            worker.send({"settings": settings})
        while True:
            self.hand_out(again, rest)
            busy = {worker.connection: worker for worker in self.workers if worker.jobs}
            if not busy:
                return
            for connection in wait(list(busy)):
                worker = busy[connection]  # type: ignore[index]
                answer = self.answer_of(worker)
                if answer is None:
                    yield from self.replace(worker, again, deaths)
                elif "ready" in answer:
                    worker.pid = answer["ready"]
                else:
                    job = worker.jobs.popleft()
                    self.hand_out(again, rest)  # before whoever takes the answer takes its time
                    yield job, answer

    def hand_out(self, again: deque[Job], rest: Iterator[Job]) -> None:
        """Give every worker a job, and then every worker another, while there are any."""
        for most in range(1, AHEAD + 1):
            for worker in self.workers:
                if len(worker.jobs) < most:
                    job = again.popleft() if again else next(rest, None)
                    if job is None:
                        return
                    worker.give(job)

    def answer_of(self, worker: Worker) -> dict[str, Any] | None:
        """A worker's next answer; None if it has died."""
        try:
            found: dict[str, Any] = json.loads(worker.connection.recv_bytes())
            return found
        except (EOFError, OSError):
            return None

    def replace(
        self, worker: Worker, again: deque[Job], deaths: Counter[str]
    ) -> Iterator[tuple[Job, dict[str, Any]]]:
        """Start a new worker in a dead one's place; its jobs go to others.

        Only the job that it worked on may be the reason why it died.
        """
        worker.connection.close()
        why = ended_how(self.nursery.status(worker.pid) if self.nursery and worker.pid else None)
        if not worker.pid:
            self.false_starts += 1
            if self.false_starts >= MAX_FALSE_STARTS:
                raise WorkersFailed(f"a worker process did not start: it {why}")
        elif worker.jobs:
            job = worker.jobs[0]
            deaths[job["student"]] += 1
            if deaths[job["student"]] >= MAX_DEATHS:
                yield worker.jobs.popleft(), {"died": why}
        again.extend(worker.jobs)
        new = self.new(worker.number)
        self.workers[self.workers.index(worker)] = new
        new.send({"settings": self.settings})

    def close(self) -> None:
        """End all workers."""
        for worker in self.workers:
            worker.connection.close()
        if self.nursery is not None:
            self.nursery.close()

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        self.close()


def ended_how(status: int | None) -> str:
    """How a process ended, as the rest of a sentence."""
    if status is None:
        return "ended"
    if status >= 0:
        return f"ended with exit status {status}"
    return f"was ended by signal {-status}"
