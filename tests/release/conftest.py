"""One release of this clone, made by the command, for all tests that look at it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Released:
    """What `course release` left in a folder, and what it printed."""

    place: Path
    printed: str

    @property
    def folder(self) -> Path:
        """What students unpack."""
        return self.place / "transformer-course"

    @property
    def zip(self) -> Path:
        """The same, packed."""
        return self.place / "transformer-course.zip"

    def files(self) -> dict[str, bytes]:
        """Everything by its path in the folder, the note of what is ours left out."""
        found = [path for path in self.place.rglob("*") if path.is_file()]
        return {path.relative_to(self.place).as_posix(): path.read_bytes() for path in found
                if not path.name.startswith(".")}  # fmt: skip


def release(place: Path, *more: str) -> Released:
    """Run the command to its end."""
    done = CliRunner().invoke(main, ["release", "--to", str(place), *more])
    assert done.exit_code == 0, done.output
    return Released(place, done.output)


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """A release without a course.toml."""
    folder = tmp_path_factory.mktemp("released")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return release(folder / "out")


@pytest.fixture(scope="session")
def announced(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """A release of a course that has a repository and a hub."""
    folder = tmp_path_factory.mktemp("announced")
    (folder / "course.toml").write_text(
        'name = "Transformers, autumn 2026"\nrepository = "https://github.com/example/course.git"\n'
        'branch = "week/11"\nhub = "https://hub.example.org/jupyter"\n'
        '[assignment4]\ndiagnoses = "never"\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return release(folder / "out")
