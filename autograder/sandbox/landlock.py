"""Landlock: what a process may do to files, TCP ports, and processes outside its own domain.

The interface is the kernel's own (Documentation/userspace-api/landlock.rst): the package on PyPI
knows files only. Each kernel has a version ("ABI") of it; what a version lacks is left out.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from autograder.sandbox.kernel import syscall

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_QUERY, _PATH_BENEATH = 1, 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE = (1 << n for n in range(6))
MAKE_CHAR, MAKE_DIR, MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM = (
    1 << n for n in range(6, 13)
)
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15

READ = READ_FILE | READ_DIR
OWN = (
    READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_FIFO | MAKE_SYM
    | REFER | TRUNCATE
)  # fmt: skip
DEVICE = READ_FILE | WRITE_FILE | IOCTL_DEV
_ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV


def version() -> int:
    """The kernel's Landlock version; 0 where there is none."""
    try:
        return syscall(
            _CREATE, "landlock_create_ruleset", "", None, ctypes.c_size_t(0), _VERSION_QUERY
        )
    except OSError:
        return 0


def restrict(readable: Iterable[str], own: Iterable[str], devices: Iterable[str]) -> int:
    """Let this process read below some folders, change what is below others, use some devices.

    Nothing may be executed, no TCP port bound or connected to, no process outside signalled.
    Needs no_new_privs. Returns the version used, 0 where the kernel has none.
    """
    abi = version()
    if abi == 0:
        return 0
    files = (1 << (13 + (abi >= 2) + (abi >= 3) + (abi >= 5))) - 1
    fields = [files]
    if abi >= 4:
        fields.append(0b11)  # TCP: bind, connect
    if abi >= 6:
        fields.append(0b11)  # abstract sockets, signals
    given = struct.pack(f"{len(fields)}Q", *fields)
    rules = syscall(_CREATE, "landlock_create_ruleset", abi, given, ctypes.c_size_t(len(given)), 0)
    for paths, access in ((readable, READ), (own, OWN), (devices, DEVICE)):
        for path in paths:
            add(rules, path, access & files)
    syscall(_RESTRICT, "landlock_restrict_self", "", rules, 0)
    os.close(rules)
    return abi


def add(rules: int, path: str, access: int) -> None:
    """Allow access to a file, or below a folder."""
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    if not os.path.isdir(path):
        access &= _ON_FILES
    rule = struct.pack("=Qi", access, place)
    syscall(_ADD, "landlock_add_rule", path, rules, _PATH_BENEATH, rule, 0)
    os.close(place)
