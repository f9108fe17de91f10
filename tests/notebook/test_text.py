"""The text keeps its habits, says every reading that counts, and runs to the end unsolved."""

import re

import pytest

from autograder.build import builder
from tests.notebook.conftest import Played, code_cells, play

LONGEST_CELL = 20

READINGS = {
    "E1": ["without bias units", "Every $T$ from 1 to 1,024", "Which projection you call query",
           "less than $10^{-6}$ of the weight for scores up to $\\pm 50$", "1/\\sqrt{D}",
           "(Masking after the softmax is right if you then divide each row by its sum.)"],
    "E2": ["Scale $1/\\sqrt{d}$", "First dropout right after the softmax", "training only",
           "Any partition of the columns into $h$ groups of $d$ is right", "with or without bias",
           "raise any exception, at the latest in the first `forward`", "from 1 to 1,024"],
    "E3": ["exact or tanh form", "on the outputs only", "in-place is fine", "With or without bias"],
    "E4": ["in that order", "two residual connections", "with or without bias",
           "from $10^{-6}$ to $10^{-5}$"],
    "E5": ["Without `y` the loss is `None`", "all $T$ positions", "no fixed sinusoids",
           "**without bias**", "Doing the same to the attention's output projection",
           "two sigma is too narrow", "every dropout layer", "raises an exception (any)",
           "store the arguments under their own names", "after `load_state_dict`"],
    "E6": ["two or more dimensions", "the tied one once", "(a subclass is fine)",
           "`requires_grad=False` may be in or out", "Grouping by names is right"],
    "E7": ["Iterations count from **0**", "to `config.get_lr(i)`", "one extra call of `get_batch`",
           "**undivided** loss", "last micro-batch, or the mean over its micro-batches",
           "0 disables clipping", "They are clean when the loop is entered", "a scheduler object",
           "`it % k == 0` or `(it + 1) % k == 0`", "`inf`, `None` and `nan` are all right",
           "go to the working directory", "in training mode",
           "restores the model's mode by itself"],
    "E8": ["`temperature` (positive)", "cropped to the last `self.context_size` tokens",
           "`inference_mode`", "One sequence at a time is fine", "two calls in a row must differ",
           "restored afterwards", "nothing is printed"],
    "T9.1": ["`RMSNorm(hidden_size, eps=1e-6)`", "whatever axes come before the last",
             "No mean is subtracted, and there is no bias.", "starts at 1", "inside the root"],
    "T9.2": ["in radians", "Which two numbers make pair $i$ is yours to choose", "the direction",
             "at position 0 nothing turns", "same shape and number type"],
    "T9.3": ["No bias, no dropout.", "Separate layers, one for each head, or fused ones",
             "heads in turn are as good", "no need to check", "scale $1/\\sqrt{d}$"],
    "T9.4": ["rounded down", "rounded up is right as well", "No bias, no dropout.",
             "Three layers or fused ones"],
}  # fmt: skip


@pytest.fixture(scope="module")
def unsolved(built: builder.BuiltNotebooks, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The untouched release notebook, run from top to bottom."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("unsolved"))
        return play(built.release, patch)


def section(built: builder.BuiltNotebooks, exercise: str) -> str:
    """The prose of one exercise, from its heading to the next, as one line."""
    cells = [cell.source for cell in built.release.cells if cell.cell_type == "markdown"]
    prose = re.sub(r"\s+", " ", "\n".join(cells))
    start = prose.index(f"## {exercise} · ")
    following = prose.find(" ## ", start)
    return prose[start : following if following > 0 else None]


def test_every_cell_but_an_exercise_is_short(built: builder.BuiltNotebooks) -> None:
    roles = ("demonstration", "setting")
    for cell, name in code_cells(built.release):
        if cell.metadata["course"]["role"] in roles:
            assert len(cell.source.splitlines()) <= LONGEST_CELL, name


@pytest.mark.parametrize(
    ("exercise", "reading"),
    [(exercise, reading) for exercise, readings in READINGS.items() for reading in readings],
)
def test_a_reading_that_counts_is_said_in_its_section(
    built: builder.BuiltNotebooks, exercise: str, reading: str
) -> None:
    assert reading in section(built, exercise)


def test_the_untouched_notebook_runs_to_the_end_and_says_what_is_open(unsolved: Played) -> None:
    waiting = {name: told for name, told in unsolved.printed.items() if "This appears" in told}
    assert set(waiting) >= {
        "picture_own_attention",
        "who_notices",
        "mlp_swap",
        "silent_block",
        "own_first_loss",
        "picture_groups",
        "train_transformer",
        "samples",
        "train_lstm",
        "picture_both_losses",
        "table_of_both",
    }


def test_the_solved_notebook_leaves_no_demonstration_out(solved: Played) -> None:
    told = "".join(solved.printed.values())
    assert "This appears" not in told
    assert "This needs" not in told
