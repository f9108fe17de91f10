"""The panels ask any model through its forward alone, and say kindly where that fails."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from autograder.notebook import interactive
from autograder.notebook.interactive import panels, reading
from autograder.notebook.interactive.panel import Panel, View, widget_library
from solutions.assignment4.data import VOCABULARY, decode, encode
from solutions.assignment4.gpt import GPT
from solutions.assignment4.lstm import LSTMLanguageModel
from solutions.lab11 import gpt2

TOKENS = reading.Tokens(encode, decode)
ROWS = [("nn.Embedding", lambda table, x: F.embedding(x, table)),
        ("indexing", lambda table, x: table[x]),
        ("one-hot", lambda table, x: F.one_hot(x, 40).float() @ table)]  # fmt: skip


class OwnNames(nn.Module):
    """One layer, two heads; nothing is called as in the reference, and no method but forward."""

    def __init__(self, look_up: Callable[[Tensor, Tensor], Tensor] = ROWS[0][1]) -> None:
        super().__init__()
        self.characters = nn.Parameter(torch.randn(40, 8))
        self.places = nn.Parameter(torch.randn(16, 8))
        self.mix = nn.Linear(8, 24)
        self.context_size, self.n_head = 16, 2
        self.look_up = look_up

    def forward(self, x: Tensor, y: Tensor | None = None) -> tuple[Tensor, None]:
        stream = self.look_up(self.characters, x) + self.places[: x.shape[1]]
        q, k, v = (p.unflatten(-1, (2, 4)).transpose(1, 2) for p in self.mix(stream).chunk(3, -1))
        heard = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return (stream + heard.transpose(1, 2).flatten(2)) @ self.characters.T, None


@pytest.fixture
def model() -> GPT:
    torch.manual_seed(0)
    return GPT(40, 16, 16, 3, 2, dropout=0.5)


def lab_model(flash: bool) -> gpt2.GPT:
    torch.manual_seed(0)
    config = gpt2.GPTConfig(block_size=16, vocab_size=50, n_layer=2, n_head=4, n_embd=16)
    model = gpt2.GPT(config)
    for block in model.transformer.h:
        block.attn.flash = flash
    return model


def test_the_attention_of_all_layers_is_seen_as_causal_weights(model: GPT) -> None:
    maps = reading.attention_maps(model, encode("we are"), n_head=2)
    assert maps.shape == (3, 2, 6, 6)
    torch.testing.assert_close(maps.sum(-1), torch.ones(3, 2, 6))
    torch.testing.assert_close(maps, maps.tril())


def test_the_attention_of_a_model_with_names_of_its_own_is_seen() -> None:
    assert reading.attention_maps(OwnNames(), encode("hello"), n_head=2).shape == (1, 2, 5, 5)


def test_the_lab_s_two_paths_through_attention_give_the_same_maps() -> None:
    ids = torch.arange(7)
    fast, manual = (reading.attention_maps(lab_model(flash), ids, 4) for flash in (True, False))
    torch.testing.assert_close(fast, manual)


def test_attention_with_a_softmax_of_its_own_is_answered_in_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    interactive.attention(LSTMLanguageModel(), encode, decode, text="hello", n_head=4)
    told = capsys.readouterr().out
    assert (
        told == "Your attention uses a softmax of its own, so its weights cannot be drawn here.\n"
    )


@pytest.mark.parametrize(("name", "look_up"), ROWS)
def test_the_embedding_is_found_however_it_is_looked_up(name: str, look_up: Any) -> None:
    model = OwnNames(look_up)
    torch.testing.assert_close(interactive.embedding_table(model), model.characters.detach())


def test_the_embedding_is_told_from_an_output_layer_that_is_not_tied() -> None:
    model = LSTMLanguageModel()
    first = next(each for each in model.modules() if isinstance(each, nn.Embedding))
    torch.testing.assert_close(interactive.embedding_table(model), first.weight.detach())


def test_the_embedding_that_was_kept_does_not_follow_training(model: GPT) -> None:
    kept = interactive.embedding_table(model)
    with torch.no_grad():
        model.token_embedding.weight.add_(1.0)
    torch.testing.assert_close(kept + 1, model.token_embedding.weight.detach())


def test_a_model_is_asked_in_evaluation_mode_and_left_as_it_was(model: GPT) -> None:
    model.train()
    first, second = (reading.next_logits(model, encode("hi")[None]) for _ in range(2))
    torch.testing.assert_close(first, second)
    assert model.training
    assert not first.requires_grad


def test_a_text_longer_than_the_context_is_read_from_its_end(model: GPT) -> None:
    long = encode("a very long text that does not fit")
    end = reading.next_logits(model, long[None, -16:])
    torch.testing.assert_close(reading.next_logits(model, long[None]), end)


def test_samples_repeat_and_leave_the_notebook_s_random_numbers_alone(model: GPT) -> None:
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    texts = [reading.samples(model, encode("we "), 1.0, length=12, count=2) for _ in range(2)]
    assert torch.equal(texts[0], texts[1])
    assert texts[0].shape == (2, 12)
    assert torch.equal(torch.rand(1), expected)


def test_samples_follow_the_model_s_own_distribution() -> None:
    logits = torch.log(torch.tensor([0.5, 0.2, 0.3]))

    class Fixed(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return logits.expand(*x.shape, 3)

    drawn = reading.samples(Fixed(), torch.tensor([0]), 1.0, length=1, count=20_000, seed=3)
    shares = torch.bincount(drawn.flatten(), minlength=3) / 20_000
    torch.testing.assert_close(shares, logits.exp(), atol=0.02, rtol=0)
    cold = reading.samples(Fixed(), torch.tensor([0]), 0.01, length=1, count=100, seed=3)
    assert cold.eq(0).all(), "at a temperature near 0 only the likeliest token is drawn"


def test_tokens_that_cannot_be_decoded_are_never_drawn(model: GPT) -> None:
    drawn = reading.samples(model, encode("we "), 2.0, length=8, count=8, vocab_size=5)
    assert int(drawn.max()) < 5


def test_a_tokenizer_that_speaks_of_lists_is_understood() -> None:
    tokens = reading.Tokens(lambda text: [ord(c) for c in text], lambda ids: "".join(map(chr, ids)))
    assert tokens.pieces(tokens.ids("hey")) == ["h", "e", "y"]


def test_the_nearest_rows_are_found_and_the_row_itself_is_none_of_them() -> None:
    table = torch.tensor([[1.0, 0.0], [2.0, 0.1], [0.0, 1.0], [-1.0, 0.0]])
    ids, cosines = panels.nearest(table, torch.tensor(0), torch.arange(4), 2)
    assert ids.tolist() == [1, 2]
    assert cosines[0] > 0.99 and abs(cosines[1]) < 1e-6


def all_panels(model: GPT) -> dict[str, Panel]:
    return {
        "temperature": panels.temperature_panel(model, TOKENS, "we are ", length=5),
        "next_token": panels.next_token_panel(model, TOKENS, "we are "),
        "attention": panels.attention_panel(model, TOKENS, "we are "),
        "neighbours": panels.neighbours_panel({"before": model, "after": model}, TOKENS, "a"),
    }


MOVES = {"temperature": ("temperature", 1.5), "next_token": ("text", "hello"),
         "attention": ("head", 2), "neighbours": ("token", "7")}  # fmt: skip


@pytest.mark.parametrize("name", MOVES)
def test_setting_a_widget_changes_picture_and_words(
    name: str, model: GPT, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, shown = with_widgets(all_panels(model)[name], monkeypatch)
    control, value = MOVES[name]
    panel.widgets[control].value = value
    assert len(shown) == 1
    first = panel.view(**{each.name: each.value for each in panel.controls})
    assert shown[0].picture != first.picture
    assert shown[0].caption != first.caption


def test_a_view_that_was_seen_is_not_drawn_again(
    model: GPT, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, shown = with_widgets(all_panels(model)["temperature"], monkeypatch)
    for value in (1.5, 0.4, 1.5):
        panel.widgets["temperature"].value = value
    assert shown[0] is shown[2]
    assert shown[0].text != shown[1].text


def test_an_error_of_the_model_becomes_a_sentence(
    model: GPT, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel, shown = with_widgets(all_panels(model)["next_token"], monkeypatch)

    def broken(*_: object) -> None:
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(model, "forward", broken)
    panel.widgets["text"].value = "th"
    assert "Your model stopped here with RuntimeError: mat1 and mat2" in shown[-1].text
    panel.widgets["text"].value = ""
    assert "write at least one character" in shown[-1].text


@pytest.mark.parametrize("name", MOVES)
def test_every_control_has_a_label_and_a_hint(name: str, model: GPT) -> None:
    panel = all_panels(model)[name]
    library = widget_library()
    assert library is not None
    panel.build(library)
    for widget in panel.widgets.values():
        assert widget.description
        hint = getattr(widget, "tooltip", None) or widget.description_tooltip  # of 8, or of 7
        assert len(hint) > 20


def test_without_ipywidgets_there_is_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    assert widget_library() is None


def test_without_a_notebook_the_words_are_printed(
    model: GPT, capsys: pytest.CaptureFixture[str]
) -> None:
    interactive.next_token(model, encode, decode, text="we are ")
    assert "the model expects" in capsys.readouterr().out


def test_every_character_has_neighbours_to_look_at(model: GPT) -> None:
    (control,) = panels.neighbours_panel({"now": model}, TOKENS, "a").controls
    assert [value for _, value in control.options] == list(VOCABULARY)  # type: ignore[union-attr]


def with_widgets(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> tuple[Panel, list[View]]:
    """Build a panel's widgets; what they show is kept in place of being sent to a notebook."""
    shown: list[View] = []

    class Kept:
        def update(self, view: View) -> None:
            shown.append(view)

    library = widget_library()
    assert library is not None
    panel.build(library)
    panel.parts = [Kept()]  # type: ignore[list-item]
    return panel, shown
