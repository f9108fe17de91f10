"""Go on after a lost kernel: what cells have defined is written down as they run, and run again.

A kernel that dies (a restart, a crash, Colab's disconnect) takes all names with it; files stay. So
each cell that ran to its end and defined something is kept, as text, in `checkpoints/` beside the
notebook, and `resume()` runs these texts again in a new kernel: imports, given code, the student's
answers, settings. Training is never run again by this: it goes on from its own checkpoint.

The file is the student's own code in the student's own folder, and nothing runs it but `resume`.
While a notebook is graded none is written and none is run.
"""

from __future__ import annotations

import contextlib
import json
import linecache
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from autograder.notebook import session_files
from autograder.notebook.definitions import Definitions, definitions

LONGEST = 60.0  # seconds: a cell that takes longer is work, which nobody wants to repeat unasked
FOLDER = Path("checkpoints")
NOTEBOOK = "COURSE_NOTEBOOK"  # set by the notebook's first cell


@dataclass
class Kept:
    """One cell that defined something: its text, its names, and the notebook's id of it if known.

    shown: the first line, for messages. here: whether this kernel has run it.
    """

    source: str
    names: list[str]
    shown: str
    cell_id: str | None = None
    here: bool = False

    def is_replaced_by(self, new: Kept) -> bool:
        """Whether a cell run later is this one, edited; by its names where no id is known."""
        if self.cell_id is not None and new.cell_id is not None:
            return self.cell_id == new.cell_id
        return self.names == new.names


class Session:
    """The cells of one notebook that defined something, in the order of the notebook."""

    def __init__(self, shell: Any, path: Path) -> None:
        self.shell = shell
        self.path = path
        self.cells: list[Kept] = read(path)
        self.long: list[str] = []
        self._started: float | None = None

    def before(self, *_: Any) -> None:
        """Note when a cell begins."""
        self._started = time.monotonic()

    def after(self, result: Any) -> None:
        """Keep what a cell has defined, if it ran to its end; never disturb the notebook."""
        with contextlib.suppress(Exception):
            info = result.info
            if not result.success or getattr(info, "silent", False):
                return
            found = definitions(self.shell.transform_cell(info.raw_cell))
            if found is None:
                return
            if self._started is not None and time.monotonic() - self._started > LONGEST:
                self.long.append(found.shown)
                return
            self.keep(found, getattr(info, "cell_id", None))
            self.write()

    def keep(self, found: Definitions, cell_id: str | None) -> None:
        """Put a cell in the place of its earlier version, or at the end."""
        self.keep_cell(Kept(found.source, found.names, found.shown, cell_id, here=True))

    def keep_cell(self, new: Kept) -> None:
        """Put what this kernel has run where the file has it, or at the end."""
        places = [i for i, old in enumerate(self.cells) if old.is_replaced_by(new)]
        if places:
            self.cells[places[0]] = new
            for i in reversed(places[1:]):
                del self.cells[i]
        else:
            self.cells.append(new)

    def write(self) -> None:
        """Write the file whole, under another name first."""
        cells = [{k: v for k, v in asdict(cell).items() if k != "here"} for cell in self.cells]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".partial")
        part.write_text(json.dumps({"cells": cells}, indent=1), encoding="utf-8")
        os.replace(part, self.path)

    def resume(self, anyway: bool) -> None:
        """Run what this kernel has not run, and say what came of it."""
        lost = [cell for cell in self.cells if not cell.here]
        if not lost or (2 * len(lost) <= len(self.cells) and not anyway):
            print("Nothing to resume: this kernel has run its cells itself.")
            return
        errors = run_all(lost, self.shell)
        print(f"{len(lost) - len(errors)} cells of the last time ran again: what they defined is "
              "back. Now go on below.")  # fmt: skip
        for cell, error in errors:
            print(f"- not this one: {cell.shown!r} ({type(error).__name__}: {error}); run it "
                  "yourself if you need it")  # fmt: skip


_session: Session | None = None


def begin() -> None:
    """Begin to keep what cells define, in a notebook's kernel and nowhere else; once a kernel.

    While a notebook is graded there is no such kernel, or NBGRADER_EXECUTION says so.
    """
    global _session
    shell = kernel_shell()
    if _session is not None or shell is None or "NBGRADER_EXECUTION" in os.environ:
        return
    name = os.environ.get(NOTEBOOK, "notebook")
    _session = Session(shell, (FOLDER / f"{name}_session.json").resolve())
    shell.events.register("pre_run_cell", _session.before)
    shell.events.register("post_run_cell", _session.after)


def resume(*, anyway: bool = False) -> None:
    """Run again what the last kernel had defined, in a kernel that has run next to nothing yet.

    One that has run most of it itself is left alone ("Run All" stays honest), unless anyway is
    true. What a cell prints or draws is not shown; one that fails is named, and the others count.
    """
    if "NBGRADER_EXECUTION" in os.environ:
        return
    if _session is None:
        print("Nothing to resume: this is no notebook's kernel.")
        return
    _session.resume(anyway)


def download() -> None:
    """Save what a new machine needs to go on, as one zip; Colab hands it to the browser."""
    session_files.download(os.environ.get(NOTEBOOK, "notebook"))


def upload() -> None:
    """Put a zip of `download` back on a new machine, and resume."""
    if session_files.upload() and _session is not None:
        own = [cell for cell in _session.cells if cell.here]
        _session.cells = read(_session.path)
        for cell in own:
            _session.keep_cell(cell)
        resume()


def forget() -> None:
    """Remove the file, and begin with an empty one."""
    if _session is not None:
        _session.cells = []
        with contextlib.suppress(OSError):
            _session.path.unlink(missing_ok=True)


def kernel_shell() -> Any:
    """The shell of a running notebook kernel, None elsewhere."""
    if "ipykernel" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell if getattr(shell, "kernel", None) is not None else None


def read(path: Path) -> list[Kept]:
    """The cells that a file keeps; none if there is no file, or nothing that can be read."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return [
            Kept(str(each["source"]), list(map(str, each["names"])), str(each["shown"]),
                 each.get("cell_id"))
            for each in told["cells"]
        ]  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return []


def run_all(cells: list[Kept], shell: Any) -> list[tuple[Kept, Exception]]:
    """Run cells in a shell's names, and those that fail once more after the others.

    Returns what failed for good, with its error.
    """
    waiting, errors = cells, list[tuple[Kept, Exception]]()
    while waiting:
        errors = []
        for cell in waiting:
            try:
                run(cell, shell)
                cell.here = True
            except Exception as error:
                errors.append((cell, error))
        if len(errors) == len(waiting):
            break
        waiting = [cell for cell, _ in errors]
    return errors


def run(cell: Kept, shell: Any) -> None:
    """Run one cell's definitions, silently; tracebacks will find its lines."""
    from IPython.utils.capture import capture_output

    name = f"<resumed {abs(hash(cell.source))}>"
    linecache.cache[name] = (len(cell.source), None, cell.source.splitlines(True), name)
    with capture_output():
        exec(compile(cell.source, name, "exec"), shell.user_ns)
