"""The tasks of Part 1: which slip gives the student's pairs, texts, counts, tokens or windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from torch import Tensor

from autograder.checks.lab11.data import counts_of, stream
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.lab11.answers import value_of
from autograder.probe.errors import ProbeError

WINDOW, ROWS = 6, 8


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains the failed checks of one task."""
    yield from OF_TASK[case.exercise](case)


def first_ten(case: Case) -> Iterator[Diagnosis]:
    """T1.1: what the ten pairs are instead."""
    found, rows = value_of(case.student, "first_ten"), case.student.corpus()
    wanted = [[speaker, text] for _, speaker, text in rows]
    ten = wanted[:10]
    known: dict[str, Any] = {
        "text-before-speaker": [pair[::-1] for pair in ten],
        "texts-without-speakers": [text for _, text in ten],
        "speakers-without-texts": [speaker for speaker, _ in ten],
        "ids-for-texts": [[speaker, id] for id, speaker, _ in rows[:10]],
        "ids-for-speakers": [[id, text] for id, _, text in rows[:10]],
        "last-ten": wanted[-10:],
        "all-of-them": wanted,
        "second-to-eleventh": wanted[1:11],
        "three-things-each": [list(row) for row in rows[:10]],
        "text-for-speaker": [[text, text] for _, text in ten],
    }
    if isinstance(found, list):
        if 0 < len(found) != 10 and found == wanted[: len(found)]:
            known["other-than-ten"] = found
        speakers = [type(e[0]).__name__ if isinstance(e, list) and e else "" for e in found]
        if set(speakers) == {"Foreign"} and [e[1:] for e in found] == [e[1:] for e in ten]:
            known["speaker-objects"] = found
        name = next((name for name, pairs in known.items() if pairs == found), "")
        if name:
            yield case.named(name, checks=case.failed("pairs"))


def two_texts(case: Case) -> Iterator[Diagnosis]:
    """T1.2: where the lines were cut, and how they were joined."""
    lines = value_of(case.student, "uts")
    parts = [value_of(case.student, f"{split}_text") for split in ("train", "val")]
    checks = case.failed()
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        return
    if parts and all(isinstance(part, list) for part in parts):
        yield case.named("lists-for-texts", checks=checks)
        return
    if not all(isinstance(part, str) for part in parts):
        return
    if name := split_name(lines, *parts):
        yield case.named(name, checks=checks)


def split_name(lines: list[str], train: str, val: str) -> str:
    """Which cut and which joint give these two texts."""
    n, whole = len(lines), "\n".join(lines)
    joints = {" ": "joined-by-spaces", "": "joined-by-nothing", "\n\n": "joined-by-empty-lines",
              ", ": "joined-by-commas", "\\n": "joined-by-letters"}  # fmt: skip
    for joint, name in joints.items():
        cuts = (i for i in range(n + 1) if joint.join(lines[:i]) == train)
        found = next(cuts, None) if joint.join(lines).startswith(train) else None
        if found is not None and joint.join(lines[found:]) == val:
            return name
    if f"{train}\n{val}" == whole:
        cut = len(train) - int(0.9 * len(whole))
        if abs(cut) < 2:
            return "nine-tenths-of-the-characters"
        taken = train.count("\n") + 1 if train else 0
        shares = {1: "tenth-for-training", 5: "half-for-each", 8: "eight-tenths"}
        return next((name for tenths, name in shares.items() if abs(taken - tenths * n / 10) <= 1),
                    "cut-elsewhere")  # fmt: skip
    if train + val == whole:
        nine = abs(len(train) - 0.9 * len(whole)) < 2
        return "nine-tenths-of-the-characters" if nine else ""
    if f"{val}\n{train}" == whole:
        return "last-part-for-training"
    if train == whole:
        return "everything-for-training"
    joined = f"{train}\n{val}".split("\n")
    if sorted(joined) == sorted(whole.split("\n")):
        return "lines-shuffled"
    if whole.startswith(train) and whole.endswith(val):
        more = len(train) + len(val) - len(whole)
        return "lines-between-lost" if more < -1 else "parts-overlap" if more > 0 else ""
    return ""


def counts(case: Case) -> Iterator[Diagnosis]:
    """T1.4: which of the three numbers counts something else."""
    for split in ("train", "val"):
        checks = case.failed(split)
        said, found = (value_of(case.student, f"{split}_{what}") for what in ("text", "counts"))
        if not checks or not isinstance(said, str) or not isinstance(found, list):
            continue
        if len(found) == 3 and (names := count_names(found, said)):
            yield case.named(*names, checks=checks)


def tokens_of(said: str) -> list[int]:
    """The tokens of a text."""
    from data_scripts.gpt2_tokenizer import encoding

    return encoding().encode_ordinary(said)


def count_names(found: list[Any], said: str) -> list[str]:
    """What the wrong ones of the three counts count; none where one of them is unknown."""
    right = list(counts_of(said))
    if any(type(count) is not int for count in found):
        return []
    if sorted(found) == sorted(right):
        return ["counts-in-another-order"]
    tokens = tokens_of(said)
    known = (
        {"different-tokens": len(set(tokens)), "bytes-for-tokens": len(said.encode())},
        {"words-split-at-spaces": len(said.split(" ")), "different-words": len(set(said.split())),
         "lines-for-words": said.count("\n") + 1},
        {"line-ends-not-counted": len(said.replace("\n", "")),
         "white-space-not-counted": len("".join(said.split())),
         "different-characters": len(set(said)), "bytes-for-characters": len(said.encode())},
    )  # fmt: skip
    names: list[str] = []
    for unit, (got, ways) in enumerate(zip(found, known, strict=True)):
        if got == right[unit]:
            continue
        hits = [name for name, count in ways.items() if count == got]
        hits += ["count-of-another-unit"] * (got in right)
        if len(hits) != 1:
            return []
        names += hits
    return list(dict.fromkeys(names))


def stored(case: Case) -> Iterator[Diagnosis]:
    """T1.5: what the array holds instead of the tokens, and how."""
    for split in ("train", "val"):
        checks, name = case.failed(split), f"{split}_data"
        said, found = value_of(case.student, f"{split}_text"), value_of(case.student, name)
        if not checks or not isinstance(said, str) or isinstance(found, Exception):
            continue
        try:
            about = case.student.describe_array(name)
        except ProbeError:
            continue
        tokens = tokens_of(said)
        if short := storage_name(found, about, tokens, said):
            yield case.named(short, checks=checks)


def storage_name(found: Any, about: dict[str, Any], tokens: list[int], said: str) -> str:
    """What was stored, in which type, and whether it is mapped."""
    numbers = found if isinstance(found, list) else None
    if "memmap" not in about["kinds"]:
        return "not-memory-mapped" if numbers == tokens else ""
    ids = np.array(tokens, dtype=np.int64)
    if about["dtype"] != "uint16":
        return "signed-for-unsigned" if about["dtype"] == "int16" else "more-bytes-than-needed"
    for kind in (np.int64, np.int32, np.float32, np.float64, np.uint32):
        if numbers == np.frombuffer(ids.astype(kind).tobytes(), dtype=np.uint16).tolist():
            return "written-and-read-in-two-types"
    letters = said.encode()
    if numbers == np.frombuffer(letters[: len(letters) // 2 * 2], dtype=np.uint16).tolist():
        return "text-for-tokens"
    if numbers is not None and numbers == [ord(letter) for letter in said]:
        return "text-for-tokens"
    if numbers and not any(numbers):
        return "never-written"
    if numbers and numbers[: len(tokens)] == tokens:
        return "stored-more-than-once" if numbers == tokens * (len(numbers) // len(tokens)) else ""
    return ""


def windows(case: Case) -> Iterator[Diagnosis]:
    """T1.6: how the windows and their targets were taken."""
    checks = case.failed()
    if case.fault(checks[0]) is not None:
        if runs_over_the_end(case):
            yield case.named("start-too-late", checks=checks)
        return
    names = [window_name(case, length) for length in (60, 83)]
    if names[0] and names[0] == names[1]:
        yield case.named(names[0], checks=checks)


def window_name(case: Case, length: int) -> str:
    """What one batch shows of the mistake; empty for nothing."""
    data = stream(case.rng, length)
    try:
        found = case.student.numpy_function("get_batch", data, WINDOW, ROWS, "cpu")
    except ProbeError:
        return ""
    if found is None:
        return "nothing-given-back"
    if isinstance(found, Tensor) or (isinstance(found, list) and len(found) != 2):
        return "one-for-two"
    if not isinstance(found, list) or not all(isinstance(part, Tensor) for part in found):
        return ""
    x, t = found
    if tuple(x.shape) == (WINDOW, ROWS) == tuple(t.shape):
        return "axes-swapped"
    if tuple(x.shape) == (WINDOW,):
        return "one-window-for-a-batch"
    if tuple(x.shape) != (ROWS, WINDOW) or tuple(t.shape) != (ROWS, WINDOW):
        return "windows-one-longer" if WINDOW + 1 in (x.shape[-1], t.shape[-1]) else ""
    if "int64" not in (str(x.dtype), str(x.dtype)[6:]):
        return "other-number-type"
    return of_places(case, data, x, t)


def of_places(case: Case, data: np.ndarray, x: Tensor, t: Tensor) -> str:
    """Where the rows of x and t lie in the data."""
    place = {int(token): position for position, token in enumerate(data)}
    starts = [place.get(int(row[0]), -1) for row in x]
    behind = [place.get(int(row[0]), -1) for row in t]
    if not are_windows(data, x, starts):
        return "tokens-not-in-a-row"
    shifts = {b - a for a, b in zip(starts, behind, strict=True)}
    straight = are_windows(data, t, behind)
    if straight and shifts == {0}:
        return "targets-are-the-inputs"
    if straight and len(shifts) == 1 and shifts != {1}:
        (shift,) = shifts
        return "x-and-t-swapped" if shift == -1 else "shifted-too-far" if shift > 1 else ""
    if straight and len(shifts) > 1:
        return "targets-drawn-anew"
    return of_starts(case) if straight else ""


def are_windows(data: np.ndarray, rows: Tensor, starts: list[int]) -> bool:
    """Whether each row holds the tokens from its start on."""
    return all(row.tolist() == data[start : start + WINDOW].tolist()
               for row, start in zip(rows, starts, strict=True))  # fmt: skip


def of_starts(case: Case) -> str:
    """Which starts never come, where all else is right."""
    data = stream(case.rng, 10)
    try:
        found = case.student.numpy_function("get_batch", data, 4, 400, "cpu")
    except ProbeError:
        return ""
    place = {int(token): position for position, token in enumerate(data)}
    starts = {place.get(int(row[0]), -1) for row in found[0]}
    return {
        (0, 1, 2, 3, 4): "last-window-never",
        (1, 2, 3, 4, 5): "first-window-never",
        (0,): "always-the-same-window",
        (0, 4): "windows-side-by-side",
    }.get(tuple(sorted(starts)), "always-the-same-window" if len(starts) == 1 else "")


def runs_over_the_end(case: Case) -> bool:
    """Whether a stream that is long beside its window, unlike the check's, raises nothing."""
    try:
        found = case.student.numpy_function("get_batch", stream(case.rng, 5000), 2, 1, "cpu")
    except ProbeError:
        return False
    return isinstance(found, list) and all(
        isinstance(part, Tensor) and tuple(part.shape) == (1, 2) for part in found
    )


OF_TASK: dict[str, Callable[[Case], Iterator[Diagnosis]]] = {
    "T1.1": first_ten, "T1.2": two_texts, "T1.4": counts, "T1.5": stored, "T1.6": windows,
}  # fmt: skip
