"""Git's conflict markers: both versions of a cell are kept, in order, and marked as such."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from autograder.intake.reading import Unreadable, read
from autograder.intake.reading.conflicts import SIDE, sides
from tests.intake.reading.samples import (
    ANSWER,
    NAME,
    PLACE,
    assert_sound,
    read_again,
    sources,
    text,
)

LINE = f'    "{ANSWER}"\n'


def conflict(first: str, second: str, base: str | None = None) -> str:
    """The notebook with a conflict about one answer."""
    assert text().count(LINE) == 1
    middle = "" if base is None else f"||||||| merged common ancestors\n{base}"
    return text().replace(
        LINE, f"<<<<<<< HEAD\n{first}{middle}=======\n{second}>>>>>>> origin/main\n"
    )


@pytest.mark.parametrize("base", [None, '    "base"\n'], ids=["merge", "diff3"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_both_versions_are_kept_the_first_one_first(base: str | None, end: str) -> None:
    content = conflict('    "mine"\n', '    "theirs"\n', base).replace("\n", end)
    found, said = read(content.encode(), NAME)
    assert_sound(found)
    got = [cell.source for cell in found.cells]
    assert got[:PLACE] == sources()[:PLACE] and got[PLACE + 2 :] == sources()[PLACE + 1 :]
    mine, theirs = found.cells[PLACE : PLACE + 2]
    assert mine.source.endswith("\nmine") and theirs.source.endswith("\ntheirs")
    assert [mine.metadata[SIDE], theirs.metadata[SIDE]] == ["first", "second"]
    assert mine.metadata.nbgrader.grade_id == theirs.metadata.nbgrader.grade_id == mine.id
    assert sum(SIDE in cell.metadata for cell in found.cells) == 2
    assert said == ["the file held git's conflict markers: 1 cell kept twice, in both versions, "
                    "the first version first"]  # fmt: skip


def test_a_conflict_about_outputs_alone_changes_nothing() -> None:
    line = next(line for line in text().splitlines(True) if "a [line" in line)
    marked = text().replace(
        line, f"<<<<<<< HEAD\n{line}=======\n{line.replace('[', ']')}>>>>>>> 1234abc\n"
    )
    assert marked.count("<<<<<<<") > 50
    found, said = read_again(marked)
    assert found == sources() and "all cells of both versions are kept" in said


def test_cells_that_only_one_version_has() -> None:
    new = json.dumps({"cell_type": "code", "id": "new", "metadata": {}, "source": "new",
                      "outputs": [], "execution_count": None})  # fmt: skip
    cells = text().replace("\n  {", f"\n<<<<<<< a\n=======\n{new},\n>>>>>>> b\n  {{", 1)
    assert read_again(cells)[0] == ["new", *sources()]


@pytest.mark.parametrize("gone", ["<<<<<<< HEAD\n", "=======\n", ">>>>>>> origin/main\n"])
def test_markers_that_were_removed_in_part(gone: str) -> None:
    content = conflict('    "mine",\n', '    "theirs"\n').replace(gone, "")
    found, said = read_again(content)
    assert found[:PLACE] == sources()[:PLACE] and found[-5:] == sources()[-5:]
    assert "conflict markers" in said
    joined = "\n".join(found)
    assert "theirs" in joined and ("mine" in joined or gone[0] in "=>")


def test_a_conflict_in_a_file_that_breaks_off() -> None:
    content = conflict('    "mine"\n', '    "theirs"\n')
    found, said = read_again(content[: len(content) - 20_000])
    assert found[PLACE].endswith("mine") and found[PLACE + 1].endswith("theirs")
    assert found[PLACE + 2 :] == sources()[PLACE + 1 : len(found) - 1]
    assert "breaks off" in said and "kept twice" in said


def test_what_git_itself_writes(tmp_path: Path) -> None:
    place = tmp_path / NAME

    def git(*arguments: str) -> None:
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, capture_output=True, check=False)

    git("init", "-q", "-b", "main")
    for branch, line in (("main", LINE), ("other", '    "theirs"\n'), ("main", '    "mine"\n')):
        git("checkout", "-q", "-B" if branch == "other" else "-q", branch)
        place.write_text(text().replace(LINE, line))
        git("add", NAME)
        git("commit", "-q", "-m", line)
    git("merge", "other")
    assert "<<<<<<<" in place.read_text()
    found, _ = read_again(place.read_bytes())
    assert found[PLACE].endswith("mine") and found[PLACE + 1].endswith("theirs")


def test_nbdime_s_markers_within_a_source() -> None:
    worked_in = json.loads(text())
    worked_in["cells"][PLACE]["source"] = (
        "import math\n<<<<<<< local\nx = 1\n=======\nx = 2\n>>>>>>> remote\ny = x"
    )
    found, said = read_again(worked_in)
    assert found[PLACE : PLACE + 2] == ["import math\nx = 1\ny = x", "import math\nx = 2\ny = x"]
    assert f"cell {PLACE + 1}: git's conflict markers stood in the source" in said


def test_a_script_with_a_conflict() -> None:
    script = ("# %%\nimport math\n\n# %%\n<<<<<<< HEAD\ndef f():\n    return 1\n=======\n"
              "def f():\n    return 2\n>>>>>>> x\n\n# %%\ncheck('E1')\n")  # fmt: skip
    found, said = read_again(script, "assignment4.py")
    assert found[0] == "import math" and found[-1] == "check('E1')"
    assert {"def f():\n    return 1", "def f():\n    return 2"} <= set(found)
    assert "conflict markers" in said


def test_titles_and_prompts_are_no_markers() -> None:
    script = '# %%\n"""\nTitle\n=======\n>>> 1\n"""\n'
    assert "=======" in read_again(script, "a.py")[0][0]
    assert sides("a\n=======\nb\n") == ("a\n=======\nb\n",) * 2


def test_nothing_but_markers() -> None:
    with pytest.raises(Unreadable, match="neither version is a notebook"):
        read(b"<<<<<<< HEAD\nabc\n=======\ndef\n>>>>>>> x\n", NAME)
