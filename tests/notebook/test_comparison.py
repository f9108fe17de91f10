"""The table of the two models says what was measured, and what was not."""

from __future__ import annotations

import html.parser
import math
import re

import pytest
from torch import nn

from autograder.notebook import comparison
from autograder.notebook.history import History
from autograder.notebook.training import Run

MODELS = {"transformer": nn.Linear(40, 20), "LSTM": nn.Linear(40, 20, bias=False)}
SAMPLES = {"transformer": "we are going to win " * 8, "LSTM": "a <b> of tea & more"}


def run(name: str, loss: float = 1.9459, seconds: float = 48.0) -> Run:
    history = History([(0, 3.7, 0.0)], [(0, 3.7, 3.7), (249, 1.9, loss)], seconds)
    return Run(name, 250, 1536, history)


class Cells(html.parser.HTMLParser):
    """The texts of a table's cells, row by row."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def shown(monkeypatch: pytest.MonkeyPatch, *runs: Run) -> tuple[str, str]:
    """The table of some runs, as HTML and as plain text."""
    found: list[tuple[str, str]] = []
    monkeypatch.setattr(comparison, "show", lambda page, text: found.append((page, text)))
    comparison.table({run.name: run for run in runs}, MODELS, SAMPLES)
    return found[0]


def test_each_row_names_a_quantity_and_each_column_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    page, text = shown(monkeypatch, run("transformer"), run("LSTM", 1.5, 200.0))
    assert Cells(page).rows == [
        ["", "transformer", "LSTM"],
        ["parameters", "820", "800"],
        ["characters read", "384,000", "384,000"],
        ["validation loss, nats", "1.946", "1.500"],
        ["as unsure as among", "7.0", "4.5"],
        ["characters a second", "8,000", "1,920"],
        ["training time", "48 s", "3 min"],
        ["it writes", SAMPLES["transformer"], SAMPLES["LSTM"]],
    ]
    assert "validation loss, nats              1.946           1.500\n" in text


def test_long_texts_never_break_the_labels_beside_them(monkeypatch: pytest.MonkeyPatch) -> None:
    page, _ = shown(monkeypatch, run("transformer"), run("LSTM"))
    labels, cells = re.findall(r"<th .*?>", page), re.findall(r"<td .*?>", page)
    assert all("nowrap" in label and "anywhere" not in label for label in labels)
    assert all("anywhere" in cell for cell in cells)


def test_texts_stand_beside_each_other_and_keep_their_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, text = shown(monkeypatch, run("transformer"), run("LSTM"))
    below = text.split("─\n")[-1].splitlines()
    assert below[0].endswith(SAMPLES["LSTM"])
    assert "".join(below).count("win") == 8
    assert max(map(len, text.splitlines())) <= 92


def test_what_a_model_writes_is_never_taken_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    page, _ = shown(monkeypatch, run("LSTM"))
    assert "a &lt;b&gt; of tea &amp; more" in page


@pytest.mark.parametrize("seconds", [0.0, math.nan])
def test_a_time_that_nobody_measured_is_left_open(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    page, _ = shown(monkeypatch, run("LSTM", seconds=seconds))
    rows = {row[0]: row[1:] for row in Cells(page).rows}
    assert rows["characters a second"] == rows["training time"] == ["–"]
    assert rows["validation loss, nats"] == ["1.946"]


def test_colours_are_those_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    page, _ = shown(monkeypatch, run("LSTM"))
    assert "color: inherit" in page and "background: transparent" in page
    assert "#" not in page, "a fixed colour would vanish on one of the two themes"
