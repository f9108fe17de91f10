"""The versions that are known to work, of what students install and nothing else."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEADING = """\
# Versions that work together, for: pip install -c constraints.txt …
# If pip does not find one of them for your computer, leave `-c constraints.txt` away: it then
# chooses for itself, within what the course package allows.
"""
# constraints.txt was resolved there; what an instructor's own machine needs does not matter
RESOLVED_ON = {
    "implementation_name": "cpython", "os_name": "posix", "platform_machine": "x86_64",
    "platform_python_implementation": "CPython", "platform_system": "Linux",
    "python_full_version": "3.11.9", "python_version": "3.11", "sys_platform": "linux",
}  # fmt: skip


def constraints(root: Path, extra: str) -> str:
    """The lines of the clone's constraints.txt that an extra of the student package needs."""
    pins = {}
    for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            pins[canonicalize_name(Requirement(line).name)] = line
    wanted = needs(root, extra)
    return HEADING + "".join(f"{pins[name]}\n" for name in pins if name in wanted)


def needs(root: Path, extra: str) -> frozenset[str]:
    """The names of all packages that an extra brings, as far as they are installed here."""
    found: set[tuple[str, str]] = set()
    waiting = [(line, "") for line in declared(root, extra)]
    while waiting:
        line, chosen = waiting.pop()
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({**RESOLVED_ON, "extra": chosen}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras}:
            if (name, wanted) not in found:
                found.add((name, wanted))
                waiting += [(line, wanted) for line in requires(name)]
    return frozenset(name for name, _ in found)


def declared(root: Path, extra: str) -> list[str]:
    """What pyproject.toml says that an extra needs, the extras that it builds on included."""
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = list(project["dependencies"])
    waiting = [extra]
    while waiting:
        for line in project["optional-dependencies"][waiting.pop()]:
            inner = re.fullmatch(rf"{project['name']}\[([^\]]+)\]", line)
            waiting += inner[1].split(",") if inner else []
            lines += [] if inner else [line]
    return lines


def requires(name: str) -> list[str]:
    """What an installed package needs itself; nothing if it is not here."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
