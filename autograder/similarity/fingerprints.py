"""Fingerprints of code by copydetect, which knows neither names nor comments nor layout.

copydetect writes every variable as V, every function as F and every string as S, and takes each
stretch of K signs as a fingerprint. All are kept (a window of 1): which ones a wider window selects
depends on Python's hashes, which are others in every process, and a report is to be reproducible.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Iterable, Set

from copydetect import CodeFingerprint  # type: ignore[import-untyped]
from copydetect.defaults import NOISE_THRESHOLD  # type: ignore[import-untyped]
from copydetect.utils import (  # type: ignore[import-untyped]
    filter_code,
    get_token_coverage,
    hashed_kgrams,
)

K: int = NOISE_THRESHOLD
FILE = "answer.py"  # copydetect wants a name


def fingerprints(code: str) -> CodeFingerprint:
    """copydetect's fingerprints of Python code, and where each stands in it."""
    found = CodeFingerprint(FILE, K, 1, language="python", fp=io.StringIO(code))
    correct_offsets(found)
    return found


def correct_offsets(found: CodeFingerprint) -> None:
    """Put right what copydetect 0.5 notes at a class: the length of its name, for its offset.

    An offset is how many characters were left out before a sign; the next one has grown by the
    length of the name.
    """
    places = found.offsets
    for before, here, after in zip(places, places[1:], places[2:], strict=False):
        offset = after[1] - here[1]
        at_a_class = here[0] > before[0] and found.filtered_code.startswith("O", here[0])
        if at_a_class and before[1] <= offset <= after[1]:
            here[1] = offset


def hashes(code: str) -> set[int]:
    """The bare fingerprints."""
    filtered, _ = filter_code(code, FILE, "python")
    return {int(one) for one in hashed_kgrams(filtered, K)}


def given(codes: Iterable[str]) -> set[int]:
    """The fingerprints of all code that students were given."""
    return set().union(*map(hashes, codes))


def only(found: CodeFingerprint, wanted: Set[int]) -> CodeFingerprint:
    """The same with nothing but these fingerprints.

    copydetect's own way to leave out given code expects that no fingerprint comes twice.
    """
    kept = copy.copy(found)
    kept.hash_idx = {one: places for one, places in found.hash_idx.items() if int(one) in wanted}
    kept.hashes = set(kept.hash_idx)
    kept.token_coverage = get_token_coverage(kept.hash_idx, found.k, len(found.filtered_code))
    return kept
