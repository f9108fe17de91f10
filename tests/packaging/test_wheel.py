"""The wheel is what a student installs: checks and corpora, no solutions, no hidden checks."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.packaging.declared import ROOT, requirements, tracked_files

pytestmark = pytest.mark.slow


def run(*command: object, cwd: Path) -> str:
    """Run a command to its end and return what it printed."""
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the tracked files, so that nothing is left in the clone."""
    folder = tmp_path_factory.mktemp("wheel")
    for path in tracked_files():
        copy = folder / "clone" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    pip = [sys.executable, "-m", "pip", "wheel", "-qq", "--no-deps", "--no-build-isolation"]
    run(*pip, "--wheel-dir", folder, ".", cwd=folder / "clone")
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def site(wheel: Path) -> Path:
    """Return a folder into which only the wheel is installed."""
    folder = wheel.parent / "site"
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-deps", "--no-index"]
    run(*pip, "--target", folder, wheel, cwd=wheel.parent)
    return folder


def python(site: Path, code: str) -> str:
    """Run code with the wheel in front of everything and the clone nowhere on the path."""
    keep_out = (
        f"import sys; sys.path[:] = [{str(site)!r}] + [p for p in sys.path if p != {str(ROOT)!r}]\n"
    )
    return run(sys.executable, "-c", keep_out + code, cwd=site.parent)


def test_the_wheel_holds_our_packages_and_nothing_else(names):
    top = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert top == {"autograder", "data_scripts"}


@pytest.mark.parametrize("secret", ["solutions", "hidden", "build", "demo", "release"])
def test_a_students_installation_lacks(names, secret):
    found = [name for name in names if f"/{secret}/" in f"/{name}"]
    assert not found, f"the wheel ships {secret}: {found}"


def test_no_file_of_the_wheel_quotes_a_solution(wheel):
    with zipfile.ZipFile(wheel) as archive:
        quoting = [name for name in archive.namelist() if b"# BEGIN SOLUTION" in archive.read(name)]
    assert not quoting, f"solution markers in {quoting}"


def test_every_other_module_and_data_file_is_shipped(names):
    """What git tracks below the two packages is in the wheel, secrets and notes excepted."""
    tracked = [path.relative_to(ROOT) for path in tracked_files()]
    wanted = {
        path.as_posix()
        for path in tracked
        if path.parts[0] in ("autograder", "data_scripts")
        and path.parts[1] not in ("attacks", "hidden", "build", "demo", "marking", "release")
        and path.suffix != ".md"
    }
    assert wanted <= names, f"missing from the wheel: {sorted(wanted - names)}"
    assert any(name.startswith("data_scripts/samples/") for name in names), "no sample corpus"


def test_the_wheel_carries_the_licence(names):
    assert [name for name in names if name.endswith("licenses/LICENSE")]


def test_an_installed_wheel_imports_from_its_own_folder(site):
    where = python(site, "import autograder, data_scripts; print(autograder.__file__)")
    assert Path(where.strip()).is_relative_to(site)


def test_importing_autograder_loads_no_torch(site):
    code = (
        "import autograder; print([m for m in ('torch', 'numpy', 'IPython') if m in sys.modules])"
    )
    assert python(site, code).strip() == "[]"


def test_every_module_of_the_wheel_imports_without_the_secret_ones(site):
    code = """
import importlib, pkgutil, autograder, data_scripts
for package in (autograder, data_scripts):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):
        importlib.import_module(module.name)
print('all')
"""
    assert python(site, code).strip().endswith("all")


def test_an_installed_wheel_checks_an_exercise(site):
    """What a student does: no hidden checks at hand, full points all the same."""
    solution = ROOT / "solutions" / "assignment4" / "attention.py"
    code = f"""
exec(open({str(solution)!r}, encoding='utf-8').read())
from autograder.notebook import check
print('points:', check('E1'))
"""
    assert python(site, code).strip().endswith("points: 5.0")


def test_solutions_cannot_be_imported_from_an_installed_wheel(site):
    code = """
from importlib.util import find_spec
print([name for name in ('solutions', 'autograder.hidden', 'autograder.build') if find_spec(name)])
"""
    assert python(site, code).strip() == "[]"


def test_assignment_4_needs_nothing_that_only_the_lab_brings(site):
    """A student of `.[student]` has no convokit, tiktoken, safetensors, ...: none is imported."""
    lab = sorted(set(requirements("lab")) - set(requirements("student")))
    blocked = [name.replace("-", "_") for name in lab]
    python(
        site,
        f"import sys\nsys.modules.update(dict.fromkeys({blocked}))\n"
        "from autograder.notebook import check, curves, needs, pictures, training\n"
        "from autograder.checks import assignment\nassignment('assignment4')\n",
    )


@pytest.mark.parametrize("name", ["assignment4", "lab11"])
def test_the_given_cells_of_a_notebook_run_with_the_wheel_alone(site, name):
    notebook = json.loads((ROOT / "notebooks" / name / f"{name}.ipynb").read_text("utf-8"))
    given = [
        "".join(cell["source"])
        for cell in notebook["cells"]
        if cell["metadata"].get("course", {}).get("role") in ("given", "exercise")
    ]
    python(site, f"for code in {given!r}:\n    exec(code, globals())\nprint(len(globals()))\n")
