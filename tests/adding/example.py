"""The worked example of docs/adding_an_exercise.md, read from the page, and a copy to do it in."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "adding_an_exercise.md"
COPIED = ("autograder", "data_scripts", "solutions", "notebooks", "pyproject.toml",
          "tests/__init__.py", "tests/conftest.py", "tests/answers.py",
          "tests/test_answers.py")  # fmt: skip
# "Write `FILE`:" or "In `FILE`, in front of the cell `LINE`:", and the block that follows
PIECE = re.compile(
    r"(?:Write|In) `(?P<path>[^`]+)`(?:, in front of the\s+cell\s+`(?P<before>[^`]+)`)?:\n\n"
    r"```(?:python|toml)\n(?P<code>.*?)```\n",
    flags=re.DOTALL,
)
COMMANDS = re.compile(r"```sh\n(?P<lines>.*?)```\n", flags=re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A block of the page: the file that it goes to, and before which line, if into one."""

    path: str
    before: str | None
    code: str


@cache
def pieces() -> list[Piece]:
    """Everything that the page says to write, in its order."""
    found = PIECE.finditer(PAGE.read_text(encoding="utf-8"))
    return [Piece(each["path"], each["before"], each["code"]) for each in found]


@cache
def commands() -> list[list[str]]:
    """The lines of the page's blocks of commands."""
    found = COMMANDS.finditer(PAGE.read_text(encoding="utf-8"))
    return [each["lines"].splitlines() for each in found]


def piece(path: str) -> Piece:
    """The one that goes to a file."""
    (found,) = [each for each in pieces() if each.path == path]
    return found


@dataclass(frozen=True)
class Copy:
    """The course's repository, as far as the example needs it, in a folder of its own."""

    root: Path

    @classmethod
    def make(cls, folder: Path) -> Copy:
        for name in COPIED:
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "source", "*.pyc")
                shutil.copytree(ROOT / name, place, ignore=ignored)
            else:
                shutil.copy(ROOT / name, place)
        return cls(folder)

    def write(self, piece: Piece) -> None:
        """Do what the page says."""
        place = self.root / piece.path
        if piece.before is None:
            assert not place.exists(), f"{piece.path} is there already"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(piece.code, encoding="utf-8")
            return
        text = place.read_text(encoding="utf-8")
        cell = f"# %% [markdown]\n{piece.before}\n"
        assert text.count(cell) == 1, f"not one cell {piece.before!r} in {piece.path}"
        place.write_text(text.replace(cell, f"{piece.code}\n{cell}"), encoding="utf-8")

    def run(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a command line there, with the copy in place of the installed course."""
        beside_python = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = {**os.environ, "PYTHONPATH": str(self.root), "PATH": beside_python}
        return subprocess.run(
            ["bash", "-ec", line], cwd=self.root, env=environment, capture_output=True, text=True,
            timeout=240, check=False,
        )  # fmt: skip

    def do(self, line: str) -> str:
        """Run a command line to its good end; what it printed."""
        done = self.run(line)
        assert done.returncode == 0, f"{line}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def files(self) -> dict[str, str]:
        """A digest of every file that is written by hand or committed."""
        return {
            path.relative_to(self.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not {"__pycache__", "trial", "source"} & set(path.parts)
        }


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The files that are new, gone or other than before."""
    return {path for path in {*before, *after} if before.get(path) != after.get(path)}
