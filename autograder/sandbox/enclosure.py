"""A process closes itself in, layer by layer, before it sees student code.

Three steps, each in the process it names. The warm process moves into a room without network
(`enter_room`). For each submission it forks a guardian, which makes namespaces for one
(`separate`). The guardian forks the process that runs the submission: number one of its process
namespace, so that with it everything ends that it started (`close_in`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys

from autograder.sandbox import forbidden, kernel, landlock, resources, room

# Of nobody on this machine, between systemd's dynamic users and the overflow user.
UNPRIVILEGED = 64_321


def enter_room() -> None:
    """Leave file system, network and privileges behind. Raises OSError naming the failed call.

    As root: the room is root's work, and then root is given up. Else: in a user namespace.
    """
    uid, gid = os.geteuid(), os.getegid()
    apart = kernel.NEW_MOUNT | kernel.NEW_NETWORK | kernel.NEW_IPC | kernel.NEW_UTS
    if uid == 0 and outermost():
        kernel.unshare(apart)
        room.build()
        socket.sethostname("jupyter")
        os.setgroups([])
        os.setresgid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
        os.setresuid(UNPRIVILEGED, UNPRIVILEGED, UNPRIVILEGED)
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else /proc/self is root's, with the uid map in it
    else:
        kernel.unshare(kernel.NEW_USER | apart)
        kernel.be(uid, uid, gid)
        room.build()
        socket.sethostname("jupyter")
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def outermost() -> bool:
    """Whether this process's user namespace knows other users than itself."""
    with contextlib.suppress(OSError), open("/proc/self/uid_map") as lines:
        return sum(int(line.split()[2]) for line in lines) > UNPRIVILEGED
    return False


def separate() -> None:
    """The guardian: namespaces of users, processes, mounts and IPC for one submission."""
    uid, gid = os.getuid(), os.getgid()
    kernel.unshare(kernel.NEW_USER | kernel.NEW_PID | kernel.NEW_MOUNT | kernel.NEW_IPC)
    kernel.be(room.USER, uid, gid)
    die_with_parent()


def close_in(limits: resources.Limits, keep: int) -> list[str]:
    """The submission's process: own folders and /proc, limits, no privileges, rules, filter.

    keep: the one file descriptor that stays open. Returns the names of the layers.
    """
    kernel.unshare(kernel.NEW_MOUNT)  # the guardian keeps its view of /proc
    own = room.furnish(limits.disk_mb)
    die_with_parent()
    resources.apply(limits)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    layers = ["namespaces", "read-only file system", "limits"]
    if landlock.restrict(("/",), own, [f"/dev/{name}" for name in room.DEVICES]):
        layers.append("landlock")
    close_files(keep)
    forbidden.forbid()
    return [*layers, "seccomp"]


def close_files(keep: int) -> None:
    """Close every inherited file but standard streams and one."""
    most = os.sysconf("SC_OPEN_MAX")
    os.closerange(3, keep)
    os.closerange(max(3, keep + 1), min(most, 1 << 16))


def adopt_orphans() -> None:
    """Become the parent of whatever processes below leave running, so that none can hide."""
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent() -> None:
    """Be killed when the parent process ends, however it ends."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
