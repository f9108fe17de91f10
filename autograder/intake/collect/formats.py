"""Whose each file is, by the names that an LMS gives to what it lets instructors download.

The patterns stop at the first place that fits: whatever comes behind it is the student's own choice
of words and cannot make a file somebody else's. Times that a zip archive has for its files are not
used: Canvas, Moodle and MarkUs all put in the time of the download.

Canvas: lib/content_zipper.rb of instructure/canvas-lms. `lovelaceada_LATE_1234_5678_name.ipynb`:
the sortable name without what is no letter, LATE, the user's number, the file's number, the name
on upload, which is `name-1.ipynb` if the student had uploaded that name before. For a group the
group's name stands in place of the student's; with anonymous grading `anon_x1y2z` in place of name
and number. Text entered online is `lovelaceada_1234_text.html`.

Moodle: mod/assign/classes/downloader.php of moodle/moodle (before 4.1 mod/assign/locallib.php).
`Ada Lovelace_123456_assignsubmission_file_/name.ipynb`, or without folders
`Ada Lovelace_123456_assignsubmission_file_name.ipynb`; `_onlinetext_` for text entered online;
`Participant_123456_...` with anonymous submissions; a team's name and number in place of the
student's, before 4.1 `Team-Ada Lovelace_123456_...`, once for each member.

Blackboard Learn: `Assignment_user_attempt_2026-11-28-22-10-15_name.ipynb` and, for each attempt,
`Assignment_user_attempt_2026-11-28-22-10-15.txt` that begins "Name: Ada Lovelace (user)"; as in
"Download assignments" of its help for instructors, and as read by kwurst/bb-file-cleanup.

MarkUs: app/jobs/download_submissions_job.rb of MarkUsProject/Markus. A folder for each group with
the group's files; who works alone has a group of the user's name, others `group_0001` unless they
chose a name.

GitHub Classroom: `gh classroom clone student-repos` makes a folder `assignment-user` for each.
Times of commits are what the student's computer said, and are not used; git is never run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from autograder.intake.collect.items import Item, Source
from autograder.intake.collect.names import common_start

KINDS = ("folder", "canvas", "moodle", "markus", "blackboard", "repositories")
CANVAS = re.compile(
    r"(?:(?:LATE_)?(?P<anonymous>anon_[A-Za-z0-9]{5})|(?P<name>.+?)(?:_LATE)?_(?P<user>\d+))_"
    r"(?:(?P<file>\d+)_(?P<rest>.+)|(?P<typed>(?:text|link)\.html))", re.DOTALL)  # fmt: skip
MOODLE = re.compile(
    r"(?P<name>.+?)(?:_(?P<user>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?",
    re.DOTALL)  # fmt: skip
BLACKBOARD = re.compile(
    r"(?P<before>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5})(?:_(?P<rest>.+)|(?P<told>\.txt))?",
    re.DOTALL)  # fmt: skip
BLACKBOARD_TIME = "%Y-%m-%d-%H-%M-%S"
MARKUS_GROUP = re.compile(r"group_\d{4,}")
NOTEBOOK, SCRIPT = ".ipynb", ".py"
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True)
class Owner:
    """Who handed something in, in the LMS's words.

    key: the same for the same user of the LMS. name: of the person or group. ids: by which the
    roster may know the person without doubt; number: the LMS's number, which may be the same as
    another number of somebody else. group: the name of the group, if it cannot be a person's.
    """

    key: str
    name: str = ""
    ids: tuple[str, ...] = ()
    number: str = ""
    group: str = ""


@dataclass(frozen=True)
class Piece:
    """One file, its owner and its path in what the owner handed in.

    attempt: sorts the owner's attempts. number: the LMS's number of the file; larger is later.
    at: when it was handed in, in the LMS's own time zone. late: what the LMS says. told: the LMS's
    own description of the attempt, not a file of the student's. before: how many attempts the LMS
    says there were before.
    """

    owner: Owner
    path: tuple[str, ...]
    item: Item
    attempt: str = ""
    number: int | None = None
    at: datetime | None = None
    late: bool | None = None
    told: bool = False
    before: int = 0


def canvas(item: Item) -> Piece | None:
    """A file of Canvas's download."""
    if not (found := matched(CANVAS, item)):
        return None
    name = found["name"] or found["anonymous"]
    owner = Owner(f"canvas {found['user'] or name}", name, number=found["user"] or "")
    path = (found["rest"] or f"Canvas {found['typed']}", *item.parts[1:])
    late = item.parts[0].startswith(f"{name}_LATE_") or item.parts[0].startswith("LATE_anon_")
    file = int(found["file"]) if found["file"] else None
    return Piece(owner, path, item, number=file, late=late)


def moodle(item: Item) -> Piece | None:
    """A file of Moodle's download."""
    if not (found := matched(MOODLE, item)):
        return None
    name, user = found["name"], found["user"] or ""
    known = (f"Participant {user}",) if user else ()
    owner = Owner(f"moodle {user or name}", name, known)
    folders = item.parts[1:] if len(item.parts) > 1 else (found["rest"] or found["plugin"],)
    return Piece(owner, folders, item)


def blackboard(item: Item) -> Piece | None:
    """A file of Blackboard's download; whose it is is settled when all are known."""
    if not (found := matched(BLACKBOARD, item)):
        return None
    try:
        at = datetime.strptime(found["time"], BLACKBOARD_TIME)
    except ValueError:
        return None
    last = (found["rest"] or "description.txt", *item.parts[1:])
    return Piece(Owner(found["before"]), last, item, found["time"], at=at, told=bool(found["told"]))


def matched(pattern: re.Pattern[str], item: Item) -> re.Match[str] | None:
    """How the first part of a path fits a pattern."""
    return pattern.fullmatch(item.parts[0]) if item.parts else None


LMS: dict[str, Callable[[Item], Piece | None]] = {
    "blackboard": blackboard, "moodle": moodle, "canvas": canvas,
}  # fmt: skip


def recognised(source: Source) -> str:
    """The kind of source that this is, one of KINDS; folders of git are "repositories"."""
    tops = {item.parts[0]: item for item in source.items if item.parts}
    for kind, parse in LMS.items():
        fits = [item for item in tops.values() if parse(item)]
        if fits and 2 * len(fits) >= len(tops):
            return kind
    if source.repositories:
        return "repositories"
    groups = sum(bool(MARKUS_GROUP.fullmatch(top)) for top in tops)
    return "markus" if groups and 2 * groups >= len(tops) else "folder"


def unwrapped(source: Source, kind: str, assignment: str) -> Source:
    """The source without the one folder that all of it may lie in, unless that is a student's."""
    placed = [item for item in source.items if item.parts]
    inner = [item.within(1) for item in placed if len(item.parts) > 1]
    if len({item.parts[0] for item in placed}) != 1 or len(inner) < len(placed):
        return source
    others = [item for item in source.items if not item.parts]
    below = Source(source.name, inner + others, source.repositories, source.archive)
    is_lms = recognised(below) in LMS if kind == "auto" else kind in LMS
    if recognised(source) in LMS:
        return source
    folders = {item.parts[0] for item in inner if len(item.parts) > 1}
    loose = sum(len(item.parts) == 1 and is_work(item.parts[0]) for item in inner)
    is_class = min(len(folders), loose) == 0 and max(len(folders), loose) > 1
    return below if is_lms or (is_class and assignment not in folders) else source


def folders(
    items: Sequence[Item], assignment: str, kind: str
) -> Callable[[Item], Piece | None]:  # fmt: skip
    """How the files of one folder for each student, and loose notebooks, are told apart."""
    names = {item.parts[0] for item in items if len(item.parts) > 1}
    prefix = title_of(names, assignment) if kind == "repositories" else ""

    def parse(item: Item) -> Piece | None:
        if not item.parts:
            return None
        top, rest = item.parts[0], item.parts[1:]
        if rest or top in names:
            name = (top[len(prefix) :] if top.startswith(prefix) else "") or top
            ids = tuple(dict.fromkeys((name, top)))  # both at once must not be two people's
            return Piece(Owner(f"folder {name}", name, ids), rest or (top,), item)
        if not is_work(top) or not (name := without_assignment(top, assignment)):
            return None
        last = f"{assignment}{ending(top)}"
        return Piece(Owner(f"folder {name}", name, (name,)), (last,), item)

    return parse


def title_of(names: set[str], assignment: str) -> str:
    """What all names of repositories begin with: the assignment's, and a hyphen."""
    if len(names) < 2:
        start = f"{assignment}-"
        return start if all(name.startswith(start) and name != start for name in names) else ""
    return common_start(names, "-")


def is_work(name: str) -> bool:
    """Whether a file of this name may be a submission by itself."""
    return name.lower().endswith((NOTEBOOK, SCRIPT, *ARCHIVES))


def ending(name: str) -> str:
    """The end of a file's name that says what it is."""
    return next((e for e in ARCHIVES if name.lower().endswith(e)), PurePosixPath(name).suffix)


def without_assignment(name: str, assignment: str) -> str:
    """The student in the name of a loose notebook: anna.ipynb, assignment4_anna.ipynb."""
    stem = name[: -len(ending(name))]
    mark = re.escape(assignment)
    stripped = re.sub(rf"^{mark}(?:[ _.-]+|$)|(?:^|[ _.-]+){mark}$", "", stem, flags=re.IGNORECASE)
    return stripped.strip()
