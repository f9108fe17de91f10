"""Feedback pages in one zip file, named so that an LMS gives each to its student.

Moodle (assignment, Upload multiple feedback files in a zip) finds the participant by the folder,
"Full name_123_assignsubmission_file_", as in its download of all submissions; 123 is the number in
the grading worksheet's "Participant 123". Source: mod/assign/feedback/file/importziplib.php of
moodle/moodle.

Canvas (assignment, Upload submissions) takes files under the names of its own download,
"namefirst_LATE_123_456_file.ipynb", and finds student and submission by the two numbers, of which
it alone knows the second. Source: generate_comments_from_files of instructure/canvas-lms.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from autograder.course.finals import Final
from autograder.export.moodle import IDENTIFIER, IDENTITY, WORKSHEET
from autograder.export.sheet import CannotExport, Sheet, read_sheet
from autograder.export.work import Export, match, names
from autograder.intake.collect.names import safe_id

DOWNLOADED = re.compile(r"^(?P<who>.+?)_(?:LATE_)?(?P<user>\d+)_(?P<file>\d+)_")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same pages give the same zip


def names_for(lms: str, export: Export, fill: Path | None) -> tuple[dict[str, str], list[str]]:
    """The page's name in the zip by student; and a sentence about who has none.

    fill: Moodle's grading worksheet, or the zip of submissions that Canvas gave. Raises
    CannotExport.
    """
    handed_in = [final for final in export.finals if final.submission is not None]
    if lms == "moodle":
        found = for_moodle(export, read_sheet(fill) if fill else export.lms_sheet(WORKSHEET))
    elif lms == "canvas":
        found = for_canvas(export, fill)
    else:
        return {
            final.student: f"{safe_id(final.student)}/{export.assignment}.html"
            for final in handed_in
        }, []
    lost = [final for final in handed_in if final.student not in found]
    why = "the LMS's number is not known"
    return found, [f"not in the zip, because {why}: {names(lost)}"] if lost else []


def for_moodle(export: Export, sheet: Sheet) -> dict[str, str]:
    """Folders by participants' numbers."""
    if not sheet.has(IDENTIFIER):
        raise CannotExport(
            f"{sheet.name} has no column {IDENTIFIER}, which tells Moodle's numbers: give "
            f"{WORKSHEET} with --fill"
        )
    found = {}
    for place, final in match(export, sheet, IDENTITY).finals.items():
        number = re.search(r"(\d+)\s*$", sheet.cell(sheet.rows[place], IDENTIFIER))
        if number:
            name = folder(sheet.cell(sheet.rows[place], "Full name") or final.student)
            found[final.student] = (
                f"{name}_{number[1]}_assignsubmission_file_/{export.assignment}.html"
            )
    return found


def for_canvas(export: Export, download: Path | None) -> dict[str, str]:
    """Names of Canvas's own download, with the page's ending."""
    if download is None:
        raise CannotExport(
            "Canvas takes feedback under the names of its own download, which hold numbers that "
            "nobody else knows: give that zip of submissions with --fill"
        )
    try:
        with zipfile.ZipFile(download) as archive:
            files = [name.rpartition("/")[2] for name in archive.namelist()]
    except (OSError, zipfile.BadZipFile) as error:
        raise CannotExport(f"{download} cannot be read as a zip of submissions: {error}") from error
    users = canvas_numbers(export)
    found = {}
    for told in filter(None, map(DOWNLOADED.match, sorted(files))):
        if final := users.get(told["user"]):
            found[final.student] = f"{told[0]}{export.assignment}.html"
    return found


def canvas_numbers(export: Export) -> Mapping[str, Final]:
    """Whose number in Canvas is which, as the roster says: Canvas's gradebook has it below ID."""
    if not any("ID" in person.columns for person in export.people.values()):
        raise CannotExport(
            "the roster has no column ID with Canvas's numbers: use Canvas's gradebook (Gradebook, "
            "Export, Export Entire Gradebook) as the roster"
        )
    return {export.person(final).columns.get("ID", "").strip(): final for final in export.finals}


def folder(name: str) -> str:
    """A name as one part of a path, without the sign that parts Moodle's names."""
    kept = re.sub(r"[^\w .'@+-]|_", " ", name).strip(" .")
    return " ".join(kept.split()) or "student"


def write_zip(place: Path, pages: Mapping[str, bytes]) -> None:
    """Write files by their names in the zip; whole or not at all."""
    place.parent.mkdir(parents=True, exist_ok=True)
    temporary = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in sorted(pages.items()):
                entry = zipfile.ZipInfo(name, EPOCH)
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, content)
        os.replace(temporary, place)
    finally:
        temporary.unlink(missing_ok=True)
