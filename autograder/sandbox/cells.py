"""Execute notebook cells with IPython's own shell, outputs caught as notebook outputs."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

MAX_OUTPUT_CHARACTERS = 1_000_000
Output = dict[str, Any]


class Outputs:
    """The outputs of the cell that runs now, in nbformat's form, size-capped."""

    def __init__(self) -> None:
        self.list: list[Output] = []
        self.size = 0

    def add(self, output: Output, size: int) -> None:
        if self.size > MAX_OUTPUT_CHARACTERS:
            return
        self.size += size
        if self.size > MAX_OUTPUT_CHARACTERS:
            output = {"output_type": "stream", "name": "stdout",
                      "text": "\n[the rest of the output was too long to keep]\n"}  # fmt: skip
        last = self.list[-1] if self.list else {}
        if output["output_type"] == "stream" == last.get("output_type") and (
            output["name"] == last["name"]
        ):
            last["text"] += output["text"]
        else:
            self.list.append(output)


CURRENT = Outputs()


class Stream(io.TextIOBase):
    """Standout and stderr of a cell."""

    def __init__(self, name: str) -> None:
        self.name = name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        CURRENT.add({"output_type": "stream", "name": self.name, "text": str(text)}, len(text))
        return len(text)


class Hook(DisplayHook):
    """Catch the value of a cell's last expression."""

    def __call__(self, result: Any = None) -> None:
        self.check_for_underscore()
        if result is None or self.quiet():
            return
        data, metadata = self.compute_format_data(result)
        self.update_user_ns(result)
        CURRENT.add(
            {"output_type": "execute_result", "data": data, "metadata": metadata,
             "execution_count": None}, length(data),
        )  # fmt: skip


class Publisher(DisplayPublisher):
    """Catch what display() shows."""

    def publish(self, data: Any, metadata: Any = None, source: Any = None, **_: Any) -> None:
        CURRENT.add(
            {"output_type": "display_data", "data": dict(data), "metadata": dict(metadata or {})},
            length(data),
        )

    def clear_output(self, wait: bool = False) -> None:
        CURRENT.list.clear()


class Shell(InteractiveShell):
    """IPython's shell without a terminal, history or kernel."""

    displayhook_class = Hook
    display_pub_class = Publisher

    def enable_gui(self, gui: Any = None) -> None:
        """There is no window here; figures stay figures."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        lines = [str(line) for line in stb]
        CURRENT.add(
            {"output_type": "error", "ename": getattr(etype, "__name__", str(etype)),
             "evalue": str(evalue)[:2000], "traceback": lines}, sum(map(len, lines)),
        )  # fmt: skip


def make_shell() -> Shell:
    """Make the one shell of this process."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    shell: Shell = Shell.instance(config=config)
    return shell


def run_cell(shell: Shell, source: str) -> list[Output]:
    """Run one cell and return its outputs; never raises for what the cell does."""
    global CURRENT
    CURRENT = Outputs()
    with streams():
        try:
            shell.run_cell(source, store_history=True)
        except BaseException as error:  # SystemExit and friends end the cell, not the process
            shell._showtraceback(type(error), error, [f"{type(error).__name__}: {error}"])
    return plain_outputs(CURRENT.list)


@contextlib.contextmanager
def streams() -> Iterator[None]:
    """Send what the cell prints to its outputs."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def plain_outputs(outputs: list[Output]) -> list[Output]:
    """Keep text only; bytes and objects have no place in a notebook."""
    for output in outputs:
        if "data" in output:
            output["data"] = {str(k): v for k, v in output["data"].items() if isinstance(v, str)}
            output["metadata"] = {}
    return outputs


def length(data: Any) -> int:
    return sum(len(v) for v in data.values() if isinstance(v, str))
