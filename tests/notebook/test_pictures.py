"""The pictures show what was computed, always alike, and say it in words too."""

import io

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from autograder.notebook import curves, drawing, pictures
from autograder.notebook.history import History
from autograder.notebook.training import Run
from solutions.assignment4.attention import CausalSelfAttention
from solutions.assignment4.train import TrainConfig
from tests.notebook.conftest import Played


class TwistedAttention(nn.Module):
    """Right, and with nothing in common with the reference but what it computes."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.fused = nn.Parameter(torch.randn(3, size, size) / size**0.5)

    def forward(self, x: Tensor) -> Tensor:
        v, k, q = torch.einsum("ntd,pde->pnte", x, self.fused)
        return nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)


def test_the_weights_of_a_module_are_found_from_its_outputs() -> None:
    torch.manual_seed(0)
    module, x = CausalSelfAttention(8).double(), torch.randn(5, 8, dtype=torch.float64)
    scores = module.query(x) @ module.key(x).T / 8**0.5
    future = torch.ones(5, 5, dtype=torch.bool).triu(1)
    expected = scores.masked_fill(future, float("-inf")).softmax(-1)
    torch.testing.assert_close(pictures.attention_weights_of(module, x), expected)


def test_the_weights_are_found_whatever_the_module_looks_like() -> None:
    torch.manual_seed(0)
    weights = pictures.attention_weights_of(TwistedAttention(8), torch.randn(5, 8))
    torch.testing.assert_close(weights.sum(1), torch.ones(5, dtype=torch.float64))
    torch.testing.assert_close(weights, weights.tril())


def test_the_module_itself_is_left_as_it_was() -> None:
    module = CausalSelfAttention(8)
    pictures.attention_weights_of(module, torch.randn(5, 8))
    assert module.training
    assert next(module.parameters()).dtype == torch.float32


def test_equal_tokens_have_no_unique_weights() -> None:
    with pytest.raises(ValueError, match="linearly dependent"):
        pictures.attention_weights_of(CausalSelfAttention(8), torch.ones(5, 8))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, str]]:
    """What the pictures of this test would have displayed: PNG and caption."""
    kept: list[tuple[bytes, str]] = []
    for module in (pictures, curves):
        monkeypatch.setattr(module, "show", lambda f, c: kept.append((drawing.png(f), c)))
    return kept


def a_run() -> Run:
    history = History([(0, 3.7, 0.0), (1, 3.0, 1e-3)], [(0, 3.7, 3.7), (2, 2.9, 3.0)])
    return Run("transformer", 2, 1536, history)


def draw_some() -> None:
    steps = torch.tensor([[1.0, 2.0], [0.5, 1.0]])
    masked = steps.masked_fill(torch.tensor([[False, True], [False, False]]), float("-inf"))
    pictures.attention_steps(steps, steps, masked, masked.softmax(-1))
    pictures.gelu_and_relu()
    curves.learning_rate(TrainConfig(), [50, 2000])
    curves.losses({"transformer": a_run(), "LSTM": a_run()}, uniform=3.689, bigram=2.5)


def test_the_same_picture_is_the_same_file(shown: list[tuple[bytes, str]]) -> None:
    draw_some()
    draw_some()
    assert [png for png, _ in shown[:4]] == [png for png, _ in shown[4:]]


def test_every_pixel_is_opaque_and_the_ground_is_white(shown: list[tuple[bytes, str]]) -> None:
    draw_some()
    for png, _ in shown:
        pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
        assert pixels[..., 3].min() == 255
        assert pixels[0, 0].tolist() == [255, 255, 255, 255]


def test_a_caption_names_both_runs_and_their_colours(shown: list[tuple[bytes, str]]) -> None:
    curves.losses({"transformer": a_run(), "LSTM": a_run()}, uniform=3.689)
    assert "transformer (blue) and LSTM (orange)" in shown[0][1]


def test_every_picture_of_the_notebook_is_shown_with_words(solved: Played) -> None:
    drawn = {name: captions for name, captions in solved.captions.items() if "picture" in name}
    assert len(drawn) >= 13
    for name, captions in drawn.items():
        assert len(captions) == 1, name
        assert len(captions[0].split()) > 8, name
