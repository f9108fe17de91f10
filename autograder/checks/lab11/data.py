"""The tasks of Part 1: the corpus read, split, counted, stored and drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed, expect, name_type
from autograder.checks.framework import Exercise
from autograder.probe.view import Student

T1_1 = Exercise(
    "T1.1", "The first ten utterances", ("first_ten",), draws=False, minutes=5, difficulty=1
)
T1_2 = Exercise(
    "T1.2",
    "Training and validation text",
    ("train_text", "val_text"),
    draws=False,
    minutes=5,
    difficulty=1,
)
T1_4 = Exercise(
    "T1.4",
    "Tokens, words and characters",
    ("train_counts", "val_counts"),
    draws=False,
    minutes=5,
    difficulty=1,
)
T1_5 = Exercise(
    "T1.5", "Tokens on disk", ("train_data", "val_data"), draws=False, minutes=8, difficulty=2
)
T1_6 = Exercise("T1.6", "Random windows", ("get_batch",), minutes=15, difficulty=2)


def text(student: Student, name: str) -> str:
    """Read a variable that holds one text."""
    found = student.read(name)
    if not isinstance(found, str):
        raise CheckFailed(f"`{name}` is not a text", "one text", name_type(found),
                          "joined by newlines, a list of texts becomes one text")  # fmt: skip
    return found


@T1_1.check("pairs", points=0.0)
def they_are_the_first_ten(student: Student, rng: Draw) -> None:
    """`first_ten` holds (speaker, text) of the first ten utterances of the corpus."""
    found = student.read("first_ten")
    what = f"{len(found)} entries" if isinstance(found, list) else name_type(found)
    expect(isinstance(found, list) and len(found) == 10, "`first_ten` does not hold ten entries",
           expected="10 pairs", got=what)  # fmt: skip
    for position, (_, speaker, said) in enumerate(student.corpus()[:10], start=1):
        entry = found[position - 1]
        expect(isinstance(entry, list) and len(entry) == 2, f"entry {position} is not a pair",
               expected="(speaker, text)", got=name_type(entry))  # fmt: skip
        expect(entry[0] == speaker, f"entry {position} has another speaker", expected=speaker,
               got=entry[0] if isinstance(entry[0], str) else name_type(entry[0]),
               hint="an utterance's speaker is an object: its name is speaker.id")  # fmt: skip
        expect(entry[1] == said, f"entry {position} has another text", expected=said[:60],
               got=str(entry[1])[:60])  # fmt: skip


def lines_of(student: Student) -> list[object]:
    """The list `uts`, or fail and say what it is: asked again, it may be something else."""
    lines = student.read("uts")
    expect(isinstance(lines, list), "`uts` is not a list of texts yet: see G1.1",
           expected="a list", got=name_type(lines))  # fmt: skip
    return list(lines)


@T1_2.check("joined", points=0.0)
def the_two_texts_are_the_lines_in_order(student: Student, rng: Draw) -> None:
    """`train_text` and `val_text` hold all lines of `uts` in order, one below the other."""
    train, val, lines = text(student, "train_text"), text(student, "val_text"), lines_of(student)
    whole = "\n".join(map(str, lines))
    if f"{train}\n{val}".strip() != whole.strip():
        hint = "join the lines with newlines, and leave the order as it is"
        if sorted(f"{train}\n{val}".split("\n")) == sorted(whole.split("\n")):
            hint = "the lines are in another order: was something shuffled?"
        raise CheckFailed("the two texts put together are not the lines of `uts`",
                          f"{len(whole):,} characters", f"{len(train) + len(val) + 1:,}",
                          hint)  # fmt: skip


@T1_2.check("share", points=0.0, after=("joined",))
def nine_tenths_are_for_training(student: Student, rng: Draw) -> None:
    """The first 90 % of the lines are the training text, the last 10 % the validation text."""
    train, lines = text(student, "train_text"), lines_of(student)
    inside = "\n".join(map(str, lines))
    # a line may hold a newline itself: count lines by the characters that they take
    ends = np.cumsum([len(str(line)) + 1 for line in lines]) - 1
    taken = int(np.searchsorted(ends, len(train))) + 1
    wanted = 0.9 * len(lines)
    expect(abs(taken - wanted) <= 1, "the cut is not after 90 % of the lines",
           expected=f"{wanted:g} of {len(lines)} lines", got=f"{taken} lines",
           hint="90 % of the lines, not of the characters"
           if abs(len(train) - 0.9 * len(inside)) < 2 else "")  # fmt: skip


def counts_of(said: str) -> tuple[int, int, int]:
    """Tokens, words and characters of a text."""
    from data_scripts.gpt2_tokenizer import encoding

    return len(encoding().encode_ordinary(said)), len(said.split()), len(said)


def judge_counts(student: Student, split: str) -> None:
    """Compare (tokens, words, characters) with those of the student's own text."""
    found = student.read(f"{split}_counts")
    expect(isinstance(found, list) and len(found) == 3, f"`{split}_counts` is not three numbers",
           expected="(tokens, words, characters)", got=name_type(found))  # fmt: skip
    said = text(student, f"{split}_text")
    wrong = {
        "tokens": "encode_ordinary gives one id for each token",
        "words": "split without an argument splits at any white space",
        "characters": "every one counts, newlines included",
    }
    for (unit, hint), got, wanted in zip(wrong.items(), found, counts_of(said), strict=True):
        expect(got == wanted, f"the number of {unit} in `{split}_text` is another", got=got,
               hint=hint)  # fmt: skip


@T1_4.check("train", points=0.0)
def the_training_text_is_counted(student: Student, rng: Draw) -> None:
    """`train_counts`: tokens, words and characters of the training text."""
    judge_counts(student, "train")


@T1_4.check("val", points=0.0)
def the_validation_text_is_counted(student: Student, rng: Draw) -> None:
    """`val_counts`: tokens, words and characters of the validation text."""
    judge_counts(student, "val")


def judge_stored(student: Student, split: str) -> None:
    """Expect the text's tokens, in a memory-mapped uint16 array."""
    name = f"{split}_data"
    stored, about = student.read(name), student.describe_array(name)
    expect("memmap" in about["kinds"], f"`{name}` is not memory-mapped",
           expected="np.memmap", got=about["kinds"][0],
           hint="a memory map opens a file without reading it")  # fmt: skip
    expect(about["dtype"] == "uint16", f"`{name}` has another number type",
           expected="uint16", got=about["dtype"],
           hint="write and open with the same type; int16 ends at 32,767")  # fmt: skip
    from data_scripts.gpt2_tokenizer import encoding

    wanted = encoding().encode_ordinary(text(student, f"{split}_text"))
    if stored != wanted:
        raise CheckFailed(f"`{name}` does not hold the tokens of `{split}_text`",
                          f"{len(wanted):,} tokens", f"{len(stored):,} numbers",
                          "write the ids in the type in which you open them")  # fmt: skip


@T1_5.check("train", points=0.0)
def the_training_tokens_are_stored(student: Student, rng: Draw) -> None:
    """`train_data` is train.bin, memory-mapped as uint16, with the tokens of the training text."""
    judge_stored(student, "train")


@T1_5.check("val", points=0.0)
def the_validation_tokens_are_stored(student: Student, rng: Draw) -> None:
    """`val_data` is val.bin, memory-mapped as uint16, with the tokens of the validation text."""
    judge_stored(student, "val")


def batches(student: Student, data: np.ndarray, block_size: int, batch_size: int) -> list[Tensor]:
    """Draw one batch and expect two tensors of the right shape and type."""
    found = student.numpy_function("get_batch", data, block_size, batch_size, "cpu")
    expect(isinstance(found, list) and len(found) == 2, "get_batch does not return x and t",
           expected="x, t", got=name_type(found))  # fmt: skip
    for name, value in zip("xt", found, strict=True):
        expect(isinstance(value, Tensor) and tuple(value.shape) == (batch_size, block_size),
               f"{name} has another shape", expected=f"({batch_size}, {block_size})",
               got=name_type(value))  # fmt: skip
        expect(str(value.dtype) == "torch.int64", f"{name} has another number type",
               expected="int64", got=str(value.dtype)[6:],
               hint="an embedding is looked up by int64: convert the file's uint16")  # fmt: skip
    return list(found)


@T1_6.check("shape", points=0.0)
def batches_have_the_shape_asked_for(student: Student, rng: Draw) -> None:
    """`get_batch` returns x and t, both (batch_size, block_size) and int64."""
    batches(student, stream(rng, 100), 5, 3)


@T1_6.check("windows", points=0.0, after=("shape",))
def x_is_a_window_and_t_the_same_one_token_later(student: Student, rng: Draw) -> None:
    """Each row of x is a window of the data, and t is the same window one token later."""
    data = stream(rng, 60)
    place = {int(token): position for position, token in enumerate(data)}
    for x, t in zip(*batches(student, data, 6, 8), strict=True):
        at = place.get(int(x[0]), -1)
        expect(x.tolist() == data[at : at + 6].tolist(), "a row of x is no window of the data",
               expected="6 tokens in a row", got=x.tolist())  # fmt: skip
        if t.tolist() == x.tolist():
            raise CheckFailed("t is x itself", "the tokens that come next", "the same tokens",
                              "shift t by one")  # fmt: skip
        expect(t.tolist() == data[at + 1 : at + 7].tolist(), "t is not x shifted by one",
               expected=data[at + 1 : at + 7].tolist(), got=t.tolist())  # fmt: skip


@T1_6.check("random", points=0.0, after=("windows",))
def every_window_can_be_drawn(student: Student, rng: Draw) -> None:
    """The windows are drawn at random, and every one of them can come."""
    data = stream(rng, 10)
    drawn = batches(student, data, 4, 400)[0][:, 0].tolist()
    place = data.tolist()
    never = [start for start in range(6) if place[start] not in drawn]
    expect(len(set(drawn)) > 1, "all rows start at the same place", expected="random starts",
           got="one start")  # fmt: skip
    expect(not never, f"of ten tokens in windows of four, some starts never come: {never}",
           expected="starts 0 to 5", got=sorted({place.index(token) for token in drawn}),
           hint="the last window ends one token before the data do")  # fmt: skip


def stream(rng: Draw, length: int) -> np.ndarray:
    """Tokens as they lie in the file; no two are alike, so that each tells its place."""
    order: Sequence[Any] = rng.normal(length).argsort().tolist()
    return np.array([50_000 - 7 * index for index in order], dtype=np.uint16)
