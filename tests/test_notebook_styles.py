"""Whole notebooks whose cells lean on each other: names, parents and settings of the student's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from tests.answers import explain, grade, reference


@pytest.fixture
def defaults_restored() -> Iterator[None]:
    """Undo what a notebook does to PyTorch's defaults in this process."""
    yield
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)


def expect_all_points(cells: dict[str, str], seed: int) -> None:
    results = grade(cells, seed)
    assert all(result.status == "passed" for result in results), explain(results)


@pytest.mark.parametrize(
    "setting", ["torch.set_default_dtype(torch.float64)", "torch.set_default_device('meta')"]
)
def test_defaults_of_pytorch_that_a_cell_changes_do_not_matter(
    setting: str, seed: int, defaults_restored: None
) -> None:
    expect_all_points({"E1": f"{setting}\n{reference('E1')}"}, seed)


def test_seeds_set_in_every_cell_do_not_matter(seed: int) -> None:
    ids = [f"E{number}" for number in range(1, 9)]
    expect_all_points({id: f"torch.manual_seed(0)\n{reference(id)}" for id in ids}, seed)


def test_classes_may_have_other_names_as_long_as_the_asked_ones_exist(seed: int) -> None:
    others = {"E2": ("MultiHeadCausalSelfAttention", "Heads"), "E3": ("MLP", "FeedForward"),
              "E4": ("Block", "Layer")}  # fmt: skip
    cells = {}
    for id in ("E2", "E3", "E4", "E5"):
        code = reference(id)
        for asked, own in others.values():
            code = code.replace(f"class {asked}", f"class {own}").replace(f"{asked}(", f"{own}(")
        asked, own = others.get(id, ("GPT", "GPT"))
        cells[id] = f"{code}\n{asked} = {own}\n"
    expect_all_points(cells, seed)


PARENT = """
class CausalSelfAttention(nn.Module):
    def __init__(self, hidden_size, n_head=1):
        super().__init__()
        self.n_head = n_head
        self.qkv = nn.Linear(hidden_size, 3 * hidden_size, bias=False)

    def drop(self, weights):
        return weights

    def forward(self, x):
        N, T, D = x.shape
        q, k, v = self.qkv(x).view(N, T, 3, self.n_head, D // self.n_head).permute(2, 0, 3, 1, 4)
        scores = q @ k.mT / math.sqrt(D // self.n_head)
        scores = scores + torch.full((T, T), float("-inf")).triu(1)
        return (self.drop(scores.softmax(-1)) @ v).transpose(1, 2).flatten(2)
"""
CHILD = """
class MultiHeadCausalSelfAttention(CausalSelfAttention):
    def __init__(self, hidden_size, n_head, dropout):
        if hidden_size % n_head:
            raise ValueError("n_head must divide hidden_size")
        super().__init__(hidden_size, n_head)
        self.first, self.second = nn.Dropout(dropout), nn.Dropout(dropout)
        self.c_proj = nn.Linear(hidden_size, hidden_size)

    def drop(self, weights):
        return self.first(weights)

    def forward(self, x):
        return self.second(self.c_proj(super().forward(x)))
"""


def test_several_heads_may_extend_the_one_head(seed: int) -> None:
    expect_all_points({"E1": PARENT, "E2": CHILD}, seed)


def test_layers_may_be_found_by_the_end_of_their_names(seed: int) -> None:
    mlp = reference("E3").replace("self.output", "self.c_proj")
    gpt = reference("E5").replace(
        "for block in self.blocks:\n            nn.init.normal_(block.mlp.output.weight,",
        "for p in [p for n, p in self.named_parameters() if n.endswith('c_proj.weight')]:\n"
        "            nn.init.normal_(p,",
    )
    assert "c_proj" in gpt
    expect_all_points({"E1": PARENT, "E2": CHILD, "E3": mlp, "E5": gpt}, seed)
