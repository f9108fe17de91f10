"""The notebooks of a release: built anew, with the package's address in their first cell."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode

from autograder.build import BuildError, build, dump, release_notebook
from autograder.release.errors import CannotRelease

INSTALL = "install"  # the cell that installs the package on Colab
LINE = re.compile(r'^PACKAGE = ""', re.MULTILINE)


def notebook(root: Path, assignment: str, package: str, diagnoses: str) -> NotebookNode:
    """What students get of one assignment; the committed notebook is neither read nor changed.

    package: where Colab installs the student package from; empty: from a wheel that lies there.
    diagnoses: when its checks name misconceptions. Raises CannotRelease.
    """
    try:
        text = root / "notebooks" / "text" / f"{assignment}.py"
        source = build(text, root, diagnoses=diagnoses).source
    except BuildError as error:
        raise CannotRelease(str(error)) from error
    return release_notebook(with_package(source, package) if package else source)


def with_package(source: NotebookNode, package: str) -> NotebookNode:
    """A copy of a source notebook whose first cell knows where the student package is.

    Before nbgrader's stages, whose checksums are then those of what students get.
    """
    changed = deepcopy(source)
    cells = [cell for cell in changed.cells if cell.id == INSTALL]
    if len(cells) != 1 or len(LINE.findall(cells[0].source)) != 1:
        raise CannotRelease(f'the notebook has no cell "{INSTALL}" with a line PACKAGE = "" into'
                            " which the address of the package could go")  # fmt: skip
    cells[0].source = LINE.sub(lambda _: f'PACKAGE = "{package}"', cells[0].source)
    return changed


def title(notebook: NotebookNode) -> str:
    """What a notebook calls itself: its first heading."""
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = re.search(r"^# +(.+)$", texts, re.MULTILINE)
    return found[1].strip() if found else "Notebook"


def text(notebook: NotebookNode) -> bytes:
    """The file's content."""
    return dump(notebook).encode()
