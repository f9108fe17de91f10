"""Google Colab as far as a notebook can tell: its module, its packages, a home that takes no files.

Colab's packages are what stands in colab-versions.txt beside this file, with its source. Python is
the one that runs the tests; Colab's is 3.12.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from autograder.release.wheel import build_wheel
from tests.release.environment import execute, fresh, make_environment, run

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
VERSIONS = HERE / "colab-versions.txt"
# what Colab has of what our packages require; the rest of colab-versions.txt follows from these
THERE = (
    *("torch", "numpy", "tqdm", "click", "matplotlib", "ipython", "ipykernel", "ipywidgets"),
    *("notebook", "pandas", "scipy", "scikit-learn", "spacy", "thinc", "nltk", "dill", "joblib"),
    *("pyyaml", "h5py", "numexpr", "bottleneck", "ruff", "datasets", "sentence-transformers"),
    *("msgpack", "safetensors", "tiktoken", "future", "six", "regex"),
)
KERNELS_OWN = "google_colab.pth"  # Colab's kernels load the module before the first cell


def make_colab(folder: Path) -> Path:
    """An environment with Colab's packages and its module, without ours; return its Python."""
    python = make_environment(folder, list(THERE), VERSIONS)
    site = Path(run(python, "import sysconfig; print(sysconfig.get_path('purelib'))",
                    folder, fresh(folder / "home")).strip())  # fmt: skip
    add_module(site)
    return python


def add_module(site: Path) -> None:
    """Put the stand-in for google.colab where packages lie, loaded whenever Python starts."""
    shutil.copytree(HERE / "stand_in", site, dirs_exist_ok=True)
    (site / KERNELS_OWN).write_text("import google.colab\n")


def content(folder: Path) -> Path:
    """A folder as /content is after the package's file was dragged there."""
    place = folder / "content"
    place.mkdir(parents=True)
    name, wheel = build_wheel(ROOT)
    (place / name).write_bytes(wheel)
    return place


def no_home(folder: Path) -> dict[str, str]:
    """Environment variables with a home that takes no files from anybody: it is a file itself."""
    variables = fresh(folder / "unused")
    home = folder / "home"
    home.write_text("")
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    return {**variables, **pip, "HOME": str(home), "COLAB_RELEASE_TAG": "stand-in"}


def play(
    notebook: NotebookNode, python: Path, place: Path, variables: Mapping[str, str]
) -> NotebookNode:
    """Run a notebook from its first cell in a kernel of this environment."""
    return execute(notebook, python, place, variables)


def frozen(python: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Every package with its version."""
    done = subprocess.run([python, "-m", "pip", "list", "--format=freeze"], capture_output=True,
                          text=True, check=True, env=dict(variables))  # fmt: skip
    return dict(line.split("==") for line in done.stdout.splitlines() if "==" in line)


def run_cell(python: Path, code: str, place: Path, variables: Mapping[str, str]) -> str:
    """Run one cell's code in a Python of this environment, and return all it says."""
    done = subprocess.run([python, "-c", code], cwd=place, env=dict(variables),
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr
