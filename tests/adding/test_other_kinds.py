"""Classes, functions attached to a class, values, words and tasks are added in the same way."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode

from tests.adding.example import Copy

pytestmark = pytest.mark.slow
HEAD = """
from __future__ import annotations

from autograder.checks.draw import Draw
from autograder.checks.expectations import expect, expect_close
from autograder.checks.framework import Exercise
from autograder.probe.view import Student
"""
NEW = {
    "solutions/assignment4/norm.py": '''
from __future__ import annotations

import torch
from torch import Tensor, nn

from solutions.assignment4.gpt import GPT


class RMSNorm(nn.Module):
    def __init__(self, hidden_size: int):
        super().__init__()
        # BEGIN SOLUTION
        self.gain = nn.Parameter(torch.ones(hidden_size))

    def forward(self, x: Tensor) -> Tensor:
        return self.gain * x / (x.pow(2).mean(-1, keepdim=True) + 1e-6).sqrt()
        # END SOLUTION


def count(self: nn.Module) -> int:
    """How many parameters the model has."""
    # BEGIN SOLUTION
    return sum(p.numel() for p in self.parameters())
    # END SOLUTION


GPT.count = count
''',
    "autograder/checks/norm.py": HEAD
    + '''
E10 = Exercise("E10", "RMSNorm", ("RMSNorm",))
E9 = Exercise("E9", "Counting", ("count",), asks="how many numbers are learned")


@E10.check("formula", points=1.5)
def it_divides_by_the_root_of_the_mean_square(student: Student, rng: Draw) -> None:
    """It divides by the root mean square, and multiplies by the gain."""
    norm, x = student.RMSNorm(6), rng.normal(2, 3, 6)
    (gain,) = rng.weights_for(norm).values()
    expect_close(norm(x), gain * x / x.pow(2).mean(-1, keepdim=True).sqrt(), "another result",
                 tolerance=1e-4)  # fmt: skip


@E9.check("number", points=0.5)
def every_parameter_counts_once(student: Student, rng: Draw) -> None:
    """Every parameter counts, once."""
    model = student.GPT(13, 7, 12, 2, 2, 0.0)
    count = sum(p.values.numel() for p in model.unique_parameters)
    expect(student.function("count", model) == count, "another number")
''',
    "solutions/lab11/more.py": "head_width = 64\nn_masks = 12\n",
    "autograder/checks/lab11/more.py": HEAD
    + '''
G2_10 = Exercise("G2.10", "Why one needs heads at all", by_hand=1.0)
G2_6 = Exercise("G2.6", "The width of one head", ("head_width",), draws=False)
T2_30 = Exercise("T2.30", "The masks", ("n_masks",), draws=False)


@G2_6.check("value", points=1.0)
def it_is_a_twelfth(student: Student, rng: Draw) -> None:
    """`head_width`: how many numbers of a token's vector one head works with."""
    expect(student.read("head_width") == 768 / 12, "this is not it")


@T2_30.check("value", points=0.0)
def each_layer_has_one(student: Student, rng: Draw) -> None:
    """`n_masks`: how many masks the whole model holds."""
    expect(student.read("n_masks") == 12, "this is not it")
''',
}
GROWN = {
    "notebooks/text/assignment4.py": """
# %% [markdown]
# ## E9 · Counting (0.5 points) and E10 · RMSNorm (1.5 points)

# %% exercise="E9" from="solutions/assignment4/norm.py:count"
GPT.count = count

# %% check="E9"

# %% exercise="E10" from="solutions/assignment4/norm.py:RMSNorm"

# %% check="E10"
""",
    "notebooks/text/lab11.py": """
# %% [markdown]
# **G2.6 (1 point)** How wide is a head? **T2.30** How many masks are there?

# %% exercise="G2.6" from="solutions/lab11/more.py:head_width"

# %% check="G2.6"

# %% exercise="T2.30" from="solutions/lab11/more.py:n_masks"

# %% check="T2.30"

# %% [markdown]
# **G2.10 (1 point)** Why more than one?

# %% [markdown] written="G2.10"
""",
    "solutions/lab11/words.md": """
## G2.10
One softmax can hardly listen to two things at once.
### Rubric
The point for naming that each head has its own weights.
""",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = Copy.make(tmp_path_factory.mktemp("kinds") / "course")
    for path, text in NEW.items():
        (copy.root / path).write_text(text.lstrip(), encoding="utf-8")
    for path, text in GROWN.items():
        with (copy.root / path).open("a", encoding="utf-8") as file:
            file.write(text)
    copy.do("course build")
    return copy


def release(copy: Copy, name: str) -> NotebookNode:
    return nbformat.read(copy.root / "notebooks" / name / f"{name}.ipynb", 4)


def cell(notebook: NotebookNode, id: str) -> NotebookNode:
    return next(each for each in notebook.cells if each.id == id)


def check(copy: Copy, imports: str, *ids: str) -> str:
    checks = "\n".join(f'print(check("{id}"))' for id in ids)
    return copy.do(f"python -c '{imports}\nfrom autograder.notebook import check\n{checks}'")


def test_code_is_asked_for_and_checked(copy: Copy) -> None:
    notebook = release(copy, "assignment4")
    assert cell(notebook, "e9_solution").source.endswith("\n\n\nGPT.count = count")
    stub = cell(notebook, "e10_solution").source
    assert stub.count("raise NotImplementedError()") == 1 and "gain" not in stub
    assert cell(notebook, "e10_check").metadata.nbgrader.points == 1.5
    printed = check(copy, "from solutions.assignment4.norm import *", "E10", "E9")
    assert "1.5 of 1.5 points" in printed and "0.5 of 0.5 points" in printed


def test_ids_are_sorted_by_their_numbers(copy: Copy) -> None:
    lines = release(copy, "assignment4").cells[0].source.splitlines()
    rows = [line for line in lines if line.startswith("| **")]
    assert rows[-3:] == [
        "| **E8** | text from the model | 4 | 30 | ●●○ |",
        "| **E9** | how many numbers are learned | 0.5 | | |",
        "| **E10** | RMSNorm | 1.5 | | |",
    ]


def test_values_and_words_of_the_lab(copy: Copy) -> None:
    notebook = release(copy, "lab11")
    assert cell(notebook, "g2_6_solution").source == "head_width = ..."
    assert cell(notebook, "g2_10_solution").metadata.nbgrader.points == 1.0
    assert cell(notebook, "t2_30_check").source == 'check("T2.30");'
    opening = notebook.cells[0].source
    assert "Twelve points. Tests give seven of them, a person gives five;" in opening
    assert "| **G2.10** | why one needs heads at all | 1 | a person |" in opening
    assert "G1.2, G1.3, G2.1, G2.4 and G2.10 are read and marked" in notebook.cells[1].source
    printed = check(copy, "from solutions.lab11.more import *", "G2.6", "T2.30", "G2.10")
    assert "1 of 1 point" in printed
    assert "G2.10 is answered in words" in printed
