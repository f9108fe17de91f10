"""The first cell where something is missing: a clear sentence, never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.student import packages, starting

ROOT = Path(__file__).resolve().parents[2]
# a Python without the course: the tests' own, without its packages
BARE = [sys.executable, "-I", "-S", "-c"]
COLAB = "import sys, types; sys.modules['google.colab'] = types.ModuleType('google.colab')\n"


def first_cell(name: str) -> str:
    notebook = json.loads((ROOT / "notebooks" / name / f"{name}.ipynb").read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code[0]["id"] == "install", "it is the first code cell"
    return "".join(code[0]["source"])


def says(code: str, folder: Path) -> str:
    done = subprocess.run([*BARE, code], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", ["assignment4", "lab11"])
def test_it_is_short(name):
    assert len(first_cell(name).splitlines()) <= 20
    assert 'PACKAGE = ""' in first_cell(name).splitlines()


def test_on_colab_without_the_file_it_says_where_to_put_it(tmp_path):
    told = says(COLAB + first_cell("assignment4"), tmp_path)
    assert "file panel" in told and "PACKAGE" in told
    assert "Error" not in told


def test_on_colab_a_file_that_pip_refuses_ends_in_the_same_sentence(tmp_path):
    (tmp_path / "transformer_course-0.1.0-py3-none-any.whl").write_bytes(b"cut off")
    told = says(COLAB + first_cell("assignment4"), tmp_path)
    assert "file panel" in told
    assert "Traceback" not in told


def test_elsewhere_it_says_what_to_run(tmp_path):
    told = says(first_cell("lab11"), tmp_path)
    assert '%pip install "transformer-course[lab] @ ADDRESS"' in told
    (tmp_path / "transformer_course-0.1.0-py3-none-any.whl").write_bytes(b"")
    told = says(first_cell("lab11"), tmp_path)
    assert f"transformer-course[lab] @ {tmp_path.resolve().as_uri()}/transformer_course" in told


def test_where_the_package_is_it_says_so_in_one_line(capsys, monkeypatch):
    monkeypatch.setenv(starting.NOTEBOOK, "")
    exec(first_cell("assignment4"), {})
    told = capsys.readouterr().out
    assert told.startswith("Ready: course package") and told.count("\n") == 1, told


def test_packages_that_are_missing_are_named_with_the_command(capsys, monkeypatch):
    monkeypatch.setenv(starting.NOTEBOOK, "")
    here = {k: v for k, v in packages.installed().items() if k not in ("convokit", "tiktoken")}
    monkeypatch.setattr(packages, "installed", lambda: here)
    starting.ready("lab11")
    assert "%pip install convokit tiktoken" in capsys.readouterr().out


def test_without_a_network_colab_s_installation_ends_in_a_sentence(capsys, monkeypatch):
    def no_network(arguments: list[str]) -> str:
        raise packages.CannotInstall("No matching distribution found for convokit")

    here = {k: v for k, v in packages.installed().items() if k != "convokit"}
    monkeypatch.setattr(packages, "installed", lambda: here)
    monkeypatch.setattr(packages, "run_pip", no_network)
    starting.install("lab11")
    told = capsys.readouterr().out
    assert "No matching distribution" in told and "network" in told and "as it was" in told


def test_only_absent_packages_are_asked_of_pip_and_what_they_need_that_is_absent(monkeypatch):
    """convokit wants a numpy and pymongo; numpy is there, whatever its version."""
    here = {"numpy": "1.0"}
    needs = {"convokit": ["numpy>=2", "pymongo>=4", "nltk; extra == 'all'"], "pymongo": ["dns"],
             "dns": []}  # fmt: skip
    asked: list[list[str]] = []

    def pip(arguments: list[str]) -> str:
        asked.append(arguments)
        here.update({packages.name_of(line): "1" for line in arguments[1:]})
        return ""

    monkeypatch.setattr(packages, "installed", lambda: dict(here))
    monkeypatch.setattr(packages.metadata, "requires", lambda name: needs[name])
    added = packages.add_absent(["convokit>=3", "numpy>=1.26"], pip)
    assert asked == [["--no-deps", "convokit>=3"], ["--no-deps", "pymongo>=4"],
                     ["--no-deps", "dns"]]  # fmt: skip
    assert added == ["convokit", "pymongo", "dns"]
    assert here["numpy"] == "1.0"


def test_a_version_that_changed_is_told(capsys, monkeypatch):
    here = {"numpy": "2.0.2"}
    monkeypatch.setattr(packages, "installed", lambda: dict(here))
    monkeypatch.setattr(packages, "add_absent", lambda *_: here.update(numpy="2.4.6"))
    starting.install("assignment4")
    told = capsys.readouterr().out
    assert "numpy 2.0.2 is now 2.4.6" in told and "as it was" not in told


def test_a_loaded_module_of_another_version_asks_for_a_restart(monkeypatch):
    here = packages.installed()
    monkeypatch.setattr(packages, "installed", lambda: {**here, "torch": "1.0.0"})
    import torch  # noqa: F401

    assert packages.stale() == ["torch"]


@pytest.mark.parametrize(
    ("requirement", "version", "wrong"),
    [
        ("torch>=2.3", "2.3.0+cu121", False),
        ("torch>=2.3", "2.2.9", True),
        ("jupyterlab<5,>=4.2", "5.0", True),
        (">=3.11,<3.14", "3.13.9", False),
        (">=3.11,<3.14", "3.14.0", True),
        ("h5py==3.12.1", "3.12.1", False),
        ("click", "1", False),
    ],
)
def test_a_version_is_held_against_its_range(requirement, version, wrong):
    assert packages.unfit(requirement, version) is wrong


@pytest.mark.parametrize("refuses", [True, False])
def test_a_home_that_takes_no_files_is_replaced_for_this_kernel(tmp_path, monkeypatch, refuses):
    home = tmp_path / "home"
    if refuses:
        home.write_text("a file in place of the folder")
    else:
        home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    starting.find_a_home()
    assert (Path.home() != home) is refuses
    assert Path.home().is_dir()
