"""The course.toml that docs/instructors.md shows is the one that `course config` prints."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from autograder.cli import main
from autograder.course.config import example

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_shows_the_example_as_it_is() -> None:
    page = (DOCS / "instructors.md").read_text(encoding="utf-8")
    shown = page.split("```toml\n")[1].split("```")[0]
    assert shown == example(), "copy autograder/course/example.toml into docs/instructors.md"


def test_every_picture_of_a_page_is_there() -> None:
    for page in DOCS.glob("*.md"):
        for piece in page.read_text(encoding="utf-8").split("](pictures/")[1:]:
            assert (DOCS / "pictures" / piece.split(")")[0]).is_file(), f"{page.name}: {piece[:30]}"


def test_config_checks_a_file_and_prints_the_example(tmp_path: Path) -> None:
    printed = CliRunner().invoke(main, ["config", "--example"])
    assert (printed.exit_code, printed.output) == (0, example())
    place = tmp_path / "course.toml"
    place.write_text(example(), encoding="utf-8")
    fine = CliRunner().invoke(main, ["config", str(place)])
    assert fine.exit_code == 0 and "extended for anna" in fine.output
    place.write_text(example().replace("per_day = 10", "per_dya = 10"), encoding="utf-8")
    wrong = CliRunner().invoke(main, ["config", str(place)])
    assert wrong.exit_code == 1
    lines = example().splitlines()
    line = 1 + next(n for n, text in enumerate(lines) if text.startswith("per_day = 10"))
    assert f"course.toml:{line}:" in wrong.stderr and "per_day" in wrong.stderr
