"""A student's notebook is found whatever it is called and whatever else lies in the folder."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.intake.choosing import attempt, is_named
from autograder.intake.find import (
    Submission,
    Unreadable,
    find_one,
    find_submissions,
    read_notebook,
)
from autograder.intake.manifest import Collected, Manifest, as_text, place_of

NAME = "assignment4"


def made(answer: str = "# YOUR CODE HERE", **metadata: object) -> nbformat.NotebookNode:
    """The notebook with this answer."""

    def named(name: str) -> dict[str, object]:
        return {"nbgrader": {"grade_id": name, "grade": False, "solution": True, "locked": False,
                             "schema_version": 3}}  # fmt: skip

    cells = [
        new_code_cell("import torch", id="setup", metadata=named("setup")),
        new_markdown_cell("Read this.", id="prose"),
        new_code_cell(f"class Attention:\n    {answer}", id="e1", metadata=named("e1_solution")),
        new_code_cell(f"def train():\n    {answer}", id="e2", metadata=named("e2_solution")),
    ]
    return new_notebook(cells=cells, metadata=metadata)


RELEASE = made()
OTHER = new_notebook(cells=[new_code_cell("class Unrelated:\n    pass", id="a")])
WORK, MORE_WORK = made("return 1"), made("return 2")


def put(place: Path, files: dict[str, object]) -> Path:
    """Write files: notebooks, bytes and texts; returns the folder."""
    for name, content in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, nbformat.NotebookNode):
            content = json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else bytes(content))  # type: ignore[call-overload]
    place.mkdir(exist_ok=True)
    return place


def told(found: Submission) -> str:
    return "\n".join([*found.mended, found.reason or ""])


def name_of(found: Submission, place: Path) -> str | None:
    return found.path and found.path.relative_to(place).as_posix()


def test_both_layouts_and_a_single_renamed_notebook_are_found(tmp_path: Path) -> None:
    put(tmp_path, {"ada/assignment4.ipynb": WORK, "ben/assignment4/assignment4.ipynb": WORK,
                   "cleo/My Solution (2).ipynb": WORK, ".git/assignment4.ipynb": WORK,
                   "collected-x.json": "{}"})  # fmt: skip
    (tmp_path / "dave").mkdir()
    found = {s.student: s for s in find_submissions(tmp_path, NAME)}
    assert list(found) == ["ada", "ben", "cleo", "dave"]
    assert found["ada"].path and found["ben"].path and not told(found["ada"])
    assert told(found["cleo"]).strip() == (
        "the notebook was called My Solution (2).ipynb, not assignment4.ipynb; it was taken"
    )
    assert found["dave"].path is None and "no notebook" in told(found["dave"])


@pytest.mark.parametrize(
    "name",
    ["Assignment4.ipynb", "ASSIGNMENT4.IPYNB", "assignment4 (1).ipynb", "assignment4-Copy1.ipynb",
     "Copy_of_assignment4.ipynb", "Copy of assignment4.ipynb", "assignment4_anna.ipynb",
     "anna-assignment_4.ipynb", "Assignment 4 final.ipynb", "12345_assignment4.ipynb",
     "sub/folder/assignment4_v2.ipynb"],
)  # fmt: skip
def test_names_like_the_assignment_s(tmp_path: Path, name: str) -> None:
    place = put(tmp_path / "ada", {name: WORK, "notes.ipynb": OTHER, "assignment3.ipynb": OTHER})
    found = find_one(place, NAME)
    assert name_of(found, place) == name and f"was called {Path(name).name}" in told(found)


def test_names_of_other_assignments_are_not_like_it() -> None:
    for name in ("assignment41.ipynb", "assignment.ipynb", "4.ipynb", "assignment3.ipynb"):
        assert not is_named(Path(name), NAME)
    assert is_named(Path("LAB_11 anna.ipynb"), "lab11") and not is_named(
        Path("lab1.ipynb"), "lab11"
    )
    numbers = {"assignment4 (2)": 2, "assignment4-Copy10": 10, "assignment4": 0, "x_v3": 3}
    assert {name: attempt(Path(f"{name}.ipynb"), NAME) for name in numbers} == numbers


def test_the_assignment_among_several_by_its_content(tmp_path: Path) -> None:
    bare = nbformat.from_dict(WORK)
    for cell in bare.cells:
        cell.metadata = {}
    for content in (WORK, bare):
        place = put(tmp_path / "ada", {"a.ipynb": OTHER, "mine.ipynb": content, "z.ipynb": OTHER})
        found = find_one(place, NAME, RELEASE)
        assert name_of(found, place) == "mine.ipynb"
        assert "the folder held a.ipynb, mine.ipynb and z.ipynb; mine.ipynb was taken" in told(
            found
        )
    found = find_one(place, NAME)
    assert found.path is None
    assert "the folder holds 3 notebooks, none of that name (a.ipynb, mine.ipynb and z.ipynb)" in (
        told(found)
    )


def test_the_course_s_own_word_about_a_notebook_counts_first(tmp_path: Path) -> None:
    place = put(tmp_path / "ada", {"a.ipynb": made("x", course={"assignment": "lab11"}),
                                   "b.ipynb": made("y", course={"assignment": NAME})})  # fmt: skip
    assert name_of(find_one(place, NAME), place) == "b.ipynb"


def test_the_one_with_work_in_it_counts(tmp_path: Path) -> None:
    place = put(tmp_path / "ada", {"assignment4.ipynb": RELEASE, "assignment4 (1).ipynb": WORK})
    assert name_of(find_one(place, NAME, RELEASE), place) == "assignment4 (1).ipynb"
    assert name_of(find_one(place, NAME), place) == "assignment4.ipynb"
    put(place, {"assignment4.ipynb": MORE_WORK})
    found = find_one(place, NAME, RELEASE)
    assert name_of(found, place) == "assignment4.ipynb" and "assignment4 (1).ipynb" in told(found)
    put(place, {"assignment4.ipynb": b""})
    assert name_of(find_one(place, NAME), place) == "assignment4 (1).ipynb"


def test_the_highest_number_of_an_attempt_counts(tmp_path: Path) -> None:
    files = {"assignment4 (2).ipynb": WORK, "assignment4 (10).ipynb": MORE_WORK}
    place = put(tmp_path / "ada", {**files, "assignment4 (9).ipynb": made("z")})
    assert name_of(find_one(place, NAME, RELEASE), place) == "assignment4 (10).ipynb"


def test_different_work_and_no_way_to_tell_names_both(tmp_path: Path) -> None:
    place = put(tmp_path / "ada", {"assignment4_a.ipynb": WORK, "assignment4_b.ipynb": MORE_WORK})
    found = find_one(place, NAME, RELEASE)
    assert found.path is None
    assert told(found).strip() == (
        "the folder holds assignment4_a.ipynb and assignment4_b.ipynb, with different work: hand "
        "in one of them as assignment4.ipynb"
    )
    put(place, {"assignment4_b.ipynb": WORK})
    assert name_of(find_one(place, NAME), place) == "assignment4_a.ipynb"


@pytest.mark.parametrize(
    ("name", "content"),
    [("assignment4.py", "# %%\nx = 1\n"), ("solution.py", "x = 1\n"), ("a.ipynb.txt", WORK),
     ("assignment4.json", WORK), ("assignment4", WORK), ("download.ipynb.html", WORK)],
)  # fmt: skip
def test_scripts_and_other_endings_count_without_an_ipynb(
    tmp_path: Path, name: str, content: object
) -> None:
    place = put(tmp_path / "ada", {name: content, "data.csv": "1,2", "README.md": "Hello"})
    found = find_one(place, NAME)
    assert name_of(found, place) == name and f"was called {name}" in told(found)
    put(place, {"assignment4_final.ipynb": WORK})
    assert name_of(find_one(place, NAME), place) == "assignment4_final.ipynb"


def test_what_there_is_in_place_of_a_notebook_is_said(tmp_path: Path) -> None:
    place = put(tmp_path / "ada", {"report.pdf": b"%PDF-1.7"})
    assert told(find_one(place, NAME)).strip().startswith("report.pdf is a PDF document: hand in")
    put(place, {"photo.png": b"\x89PNG"})
    assert "holds no notebook, but photo.png and report.pdf" in told(find_one(place, NAME))
    put(place, {"assignment4.html": "<html>"})
    assert "assignment4.html is a web page" in told(find_one(place, NAME))


def test_what_is_not_the_assignment_is_not_taken_for_it(tmp_path: Path) -> None:
    for name, content in (("other.ipynb", OTHER), ("helper.py", "def helper():\n    pass\n")):
        place = put(tmp_path / name, {name: content})
        found = find_one(place, NAME, RELEASE)
        assert found.path is None
        assert told(found).strip() == (
            f"{name} holds nothing of assignment4: hand in assignment4.ipynb"
        )
    place = put(tmp_path / "ada", {"mine.py": "class Attention:\n    pass\n",
                                   **{f"{n}.txt": "data" for n in range(30)}})  # fmt: skip
    assert name_of(find_one(place, NAME, RELEASE), place) == "mine.py"


def test_an_unreadable_notebook_is_found_and_reading_says_why(tmp_path: Path) -> None:
    place = put(tmp_path / "ada", {"assignment4.ipynb": b""})
    found = find_one(place, NAME)
    assert found.path is not None and found.reason is None
    with pytest.raises(Unreadable, match=r"assignment4.ipynb is empty"):
        read_notebook(found.path)


def test_checkpoints_count_only_where_there_is_nothing_else(tmp_path: Path) -> None:
    kept = ".ipynb_checkpoints/assignment4-checkpoint.ipynb"
    place = put(tmp_path / "ada", {kept: WORK, ".attempts/1/assignment4.ipynb": MORE_WORK})
    found = find_one(place, NAME)
    assert name_of(found, place) == kept and "which may be older" in told(found)
    put(place, {"x.ipynb": MORE_WORK})
    assert name_of(find_one(place, NAME), place) == "x.ipynb"


def test_links_that_lead_out_are_refused(tmp_path: Path) -> None:
    put(tmp_path, {"secret.ipynb": WORK, "ada/notes.txt": "hello"})
    for name in ("assignment4.ipynb", "other.ipynb"):
        place = tmp_path / f"to-{name}"
        place.mkdir()
        (place / name).symlink_to(tmp_path / "secret.ipynb")
        found = find_one(place, NAME)
        assert found.path is None and f"{name} is a link to somewhere else" in told(found)
    (tmp_path / "ada" / NAME).symlink_to(tmp_path / "to-assignment4.ipynb")
    assert find_one(tmp_path / "ada", NAME).path is None
    put(place, {"real.ipynb": MORE_WORK})
    assert name_of(find_one(place, NAME), place) == "real.ipynb"
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "assignment4.ipynb").symlink_to("assignment4.ipynb")
    assert find_one(tmp_path / "loop", NAME).path is None


def test_what_collecting_found_out_comes_along(tmp_path: Path) -> None:
    put(tmp_path, {"ada/assignment4.ipynb": WORK, "ada/.attempts/1/assignment4.ipynb": MORE_WORK,
                   "ben/x.ipynb": WORK, "cleo/assignment4.ipynb": WORK})  # fmt: skip
    when, pair = "2026-11-28T22:00:00+00:00", ("ada", "dave")
    entries = [Collected("ada", pair, when, False, 2, ("a note",)), Collected("ben"),
               Collected("gone")]  # fmt: skip
    collected = {entry.student: entry for entry in entries}
    place_of(tmp_path, NAME).write_text(as_text(Manifest(NAME, "canvas", collected)))
    ada, ben, cleo = find_submissions(tmp_path, NAME)
    assert (ada.members, ada.handed_in) == (pair, when)
    assert ada.notes == ("a note",) and ada.path == tmp_path / "ada" / "assignment4.ipynb"
    assert (ben.members, ben.handed_in, ben.notes) == ((), None, ()) and "x.ipynb" in ben.mended[0]
    assert cleo == Submission("cleo", tmp_path / "cleo" / "assignment4.ipynb")


@pytest.mark.parametrize("content", ["{", "[]", '{"submissions": 3}', "\xff"])
def test_a_broken_manifest_stops_nothing(tmp_path: Path, content: str) -> None:
    put(tmp_path, {"ada/assignment4.ipynb": WORK, f"collected-{NAME}.json": content})
    assert [s.student for s in find_submissions(tmp_path, NAME)] == ["ada"]


@pytest.mark.parametrize("work", ["my work.ipynb", "assignment4.py", "sub/Untitled.ipynb"])
def test_work_of_another_name_counts_where_the_expected_notebook_is_as_given_out(
    tmp_path: Path, work: str
) -> None:
    text = "# %%\nclass Attention:\n    return_ = 1\n\n# %%\ndef train():\n    return 1\n"
    files = {f"{NAME}.ipynb": RELEASE, work: text if work.endswith(".py") else WORK}
    found = find_one(put(tmp_path / "anna", files), NAME, RELEASE)
    assert found.path is not None
    assert found.path.name == Path(work).name
    assert Path(work).name in told(found)


def test_another_assignments_work_does_not_count_for_an_untouched_notebook(tmp_path: Path) -> None:
    found = find_one(put(tmp_path / "anna", {f"{NAME}.ipynb": RELEASE, "lab.ipynb": OTHER}), NAME,
                     RELEASE)  # fmt: skip
    assert found.path is not None
    assert found.path.name == f"{NAME}.ipynb"
    assert not found.mended


def test_a_script_of_the_assignments_name_counts_beside_another_assignments_notebook(
    tmp_path: Path,
) -> None:
    text = "# %%\nclass Attention:\n    x = 1\n\n# %%\ndef train():\n    return 1\n"
    found = find_one(put(tmp_path / "anna", {"lab.ipynb": OTHER, f"{NAME}.py": text}), NAME,
                     RELEASE)  # fmt: skip
    assert found.path is not None
    assert found.path.name == f"{NAME}.py"
