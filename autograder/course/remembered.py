"""Which course.toml and roster a course folder was last used with."""

from __future__ import annotations

import json
from pathlib import Path


def place_in(folder: Path) -> Path:
    """Where a course folder remembers them."""
    return folder / ".grading" / "course.json"


def recall(folder: Path) -> dict[str, Path]:
    """The files by what they are, "config" and "roster"; without those that are gone."""
    return {what: file for what, file in known_in(folder).items() if file.is_file()}


def lost(folder: Path) -> dict[str, Path]:
    """Those that are gone: deleted, moved or renamed since."""
    return {what: file for what, file in known_in(folder).items() if not file.is_file()}


def known_in(folder: Path) -> dict[str, Path]:
    """All of them."""
    try:
        known = json.loads(place_in(folder).read_text(encoding="utf-8"))
        return {what: Path(file) for what, file in known.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def remember(folder: Path, **files: Path | None) -> None:
    """Keep the files that are given; the others stay as they were."""
    given = {what: str(file.resolve()) for what, file in files.items() if file}
    if not given:
        return
    kept = {what: str(file) for what, file in recall(folder).items()}
    place = place_in(folder)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    place.write_text(json.dumps({**kept, **given}, indent=1) + "\n", encoding="utf-8")
