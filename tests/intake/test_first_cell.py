"""The first cell tells where the package is: whatever anybody wrote there is fine."""

from copy import deepcopy

import pytest
from nbformat import NotebookNode

from autograder.build import builder
from autograder.intake.mend import mend
from autograder.pipeline.execute import NOT_RUN
from tests.notebook.conftest import ROOT


@pytest.fixture(scope="module", params=["assignment4", "lab11"])
def release(request: pytest.FixtureRequest) -> NotebookNode:
    return builder.build(ROOT / "notebooks" / "text" / f"{request.param}.py", ROOT).release


def first_of(notebook: NotebookNode) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == "install")


def test_an_address_in_it_is_nothing_to_tell_anybody(release):
    handed_in = deepcopy(release)
    cell = first_of(handed_in)
    cell.source = cell.source.replace('PACKAGE = ""', 'PACKAGE = "https://example.org/x.whl"')
    mended, notes = mend(handed_in, release)
    assert notes == []
    assert "example.org" in first_of(mended).source


def test_neither_is_its_absence(release):
    handed_in = deepcopy(release)
    handed_in.cells.remove(first_of(handed_in))
    assert mend(handed_in, release)[1] == []


def test_it_and_the_cell_that_resumes_are_not_run_while_grading(release):
    for name in ("install", "resume"):
        (cell,) = [cell for cell in release.cells if cell.id == name]
        assert cell.metadata.course.role in NOT_RUN
