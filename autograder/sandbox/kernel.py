"""The calls of the Linux kernel that Python has no name for.

Each raises OSError that says which call failed on what. Numbers of system calls are the same on
x86-64 and 64-bit ARM for all that is here.
"""

from __future__ import annotations

import ctypes
import os
import struct
from pathlib import Path

# man 2 clone, man 2 unshare
NEW_USER, NEW_PID, NEW_MOUNT = 0x10000000, 0x20000000, 0x00020000
NEW_NETWORK, NEW_IPC, NEW_UTS, NEW_CGROUP = 0x40000000, 0x08000000, 0x04000000, 0x02000000
# man 2 mount, man 2 mount_setattr
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND = 1, 2, 4, 8, 4096
MS_REMOUNT, MS_REC, MS_PRIVATE = 32, 16384, 1 << 18
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4
MNT_DETACH = 2
# man 2 prctl
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
PR_SET_CHILD_SUBREAPER = 36
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_AT_FDCWD, _AT_EMPTY_PATH, _AT_RECURSIVE = -100, 0x1000, 0x8000
_OPEN_TREE_CLONE, _MOVE_MOUNT_F_EMPTY_PATH = 1, 4
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, call: str, what: object = "") -> int:
    """Return what a call returned, or raise its error."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{call}: {os.strerror(number)}", str(what))
    return result


def syscall(number: int, call: str, what: object, *arguments: object) -> int:
    """Make a system call that the C library has no function for."""
    return check(_libc.syscall(ctypes.c_long(number), *arguments), call, what)


def unshare(flags: int) -> None:
    """Move this process into new namespaces."""
    check(_libc.unshare(flags), "unshare", hex(flags))


def prctl(option: int, value: int = 0) -> None:
    """Set one of the process's own settings."""
    zeros = (ctypes.c_ulong(0),) * 3
    check(_libc.prctl(option, ctypes.c_ulong(value), *zeros), "prctl", option)


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """Mount a file system, or with MS_BIND a folder in a second place."""
    check(
        _libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags),
                    options.encode()),
        "mount", target,
    )  # fmt: skip


def clone_of_mount(path: str) -> int:
    """A detached copy of what is mounted at and below a path, as a file descriptor."""
    return syscall(
        _OPEN_TREE, "open_tree", path, _AT_FDCWD, path.encode(),
        _OPEN_TREE_CLONE | _AT_RECURSIVE | os.O_CLOEXEC,
    )  # fmt: skip


def set_mount(fd: int, attributes: int) -> None:
    """Make a detached copy read-only and the like, with all that is mounted below it."""
    given = struct.pack("QQQQ", attributes, 0, 0, 0)
    flags = _AT_EMPTY_PATH | _AT_RECURSIVE
    syscall(_MOUNT_SETATTR, "mount_setattr", fd, fd, b"", flags, given, ctypes.c_size_t(len(given)))


def attach(fd: int, target: str) -> None:
    """Mount a detached copy at a path."""
    syscall(
        _MOVE_MOUNT, "move_mount", target, fd, b"", _AT_FDCWD, target.encode(),
        _MOVE_MOUNT_F_EMPTY_PATH,
    )  # fmt: skip


def make_root(folder: str) -> None:
    """Make a mounted folder the root, and let go of everything outside of it."""
    os.chdir(folder)
    number = {"x86_64": 155, "aarch64": 41}[os.uname().machine]
    syscall(number, "pivot_root", folder, b".", b".")
    check(_libc.umount2(b".", MNT_DETACH), "umount2", folder)
    os.chdir("/")


def drop_capabilities() -> None:
    """Give up every privilege, for good where no program is executed afterwards."""
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    check(_libc.capset(header, struct.pack("IIIIII", *[0] * 6)), "capset")


def be(uid_inside: int, uid: int, gid: int) -> None:
    """In a new user namespace: be the user `uid_inside`, who outside is still (uid, gid)."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid_inside} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{uid_inside} {gid} 1")
