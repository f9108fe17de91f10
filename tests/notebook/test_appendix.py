"""The appendix keeps its promises: its numbers, its pictures, its parts in one model, no points."""

import ast
import io
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

from autograder.build import builder
from autograder.checks import TASKS, full_marks
from autograder.notebook import appendix_pictures, drawing
from solutions.assignment4 import modern
from tests.notebook.conftest import ROOT, Played

IDS = list(TASKS["assignment4"])
MOST_LINES = 10  # that a student writes in one exercise
ROW = torch.tensor([2.0, 4.0, 4.0, 6.0], dtype=torch.float64)


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def by_root_mean_square(row: torch.Tensor) -> tuple[float, ...]:
    return tuple((row / row.square().mean().sqrt()).tolist())


def listening(query: tuple[float, float]) -> tuple[float, ...]:
    keys = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    return tuple(torch.softmax(keys @ torch.tensor(query) / math.sqrt(2), 0).tolist())


def norms_of_our_model() -> tuple[int, int]:
    numbers = 9 * count(nn.LayerNorm(128))  # two for each of four blocks, and a last one
    assert numbers == 2 * 9 * count(modern.RMSNorm(128))
    return numbers, 9 * count(modern.RMSNorm(128))


def multiplied() -> tuple[float, float, float]:
    both = [4 * F.silu(torch.tensor(z)).item() for z in (3.0, -3.0)]
    return both[0], -both[1], both[0] - both[1]


CLAIMS: list[tuple[str, Callable[[], Any]]] = [
    ("the nine norms of our model hold {:,} numbers, of which {:,} would remain",
     norms_of_our_model),
    ("the squares 4, 16, 16, 36 have the mean {:.0f}, and its root is {:.3f}",
     lambda: (ROW.square().mean().item(), ROW.square().mean().sqrt().item())),
    ("twice $({:.3f}, {:.3f}, {:.3f}, {:.3f})$", lambda: by_root_mean_square(ROW)),
    ("drowns the rest: $({:.3f}, {:.3f}, {:.3f}, {:.3f})$",
     lambda: by_root_mean_square(ROW + 100)),
    ("costs $C \\cdot D$ numbers, {:,} of them in GPT-2", lambda: (1024 * 768,)),
    ("$\\cos 2 = {:.3f}$, here and there; at distance 9 it is $\\cos 9 = {:.3f}$",
     lambda: (math.cos(2), math.cos(9))),
    ("after $2\\pi = {:.2f}$ positions", lambda: (2 * math.pi,)),
    ("In a head of ours, $d = {}$, the slowest pair needs {:,.0f} positions",
     lambda: (128 // 4, 2 * math.pi * 10000 ** (30 / 32))),
    ("{:.0f} GiB for a single text", lambda: (2 * 32 * 4096 * 32 * 128 * 2 / 2**30,)),
    ("makes it {} times less", lambda: (32 // 1,)),
    ("$({:.3f}, {:.3f}, {:.3f})$ and $({:.3f}, {:.3f}, {:.3f})$: same keys",
     lambda: (*listening((2.0, 0.0)), *listening((0.0, 2.0)))),
    ("make {:,} parameters for $D = 128$",
     lambda: (count(modern.GroupedQueryAttention(128, 4, 4)),)),
    ("{:,} and {:,}. The parameters are the smaller part",
     lambda: tuple(count(modern.GroupedQueryAttention(128, 4, n)) for n in (2, 1))),
    ("= {:.3f} + {:.3f} = {:.0f}$", multiplied),
    ("{:,}: no more than before", lambda: (count(modern.SwiGLU(128)),)),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "compute"), CLAIMS, ids=[text[:40] for text, _ in CLAIMS])
def test_a_sentence_of_the_appendix_states_what_is_computed(
    sentence: str, compute: Callable[[], Any], solved: Played
) -> None:
    told = re.sub(r"\{(:[^{}]*)?\}", "\0", sentence)
    filled = iter(compute())
    gaps = re.findall(r"\{(?::([^{}]*))?\}", sentence)
    pieces = told.split("\0")
    said = pieces[0] + "".join(
        format(next(filled), how) + piece for how, piece in zip(gaps, pieces[1:], strict=True)
    )
    assert said in solved.prose


PRINTED = {
    "rms_by_hand": ["4.243: tensor([0.471, 0.943, 0.943, 1.414])", "104.010", "0.981"],
    "turned_by_hand": ["key at  3: score -0.416", "key at 10: score -0.416", "score -0.911"],
    "cache_sizes": ["32 heads of keys and values: 2 GiB", "0.5 GiB", "0.0625 GiB"],
    "shared_keys": ["[0.446, 0.108, 0.446]", "[0.108, 0.446, 0.446]"],
    "gates": ["SiLU -0.033", "SiLU -0.269", "SiLU  0.731", "comes through  2.193", "14.900"],
    "rms_of_the_centred": ["it is LayerNorm: True"],
    "grouped_parameters": ["65,536", "49,152", "40,960"],
    "swiglu_parameters": ["hidden layer 341, 130,944"],
}


@pytest.mark.parametrize("cell", PRINTED)
def test_a_demonstration_prints_its_worked_numbers(cell: str, solved: Played) -> None:
    for number in PRINTED[cell]:
        assert number in solved.printed[cell]


def test_the_table_of_scores_has_one_value_for_each_distance() -> None:
    torch.manual_seed(0)
    query, key = torch.randn(2, 1, 1, 1, 32).expand(2, 1, 1, 8, 32)
    scores = (modern.rotate(query) @ modern.rotate(key).transpose(-2, -1))[0, 0]
    torch.testing.assert_close(scores[1:, 1:], scores[:-1, :-1], atol=1e-4, rtol=1e-4)


def test_it_gives_no_points_and_is_not_in_the_table(built: builder.BuiltNotebooks) -> None:
    cells = {cell.id: cell for cell in built.release.cells}
    opening = built.release.cells[0].source
    for id in IDS:
        stem = id.lower().replace(".", "_")
        assert not cells[f"{stem}_check"].metadata.nbgrader.grade
        assert "points" not in cells[f"{stem}_check"].metadata.nbgrader
        assert cells[f"{stem}_check"].source == f'check("{id}");'
        assert id not in opening
    assert full_marks("assignment4") == 40.0


def test_no_exercise_asks_for_more_than_ten_lines() -> None:
    source = (ROOT / "solutions" / "assignment4" / "modern.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            code = ast.get_source_segment(source, node) or ""
            regions = re.findall(
                r"# BEGIN SOLUTION\n(.*?)(?:# END SOLUTION|\Z)", code, flags=re.DOTALL
            )
            lines = [line for region in regions for line in region.splitlines() if line.strip()]
            assert 0 < len(lines) <= MOST_LINES, node.name


def test_the_four_parts_make_a_model_that_learns() -> None:
    """Two blocks of today's kind learn to continue a period of seven tokens."""
    torch.manual_seed(0)
    model = Modern(vocab_size=7, hidden_size=24, n_layer=2)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(60):
        starts = torch.randint(7, (16, 1))
        text = (starts + 3 * torch.arange(17)) % 7
        loss = F.cross_entropy(model(text[:, :-1]).flatten(0, 1), text[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1 < math.log(7)


class Modern(nn.Module):
    """A language model of the appendix's four parts, tied, without a position table."""

    def __init__(self, vocab_size: int, hidden_size: int, n_layer: int) -> None:
        super().__init__()
        self.token = nn.Embedding(vocab_size, hidden_size)
        nn.init.normal_(self.token.weight, 0.0, 0.1)
        self.norms = nn.ModuleList(modern.RMSNorm(hidden_size) for _ in range(2 * n_layer + 1))
        self.attentions = nn.ModuleList(Turning(hidden_size, 4, 2) for _ in range(n_layer))
        self.mlps = nn.ModuleList(modern.SwiGLU(hidden_size) for _ in range(n_layer))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        stream = self.token(x)
        for i, (attention, mlp) in enumerate(zip(self.attentions, self.mlps, strict=True)):
            stream = stream + attention(self.norms[2 * i](stream))
            stream = stream + mlp(self.norms[2 * i + 1](stream))
        return self.norms[-1](stream) @ self.token.weight.T


class Turning(modern.GroupedQueryAttention):
    """Grouped-query attention whose queries and keys are turned by their positions."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = F.scaled_dot_product_attention

        def turned(q: Any, k: Any, v: Any, is_causal: bool) -> torch.Tensor:
            return inner(modern.rotate(q), modern.rotate(k), v, is_causal=is_causal)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(F, "scaled_dot_product_attention", turned)
            return super().forward(x)


def test_rms_norm_is_the_library_s() -> None:
    torch.manual_seed(0)
    ours, theirs = modern.RMSNorm(6), nn.RMSNorm(6, eps=1e-6)
    x = torch.randn(2, 3, 6)
    torch.testing.assert_close(ours(x), theirs(x))


@pytest.mark.parametrize("n_kv_head", (4, 2, 1))
def test_grouped_attention_is_the_library_s(n_kv_head: int) -> None:
    torch.manual_seed(0)
    attention, x = modern.GroupedQueryAttention(16, 4, n_kv_head), torch.randn(2, 5, 16)
    keys, values = attention.keys_values(x).unflatten(-1, (2, n_kv_head, 4)).unbind(-3)
    q, k, v = (
        part.transpose(1, 2) for part in (attention.query(x).unflatten(-1, (4, 4)), keys, values)
    )
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
    wanted = attention.projection(y.transpose(1, 2).flatten(2))
    torch.testing.assert_close(attention(x), wanted)


def test_rotation_is_multiplication_by_a_complex_number_of_size_one() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 5, 8, dtype=torch.float64)
    frequencies = 10000.0 ** (-torch.arange(0, 8, 2, dtype=torch.float64) / 8)
    turns = torch.exp(1j * torch.arange(5)[:, None] * frequencies)
    wanted = torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (4, 2))) * turns).flatten(-2)
    torch.testing.assert_close(modern.rotate(x), wanted)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, str]]:
    """What the pictures of this test would have displayed: PNG and caption."""
    kept: list[tuple[bytes, str]] = []
    monkeypatch.setattr(appendix_pictures, "show", lambda f, c: kept.append((drawing.png(f), c)))
    return kept


def test_every_picture_is_opaque_and_told_in_words(shown: list[tuple[bytes, str]]) -> None:
    appendix_pictures.two_norms(torch.tensor([[1.0, 2.0], [-2.0, 0.5]]))
    appendix_pictures.rotary_dials([1.0, 0.1], positions=5)
    appendix_pictures.rotary_scores(torch.eye(3))
    appendix_pictures.sharing_heads(4, [4, 1])
    appendix_pictures.gated_unit()
    assert len({png for png, _ in shown}) == 5
    for png, caption in shown:
        pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
        assert pixels[..., 3].min() == 255
        assert pixels[0, 0].tolist() == [255, 255, 255, 255]
        assert len(caption.split()) > 8
