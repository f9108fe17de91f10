"""Known forwards in a student's class: what stays the student's, and what is given back."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from autograder.checks import exercise
from autograder.checks.framework import run_exercise
from autograder.probe.links import LocalLink
from autograder.probe.view import Student
from tests.answers import notebook_namespace

CODE = """
class Block(nn.Module):
    def __init__(self, hidden_size, n_head, dropout=0.5):
        super(Block, self).__init__()
        self.linear = nn.Linear(hidden_size, hidden_size)

    def forward(self, x):
        return x + 1

Alias = Block

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(4, n_head=2), Alias(4, 2, 0.1)])

    def forward(self, x):
        for block in self.blocks:
            assert isinstance(block, Block)
            x = block(x)
        return x
"""
DESIGN = {"kind": "layer", "mixing": False, "arguments": ["hidden_size", "n_head", "dropout"]}


@pytest.fixture
def namespace() -> dict[str, Any]:
    names: dict[str, Any] = {"nn": nn, "__name__": "__main__"}
    exec(CODE, names)
    return names


def test_a_patched_class_keeps_its_parts_and_computes_the_known_map(namespace: Any) -> None:
    student, matrices = Student(LocalLink(namespace)), torch.stack([torch.eye(4), 2 * torch.eye(4)])
    x = torch.rand(1, 3, 4)
    with student.stand_in("Block", subclass=True, matrices=matrices, **DESIGN) as log:
        model = student.Model()
        assert torch.allclose(model(x), torch.tanh(2 * torch.tanh(x)))
        assert model.parameters[0].name == "blocks.0.linear.weight"
        assert model.parts("Block") == ["blocks.0", "blocks.1"]
        assert log.made == [[4, 2, 0.5], [4, 2, 0.1]]
        assert [call["number"] for call in log.calls] == [0, 1]


def test_the_class_is_given_back_untouched(namespace: Any) -> None:
    student, block = Student(LocalLink(namespace)), namespace["Block"]
    before = dict(vars(block))
    with student.stand_in("Block", subclass=True, matrices=torch.zeros(1, 4, 4), **DESIGN):
        student.settle()
        assert dict(vars(block)) != before
    student.settle()
    assert dict(vars(block)) == before
    assert namespace["Block"] is block
    assert torch.equal(student.Model()(torch.zeros(1, 1, 4)), 2 * torch.ones(1, 1, 4))


def test_placing_a_stand_in_twice_still_gives_the_class_back(namespace: Any) -> None:
    student, before = Student(LocalLink(namespace)), dict(vars(namespace["Block"]))
    design = {"subclass": True, "matrices": torch.zeros(1, 4, 4), **DESIGN}
    with student.stand_in("Block", **design), student.stand_in("Block", **design):
        student.settle()
    student.settle()
    assert dict(vars(namespace["Block"])) == before


def test_deep_copies_count_as_layers_of_their_own(namespace: Any) -> None:
    exec("import copy\nclass Copies(Model):\n    def __init__(self):\n        super().__init__()\n"
         "        self.blocks = nn.ModuleList([copy.deepcopy(self.blocks[0]) for _ in range(3)])",
         namespace)  # fmt: skip
    student = Student(LocalLink(namespace))
    with student.stand_in("Block", subclass=True, matrices=torch.zeros(1, 4, 4), **DESIGN) as log:
        student.Copies()(torch.zeros(1, 1, 4))
        assert [call["number"] for call in log.calls] == [0, 1, 2]


@pytest.mark.parametrize(
    "reach", ["mlp.output", "ffn.fc2", "feed_forward.net[2]", "mlp.layers[-1]"]
)
def test_an_initialiser_finds_the_output_layer_of_a_stand_in(namespace: Any, reach: str) -> None:
    exec("class Reaching(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
         "        self.block = Block(4, 2, 0.0)\n"
         f"        nn.init.zeros_(self.block.{reach}.weight)", namespace)  # fmt: skip
    student = Student(LocalLink(namespace))
    with student.stand_in("Block", parts="block", matrices=torch.zeros(1, 4, 4), **DESIGN):
        zeroed = [p.name for p in student.Reaching().parameters
                  if p.values.dim() > 1 and not p.values.any()]  # fmt: skip
    assert zeroed == ["block.mlp.output.weight"]


@pytest.mark.parametrize("id", ["E4", "E5", "E8"])
def test_after_an_exercise_a_students_classes_are_as_before(id: str) -> None:
    names = notebook_namespace()
    classes = {name: dict(vars(kind)) for name, kind in names.items() if isinstance(kind, type)}
    run_exercise(exercise(id), Student(LocalLink(names)), seed=1)
    for name, before in classes.items():
        now = {key: value for key, value in vars(names[name]).items() if key in before}
        assert now == before, name
