"""The panels in a real kernel: controls and a picture in the output, with widgets and without."""

from __future__ import annotations

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.notebook.interactive.panel import WIDGET
from tests.notebook.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MODEL = """
import torch
from autograder.notebook import interactive
from solutions.assignment4.data import decode, encode
from solutions.assignment4.gpt import GPT

torch.manual_seed(0)
fresh, model = (GPT(40, 16, 16, 2, 2, dropout=0.0) for _ in range(2))
"""
CALLS = {
    "temperature": 'interactive.temperature(model, encode, decode, prompt="we ", length=5)',
    "next_token": 'interactive.next_token(model, encode, decode, text="we ")',
    "attention": 'interactive.attention(model, encode, decode, text="we are")',
    "neighbours": 'interactive.neighbours({"before": fresh, "after": model}, encode, decode, '
    'token="a")',
}
MOVE = """
import ipywidgets

def only(kind):
    (found,) = [w for w in ipywidgets.widgets.widget._instances.values() if type(w) is kind]
    return found

only(ipywidgets.FloatSlider).value = 1.7
print("moved")
"""


def executed(folder: object, *sources: str) -> NotebookNode:
    """Run cells in a fresh kernel; an exception in one of them fails the test."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NBGRADER_EXECUTION", raising=False)
        patch.setenv("PYTHONPATH", str(ROOT))
        resources = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=300, resources=resources).execute()
    return notebook


def bundles(cell: NotebookNode) -> list[NotebookNode]:
    return [output.data for output in cell.outputs if output.output_type == "display_data"]


def pictures(cell: NotebookNode) -> list[str]:
    return [bundle["image/png"] for bundle in bundles(cell) if "image/png" in bundle]


@pytest.fixture(scope="module")
def with_widgets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    notebook = executed(tmp_path_factory.mktemp("panels"), MODEL, *CALLS.values())
    return dict(zip(CALLS, notebook.cells[1:], strict=True))


@pytest.mark.parametrize("name", CALLS)
def test_controls_and_a_picture_with_its_words_are_in_the_output(
    name: str, with_widgets: dict[str, NotebookNode]
) -> None:
    cell = with_widgets[name]
    controls, picture, caption = bundles(cell)[:3]
    assert "stand here while the notebook runs" in controls["text/plain"]
    assert controls[WIDGET]["model_id"]
    assert WIDGET not in picture and picture["image/png"]
    (alt,) = [output.metadata["image/png"]["alt"] for output in cell.outputs[1:2]]
    assert alt == caption["text/plain"] and len(alt.split()) > 8


def test_moving_the_slider_replaces_the_picture_where_it_stands(tmp_path: object) -> None:
    call = CALLS["temperature"]
    still, moved = (executed(tmp_path, MODEL, call, last).cells for last in ("1", MOVE))
    assert "moved" in moved[2].outputs[0].text
    assert len(moved[1].outputs) == len(still[1].outputs)
    assert pictures(moved[1]) != pictures(still[1])
    assert "at temperature 1.7" in moved[1].outputs[1].metadata["image/png"]["alt"]


@pytest.mark.parametrize("name", CALLS)
def test_without_ipywidgets_the_picture_is_there_and_a_word_how_to_get_them(
    name: str, tmp_path_factory: pytest.TempPathFactory, without_widgets: dict[str, NotebookNode]
) -> None:
    first, *_ = bundles(without_widgets[name])
    assert "pip install ipywidgets" in first["text/plain"]
    assert all(WIDGET not in bundle for bundle in bundles(without_widgets[name]))
    assert len(pictures(without_widgets[name])) == 1


@pytest.fixture(scope="module")
def without_widgets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, NotebookNode]:
    blocked = 'import sys\nsys.modules["ipywidgets"] = None\n'
    notebook = executed(tmp_path_factory.mktemp("none"), blocked + MODEL, *CALLS.values())
    return dict(zip(CALLS, notebook.cells[1:], strict=True))


def test_on_colab_the_picture_is_a_widget_with_the_png_behind_it(tmp_path: object) -> None:
    colab = 'import sys, types\nsys.modules["google.colab"] = types.ModuleType("google.colab")\n'
    notebook = executed(tmp_path, colab + MODEL, CALLS["temperature"], MOVE)
    _, picture, caption, text = bundles(notebook.cells[1])
    assert all(WIDGET in each for each in (picture, caption, text))
    assert picture["image/png"] and caption["text/plain"] and text["text/html"]
    state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"].state
    shown = state[caption[WIDGET]["model_id"]]["state"]["value"]
    assert "at temperature 1.7" in shown


def test_an_open_exercise_is_named_in_place_of_a_panel(tmp_path: object) -> None:
    call = 'from autograder.notebook import interactive, needs\nwith needs("E5"):\n    '
    notebook = executed(tmp_path, call + "interactive.next_token(GPT(), None, None, text='')")
    assert notebook.cells[0].outputs[0].text == "This appears once E5 works.\n"
