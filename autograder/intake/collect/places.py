"""Where to collect from and to: places that cannot be meant are refused."""

from __future__ import annotations

import contextlib
from contextlib import ExitStack
from pathlib import Path

from autograder.intake.collect.archives import zip_files
from autograder.intake.collect.formats import LMS, recognised
from autograder.intake.collect.items import DAMAGES, CannotCollect, Item, Source, TooLarge
from autograder.intake.manifest import place_of

MAX_DOWNLOADS = 20


def check_places(source: Path, assignment: str, submissions: Path) -> None:
    """Refuse places that cannot go together."""
    here, there = source.resolve(), submissions.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise CannotCollect("the source and --to lie within each other: choose another folder")
    if submissions.exists() and not submissions.is_dir():
        raise CannotCollect(f"{submissions} is not a folder")
    for path in submissions.glob("collected-*.json"):
        if path != place_of(submissions, assignment):
            other = path.stem.removeprefix("collected-")
            raise CannotCollect(f"{submissions} has the submissions of {other}: choose another "
                                f"folder for those of {assignment}")  # fmt: skip


def refuse_downloads(source: Path) -> None:
    """Refuse a folder of an LMS's downloads: they are not archives of students."""
    files = [path for path in source.iterdir() if path.is_file()] if source.is_dir() else []
    if not files or len(files) > MAX_DOWNLOADS or any(path.suffix != ".zip" for path in files):
        return
    for path in files:
        with ExitStack() as opened, contextlib.suppress(TooLarge, *DAMAGES):
            items = zip_files(opened.enter_context(path.open("rb")), opened)
            if recognised(Source(path.name, items)) in LMS:
                raise CannotCollect(f"{source} holds {path.name}, an LMS's download: give the "
                                    "download itself, and several one by one")  # fmt: skip


def matters(item: Item) -> bool:
    """Whether a file of nobody may be a submission: all but what explains a download."""
    return bool(item.fault) or not item.parts[-1].lower().endswith((".txt", ".csv", ".md", ".html"))
