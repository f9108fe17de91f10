"""The comparison of Assignment 4's two models: one table of numbers, and what each of them writes.

Numbers come from the runs as they were recorded, so a table of a resumed run is that of all its
parts. Text takes the colour of the page, light or dark.
"""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest

from torch import nn

from autograder.notebook.checking import show
from autograder.notebook.training import Run

Row = tuple[str, Sequence[str]]
UNKNOWN = "–"
COLUMN = 44  # characters of a text beside another
_LINE = "1px solid var(--jp-border-color2, rgba(128, 128, 128, 0.45))"
_CELL = (
    f"padding: 5px 16px 5px 0; border: none; border-bottom: {_LINE}; text-align: {{align}};"
    " vertical-align: top; line-height: 1.45;"
)
# The texts may break anywhere; the labels beside them nowhere, or they would give way to the texts.
_BREAKS = "white-space: normal; overflow-wrap: anywhere;"
_STAYS = "white-space: nowrap;"


def table(
    runs: Mapping[str, Run], models: Mapping[str, nn.Module], samples: Mapping[str, str]
) -> None:
    """Show what two training runs came to, side by side, and a text of each model.

    samples: what each model wrote, by the names of the runs. Losses in nats per character; the
    speed includes the evaluations.
    """
    rows = [
        (label, [quantity(run, models[name]) for name, run in runs.items()])
        for label, quantity in QUANTITIES.items()
    ]
    written = [samples[name] for name in runs]
    show(as_html(list(runs), rows, written), as_text(list(runs), rows, written))


def parameters(_: Run, model: nn.Module) -> str:
    """The number of parameters, a tied one once."""
    return f"{sum(each.numel() for each in model.parameters()):,}"


def characters(run: Run, _: nn.Module) -> str:
    """How much text the training has seen."""
    return f"{run.updates * run.characters_per_update:,}"


def validation_loss(run: Run, _: nn.Module) -> str:
    """The lowest loss on the validation text."""
    return f"{run.best_val_loss:.3f}" if math.isfinite(run.best_val_loss) else UNKNOWN


def choices(run: Run, _: nn.Module) -> str:
    """That loss as a perplexity: between how many equally likely characters it leaves us."""
    loss = run.best_val_loss
    return f"{math.exp(loss):.1f}" if math.isfinite(loss) else UNKNOWN


def speed(run: Run, _: nn.Module) -> str:
    """Characters trained on in a second, to three digits."""
    rate = run.characters_per_second
    if not math.isfinite(rate) or rate <= 0:
        return UNKNOWN
    return f"{round(rate, 2 - math.floor(math.log10(rate))):,.0f}"


def time_taken(run: Run, _: nn.Module) -> str:
    """How long the training took, pauses left out."""
    seconds = run.history.seconds
    if not math.isfinite(seconds) or seconds <= 0:
        return UNKNOWN
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


QUANTITIES: dict[str, Callable[[Run, nn.Module], str]] = {
    "parameters": parameters,
    "characters read": characters,
    "validation loss, nats": validation_loss,
    "as unsure as among": choices,
    "characters a second": speed,
    "training time": time_taken,
}


def as_html(names: Sequence[str], rows: Sequence[Row], samples: Sequence[str]) -> str:
    """The table for a notebook, its last row the texts."""
    head = "".join(_cell(name, "right", "th", "col") for name in ("", *names))
    body = "".join(
        f"<tr>{_cell(label, 'left', 'th', 'row')}{''.join(_cell(v, 'right') for v in values)}</tr>"
        for label, values in rows
    )
    texts = "".join(_cell(sample, "left") for sample in samples)
    return (
        '<table style="border-collapse: collapse; border: none; margin: 0; max-width: 60em;'
        ' color: inherit; font-size: 14px; background: transparent;">'
        "<caption>The two models after training, and what they write</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}"
        f"<tr>{_cell('it writes', 'left', 'th', 'row')}{texts}</tr></tbody></table>"
    )


def _cell(text: str, align: str, tag: str = "td", scope: str = "") -> str:
    scoped = f' scope="{scope}"' if scope and text else ""
    style = f"{_CELL.format(align=align)} {_STAYS if tag == 'th' else _BREAKS}"
    return f'<{tag}{scoped} style="{style}">{html.escape(text)}</{tag}>'


def as_text(names: Sequence[str], rows: Sequence[Row], samples: Sequence[str]) -> str:
    """The same in plain text: the numbers, and below them the texts in columns."""
    lines = [_line("", names)] + [_line(label, values) for label, values in rows]
    columns = [textwrap.wrap(sample, COLUMN) for sample in samples]
    beside = [
        tuple(names),
        tuple("─" * COLUMN for _ in names),
        *zip_longest(*columns, fillvalue=""),
    ]
    texts = ["    ".join(f"{text:{COLUMN}}" for text in line).rstrip() for line in beside]
    return "\n".join([*lines, "", *texts])


def _line(label: str, values: Sequence[str]) -> str:
    return (f"{label:24}" + "".join(f"{value:>16}" for value in values)).rstrip()
