"""The student package as a wheel, built from the clone: without network, with the same bytes.

setuptools builds it, from copies of what it needs, and what it makes is packed anew. Which modules
are left out stands in pyproject.toml alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from autograder.release.archive import unzipped, zipped
from autograder.release.errors import CannotRelease

PACKAGES = ("autograder", "data_scripts")
BESIDE = ("pyproject.toml", "README.md", "LICENSE")
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", ".*", "*.pyc", "*.egg-info")
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


def build_wheel(root: Path) -> tuple[str, bytes]:
    """Build the student package of a clone; return the wheel's file name and content.

    Raises CannotRelease where setuptools is missing, or its build fails.
    """
    needed = least_setuptools(root)
    if find_spec("setuptools") is None:
        raise CannotRelease(f'the wheel is built by setuptools, which is not installed: pip install'
                            f' "{needed}"')  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        clone, out = Path(place) / "clone", Path(place) / "out"
        out.mkdir()
        for package in PACKAGES:
            shutil.copytree(root / package, clone / package, ignore=LEFT_BEHIND)
        for name in BESIDE:
            shutil.copyfile(root / name, clone / name)
        done = subprocess.run(
            [sys.executable, "-c", BUILD, str(out)], cwd=clone, capture_output=True, text=True,
            errors="replace", env=quiet(),
        )  # fmt: skip
        built = sorted(out.glob("*.whl"))
        if done.returncode or len(built) != 1:
            last = (done.stderr.strip().splitlines() or ["it made no wheel"])[-1]
            raise CannotRelease(f"setuptools could not build the student package: {last[:300]}; "
                                f'it has to be "{needed}"')  # fmt: skip
        return built[0].name, in_order(built[0].read_bytes())


def least_setuptools(root: Path) -> str:
    """The setuptools that pyproject.toml asks for."""
    found = re.search(r'requires = \["(setuptools[^"]*)"', (root / "pyproject.toml").read_text())
    return found[1] if found else "setuptools"


def quiet() -> dict[str, str]:
    """This environment without what would change the build, and with a fixed date."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "SETUPTOOLS", "DIST_EXTRA"))}  # fmt: skip
    return {**kept, "SOURCE_DATE_EPOCH": "315532800", "PYTHONDONTWRITEBYTECODE": "1"}


def in_order(wheel: bytes) -> bytes:
    """The same wheel, sorted, the description of it last and the list of its files after all."""
    files = unzipped(wheel)
    order = sorted(files, key=lambda name: (name.endswith(".dist-info/RECORD"),
                                            ".dist-info/" in name, name))  # fmt: skip
    return zipped({name: files[name] for name in order})
