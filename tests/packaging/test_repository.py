"""What is committed works for everybody: no registry's host, no path of one machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.packaging.declared import ROOT, tracked_files

# Spelt in pieces, so that this file passes its own test.
REGISTRY_HOSTS = [
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "deb.deb" + "ian",
    "download.py" + "torch",
    "conda.ana" + "conda",
]
PERSONAL_FOLDER = re.compile(r"(?<![\w.:/])/(?:home|root|Users|work|mnt|opt)/[\w.-]+")


def texts() -> list[tuple[Path, str]]:
    """Return the tracked text files with what they hold."""
    found = []
    for path in tracked_files():
        try:
            found.append((path.relative_to(ROOT), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_no_file_names_the_registry(host):
    naming = [str(path) for path, text in texts() if host in text]
    assert not naming, (
        f"{host} stands in {naming}: pip finds its registries by its own configuration"
    )


def test_no_file_holds_a_path_of_one_machine():
    found = [
        f"{path}: {match.group()}"
        for path, text in texts()
        for match in PERSONAL_FOLDER.finditer(text)
    ]
    assert not found, "\n".join(found)


def test_continuous_integration_runs_the_commands_of_the_readme():
    commands = [
        line
        for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
        if line.startswith("make ")
    ]
    assert commands == ["make demo", "make lint", "make test"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make demo" in readme and "make test" in readme


def test_make_help_lists_the_targets_people_need():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = {line.split()[1] for line in shown.stdout.splitlines() if line.startswith("make ")}
    assert listed >= {"help", "demo", "test", "lint", "notebooks", "bench", "clean"}


def test_make_without_a_usable_python_says_what_to_do(tmp_path):
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        ["make", "demo", "PYTHON="], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert not (tmp_path / ".venv").exists(), "nothing may be left half-made"
