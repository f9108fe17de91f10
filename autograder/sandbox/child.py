"""The process that holds one submission: it runs cells and answers the probe, nothing else.

It knows neither the cells to come nor the checks; it only answers one request after the other:
{"nonce", "do": "cell", "source"} with outputs, {"nonce", "do": "probe", "verb", "payload"} with the
agent's reply.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from autograder.probe import wire
from autograder.probe.agent import Agent
from autograder.probe.errors import ProbeError
from autograder.sandbox.cells import Shell, run_cell
from autograder.sandbox.places import package_root


def serve(connection: wire.Channel, shell: Shell, folder: str) -> None:
    """Answer requests until the other side hangs up."""
    settle(folder)
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
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            if request["do"] == "cell":
                return {"outputs": run_cell(shell, request["source"])}
            return agent.answer(request["verb"], request["payload"])
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
    except KeyboardInterrupt:
        return {"interrupted": True, "outputs": []}


def settle(folder: str) -> None:
    """Become a process of its own: own session, scratch folder, own random numbers."""
    os.setsid()
    os.chdir(folder)
    os.environ["HOME"] = os.environ["TMPDIR"] = folder
    # A notebook imports from its own folder; the repository that we run from is not its business.
    sys.path[:] = ["", *(place for place in sys.path if place and Path(place) != package_root())]
    with contextlib.suppress(OSError):
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
    import numpy as np
    import torch

    seed = time.time_ns() ^ os.getpid()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
