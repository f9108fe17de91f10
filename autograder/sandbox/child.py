"""The process that holds one submission: it runs cells and answers the probe, nothing else.

It knows neither the cells to come nor the checks; it only answers one request after the other:
{"nonce", "do": "cell", "source"} with outputs, {"nonce", "do": "probe", "verb", "payload"} with the
agent's reply. Before the first it says {"ready": layers}, or {"failed": why}.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import socket
import sys
import tarfile
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch

from autograder.probe import wire
from autograder.probe.agent import Agent
from autograder.probe.errors import ProbeError
from autograder.sandbox import room
from autograder.sandbox.cells import Shell, run_cell
from autograder.sandbox.enclosure import close_in
from autograder.sandbox.places import package_root
from autograder.sandbox.resources import Limits

# All that is left of the environment; the rest of what a process needs was read while warming up.
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TIKTOKEN_CACHE_DIR", "OMP_NUM_THREADS", "MPLBACKEND")


def run(connection: int, archive: int, shell: Shell, folder: str | None, limits: Limits) -> None:
    """Close in, unpack the submission's files, then answer requests until the grader hangs up.

    folder: the scratch folder where there is no sandbox, else None.
    """
    os.setsid()
    channel = wire.Channel(socket.socket(fileno=connection))
    try:
        with open(archive, "rb") as packed:
            files = packed.read()
        layers: list[str] = []
        if folder is None:
            layers, folder = close_in(limits, keep=connection), room.HOME
        settle(folder, files)
    except Exception as error:
        channel.send({"failed": f"{type(error).__name__}: {error}"})
        return
    channel.send({"ready": layers})
    serve(channel, shell)


def serve(connection: wire.Channel, shell: Shell) -> None:
    """Answer requests until the other side hangs up."""
    agent = Agent(shell.user_ns)
    # An interrupt belongs to the request that runs too long, never to the loop between requests.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            request = connection.receive()
        except ProbeError:
            return
        reply = {"nonce": request["nonce"], **perform(request, shell, agent)}
        try:
            connection.send(reply)
        except ValueError as error:
            fault = {"kind": "ValueError", "text": str(error), "line": ""}
            connection.send({"nonce": request["nonce"], "fault": fault, "printed": ""})


def perform(request: dict[str, Any], shell: Shell, agent: Agent) -> dict[str, Any]:
    """Do one request; an interrupt from the grader ends it early."""
    gradients, struck = torch.is_grad_enabled(), False

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal struck
        struck = True
        raise KeyboardInterrupt

    try:
        signal.signal(signal.SIGINT, interrupt)
        try:
            if request["do"] == "cell":
                return {"outputs": run_cell(shell, request["source"])}
            return agent.answer(request["verb"], request["payload"])
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            if struck:
                # It may strike where no_grad() is about to end, and then gradients stay off: so it
                # does in two of a hundred loops that make layers, whose weights are drawn there.
                # What an interrupted cell costs is its own exercise, not all that follow.
                torch.set_grad_enabled(gradients)
    except KeyboardInterrupt:
        return {"interrupted": True, "outputs": []}


def settle(folder: str, files: bytes) -> None:
    """Be at home in the scratch folder, with the submission's files and own random numbers."""
    os.chdir(folder)
    with tarfile.open(fileobj=io.BytesIO(files)) as packed:
        packed.extractall(folder, filter="data")
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    os.environ.clear()
    # torch.compile would start a compiler, which takes longer than a check may.
    os.environ |= kept | {"HOME": folder, "USER": "student", "TORCHDYNAMO_DISABLE": "1"}
    os.environ["TMPDIR"] = f"{room.SCRATCH}/tmp" if folder == room.HOME else folder
    # A notebook imports from its own folder; the repository that we run from is not its business.
    sys.path[:] = ["", *(place for place in sys.path if place and Path(place) != package_root())]
    sys.argv[:] = sys.orig_argv[:] = [""]
    with contextlib.suppress(OSError):
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        os.close(null)
    random.seed()
    seed = random.getrandbits(63)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
