"""The solved lab in a real kernel, from the sample corpus to the text after fine-tuning."""

import re

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.checks import TASKS
from tests.lab_answers import built
from tests.notebook.conftest import ROOT
from tests.notebook.test_whole_notebook import outputs, printed, result

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    """The solved lab after "Restart Kernel and Run All Cells", on the quick setting."""
    folder = tmp_path_factory.mktemp("lab")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NBGRADER_EXECUTION", raising=False)
        patch.setenv("PYTHONPATH", str(ROOT))
        notebook = built().solved
        metadata = {"metadata": {"path": str(folder)}}
        NotebookClient(notebook, timeout=800, resources=metadata).execute()
    return notebook


def losses(notebook: nbformat.NotebookNode, cell_id: str) -> list[float]:
    """The validation losses that a run has printed, in order."""
    return [float(loss) for loss in re.findall(r"validation ([\d.]+)", printed(notebook, cell_id))]


def test_the_solved_lab_earns_the_six_points_that_tests_give(executed):
    checks = ("g1_1_check", "g2_2_check", "g2_3_check", "g2_5_check")
    assert sum(result(executed, name) for name in checks) == 6.0


def test_every_task_with_a_check_is_right(executed):
    for task in TASKS["lab11"]:
        (shown,) = outputs(executed, f"{task.lower().replace('.', '_')}_check")
        assert shown.data["text/plain"].splitlines()[0].endswith(": right"), task


def test_nothing_is_left_open(executed):
    code = [cell.id for cell in executed.cells if cell.cell_type == "code"]
    told = "".join(printed(executed, name) for name in code)
    assert "This appears" not in told
    assert "This needs" not in told


def test_the_stand_in_learns_and_fine_tuning_learns_more(executed):
    """Held-out text: first of everybody else, then the character's own last lines."""
    before, after = losses(executed, "pretrain_stand_in"), losses(executed, "fine_tune")
    assert before[0] == pytest.approx(10.83, abs=0.1)  # ln 50304
    assert before[-1] < before[0] - 4
    assert min(after) < after[0] - 0.1


def test_the_picture_of_the_two_totals_has_both(executed):
    table = printed(executed, "two_totals")
    assert "124,457,472" in table and "124,475,904" in table


def test_every_picture_has_its_alternative_text(executed):
    images = [
        (cell.id, output)
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert len(images) >= 10
    for cell_id, image in images:
        assert image.metadata["image/png"]["alt"], cell_id
