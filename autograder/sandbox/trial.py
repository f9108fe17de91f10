"""Try each layer in this process and children of it; prints JSON. Run by `layers.probe`."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable
from pathlib import Path

from autograder.sandbox import enclosure, forbidden, kernel, landlock, room
from autograder.sandbox.memory_group import best
from autograder.sandbox.resources import Limits

HELP = {
    1: "allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, on Ubuntu "
    "24.04 also kernel.apparmor_restrict_unprivileged_userns=0), or in a container start it with "
    "--security-opt seccomp=unconfined --security-opt apparmor=unconfined",
}


def main() -> None:
    found = [
        layer("namespaces", True, "own users, processes, mounts, network", namespaces),
        layer("read-only file system", True, "Python and its packages, nothing else", whole_room),
        layer("seccomp", True, "no sockets, no other programs, no tracing", filter_of_calls),
        layer("landlock", False, "file rules once more, no TCP, no signals", rules),
        layer("own /proc", False, "sees its own processes only", own_processes),
        layer("memory group", False, "memory counted by the kernel (else by its guardian)", group),
    ]
    print(json.dumps(found))


def layer(name: str, required: bool, purpose: str, tried: Callable[[], str]) -> dict[str, object]:
    """Try one layer in a child; what it returns or raises is the detail."""
    detail, works = in_child(tried)
    return {"name": name, "works": works, "required": required, "purpose": purpose,
            "detail": detail}  # fmt: skip


def in_child(tried: Callable[[], str]) -> tuple[str, bool]:
    """Call a function in a forked process: its text, or its error's, and whether it ended well."""
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        try:
            said = {"detail": tried(), "works": True}
        except OSError as error:
            hint = HELP.get(error.errno or 0, "")
            said = {"detail": f"{error.strerror}{': ' + hint if hint else ''}", "works": False}
        except Exception as error:
            said = {"detail": str(error), "works": False}
        os.write(write_end, json.dumps(said).encode())
        os._exit(0)
    os.close(write_end)
    with open(read_end, "rb") as answer:
        text = answer.read()
    os.wait()
    found = json.loads(text) if text else {"detail": "its process died", "works": False}
    return str(found["detail"]), bool(found["works"])


def namespaces() -> str:
    root = os.geteuid() == 0
    enclosure.enter_room()
    enclosure.separate()
    return "started as root, which is given up" if root else "no root needed"


def whole_room() -> str:
    enclosure.enter_room()
    enclosure.separate()
    place = Path(room.SCRATCH, "trial")
    try:
        place.write_text("x")
    except OSError:
        return f"{len(room.shown())} places of Python's, all else absent"
    raise RuntimeError("a file could be written")


def filter_of_calls() -> str:
    import socket

    if not forbidden.available():
        raise RuntimeError("libseccomp is not installed (Debian, Ubuntu: apt install libseccomp2)")
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    forbidden.forbid()
    try:
        socket.socket().close()
    except PermissionError:
        return "libseccomp"
    raise RuntimeError("the filter lets a socket be made")


def rules() -> str:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    version = landlock.restrict(["/usr"], [], [])
    if version == 0:
        raise RuntimeError(f"Linux {platform.release()} has no Landlock, or it is switched off")
    try:
        os.listdir("/")
    except PermissionError:
        lacks = "" if version >= 6 else ", which knows no signals"
        return f"version {version}{lacks}"
    raise RuntimeError("the rules let a folder be read")


def own_processes() -> str:
    enclosure.enter_room()
    enclosure.separate()
    pid = os.fork()
    if pid == 0:
        room.furnish(Limits().disk_mb)
        os._exit(0 if os.path.exists("/proc/1") and len(os.listdir("/proc/1/task")) == 1 else 1)
    if os.waitpid(pid, 0)[1]:
        raise RuntimeError("this container masks /proc: inside there is none")
    return "a mount of its own"


def group() -> str:
    found = best()
    if found is None:
        raise RuntimeError("no cgroup of ours may be made here: the guardian counts instead")
    return found.describe()


if __name__ == "__main__":
    main()
