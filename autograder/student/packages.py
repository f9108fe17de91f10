"""Which packages are there, which are missing, and pip for those that are: nothing else changes.

Google Colab has hundreds of packages that fit one another. pip, asked for convokit with all it
requires, would replace some of them under a running kernel: convokit 5 wants h5py 3.12.1 exactly,
gpt3-tokenizer wants a future below 0.19, and Colab has newer ones of both, which do as well. So a
package that is there stays as it is, whatever another one asks for; only absent ones are installed,
each without its requirements, and then those of its requirements that are absent too.
"""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from importlib import metadata

COURSE = "transformer-course"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
EXTRA = re.compile(r"""extra\s*==\s*['"](?P<extra>[^'"]+)['"]""")
RANGE = re.compile(r"(?P<compare>>=|<|==)\s*(?P<version>\d+(?:\.\d+)*)")
ROUNDS = 5  # of what a package needs, what that needs, ...; convokit takes two

Pip = Callable[[list[str]], str]


class CannotInstall(Exception):
    """pip did not do it; the text says why, in pip's own last words."""


def on_colab() -> bool:
    """Whether this is Google Colab: its kernels load its module, its terminals tell its release."""
    return "google.colab" in sys.modules or "COLAB_RELEASE_TAG" in os.environ


def plain(name: str) -> str:
    """A package's name as the index knows it: small letters, one kind of dash."""
    return re.sub(r"[-_.]+", "-", name).lower()


def name_of(requirement: str) -> str:
    """The package that a requirement such as "click>=8.1" is about."""
    found = NAME.match(requirement)
    return plain(found[0]) if found else ""


def installed() -> dict[str, str]:
    """Every package of this Python with its version, by plain name."""
    importlib.invalidate_caches()
    found: dict[str, str] = {}
    for each in metadata.distributions():
        name = each.metadata["Name"] if each.metadata else None
        if name:
            found.setdefault(plain(name), each.version)  # what comes first on the path is imported
    return found


def wanted(*extras: str) -> list[str]:
    """What the course requires, as it declares it, with these extras; [] if it is not installed."""
    try:
        lines = metadata.requires(COURSE) or []
    except metadata.PackageNotFoundError:
        return []
    found = []
    for line in lines:
        requirement, _, marker = line.partition(";")
        extra = EXTRA.search(marker)
        if (extra is None or extra["extra"] in extras) and name_of(requirement) != COURSE:
            found.append(requirement.strip())
    return found


def unfit(requirement: str, version: str) -> bool:
    """Whether a version lies outside a requirement's plain bounds (>=, <, ==)."""
    ours = numbers(version)
    for bound in RANGE.finditer(requirement):
        limit = numbers(bound["version"])
        size = max(len(ours), len(limit))
        ours_, limit_ = (each + (0,) * (size - len(each)) for each in (ours, limit))
        if {">=": ours_ < limit_, "<": ours_ >= limit_, "==": ours_ != limit_}[bound["compare"]]:
            return True
    return False


def numbers(version: str) -> tuple[int, ...]:
    """The release number of a version: "2.13.0+cpu" is (2, 13, 0)."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def absent(requirements: Iterable[str]) -> list[str]:
    """Those requirements whose package is not there, in any version."""
    here = installed()
    return [line for line in requirements if name_of(line) not in here]


def add_absent(requirements: Iterable[str], pip: Pip | None = None) -> list[str]:
    """Install those that are absent, and what they need that is absent; return what was added.

    Packages that are there stay as they are. Raises CannotInstall.
    """
    added: list[str] = []
    lacking = absent(requirements)
    for _ in range(ROUNDS):
        if not lacking:
            break
        (pip or run_pip)(["--no-deps", *lacking])
        added += map(name_of, lacking)
        lacking = absent(needs_of(map(name_of, lacking)))
    return added


def needs_of(names: Iterable[str]) -> list[str]:
    """What installed packages require, as they declare it, optional parts left out."""
    found: dict[str, str] = {}
    for name in names:
        try:
            lines = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # a marker has told pip to leave it out
            continue
        found |= {name_of(line): line for line in lines if not EXTRA.search(line)}
    return list(found.values())


def run_pip(arguments: list[str]) -> str:
    """Run `pip install` for this Python and return its output; raises CannotInstall."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
               "--retries", "1", "--timeout", "20", *arguments]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR")] or lines or ["pip failed"]
        raise CannotInstall(errors[-1].removeprefix("ERROR: "))
    importlib.invalidate_caches()
    return done.stdout


def changed(before: dict[str, str]) -> list[str]:
    """What has another version now, or is gone: "numpy 2.0.2 is now 2.4.6"."""
    now = installed()
    return [f"{name} {version} is now {now.get(name, 'gone')}"
            for name, version in before.items() if now.get(name) != version]  # fmt: skip


def stale() -> list[str]:
    """Modules that this kernel has loaded in another version than is installed: it must restart."""
    here = installed()
    found: list[str] = []
    for name in ("torch", "numpy", "matplotlib"):
        loaded = str(getattr(sys.modules.get(name), "__version__", ""))
        if loaded and name in here and numbers(loaded) != numbers(here[name]):
            found.append(name)
    return found
