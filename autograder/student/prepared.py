"""Which of the data and weights are there; the notebooks make or fetch what is not."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from autograder.student.findings import NOTE, OK, Finding

LATER = "not there yet; the notebook makes it"
WEIGHTS = "model.safetensors"


def all_findings(folder: Path) -> Iterator[Finding]:
    """Look at the four, each with the command that gets it. folder: the notebook's `data`."""
    yield speeches(folder)
    yield friends(folder)
    yield tokenizer()
    yield weights(folder)


def speeches(folder: Path) -> Finding:
    """Assignment 4's two texts."""
    about, get = "speeches (Assignment 4)", "course data speeches"
    files = [folder / name for name in ("trump_train.txt", "trump_val.txt")]
    if not all(path.is_file() for path in files):
        return Finding(about, NOTE, LATER, f"{get}   (the real ones: {get} --public)")
    size = sum(path.stat().st_size for path in files)
    return Finding(about, OK, f"{size:,} characters in {folder}")


def friends(folder: Path) -> Finding:
    """Lab 11's corpus."""
    about, get = "dialogue (Lab 11)", "course data friends"
    if not (folder / "friends-corpus" / "utterances.jsonl").is_file():
        return Finding(about, NOTE, LATER, f"{get}   (the real one: {get} --public)")
    return Finding(about, OK, str(folder / "friends-corpus"))


def tokenizer() -> Finding:
    """GPT-2's vocabulary."""
    from data_scripts import gpt2_tokenizer
    from data_scripts.errors import DataError

    about, get = "GPT-2's vocabulary (Lab 11)", "course data gpt2-tokenizer"
    try:
        if gpt2_tokenizer.ready():
            return Finding(about, OK, str(gpt2_tokenizer.cache_folder()))
    except DataError as error:
        return Finding(about, NOTE, str(error))
    if importlib.util.find_spec(gpt2_tokenizer.PACKAGE) is None:
        return Finding(about, NOTE, f"not there yet, and {gpt2_tokenizer.PACKAGE} is not installed",
                       gpt2_tokenizer.ADVICE)  # fmt: skip
    return Finding(about, NOTE, LATER, get)


def weights(folder: Path) -> Finding:
    """GPT-2's weights, for the lab's full setting."""
    about, get = "GPT-2's weights (Lab 11)", "course data gpt2-weights"
    if not (folder / "gpt2" / WEIGHTS).is_file():
        return Finding(about, NOTE, 'not there; only SETTING = "full" fetches them, 548 MB', get)
    return Finding(about, OK, str(folder / "gpt2"))
