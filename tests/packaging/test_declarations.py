"""pyproject.toml, constraints.txt, environment.yml and CHANGELOG.md say the same."""

from __future__ import annotations

from importlib import metadata

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import autograder
from tests.packaging.declared import (
    NAME,
    ROOT,
    changelog_versions,
    environment,
    pins,
    project,
    requirements,
)

# Versions that Google Colab ships, or has shipped in the last years.
COLAB = [
    ("torch", "2.3.0"),
    ("torch", "2.6.0+cu124"),
    ("torch", "2.9.0+cu126"),
    ("numpy", "1.26.4"),
    ("numpy", "2.0.2"),
    ("matplotlib", "3.7.1"),
    ("matplotlib", "3.10.0"),
    ("ipython", "7.34.0"),
    ("ipykernel", "6.17.1"),
    ("ipywidgets", "7.7.1"),
    ("tqdm", "4.66.4"),
    ("click", "8.1.7"),
    ("safetensors", "0.4.3"),
]
EXTRAS = ["student", "lab", "instructor", "cluster", "dev"]


def test_there_is_an_extra_for_each_kind_of_reader():
    assert list(project()["optional-dependencies"]) == EXTRAS


@pytest.mark.parametrize(("package", "version"), COLAB)
def test_colab_keeps_its_own_version(package, version):
    wanted = requirements("lab")[package]
    assert wanted.specifier.contains(version), (
        f"Colab's {package} {version} would be replaced: {wanted}"
    )


def test_the_base_installation_leaves_torch_and_jupyter_alone():
    heavy = {"torch", "jupyterlab", "notebook", "nbgrader", "ipykernel"} & set(requirements())
    assert not heavy, f"belongs in an extra: {', '.join(heavy)}"


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_requirement_is_pinned_within_its_range(extra):
    for name, wanted in requirements(extra).items():
        assert name in pins(), f"constraints.txt lacks {name}, which the extra {extra!r} requires"
        (pin,) = pins()[name].specifier
        assert pin.operator == "==", f"constraints.txt: {pins()[name]} is not an exact version"
        assert wanted.specifier.contains(pin.version), f"{wanted} excludes the pin {pin.version}"


def test_whatever_the_installed_extras_pull_in_is_pinned():
    """Follow the installed packages' own requirements: nothing may float in CI."""
    missing, seen = set(), set()
    waiting = [(wanted.name, frozenset(wanted.extras)) for wanted in requirements("dev").values()]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        if canonicalize_name(name) not in pins():
            missing.add(name)
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            chosen = extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": e}) for e in chosen):
                waiting.append((needed.name, frozenset(needed.extras)))
    assert not missing, f"add to constraints.txt: {', '.join(sorted(missing))}"


def test_torch_is_pinned_so_that_a_local_cpu_wheel_fits():
    assert str(pins()["torch"]) == "torch==2.13.0"
    nvidia = [name for name in pins() if name.startswith(("nvidia", "cuda", "triton"))]
    assert not nvidia, f"CUDA packages have no place in constraints.txt: {nvidia}"


def test_conda_users_get_what_pip_users_get():
    *lines, last = next(d["pip"] for d in environment()["dependencies"] if isinstance(d, dict))
    listed = {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}
    assert listed == requirements("lab")
    assert last == ".", "the last line of environment.yml's pip section installs the course itself"


def test_conda_and_pip_users_get_the_same_python():
    python = next(
        d for d in environment()["dependencies"] if isinstance(d, str) and d.startswith("python ")
    )
    allowed = SpecifierSet(project()["requires-python"])
    assert SpecifierSet(python.removeprefix("python ")) == allowed
    named = {c.rpartition(" ")[2] for c in project()["classifiers"] if "Python :: 3." in c}
    assert named == {v for v in ("3.10", "3.11", "3.12", "3.13", "3.14") if allowed.contains(v)}


def test_the_changelog_begins_with_this_version():
    assert changelog_versions()[0] == project()["version"] == autograder.__version__


def test_the_installed_package_is_this_version():
    assert metadata.version(NAME) == project()["version"], "pyproject.toml moved on: run make again"


def test_every_changelog_entry_says_whom_it_is_for():
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line.startswith("- ")]
    assert entries, "the changelog has no entries"
    for entry in entries:
        assert entry.startswith(("- Students: ", "- Instructors: ", "- Developers: ")), entry
