"""What `course collect` found out about submissions, kept beside them for everything that follows.

SUBMISSIONS/collected-ASSIGNMENT.json. Without it, as in a folder that nobody collected, submissions
have no time and no partners.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

VERSION = 1


@dataclass(frozen=True)
class Collected:
    """One submission as it came in.

    student: its folder's name; members: the ids of all who handed it in, empty if that is the
    student alone. handed_in: when the attempt that counts came in, ISO 8601 with its offset, None
    if the source does not say. late: what the LMS says, None if nothing. attempts: how many there
    were. notes: sentences for student and instructor. lms: the LMS's own name for who handed it
    in; digest: of the files of the attempt that counts, empty if none could be taken; number: the
    LMS's number of that attempt, larger is later.
    """

    student: str
    members: tuple[str, ...] = ()
    handed_in: str | None = None
    late: bool | None = None
    attempts: int = 1
    notes: tuple[str, ...] = ()
    lms: str = ""
    digest: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Manifest:
    """All of a collection; source: from where.

    missing: ids on the roster without a submission. strangers: folders of submissions that are
    nobody's on the roster, empty without one.
    """

    assignment: str
    source: str = ""
    collected: Mapping[str, Collected] = field(default_factory=dict)
    missing: Sequence[str] = ()
    strangers: Sequence[str] = ()


def place_of(submissions: Path, assignment: str) -> Path:
    """Where the manifest of a folder of submissions lies."""
    return submissions / f"collected-{assignment}.json"


def as_text(manifest: Manifest) -> str:
    """A manifest as its file holds it."""
    found = {
        "version": VERSION, "assignment": manifest.assignment, "source": manifest.source,
        "submissions": [asdict(manifest.collected[name]) for name in sorted(manifest.collected)],
        "missing": list(manifest.missing), "strangers": list(manifest.strangers),
    }  # fmt: skip
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def read_manifest(submissions: Path, assignment: str) -> Manifest:
    """A folder's manifest; an empty one where there is none that can be read."""
    try:
        found = json.loads(place_of(submissions, assignment).read_text(encoding="utf-8"))
        entries = [collected_from(entry) for entry in found["submissions"]]
        return Manifest(assignment, str(found["source"]), {e.student: e for e in entries},
                        tuple(map(str, found["missing"])),
                        tuple(map(str, found.get("strangers", ()))))  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError):
        return Manifest(assignment)


def collected_from(entry: Mapping[str, Any]) -> Collected:
    """One submission of the file; what a newer version has put there besides is left out."""
    known = {name: entry[name] for name in (f.name for f in fields(Collected)) if name in entry}
    return Collected(**{**known, "members": tuple(entry["members"]),
                        "notes": tuple(entry["notes"])})  # fmt: skip
