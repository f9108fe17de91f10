"""What students are given: everything they need, nothing that gives an answer away."""

import ast
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from autograder.build import build, words
from autograder.build import texts as builder_texts
from autograder.release import notebooks, wheel
from autograder.release.errors import CannotRelease
from autograder.release.pins import declared
from tests.release.conftest import ROOT, Released, release

pytestmark = pytest.mark.slow  # a wheel and two notebooks are built

WHEEL = re.compile(r"transformer_course-[\d.]+-py3-none-any\.whl")
LINK = re.compile(r"\]\((?!https?://|#)([^)]+)\)")


def texts(released: Released) -> Iterator[tuple[str, str]]:
    """Every file of the zip and of the wheel in it, with its text."""
    with zipfile.ZipFile(released.zip) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            if name.endswith(".whl"):
                with zipfile.ZipFile(io.BytesIO(content)) as inner:
                    for inside in inner.namelist():
                        yield inside, inner.read(inside).decode()
            elif name.endswith(".ipynb"):
                yield name, sources(nbformat.reads(content.decode(), 4))
            else:
                yield name, content.decode()


def sources(notebook: nbformat.NotebookNode) -> str:
    """The text of all cells of a notebook."""
    return "\n".join(cell.source for cell in notebook.cells)


def solutions() -> list[str]:
    """All that stands between solution markers, without layout."""
    found = []
    for path in sorted((ROOT / "solutions").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        found += re.findall(r"# BEGIN SOLUTION\n(.*?)# END SOLUTION", text, re.DOTALL)
    return [squeezed(region) for region in found]


def squeezed(text: str) -> str:
    """A text without blanks and line breaks."""
    return re.sub(r"\s+", "", text)


def test_the_zip_holds_the_folder_and_nothing_else(released):
    with zipfile.ZipFile(released.zip) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    there = {name: content for name, content in released.files().items() if "/" in name}
    assert packed == there
    (built,) = [name.split("/")[1] for name in packed if name.endswith(".whl")]
    assert WHEEL.fullmatch(built)
    assert {name.removeprefix("transformer-course/") for name in packed} == {
        "LICENSE", "README.md", "assignment4.ipynb", "constraints.txt", "lab11.ipynb",
        "students.md", built,
    }  # fmt: skip


def test_no_solution_is_in_the_zip(released):
    regions = [region for region in solutions() if len(region) > 60]
    solved = squeezed("".join(sources(build(text, ROOT).solved) for text in builder_texts(ROOT)))
    assert sum(region in solved for region in regions) >= 8, "this test would find no solution"
    all_of_it = {name: squeezed(text) for name, text in texts(released)}
    quoting = [(name, region[:60]) for region in regions for name, text in all_of_it.items()
               if region in text]  # fmt: skip
    assert quoting == []
    markers = ("BEGIN" + "SOLUTION", "BEGIN" + "HIDDENTESTS", "BEGIN" + "MARKSCHEME")
    marked = [name for name, text in all_of_it.items()
              if name.endswith(".ipynb") and any(marker in text for marker in markers)]  # fmt: skip
    assert marked == []


def test_no_answer_in_words_is_in_the_zip(released):
    known = words.read(ROOT, words.Path("solutions/lab11/words.md"))
    sentences = {squeezed(part) for each in known.values() for part in each.answer.split(". ")}
    long = [sentence for sentence in sentences if len(sentence) > 60]
    assert len(long) > 20
    quoting = [(name, sentence) for name, text in texts(released) for sentence in long
               if name.endswith((".ipynb", ".md")) and sentence in squeezed(text)]  # fmt: skip
    assert quoting == []


def test_no_instructors_module_and_no_litter_is_in_the_zip(released):
    secret = ("solutions/", "hidden/", "autograder/build/", "attacks/", "demo/", "marking/",
              "autograder/release/", "tests/", "__pycache__", ".pyc", ".ipynb_checkpoints",
              "egg-info")  # fmt: skip
    names = [name for name, _ in texts(released)]
    assert [name for name in names if any(part in name for part in secret)] == []
    assert [name for name in names if name.startswith("/") or ".." in name.split("/")] == []


def test_no_text_of_the_zip_names_a_path_of_this_machine(released):
    here = [str(ROOT), str(released.place)]
    assert [name for name, text in texts(released) if any(path in text for path in here)] == []


def test_the_same_clone_gives_the_same_bytes(released, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # somebody else's wish does not count
    assert release(tmp_path / "again").files() == released.files()


def test_the_wheel_is_the_one_that_setuptools_builds_in_order_and_without_dates(released):
    (built,) = released.folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        names = archive.namelist()
        recorded = archive.read(names[-1]).decode().splitlines()
    assert names[-1].endswith(".dist-info/RECORD")
    assert sorted(line.split(",")[0] for line in recorded) == sorted(names)


def test_without_setuptools_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(wheel, "find_spec", lambda name: None)
    with pytest.raises(CannotRelease, match=r'pip install "setuptools>=\d'):
        wheel.build_wheel(ROOT)


def test_the_notebooks_are_the_committed_ones(released):
    for name in ("assignment4", "lab11"):
        committed = (ROOT / "notebooks" / name / f"{name}.ipynb").read_bytes()
        assert (released.folder / f"{name}.ipynb").read_bytes() == committed


def test_an_address_goes_into_the_first_cell_and_changes_nothing_else(announced, released):
    (built,) = announced.folder.glob("*.whl")
    address = f"https://raw.githubusercontent.com/example/course/week/11/{built.name}"
    plain = nbformat.read(released.folder / "lab11.ipynb", 4)
    told = nbformat.read(announced.folder / "lab11.ipynb", 4)
    different = [(a, b) for a, b in zip(plain.cells, told.cells, strict=True) if a != b]
    ((before, after),) = different
    assert before.id == after.id == "install"
    assert before.source.replace('PACKAGE = ""', f'PACKAGE = "{address}"') == after.source
    (given,) = [node.value for node in ast.parse(after.source).body
                if isinstance(node, ast.Assign) and node.targets[0].id == "PACKAGE"]  # fmt: skip
    assert ast.literal_eval(given) == address


def test_nbgraders_checksums_are_those_of_what_students_get(announced):
    for path in announced.folder.glob("*.ipynb"):
        cells = nbformat.read(path, 4).cells
        locked = [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("checksum")]
        assert len(locked) > 20
        wrong = [cell.id for cell in locked
                 if compute_checksum(cell) != cell.metadata.nbgrader.checksum]  # fmt: skip
        assert wrong == [], path.name


def test_the_setting_for_diagnoses_is_in_its_notebook_alone(announced):
    never = (announced.folder / "assignment4.ipynb").read_text(encoding="utf-8")
    live = (announced.folder / "lab11.ipynb").read_text(encoding="utf-8")
    assert 'checking.diagnoses(\\"never\\")' in never
    assert "checking.diagnoses(" not in live


def test_an_address_without_a_cell_to_go_to_is_told():
    source = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1", id="install")])
    with pytest.raises(CannotRelease, match="no cell"):
        notebooks.with_package(source, "https://example.org/x.whl")


def test_the_constraints_are_the_clones_for_what_students_install(released):
    ours = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    given = (released.folder / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in given if not line.startswith("#")]
    assert set(pins) < set(ours)
    assert "torch==2.13.0" in pins
    names = {line.split("==")[0].lower().replace("_", "-") for line in pins}
    wanted = {re.split(r"[<>=!~;\[ ]", line)[0].lower() for line in declared(ROOT, "lab")}
    assert wanted <= names
    instructors = {"nbgrader", "copydetect", "distributed", "pytest", "mypy", "selenium"}
    assert not instructors & names


def test_the_page_names_the_files_that_are_there(released):
    page = (released.folder / "README.md").read_text(encoding="utf-8")
    (built,) = released.folder.glob("*.whl")
    assert f'"./{built.name}[lab]"' in page
    for name in ("assignment4.ipynb", "lab11.ipynb", "constraints.txt", "students.md"):
        assert f"`{name}`" in page
    for place in ("JupyterLab", "VS Code", "Google Colab"):
        assert re.search(rf"^## {place}", page, re.MULTILINE)
    assert "$" not in page


@pytest.mark.parametrize("name", ["README.md", "students.md"])
def test_a_page_leads_to_nothing_that_students_do_not_have(released, name):
    text = (released.folder / name).read_text(encoding="utf-8")
    missing = [link for link in LINK.findall(text) if not (released.folder / link).exists()]
    assert missing == []


def test_every_command_of_the_page_is_one_that_students_have(released):
    """`course data` is in the wheel, with these subcommands."""
    from autograder.cli import main

    page = (released.folder / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^ +course (\w+) ([\w-]+)((?: --\w+)*)", page, re.MULTILINE)
    assert len(shown) == 3
    for verb, name, options in shown:
        command = main.commands[verb].commands[name]
        known = {option for param in command.params for option in param.opts}
        assert set(options.split()) <= known


def test_one_assignment_alone_has_its_notebook_and_needs_less(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    alone = release(tmp_path / "out", "assignment4")
    assert [path.name for path in alone.folder.glob("*.ipynb")] == ["assignment4.ipynb"]
    page = (alone.folder / "README.md").read_text(encoding="utf-8")
    assert "whl[student]" in page and "lab11" not in page and "friends" not in page
    assert "convokit" not in (alone.folder / "constraints.txt").read_text(encoding="utf-8")


def test_what_is_excluded_from_the_wheel_is_excluded_as_data_too():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    packages = {name.split(".")[1] for name in tool["setuptools"]["packages"]["find"]["exclude"]}
    files = {
        name.split("/")[0] for name in tool["setuptools"]["exclude-package-data"]["autograder"]
    }
    assert packages == files and "release" in packages


def test_the_note_names_every_file(released):
    note = json.loads((released.place / ".course-release.json").read_text())
    assert set(note["files"]) == set(released.files())
