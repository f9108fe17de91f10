"""A warm process: it imports torch once, then forks a child for each submission in milliseconds.

Run as `python -m autograder.sandbox.zygote FD SANDBOX [MODULE[:FUNCTION] ...]`: its end of a socket
pair, "on" or "none", and what else to import or call beforehand. It takes one message per
submission, {"limits", "folder"} in JSON, with three file descriptors: the submission's end of a
socket pair, an archive of its files, a pipe for its guardian's report. It answers with a process
number, or with "failed" and why. {"twin": true} with one descriptor forks a second warm process,
which serves the far end of that one and says so there.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograder.sandbox import enclosure, forbidden
from autograder.sandbox.guardian import guard
from autograder.sandbox.resources import Limits

if TYPE_CHECKING:
    from autograder.sandbox.cells import Shell


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    sandboxed = sys.argv[2] != "none"
    with tempfile.TemporaryDirectory(prefix="course-") as home:
        os.environ |= {"HOME": home, "IPYTHONDIR": home}
        shell = warm_up(sys.argv[3:])
    if sandboxed:
        try:
            forbidden.rules()
            forked = be_one_thread()
            enclosure.enter_room()
            if forked:
                enclosure.die_with_parent()
        except OSError as error:
            control.sendall(f"failed {error}\n".encode())
            return
    control.sendall(b"ready\n")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries dead guardians for us
    while True:
        message, fds, _, _ = socket.recv_fds(control, 65536, 3)
        if not message:
            return
        told = json.loads(message)
        if os.fork() == 0:
            if "twin" in told:
                control.close()
                control = socket.socket(fileno=fds[0])
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # whoever reads that waits for its end
                control.sendall(f"ready {os.getpid()}\n".encode())
                continue
            with leaving():
                start(control, told, fds, shell, sandboxed)
        for fd in fds:
            os.close(fd)


def be_one_thread() -> bool:
    """Go on as a fork of this process if a library has started a thread in it.

    A process with several cannot enter a user namespace (man 2 unshare). This one waits.
    """
    if len(os.listdir("/proc/self/task")) == 1:
        return False
    pid = os.fork()
    if pid != 0:
        with leaving():
            os.close(int(sys.argv[1]))
            os.waitpid(pid, 0)
    return True


@contextlib.contextmanager
def leaving() -> Any:
    """End this process with what is inside, and never run the zygote's own code below it."""
    code = 1
    try:
        yield
        code = 0
    finally:
        os._exit(code)


def start(
    control: socket.socket, told: dict[str, Any], fds: list[int], shell: Shell, sandboxed: bool
) -> None:
    """Be a submission's guardian: fork its process, say its number, wait for its end."""
    from autograder.sandbox.child import run

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    connection, archive, report = fds
    limits = Limits.from_json(told["limits"])
    if sandboxed:
        try:
            enclosure.separate()
        except OSError as error:
            control.sendall(f"failed {error}\n".encode())
            return
    else:
        enclosure.adopt_orphans()
    pid = os.fork()
    if pid == 0:
        with leaving():
            control.close()
            os.close(report)
            run(connection, archive, shell, None if sandboxed else told["folder"], limits)
    os.close(connection)
    os.close(archive)
    control.sendall(f"{pid}\n".encode())
    control.close()
    guard(pid, limits, report)


def warm_up(preload: Sequence[str] = ()) -> Shell:
    """Import what submissions import, and what that imports lazily (the first AdamW costs 0.8 s).

    A child hangs if its parent ran a multi-threaded operation, so there is one thread only.
    """
    import matplotlib
    import torch

    torch.set_num_threads(1)
    matplotlib.use("Agg")
    import matplotlib.pyplot
    import torch.testing
    import tqdm.auto  # noqa: F401

    import autograder.notebook
    import autograder.sandbox.child  # noqa: F401
    from autograder.sandbox.cells import make_shell

    layer = torch.nn.Linear(2, 2)
    for kind in (torch.optim.SGD, torch.optim.AdamW):
        layer(torch.ones(1, 2)).sum().backward()
        kind(layer.parameters(), lr=0.1).step()
    for place in preload:
        module, _, function = place.partition(":")
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()
    shell = make_shell()
    shell.run_cell("pass", store_history=False)
    # Children share these pages until one writes to them, and a collection would write to all.
    gc.collect()
    gc.freeze()
    return shell


if __name__ == "__main__":
    main()
