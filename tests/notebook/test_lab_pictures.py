"""Lab 11's pictures show what was computed, with no label cut or covered, and in words too."""

import io
from itertools import combinations, pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from autograder.notebook import drawing, lab_curves, lab_pictures, lab_strips
from tests.notebook.lab_drawings import (
    DRAWINGS,
    ENCODING,
    HISTORY,
    draw_heads,
    full_size,
    measured,
    small_model,
)

Shown = list[tuple[Figure, str]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """The figures and captions that the pictures of this test would have displayed."""
    kept: Shown = []
    for module in (lab_pictures, lab_curves):
        monkeypatch.setattr(module, "show", lambda f, c: kept.append((f, c)))
    return kept


every_picture = pytest.mark.parametrize("name", DRAWINGS)


def words_on(figure: Figure) -> list[str]:
    return [text.get_text() for axes in figure.axes for text in axes.texts]


@every_picture
def test_the_same_picture_is_the_same_file_opaque_on_white(name: str, shown: Shown) -> None:
    DRAWINGS[name]()
    DRAWINGS[name]()
    assert len(shown) == 2, "one figure each"
    first, second = (drawing.png(figure) for figure, _ in shown)
    assert first == second
    pixels = np.asarray(Image.open(io.BytesIO(first)).convert("RGBA"))
    assert pixels[..., 3].min() == 255
    assert pixels[0, 0].tolist() == [255, 255, 255, 255]


@every_picture
def test_a_picture_has_its_words_and_no_label_is_cut_or_covers_another(
    name: str, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    DRAWINGS[name]()
    (figure, caption), texts = shown[0], drawn_texts(shown[0][0], monkeypatch)
    assert len(caption.split()) > 8
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    assert boxes
    for text, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0, text
        assert box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1, text
    for (one, a), (other, b) in combinations(boxes, 2):
        apart = a.x1 - 1 < b.x0 or b.x1 - 1 < a.x0 or a.y1 - 1 < b.y0 or b.y1 - 1 < a.y0
        assert apart, (one, other)


def drawn_texts(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[Text]:
    """Draw the figure and return the texts that were really put on it, without the empty ones."""
    texts: dict[int, Text] = {}
    draw = Text.draw

    def noting(text: Text, *args: object, **kwargs: object) -> None:
        if text.get_visible() and text.get_text().strip():
            texts[id(text)] = text
        draw(text, *args, **kwargs)

    monkeypatch.setattr(Text, "draw", noting)
    FigureCanvasAgg(figure).draw()
    return list(texts.values())


def test_half_a_character_is_shown_as_bytes(shown: Shown) -> None:
    lab_pictures.token_boundaries("é", ENCODING)
    assert words_on(shown[0][0]) == ["\\xc3", "195", "\\xa9", "169"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" the", "␣the"),
        ("\n", "↵"),
        ("$x$", "$x$"),
        ("\u200d", "U+200D"),
        ("日", "U+65E5"),
        ("-" * 64, "-" * 29 + "…"),
    ],
)
def test_every_character_of_a_token_is_seen(text: str, expected: str) -> None:
    assert lab_strips.visible(text) == expected


def test_forty_tokens_are_wrapped_in_order_within_the_line() -> None:
    boxes = list(lab_strips.lines_of_boxes(["␣word"] * 40, ["12345"] * 40))
    assert len(boxes) == 40
    assert boxes == sorted(boxes)
    assert boxes[-1][0] > 0
    assert max(left + width for _, left, width in boxes) <= lab_strips.LINE


def test_a_token_caption_counts_and_keeps_markdown_signs_as_they_are(shown: Shown) -> None:
    lab_pictures.token_boundaries("a *b*", ENCODING)
    assert shown[0][1].startswith("2 words, 5 characters, 5 tokens: ")
    assert r"a \| ␣ \| \* \| b \| \*" in shown[0][1]


def test_only_the_first_of_very_many_tokens_are_drawn(shown: Shown) -> None:
    lab_pictures.token_boundaries("a " * 500, ENCODING)
    assert "501 tokens (the first 120 are drawn)" in shown[0][1]
    assert len(words_on(shown[0][0])) == 240


def test_an_empty_text_is_said() -> None:
    with pytest.raises(ValueError, match="the text is empty"):
        lab_pictures.token_boundaries("", ENCODING)


def test_the_targets_are_the_window_one_token_later(shown: Shown) -> None:
    lab_pictures.windows(np.arange(100, 110, dtype=np.uint16), 4, [2, 5])
    pairs = [word for word in words_on(shown[0][0])[12:] if word.isdigit()]
    assert pairs == ["102", "103", "103", "104", "104", "105", "105", "106"]


def test_a_window_without_a_last_target_is_refused() -> None:
    with pytest.raises(ValueError, match=r"start from 0 to 5: got starts=\[2, 6\]"):
        lab_pictures.windows(10, 4, [2, 6])
    with pytest.raises(ValueError, match="of 16 in 16 tokens and their last target do not fit"):
        lab_pictures.windows(16, 16, [0])


def test_windows_that_overlap_get_lanes_of_their_own() -> None:
    assert lab_strips.lanes([(0, 4), (2, 6), (5, 9), (3, 7)]) == [0, 1, 0, 2]


def test_the_share_of_real_tokens_stands_on_the_table(shown: Shown) -> None:
    lab_pictures.padded_table([4, 1, 1, 2])
    assert "8 real tokens in 4 × 4 = 16 cells: 50.0 % is text" in shown[0][0].axes[0].get_title(
        "left"
    )
    assert "only 50.0 %" in shown[0][1]


def test_a_row_without_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        lab_pictures.padded_table([3, 0])


def test_two_and_four_axes_of_scores_give_the_same_steps(shown: Shown) -> None:
    scores = torch.tensor([[1.0, 1.0, 2.0], [0.0, 1.0, 1.0], [1.0, 2.0, 3.0]]) / 2**0.5
    lab_pictures.mask_steps(scores)
    lab_pictures.mask_steps(scores.view(1, 1, 3, 3))
    two, four = (words_on(figure) for figure, _ in shown)
    assert two == four
    assert two.count("−∞") == 3
    assert two.count("Σ 1.00") == 3
    assert {"0.33", "0.67", "0.14", "0.28", "0.58"} <= set(two)


@pytest.mark.parametrize("shape", [(3, 4), (1, 3, 3), (2, 1, 3, 3), (1, 2, 3, 3)])
def test_scores_of_more_than_one_head_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="choose one sequence and one head"):
        lab_pictures.mask_steps(torch.zeros(shape))


def test_the_blank_road_gives_no_shape_away(shown: Shown) -> None:
    lab_pictures.block_shapes()
    words = words_on(shown[0][0])
    assert sum(word.endswith("?") for word in words) == 15
    assert not any("(" in word for word in words)


def test_every_arrow_of_the_road_has_its_shape(shown: Shown) -> None:
    lab_pictures.block_shapes(measured())
    words = words_on(shown[0][0])
    assert not any("?" in word for word in words)
    assert words.count("(4, 10, 128)") == 2
    assert "q, k, v: (4, 4, 10, 8)" in words


def test_the_shares_are_written_in_the_picture_and_in_its_words(shown: Shown) -> None:
    lab_pictures.where_the_parameters_sit(full_size())
    figure, caption = shown[0]
    assert "wte\n38,633,472\n31.0 %" in words_on(figure)
    assert "LayerNorms\n38,400\n0.03 %" in words_on(figure)
    assert "wte 31.0 %, wpe 0.6 %, attention 22.8 %, MLP 45.5 %, LayerNorms 0.03 %" in caption


def test_labels_below_a_bar_keep_apart_within_its_ends() -> None:
    places = lab_strips.spread([0.01, 0.02, 0.5, 0.97, 0.98, 0.99])
    assert all(right - left >= 0.1299 for left, right in pairwise(places))
    assert places[0] >= 0 and places[-1] <= 1
    assert lab_strips.spread([0.5]) == [0.5]


def test_a_layer_or_head_that_does_not_exist_is_named() -> None:
    model, ids, tokens = small_model(), torch.arange(3), ["a", "b", "c"]
    with pytest.raises(ValueError, match=r"layer must be from 0 to 1, .*: got 2"):
        lab_pictures.attention_heads(model, ids, tokens, 2, [0])
    with pytest.raises(ValueError, match=r"heads must be from 0 to 3: got \[4\]"):
        lab_pictures.attention_heads(model, ids, tokens, 0, [4])
    with pytest.raises(ValueError, match="got 3 ids and 2 tokens"):
        lab_pictures.attention_heads(model, ids, tokens[:2], 0, [0])
    with pytest.raises(ValueError, match=r"one sequence, \(T,\) or \(1, T\): got \(2, 3\)"):
        lab_pictures.attention_weights(model, torch.zeros(2, 3, dtype=torch.long), 0)


def test_all_heads_share_one_colour_scale(shown: Shown) -> None:
    draw_heads([0, 3])
    images = [axes.images[0] for axes in shown[0][0].axes if axes.images]
    assert len(images) == 2
    assert {image.get_clim() for image in images} == {(0, 1)}


def test_the_upper_axis_counts_passes_and_the_star_is_at_the_best(shown: Shown) -> None:
    lab_curves.loss_curve(HISTORY, 81_920)
    axes = shown[0][0].axes[0]
    upper = axes.child_axes[0]
    shown[0][0].draw_without_rendering()
    assert upper.get_xlim() == pytest.approx([each / 10 for each in axes.get_xlim()])
    star = next(line for line in axes.lines if line.get_marker() == "*")
    assert (star.get_xdata()[0], star.get_ydata()[0]) == HISTORY.best
    assert "3.9 passes" in shown[0][1]
    assert "3.300 after 20 updates" in shown[0][1]


def test_a_run_that_was_not_evaluated_yet_is_drawn(shown: Shown) -> None:
    young = SimpleNamespace(train=[(0, 3.9)], evaluations=[], best=None, tokens_per_update=8192)
    lab_curves.loss_curve(young, 112_000)
    drawing.png(shown[0][0])
    assert "star" not in shown[0][1]


def test_a_loss_curve_without_a_loss_or_a_text_is_refused() -> None:
    empty = SimpleNamespace(train=[], evaluations=[], best=None, tokens_per_update=8192)
    with pytest.raises(ValueError, match="has not made an update"):
        lab_curves.loss_curve(empty, 112_000)
    with pytest.raises(ValueError, match="size of the text: got 0"):
        lab_curves.loss_curve(HISTORY, 0)


def test_lines_of_dialogue_stay_lines_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    lab_curves.before_and_after({"before": "the king of France " * 9, "after": "Hi!\n\nNo way."})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["before", "after"]
    assert [line[50:] for line in lines[2:5]] == ["Hi!", "", "No way."]
    assert " ".join(line[:46] for line in lines[2:]).split().count("France") == 9
    assert max(map(len, lines)) <= 96


def test_temperature_and_top_k_give_the_worked_numbers(shown: Shown) -> None:
    lab_curves.sampling(torch.tensor([5.0, 4.0, 1.0, 0.0, -1.0]), "abcde", 0.8, 2)
    assert shown[0][1].endswith("top_k 2: 0.777, 0.223, 0.000, 0.000, 0.000.")
    assert words_on(shown[0][0])[-5:] == ["0.777", "0.223", "×", "×", "×"]


def test_a_top_k_above_the_vocabulary_removes_nothing(shown: Shown) -> None:
    lab_curves.sampling(torch.zeros(2), "ab", 1.0, 50)
    assert words_on(shown[0][0]) == ["0.500"] * 6


def test_settings_that_cannot_be_sampled_from_are_refused() -> None:
    with pytest.raises(ValueError, match="got temperature=0, top_k=None"):
        lab_curves.sampling(torch.zeros(2), "ab", 0)
    with pytest.raises(ValueError, match="got temperature=1, top_k=0"):
        lab_curves.sampling(torch.zeros(2), "ab", 1, 0)
    with pytest.raises(ValueError, match=r"got logits \(2,\) and 3 names"):
        lab_curves.sampling(torch.zeros(2), "abc", 1)


def test_random_scores_spread_as_the_root_of_the_width(shown: Shown) -> None:
    state = torch.get_rng_state()
    lab_pictures.score_spread()
    titles = [axes.get_title() for axes in shown[0][0].axes]
    for title, width in zip(titles, (768, 64), strict=True):
        spread = float(title.split("deviation ")[1].split(",")[0])
        assert spread == pytest.approx(width**0.5, rel=0.02)
    assert torch.equal(torch.get_rng_state(), state), (
        "a student's own random numbers were disturbed"
    )
