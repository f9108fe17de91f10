"""A notebook's kernel that a test can kill: cells go in one by one, what they print comes back."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty

from jupyter_client.manager import KernelManager

from tests.notebook.conftest import ROOT


class Kernel:
    """A real kernel in a folder of its own, with the repository on its path."""

    def __init__(self, folder: Path, **variables: str) -> None:
        kept = {k: v for k, v in os.environ.items() if k != "NBGRADER_EXECUTION"}
        self.manager = KernelManager()
        self.manager.start_kernel(
            cwd=str(folder), env={**kept, "PYTHONPATH": str(ROOT), **variables}
        )
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=120)

    def run(self, code: str, timeout: float = 240) -> str:
        """Run a cell to its end and return what it printed; an error in it fails the test."""
        told: list[str] = []

        def listen(message: dict) -> None:
            content = message["content"]
            if message["msg_type"] == "error":
                raise AssertionError("\n".join(content["traceback"]))
            told.append(content.get("text", ""))

        self.client.execute_interactive(code, timeout=timeout, output_hook=listen)
        return "".join(told)

    def begin(self, code: str) -> None:
        """Have a cell run, and do not wait for it."""
        self.client.execute(code)

    def wait_until(self, happened: Callable[[], bool], seconds: float = 120) -> None:
        """Wait for something that the running cell does; its error fails the test."""
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, "it did not happen"
            try:
                message = self.client.get_iopub_msg(timeout=0.05)
            except Empty:
                continue
            assert message["msg_type"] != "error", message["content"]

    def kill(self) -> None:
        """End it at once, as a crash does."""
        os.kill(self.manager.provisioner.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """Let go of it."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
