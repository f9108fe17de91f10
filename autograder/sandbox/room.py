"""The file system that a submission sees: Python and its packages, read-only, and nothing else.

It is built once, for the warm process, in a mount namespace of its own. A folder that is not named
here does not exist inside: no home folders, no course folder, no other submissions.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path

from autograder.sandbox import kernel
from autograder.sandbox.places import package_root

# What of the clone a submission's process needs: the student's side, without checks and answers.
OF_THE_COURSE = (
    "autograder/__init__.py", "autograder/notebook", "autograder/probe", "data_scripts",
)  # fmt: skip
# Never seen, wherever the packages are installed.
HIDDEN = (
    "autograder/checks", "autograder/hidden", "autograder/build", "autograder/demo",
    "autograder/attacks", "autograder/diagnosis", "autograder/pipeline", "autograder/intake",
    "autograder/report", "solutions",
)  # fmt: skip
LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
OF_ETC = ("ld.so.cache", "localtime", "alternatives", "fonts", "os-release", "mime.types")
DEVICES = ("null", "zero", "full", "random", "urandom")
READ_ONLY = kernel.ATTR_RDONLY | kernel.ATTR_NOSUID
SCRATCH = "/student"
HOME, USER = f"{SCRATCH}/home", 1000
ACCOUNTS = {
    "passwd": f"student:x:{USER}:{USER}::{HOME}:/bin/sh\n",
    "group": f"student:x:{USER}:\n",
    "hostname": "jupyter\n",
    "hosts": "127.0.0.1 localhost jupyter\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


def shown() -> list[Path]:
    """The folders and files that stay visible, none of them inside another."""
    course = package_root()
    prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    wanted = [Path("/usr"), *map(Path, prefixes), *map(Path, sys.path)]
    if cache := os.environ.get("TIKTOKEN_CACHE_DIR"):
        wanted.append(Path(cache))
    wanted = [place for place in wanted if place != course and place != Path()]
    wanted += [course / name for name in OF_THE_COURSE]
    found: list[Path] = []
    # A folder that holds the whole course, or everything, is no place of Python's.
    for place in sorted({Path(os.path.abspath(w)) for w in wanted if w.exists()}):
        if course.is_relative_to(place) and place not in map(Path, prefixes):
            continue
        if not any(place.is_relative_to(other) for other in found):
            found.append(place)
    return found


def build() -> None:
    """Make the room and move into it. Needs a mount namespace and the right to mount."""
    kernel.mount("none", "/", "none", kernel.MS_REC | kernel.MS_PRIVATE)
    # Copies are taken first, so that the room itself may stand on any of the places.
    places = {place: kernel.clone_of_mount(str(place)) for place in shown()}
    devices = {name: kernel.clone_of_mount(f"/dev/{name}") for name in DEVICES}
    processes = kernel.clone_of_mount("/proc")
    there = [name for name in OF_ETC if os.path.exists(f"/etc/{name}")]
    etc = {name: kernel.clone_of_mount(f"/etc/{name}") for name in there}
    links = {name: os.readlink(f"/{name}") for name in LINKS if os.path.islink(f"/{name}")}
    for name in LINKS:
        if os.path.isdir(f"/{name}") and name not in links:
            places[Path("/", name)] = kernel.clone_of_mount(f"/{name}")
    root = "/tmp"
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("room", root, "tmpfs", flags, "size=8m,nr_inodes=4k,mode=755")
    for place, copy in places.items():
        put(copy, f"{root}{place}", READ_ONLY)
    for name, copy in etc.items():
        put(copy, f"{root}/etc/{name}", READ_ONLY)
    for name, target in links.items():
        os.symlink(target, f"{root}/{name}")
    for name, text in ACCOUNTS.items():
        write(f"{root}/etc/{name}", text)
    for name, copy in devices.items():
        put(copy, f"{root}/dev/{name}", kernel.ATTR_NOSUID)
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    # Guardians write their user map there; what submissions get is another one, or none.
    put(processes, f"{root}/proc", kernel.ATTR_NOSUID | kernel.ATTR_NODEV)
    for name in (SCRATCH, "/tmp", "/dev/shm"):
        os.makedirs(f"{root}{name}", exist_ok=True)
    for place in {package_root(), *map(Path, sys.path)}:
        for name in HIDDEN:
            hide(f"{root}{place / name}")
    kernel.make_root(root)
    kernel.mount("", "/", "", kernel.MS_BIND | kernel.MS_REMOUNT | kernel.MS_RDONLY | flags)


def put(copy: int, target: str, attributes: int) -> None:
    """Mount a detached copy, making the file or folder that it covers."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if stat.S_ISDIR(os.fstat(copy).st_mode):
        os.makedirs(target, exist_ok=True)
    else:
        write(target, "")
    kernel.set_mount(copy, attributes)
    kernel.attach(copy, target)
    os.close(copy)


def write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    Path(path).write_text(text)


def hide(path: str) -> None:
    """Cover a folder with an empty one."""
    if os.path.isdir(path):
        kernel.mount("nothing", path, "tmpfs", kernel.MS_RDONLY, "size=4k,nr_inodes=2,mode=755")


def furnish(disk_mb: int) -> list[str]:
    """Give one submission its own folders: home, /tmp and /dev/shm on one file system of its own.

    It lies in memory, has a size and is gone with the process. Returns where it is mounted.
    """
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    options = f"size={disk_mb}m,nr_inodes={max(1000, 40 * disk_mb)},mode=755"
    kernel.mount("scratch", SCRATCH, "tmpfs", flags, options)
    for name in ("home", "tmp", "shm"):
        os.mkdir(f"{SCRATCH}/{name}", 0o700)
    own = [SCRATCH, "/dev/shm"]
    kernel.mount(f"{SCRATCH}/shm", "/dev/shm", "none", kernel.MS_BIND)
    if not os.listdir("/tmp"):  # else Python or the course lies below it
        own.append("/tmp")
        kernel.mount(f"{SCRATCH}/tmp", "/tmp", "none", kernel.MS_BIND)
    try:
        kernel.mount("proc", "/proc", "proc", flags | kernel.MS_NOEXEC)
    except OSError:
        # Some containers mask parts of /proc and allow no second one: then there is none.
        with contextlib.suppress(OSError):
            kernel.mount("nothing", "/proc", "tmpfs", kernel.MS_RDONLY, "size=4k,nr_inodes=2")
    return own
