"""A warm process: it imports torch once, then forks a child for each submission in milliseconds.

Run as `python -m autograder.sandbox.zygote FD [MODULE[:FUNCTION] ...]`, with what else to import or
call beforehand. On that socket it takes one message per child, the folder's name with the child's
end of a socket pair attached, and answers with the process number.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.sandbox.cells import Shell


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    shell = warm_up(sys.argv[2:])
    control.sendall(b"ready\n")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries dead children for us
    while True:
        message, fds, _, _ = socket.recv_fds(control, 65536, 1)
        if not message:
            return
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            code = 1
            try:
                from autograder.probe.wire import Channel
                from autograder.sandbox.child import serve

                serve(Channel(socket.socket(fileno=fds[0])), shell, message.decode())
                code = 0
            finally:
                os._exit(code)
        for fd in fds:
            os.close(fd)
        control.sendall(f"{pid}\n".encode())


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
