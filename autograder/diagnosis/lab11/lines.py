"""G1.1: which choice of utterances, and what done to their texts, gives the student's list.

Every explanation is carried out on the corpus and compared, text by text: whose lines were chosen
(a base), and what was then done with them (a change, or two).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from autograder.checks.expectations import CheckFailed
from autograder.checks.lab11.lines import as_texts, spoken_by, unknown_name
from autograder.diagnosis.case import Case
from autograder.diagnosis.definition import Diagnosis
from autograder.diagnosis.lab11.answers import value_of
from autograder.diagnosis.lab11.line_changes import CHANGES, OF_THE_LIST, OF_THE_TEXTS, Texts
from autograder.diagnosis.lab11.line_choices import answers_to_somebody, bases, of_speakers
from autograder.probe.view import CorpusRows, Foreign
from data_scripts.friends_check import CHARACTERS

Names = tuple[str, ...]
Said = Mapping[str, Texts]  # the lines of each main character
SAMPLE = 20  # texts that are looked at where all would take long
OBJECTS = {"Utterance": "utterances-for-texts", "Speaker": "speakers-for-texts",
           "Conversation": "scenes-for-texts"}  # fmt: skip
CONTAINERS = {
    **dict.fromkeys(("generator", "map", "filter", "chain", "zip", "islice"), "not-yet-collected"),
    **dict.fromkeys(("set", "frozenset", "dict_keys"), "set-for-a-list"),
    **dict.fromkeys(("dict_values", "dict_items"), "view-for-a-list"),
    **dict.fromkeys(("DataFrame", "Corpus"), "everything-for-the-texts"),
    **dict.fromkeys(("function", "method", "builtin_function_or_method"), "function-not-called"),
    **OBJECTS,
}


def diagnose(case: Case) -> Iterator[Diagnosis]:
    """What explains a list that is nobody's lines."""
    value, checks = value_of(case.student, "uts"), case.failed("lines")
    if isinstance(value, Exception):
        return
    rows = [(id, speaker, text.strip()) for id, speaker, text in case.student.corpus()]
    if name := no_list(value, rows):
        yield case.named(name, checks=checks)
        return
    try:
        found = as_texts(value)
    except CheckFailed:
        return
    if not found:
        named = unknown_name(case.student, rows) is not None
        yield case.named("name-of-nobody" if named else "nothing-let-through", checks=checks)
        return
    names = explanations(found, rows)
    if len(names) == 1:
        yield case.named(*names[0], checks=checks)
    elif len(names) > 1 and all(len(each) == 1 for each in names):
        yield case.named(*(each[0] for each in names), checks=checks, either=True)


def no_list(value: Any, rows: CorpusRows) -> str:
    """What stands in `uts` instead of a list of texts; empty for such a list."""
    if value is None:
        return "none-for-a-list"
    if isinstance(value, Foreign):
        return CONTAINERS.get(value.type_name, "")
    if isinstance(value, dict):
        return "dictionary-for-a-list"
    if isinstance(value, str):
        return of_one_text(value, rows)
    if not isinstance(value, list) or not value:
        return ""
    kinds = {item.type_name for item in value if isinstance(item, Foreign)}
    if len(kinds) == 1 and all(isinstance(item, Foreign) for item in value):
        return OBJECTS.get(kinds.pop(), "")
    if all(isinstance(item, list) for item in value):
        return of_lists(value, rows)
    return ""


def of_one_text(value: str, rows: CorpusRows) -> str:
    """What one single text is: all lines in a row, or one of them."""
    if value.strip() in {text for _, _, text in rows}:
        return "overwritten-in-the-loop"
    for name in CHARACTERS:
        place = 0
        lines = spoken_by(name, rows)
        for line in lines:
            place = value.find(line, place)
            if place < 0:
                break
            place += len(line)
        if lines and place > 0:
            return "joined-into-one-text"
    return ""


def of_lists(value: list[list[Any]], rows: CorpusRows) -> str:
    """What a list of lists is: one list for each text, several things of each, or scenes."""
    texts = {text for _, _, text in rows}
    flat = [item for part in value for item in part]
    if flat and all(isinstance(item, int) for item in flat):
        return "tokens-for-texts"
    if not all(isinstance(item, str) for item in flat):
        return "several-things-for-each-line" if any(isinstance(item, str) for item in flat) else ""
    known = [item.strip() in texts for item in flat]
    if all(known):
        one_each = all(len(part) == 1 for part in value)
        return "list-around-each-line" if one_each else "lists-in-a-list"
    if all(len(part) > 1 and any(item.strip() in texts for item in part) for part in value):
        return "several-things-for-each-line"
    words = {" ".join(text.split()) for text in texts}
    return "split-into-words" if all(" ".join(part) in words for part in value) else ""


def explanations(found: Texts, rows: CorpusRows) -> list[Names]:
    """The fewest misconceptions that give these texts: a base and changes, carried out exactly."""
    said = {name: spoken_by(name, rows) for name in CHARACTERS}
    if name := of_columns(found, rows, said) or of_speakers(found, rows):
        return [(name,)]
    if answers_to_somebody(found, rows):
        return [("answers-to-the-character",)]
    likely = by_likeness(found, said)
    names = [change for name in likely for change in changed_once(found, said[name], name)]
    names = names or [(base, *change) for base, texts in bases(likely[0], rows).items()
                      for change in changed_once(found, texts, likely[0])]  # fmt: skip
    names = names or [c for name in likely[:2] for c in changed_twice(found, said[name], name)]
    return unique(names) or by_property(found, rows, said)


def by_property(found: Texts, rows: CorpusRows, said: Said) -> list[Names]:
    """What is sure of a list that no change gives: what is missing from it, or too much."""
    texts = {text for _, _, text in rows}
    known = [text for text in found if text in texts]
    main = [lines for lines in said.values() if lines]
    if known in main and len(known) < len(found):
        return [("texts-added",)]
    if any(len(lines) == len(found) and are_within(lines, found) for lines in main):
        return [("added-to-each-text",)]
    if len(known) == len(found) > 1:
        if any(is_part(found, lines) for lines in main):
            return [("lines-left-out",)]
        if any(is_part(lines, found) for lines in main):
            return [("lines-of-others-too",)]
    if not known:
        bare_lines = set(map(bare, texts))
        if not any(holds_a_line(text, bare_lines) for text in found[:SAMPLE]):
            return [("texts-from-elsewhere",)]
    return []


def holds_a_line(text: str, bare_lines: set[str]) -> bool:
    """Whether a text, white space and signs apart, is a line or holds one of some length."""
    whole = bare(text)
    return whole in bare_lines or any(len(line) > 10 and line in whole for line in bare_lines)


def are_within(lines: Texts, found: Texts) -> bool:
    """Whether each text is its line with something more in front of it or behind it."""
    return all(text.startswith(line) or text.endswith(line)
               for line, text in zip(lines, found, strict=True))  # fmt: skip


def is_part(some: Texts, all_: Texts) -> bool:
    """Whether these texts are among those, in the same order."""
    rest = iter(all_)
    return all(text in rest for text in some)


def changed_once(found: Texts, lines: Texts, name: str) -> list[Names]:
    """The changes that turn these lines into what was found."""
    return [(change,) for change in candidates(found, lines, name)
            if CHANGES[change](lines, name, found) == found != lines]  # fmt: skip


def changed_twice(found: Texts, lines: Texts, name: str) -> list[Names]:
    """The pairs of changes that do."""
    names: list[Names] = []
    if len(found) > 3 * len(lines):
        return names
    for one in CHANGES:
        between = CHANGES[one](lines, name, found)
        if between not in (lines, found):
            names += [(one, *other) for other in changed_once(found, between, name)]
    return names


def candidates(found: Texts, lines: Texts, name: str) -> Iterator[str]:
    """The changes that may do it, as a look at the first text and at which texts there are says."""
    if not lines:
        return
    known = set(lines)
    if all(text in known for text in found):
        yield from OF_THE_LIST
    if len(found) == len(lines):
        for change in OF_THE_TEXTS:
            if CHANGES[change](lines[:1], name, found) == found[:1]:
                yield change


def unique(names: list[Names]) -> list[Names]:
    """Each once, whatever the order; rows of one name begin with it: "sorted/by length"."""
    short = (sorted({each.partition("/")[0] for each in way}) for way in names)
    return list(dict.fromkeys(tuple(way) for way in short))


def of_columns(found: Texts, rows: CorpusRows, said: Said) -> str:
    """Whether another column of the corpus was taken than the texts, or letters."""
    ids, speakers = {id for id, _, _ in rows}, {speaker for _, speaker, _ in rows}
    if set(found) <= ids:
        return "ids-for-texts"
    if set(found) <= speakers:
        return "names-for-texts"
    if len(found) > 1 and max(map(len, found)) == 1:
        letters = "".join(found)
        joined = ("".join("".join(lines).split()) for lines in said.values())
        return "letter-by-letter" if letters in joined else ""
    return ""


def by_likeness(found: Texts, said: Said) -> list[str]:
    """The main characters, first the one most of whose words these are, or begin as these do."""
    begun, named = Counter(map(beginning, found)), "\n".join(found[:SAMPLE]).lower()
    own = {name: Counter(map(beginning, lines)) for name, lines in said.items()}

    def alike(name: str) -> tuple[int, int, int]:
        shared = sum((counted(begun, size) & counted(own[name], size)).total() for size in (5, 24))
        return shared, named.count(name.lower()), -len(said[name])

    return sorted(CHARACTERS, key=alike, reverse=True)


def beginning(text: str) -> str:
    """A text's first letters and digits, in small letters."""
    return bare(text[:32])[:24]


def counted(beginnings: Counter[str], size: int) -> Counter[str]:
    """How many texts begin with the same letters, that many."""
    found: Counter[str] = Counter()
    for text, count in beginnings.items():
        found[text[:size]] += count
    return found


def bare(text: str) -> str:
    """The letters and digits of a text, in small letters."""
    return re.sub(r"[^\w]|_", "", text).lower()
