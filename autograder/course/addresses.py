"""Addresses in course.toml and on the command line: of the student package, a repository, a hub.

They go into notebooks and links as they are, so that what cannot be right is told here.
"""

from __future__ import annotations

import re
from typing import Any

from autograder.course.config_reading import Wrong, shown

URL = re.compile(r"(?:https?|git\+https)://[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]+")
PLACE = re.compile(r"(https?)://([A-Za-z0-9.-]+(?::\d+)?)((?:/[A-Za-z0-9._~-]+)*)/?")
SSH = re.compile(r"(?:ssh://)?git@([A-Za-z0-9.-]+)[:/]([A-Za-z0-9._~/-]+)")
BRANCH = re.compile(r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[A-Za-z0-9_][A-Za-z0-9._/-]*(?<![./])")
GITHUB = "https://github.com/"


def as_address(value: Any) -> str:
    """What pip can install the student package from, behind `transformer-course @`."""
    if isinstance(value, str) and URL.fullmatch(value):
        return value
    raise Wrong("the address of the student package, such as https://example.org/"
                f"transformer_course-0.1.0-py3-none-any.whl: got {shown(value)}")  # fmt: skip


def as_repository(value: Any) -> str:
    """A git repository that students can read without a key; without `.git` at its end.

    nbgitpuller names the folder that it makes by the last part of the address.
    """
    found = PLACE.fullmatch(value) if isinstance(value, str) else None
    if found is not None and found[3]:
        path = found[3].removesuffix(".git")
        address = f"{found[1]}://{found[2]}{path}"
        if not address.lower().startswith(GITHUB) or path.count("/") == 2:
            return address
    told = f"the address of a git repository, such as {GITHUB}OWNER/REPOSITORY: got {shown(value)}"
    raise Wrong(told + meant_repository(str(value)))


def meant_repository(wrong: str) -> str:
    """What may be meant by an SSH address, or by that of one of a repository's pages."""
    if over_ssh := SSH.fullmatch(wrong):
        return f"; did you mean 'https://{over_ssh[1]}/{over_ssh[2].removesuffix('.git')}'?"
    if page := re.match(rf"({GITHUB}[A-Za-z0-9._-]+/[A-Za-z0-9._-]+?)(?:\.git)?[/?#]", wrong):
        return f"; did you mean '{page[1]}'?"
    return ""


def as_branch(value: Any) -> str:
    """A branch as git allows it, in letters that need no care in an address."""
    if isinstance(value, str) and BRANCH.fullmatch(value):
        return value
    raise Wrong(f"a branch such as main: got {shown(value)}")


def as_hub(value: Any) -> str:
    """The address of a JupyterHub, without what comes behind it when somebody has logged in."""
    if isinstance(value, str) and (found := PLACE.fullmatch(value)):
        front = re.split(r"/(?:hub|user)(?:/|$)", found[3] + "/")[0].rstrip("/")
        if front == found[3]:
            return f"{found[1]}://{found[2]}{front}"
        raise Wrong(f"the address of your JupyterHub: got {shown(value)}; did you mean "
                    f"'{found[1]}://{found[2]}{front}'?")  # fmt: skip
    raise Wrong("the address of your JupyterHub, such as https://hub.example.org: "
                f"got {shown(value)}")  # fmt: skip
