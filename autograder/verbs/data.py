"""`course data`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from autograder.verbs.common import fail


@click.group()
def data() -> None:
    """Make the files that the notebooks read: texts, tokens, GPT-2."""


@data.command()
@click.option("--from", "file", type=click.Path(path_type=Path), help="Use this text file.")
@click.option("--public", is_flag=True, help="Fetch the public collection of speeches.")
@click.option("--sample", is_flag=True, help="Use the sample that ships with the course (default).")
@click.option("--to", "folder", default=Path("data"), show_default=True,
              type=click.Path(path_type=Path), help="Folder to write into.")  # fmt: skip
def speeches(file: Path | None, public: bool, sample: bool, folder: Path) -> None:
    """Make trump_train.txt and trump_val.txt for Assignment 4."""
    from data_scripts import speeches as corpus

    if sum([file is not None, public, sample]) > 1:
        raise click.UsageError("choose one of --from, --public and --sample")
    with in_words():
        corpus.make(folder, file or ("public" if public else "sample"))


@data.command()
@click.option("--from", "path", type=click.Path(path_type=Path),
              help="Use this corpus folder, zip archive or table of lines.")  # fmt: skip
@click.option("--public", is_flag=True, help="Fetch the real corpus through ConvoKit.")
@click.option("--sample", is_flag=True, help="Use the sample that ships with the course (default).")
@click.option("--character", metavar="NAME", help="Also write this character's lines as tokens:"
              " train.bin (the first 90 % of the lines) and val.bin.")  # fmt: skip
@click.option("--to", "folder", default=Path("data"), show_default=True,
              type=click.Path(path_type=Path), help="Folder to write into.")  # fmt: skip
def friends(
    path: Path | None, public: bool, sample: bool, character: str | None, folder: Path
) -> None:
    """Make friends-corpus, dialogue in ConvoKit's format, for Lab 11."""
    from data_scripts import friends as corpus

    if sum([path is not None, public, sample]) > 1:
        raise click.UsageError("choose one of --from, --public and --sample")
    with in_words():
        made = corpus.make(folder, path or ("public" if public else "sample"))
        click.echo(made)
        if character is not None:
            from data_scripts import friends_tokens  # tokenising is not needed for the corpus

            click.echo(friends_tokens.make(made.folder, character, folder))


@data.command("tokens")
@click.argument("text", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--val-fraction", type=click.FloatRange(0, 1, min_open=True, max_open=True),
              metavar="F", help="Put the last tokens into val.bin: 0.1 is a tenth.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 128), metavar="N",
              help="Threads; one for each processor if left out.")  # fmt: skip
@click.option("--to", "folder", default=Path("data"), show_default=True,
              type=click.Path(path_type=Path), help="Folder to write into.")  # fmt: skip
def tokens(text: Path, val_fraction: float | None, workers: int | None, folder: Path) -> None:
    """Turn a text of any length into GPT-2's tokens.

    They are written to train.bin, the last of them to val.bin where --val-fraction asks for it.
    TEXT is a file in UTF-8, a .gz of one, or - for standard input.
    """
    from data_scripts import encode

    with in_words():
        click.echo(encode.make(text, folder, val_fraction, workers))


@data.command("gpt2-tokenizer")
@click.option("--to", "folder", type=click.Path(path_type=Path),
              help="Folder of the cache; tiktoken's own if left out.")  # fmt: skip
def gpt2_tokenizer(folder: Path | None) -> None:
    """Fill tiktoken's cache with GPT-2's vocabulary; needs no network."""
    from data_scripts import gpt2_tokenizer as vocabulary

    with in_words():
        vocabulary.make(folder)


@data.command("gpt2-weights")
@click.argument("name", default="gpt2")
@click.option("--from", "source", type=click.Path(path_type=Path),
              help="Check this folder with GPT-2's weights instead of downloading.")  # fmt: skip
@click.option("--to", "folder", default=Path("data"), show_default=True,
              type=click.Path(path_type=Path), help="Folder to write into.")  # fmt: skip
def gpt2_weights(name: str, source: Path | None, folder: Path) -> None:
    """Fetch a checkpoint: gpt2, gpt2-medium, gpt2-large or gpt2-xl."""
    from data_scripts import gpt2_weights as weights

    with in_words():
        weights.make(name, folder, source)


@contextmanager
def in_words() -> Iterator[None]:
    """End the verb with a sentence where the data cannot be made, or somebody stops it."""
    from data_scripts.errors import DataError

    try:
        yield
    except DataError as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("stopped; no file is half written, and a later download continues where it was", 130)
