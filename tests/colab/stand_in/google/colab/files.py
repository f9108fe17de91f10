"""The browser's files: a download goes into the folder `browser`, an upload comes from there."""

import shutil
from pathlib import Path

BROWSER = Path("browser")


def download(filename: str) -> None:
    """Give a file to the person in front of the browser."""
    BROWSER.mkdir(exist_ok=True)
    shutil.copy(filename, BROWSER / Path(filename).name)


def upload() -> dict[str, bytes]:
    """Take all files that the person has."""
    return {path.name: path.read_bytes() for path in sorted(BROWSER.glob("*"))}
