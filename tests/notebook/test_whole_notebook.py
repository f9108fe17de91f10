"""The solved notebook in a real kernel, from top to bottom, with both trainings."""

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.build import builder
from tests.notebook.conftest import ROOT, TEXT


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """The solved notebook after "Restart Kernel and Run All Cells", on the quick setting."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NBGRADER_EXECUTION", raising=False)
        patch.setenv("PYTHONPATH", str(ROOT))
        notebook = builder.build(TEXT, ROOT).solved
        metadata = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=800, resources=metadata).execute()
    return notebook


def outputs(notebook: nbformat.NotebookNode, cell_id: str) -> list[nbformat.NotebookNode]:
    (cell,) = [cell for cell in notebook.cells if cell.id == cell_id]
    return list(cell.outputs)


def printed(notebook: nbformat.NotebookNode, cell_id: str) -> str:
    return "".join(o.text for o in outputs(notebook, cell_id) if o.output_type == "stream")


def result(notebook: nbformat.NotebookNode, cell_id: str) -> float:
    """The number that a check cell ends in."""
    (number,) = [o for o in outputs(notebook, cell_id) if o.output_type == "execute_result"]
    return float(number.data["text/plain"])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_solved_notebook_earns_all_points(executed: nbformat.NotebookNode) -> None:
    assert sum(result(executed, f"e{number}_check") for number in range(1, 9)) == 40.0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_both_models_beat_the_table_of_pairs(executed: nbformat.NotebookNode) -> None:
    pairs = float(printed(executed, "bigram_loss").split()[-1])
    losses = row_of_the_comparison(executed, "validation loss, nats")
    assert len(losses) == 2 and all(loss < pairs for loss in losses)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_comparison_is_fair_and_measures_the_speed(executed: nbformat.NotebookNode) -> None:
    assert row_of_the_comparison(executed, "characters read") == [384_000, 384_000]
    small, large = sorted(row_of_the_comparison(executed, "parameters"))
    assert large / small < 1.01
    assert all(speed > 0 for speed in row_of_the_comparison(executed, "characters a second"))


def row_of_the_comparison(notebook: nbformat.NotebookNode, label: str) -> list[float]:
    """The two numbers of one row, transformer first."""
    (table,) = outputs(notebook, "table_of_both")
    lines = table.data["text/plain"].splitlines()
    assert lines[0].split() == ["transformer", "LSTM"]
    (line,) = [line for line in lines if line.startswith(label)]
    return [float(number.replace(",", "")) for number in line.removeprefix(label).split()]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_picture_is_there_with_its_alternative_text(
    executed: nbformat.NotebookNode,
) -> None:
    images = [
        (cell.id, output)
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(images) >= 13
    for cell_id, image in images:
        assert image.metadata["image/png"]["alt"], cell_id
