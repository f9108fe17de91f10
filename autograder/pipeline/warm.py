"""A process's warm processes: started when first asked for, kept for the submissions to come.

This module imports nothing that takes long, so that a warm process starts at once.
"""

from __future__ import annotations

import contextlib
import threading

from autograder.sandbox.session import Zygote

# What an assignment's notebooks import that takes long, and what they open first: done once, in
# the warm process. "module" or "module:function".
PRELOAD: dict[str, tuple[str, ...]] = {
    "assignment4": (),
    "lab11": (
        "convokit",
        "pandas",
        "autograder.notebook.finetuning",
        "autograder.notebook.lab_curves",
        "autograder.notebook.lab_pictures",
        "autograder.notebook.lab_tables",
        "data_scripts.gpt2_tokenizer:encoding",
    ),
}

_zygotes: dict[tuple[str, str], Zygote] = {}
_turn = threading.Lock()


def warm_zygote(name: str, sandbox: str) -> Zygote:
    """This process's warm process for an assignment; raises SandboxFailed if it does not start."""
    with _turn:
        if (name, sandbox) not in _zygotes:
            _zygotes[name, sandbox] = Zygote(PRELOAD[name], sandbox=sandbox)
        return _zygotes[name, sandbox]


def close_zygotes() -> None:
    """End this process's warm processes."""
    while _zygotes:
        with contextlib.suppress(Exception):
            _zygotes.popitem()[1].close()


def adopt(name: str, zygote: Zygote | None) -> None:
    """Have this warm process, or none as yet, in place of those of the process forked from."""
    for other in _zygotes.values():
        other.hang_up()
    _zygotes.clear()
    if zygote is not None:
        _zygotes[name, zygote.sandbox] = zygote
