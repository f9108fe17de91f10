"""Small pictures beside failed checks, as drawings and as characters."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
import torch

from autograder.checks.evidence.pictures import (
    attention_picture,
    histogram_picture,
    series_picture,
    wrong_attention_picture,
)
from autograder.report.feedback import feedback_html
from autograder.report.notebook_table import table_html, table_text
from autograder.report.pictures import picture_svg, picture_text
from autograder.report.pictures.parts import MARK
from tests.report.reading import assert_harmless, contrast
from tests.report.samples import EXERCISES, PAYLOAD, results, submission
from tests.report.test_colours import palettes

SEEN = torch.tensor([[0.5, 0.5, 0.0], [0.2, 0.3, 0.5], [0.1, 0.2, 0.3]], dtype=torch.float64)


def attention() -> Any:
    return attention_picture(SEEN)


def wide_attention() -> Any:
    return attention_picture(torch.full((16, 16), 1 / 16))


def wide_weights() -> Any:
    generator = torch.Generator().manual_seed(0)
    return histogram_picture(torch.randn(32, 32, generator=generator), 0.02)


def nearly_right_weights() -> Any:
    generator = torch.Generator().manual_seed(0)
    return histogram_picture(0.02 * torch.randn(32, 32, generator=generator), 0.00816)


def rates() -> Any:
    return series_picture([0.1, 0.2, 0.3, 0.4], [0.1, 0.3, 0.4, float("nan")], "learning rate",
                          "update")  # fmt: skip


MADE = (attention, wide_attention, wide_weights, nearly_right_weights, rates)
ALL = pytest.mark.parametrize("picture", [make() for make in MADE], ids=lambda p: p["kind"])


@ALL
def test_a_drawing_is_well_formed_alone_and_described(picture: Any) -> None:
    page = assert_harmless(picture_svg(picture))
    assert page.names() <= {"svg", "text", "rect", "line", "polyline", "circle", "path"}
    (drawing,) = [values for tag, values in page.tags if tag == "svg"]
    assert drawing["role"] == "img"
    assert len(drawing["aria-label"]) > 40
    assert "id" not in {name for _, values in page.tags for name in values}


@ALL
def test_a_drawing_takes_its_colours_from_the_page_but_for_one_mark(picture: Any) -> None:
    drawn = picture_svg(picture)
    assert "currentColor" in drawn
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", drawn)) <= {MARK}
    assert "font-family" not in drawn


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_the_mark_stands_out_on_every_page(theme: str) -> None:
    for ground in (palettes()[theme]["page"], "#ffffff", "#111111"):
        assert contrast(MARK, ground) >= 3


def blend(ink: str, page: str, share: float) -> str:
    """The colour of so much ink on a page."""
    parts = [(int(ink[i : i + 2], 16), int(page[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in parts)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_numbers_can_be_read_on_the_darkest_cell(theme: str) -> None:
    colours = palettes()[theme]
    drawn = re.findall(r"fill-opacity: ([\d.]+)", picture_svg(attention()))
    for ink, page in ((colours["ink"], colours["page"]), ("#212121", "#ffffff")):
        assert contrast(ink, blend(ink, page, max(map(float, drawn)))) >= 4.5


@ALL
def test_characters_fit_a_terminal_and_json_holds_a_picture(picture: Any) -> None:
    text = picture_text(picture)
    assert 0 < max(map(len, text.splitlines())) <= 94  # beside an indent of 6
    assert len(text.splitlines()) <= 42
    assert json.loads(json.dumps(picture, allow_nan=False)) == picture
    assert len(json.dumps(picture)) < 3000


def test_a_look_ahead_and_a_wrong_sum_have_a_sign_and_words() -> None:
    text = picture_text(attention())
    assert text.count("✗") == 1 + 2 + 1  # the key, two weights, a sum
    assert "✗.50" in text and "✗0.60" in text
    page = assert_harmless(picture_svg(attention()))
    assert page.text.count("✗") == 4
    (told,) = page.attributes("aria-label")
    assert "Position 1 listens to the later position 2." in told
    assert "do not sum to 1: 3 (0.60)" in told


def test_negative_and_endless_weights_are_told_apart() -> None:
    odd = torch.tensor([[1.0, 0.0], [float("inf"), -0.4]])
    text = picture_text(attention_picture(odd))
    assert "✗nan" in text and "✗-.4" in text


def test_right_weights_are_no_picture_of_a_mistake() -> None:
    right = torch.tril(torch.ones(4, 4)) / torch.arange(1, 5).unsqueeze(1)
    assert wrong_attention_picture(right.double()) is None
    assert wrong_attention_picture(SEEN) is not None
    assert wrong_attention_picture(0.5 * right.double()) is not None


def test_what_is_too_large_or_nothing_is_no_picture() -> None:
    assert attention_picture(torch.ones(17, 17)) is None
    assert attention_picture(torch.ones(2, 3)) is None
    assert histogram_picture(torch.tensor([float("nan")]), 0.02) is None
    assert len(series_picture([0.0] * 100, [1.0] * 100, "a", "b")["got"]) == 40


def test_a_histogram_counts_every_number_once() -> None:
    picture = wide_weights()
    assert sum(picture["got"]) == pytest.approx(1, abs=0.02)  # three digits each
    far = histogram_picture(torch.tensor([0.0] * 99 + [1e6]), 0.02)
    assert far is not None and sum(far["got"]) == pytest.approx(1)
    assert histogram_picture(torch.zeros(5), 0.02) is not None


def test_what_agrees_is_not_marked_and_what_differs_is() -> None:
    lines = picture_text(series_picture([0.1005, 0.2], [0.10051, 0.3], "rate", "update"))
    assert [line.endswith("✗") for line in lines.splitlines()[2:]] == [False, True]
    assert "no number" in picture_text(rates())


@pytest.mark.parametrize(
    "picture",
    [
        None, {}, {"kind": "from a later version"}, {"kind": "attention"}, {"kind": ["attention"]},
        {"kind": "attention", "weights": []}, {"kind": "attention", "weights": [[1.0], [2.0]]},
        {"kind": "attention", "weights": [[PAYLOAD]]}, {"kind": "attention", "weights": 3},
        {"kind": "attention", "weights": [[1.0] * 17] * 17},
        {"kind": "histogram", "edges": [0, 1], "got": [1], "std": 0},
        {"kind": "histogram", "edges": [1, 0], "got": [1], "std": 1},
        {"kind": "histogram", "edges": [0, 1, 2], "got": [1], "std": 1},
        {"kind": "series", "expected": [], "got": [], "name": "a", "index": "b"},
        {"kind": "series", "expected": [1.0], "got": [1.0, 2.0], "name": "a", "index": "b"},
        {"kind": "series", "expected": [1.0], "got": [1.0]},
    ],
)  # fmt: skip
def test_what_is_no_picture_is_passed_over(picture: Any) -> None:
    assert picture_svg(picture) == "" and picture_text(picture) == ""


def test_words_in_a_picture_are_escaped() -> None:
    evil = series_picture([1.0], [2.0], PAYLOAD, '"><script>alert(1)</script>')
    page = assert_harmless(picture_svg(evil))
    assert PAYLOAD in page.text
    assert_harmless(table_html("E1", "t", [replace(failed(), picture=evil)]))


def failed() -> Any:
    return next(r for r in results("biased and unmasked") if r.id == "e1.causal")


def test_the_picture_stands_between_what_came_and_the_cause() -> None:
    page = assert_harmless(table_html("E1", "t", [failed()]))
    assert page.names() >= {"svg"}
    assert page.text.index("got") < page.text.index("yours") < page.text.index("cause")
    lines = table_text("E1", "t", [failed()])
    assert lines.index("got:") < lines.index("your attention weights") < lines.index("cause:")


def test_the_feedback_page_has_it_too_once() -> None:
    entry = submission("ada", "biased and unmasked").as_json()
    assert sum(check["picture"] is not None for check in entry["checks"]) == 1
    page = assert_harmless(feedback_html(entry, "A", EXERCISES))
    assert [tag for tag, _ in page.tags].count("svg") == 1
    places = [page.text.index(part) for part in ("a change of", "yours", "Every position sees")]
    assert places == sorted(places)


def test_a_picture_of_ours_is_read_off_the_students_outputs() -> None:
    """Without a mask, who listens to whom is softmax over all keys: six positive weights a row."""
    weights = failed().picture["weights"]
    assert len(weights) == 6
    assert all(w > 0 for row in weights for w in row)
    assert all(sum(row) == pytest.approx(1, abs=0.005) for row in weights)
