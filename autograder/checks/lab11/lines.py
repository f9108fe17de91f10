"""G1.1: the lines of one character, in the order of the corpus."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import Any

from autograder.checks.draw import Draw
from autograder.checks.expectations import CheckFailed
from autograder.checks.framework import Exercise
from autograder.checks.lab11.reading import kind
from autograder.probe.errors import ProbeError
from autograder.probe.view import CorpusRows, Foreign, Student
from data_scripts.friends_check import CHARACTERS

G1_1 = Exercise(
    "G1.1", "The lines of one character", ("uts",), draws=False, minutes=10, difficulty=1
)
ORDER = "keep the order of corpus.iter_utterances()"
ALL = "one text for each utterance of your character"
# What stands in `uts` instead of a list, and how to come to one.
NOT_YET = {
    **dict.fromkeys(("generator", "map", "filter", "dict_values", "chain"),
                    "put list(...) around it, or write [...] instead of (...)"),
    **dict.fromkeys(("set", "frozenset", "dict_keys"),
                    "a set forgets the order and the repetitions: collect the texts in a list"),
    "DataFrame": "take the column with the texts",
    "function": "call it: uts is what it returns",
}  # fmt: skip


@G1_1.check("lines", points=1.0)
def uts_are_the_lines_of_one_main_character(student: Student, rng: Draw) -> None:
    """`uts` holds the texts of all utterances of one main character, in corpus order."""
    found = as_texts(student.read("uts"))
    rows = student.corpus()
    # the order of iter_utterances, or that of the ids
    orders = [rows, sorted(rows)]
    wanted = {name: [spoken_by(name, order) for order in orders] for name in CHARACTERS}
    if any(found in candidates for candidates in wanted.values() if candidates[0]):
        return
    if not found and (unknown := unknown_name(student, rows)):
        raise CheckFailed(*unknown)
    character = nearest(found, {name: lines for name, (lines, _) in wanted.items()})
    raise CheckFailed(*complaint(found, rows, character))


def unknown_name(student: Student, rows: CorpusRows) -> tuple[str, str, str, str] | None:
    """The complaint about a `character` who is not in the corpus, None if there is no such name."""
    try:
        name = student.read("character")
    except ProbeError:
        return None
    speakers = {speaker for _, speaker, _ in rows}
    if not isinstance(name, str) or name in speakers:
        return None
    near = difflib.get_close_matches(name, CHARACTERS, 1)
    meant = f"; did you mean {near[0]!r}?" if near else ""
    return (f"`uts` is empty: nobody in the corpus is called {name[:60]!r}{meant}",
            f"one of {', '.join(CHARACTERS)}", repr(name[:60]), "")  # fmt: skip


def spoken_by(name: str, rows: CorpusRows) -> list[str]:
    """The texts of one speaker, stripped: white space at the ends makes no difference."""
    return [text.strip() for _, speaker, text in rows if speaker == name]


def as_texts(value: Any) -> list[str]:
    """The answer as a list of stripped texts; raises CheckFailed for anything else."""
    if isinstance(value, str):
        raise CheckFailed("`uts` is one single text", "a list with one text for each utterance",
                          f"a text of {len(value):,} characters",
                          "leave the texts apart; they are joined later")  # fmt: skip
    if isinstance(value, Foreign) and value.type_name in NOT_YET:
        raise CheckFailed("`uts` is not a list yet", "a list of texts", f"a {value.type_name}",
                          NOT_YET[value.type_name])  # fmt: skip
    if not isinstance(value, list):
        raise CheckFailed("`uts` is not a list of texts", "a list of texts",
                          "a dict" if isinstance(value, dict) else kind(value),
                          "some functions, such as append, return None" if value is None else "",
                          )  # fmt: skip
    for item in value:
        if not isinstance(item, str):
            raise CheckFailed("`uts` holds something else than texts", "a list of texts",
                              f"a list with {one(item)}", what_to_take(item))  # fmt: skip
    return [str(item).strip() for item in value]


def one(item: Any) -> str:
    """Say what an entry is."""
    return f"a list of {len(item):,}" if isinstance(item, list) else kind(item)


def what_to_take(item: Any) -> str:
    """How to come from what was taken to its text."""
    kind = item.type_name if isinstance(item, Foreign) else ""
    if kind == "Utterance":
        return "these are the Utterance objects: which of their fields holds the words?"
    if kind == "Speaker":
        return "these are the Speaker objects: go through the utterances, and compare their speaker"
    if isinstance(item, list):
        return "one text for each utterance, with no list around it"
    return "one text for each utterance, nothing else"


def nearest(found: list[str], wanted: dict[str, list[str]]) -> str:
    """The character whose lines these are, as far as they are anybody's."""
    counted = Counter(found)

    def shared(name: str) -> tuple[int, int]:
        common = sum((counted & Counter(wanted[name])).values())
        return common, -len(wanted[name])

    return max(wanted, key=shared)


def complaint(found: list[str], rows: CorpusRows, character: str) -> tuple[str, str, str, str]:
    """Message, expected, got and hint for a list of texts that is nobody's."""
    lines = spoken_by(character, rows)
    expected = f"{len(lines):,} texts for {character}"
    got = f"{len(found):,} texts"
    counted, right = Counter(found), Counter(lines)
    more, fewer = counted - right, right - counted
    if not lines:
        return ("the corpus holds no line of a main character: was it loaded?", "", got, "")
    if not found:
        return ("`uts` is empty", ALL, got,
                "is the name spelt as in the corpus? print some of them; and compare it with "
                "speaker.id: the speaker itself is an object")  # fmt: skip
    if len(found) > 1 and set(map(len, found)) <= {0, 1}:
        return ("`uts` holds single letters", ALL, f"{len(found):,} of them",
                "a list += a text adds each letter by itself: use append")  # fmt: skip
    if len(found) == len(rows) and not fewer:
        return ("`uts` holds the utterances of everybody", expected, got,
                "keep those whose speaker has the id of your character")  # fmt: skip
    if not (counted & right):
        return wrong_texts(found, rows, got)
    if not more and not fewer:
        return (f"these are the lines of {character}, but in another order", "the corpus's order",
                "another order", ORDER)  # fmt: skip
    if more:
        return others(more, rows, character, expected, got)
    if set(fewer) == {""} and not counted[""]:
        return ("the empty utterances are missing", expected, got,
                "every utterance counts, also one without words")  # fmt: skip
    if len(set(lines)) == len(found) == len(set(found)):
        return ("lines that were said more than once are in the list only once", expected, got,
                "a set forgets how often and in which order")  # fmt: skip
    if found == lines[: len(found)]:
        return ("the list ends too early", expected, got, "go through the whole corpus")
    return (f"some lines of {character} are missing", expected, got, "take all of them, as said")


def others(
    more: Counter[str], rows: CorpusRows, character: str, expected: str, got: str
) -> tuple[str, str, str, str]:
    """The complaint about texts that are not the character's."""
    if set(more) <= set(spoken_by(character, rows)):
        return (f"some lines of {character} are in the list more often than they were said",
                expected, got, "no line twice, unless it was said twice")  # fmt: skip
    speakers = Counter(speaker for _, speaker, text in rows if text.strip() in more)
    speakers.pop(character, None)
    if not speakers and sum(more.values()) == 1:
        return (f"one text is not as {character} said it", expected, got,
                f"look for {min(more)[:40]!r}: the texts stay as they are")  # fmt: skip
    if not speakers:
        return (f"{sum(more.values()):,} texts are not as {character} said them", expected, got,
                "leave the texts as they are")  # fmt: skip
    who = speakers.most_common(1)[0][0]
    return (f"there are lines of others in the list: some are said by {who}", expected, got,
            "compare the whole id of the speaker")  # fmt: skip


def wrong_texts(found: list[str], rows: CorpusRows, got: str) -> tuple[str, str, str, str]:
    """The complaint about a list that shares no line with a main character."""
    ids = {id for id, _, _ in rows}
    texts = {text.strip(): speaker for _, speaker, text in rows}
    if set(found) <= ids:
        return ("`uts` holds the ids of utterances", "their texts", "ids", "take .text, not .id")
    if set(found) <= {speaker for _, speaker, _ in rows}:
        return ("`uts` holds names", "what was said", "who said it", "take the text of each")
    if found[0] in texts:
        return (f"these are the lines of {texts[found[0]]}, who is not one of the six main "
                "characters", f"one of {', '.join(CHARACTERS)}", texts[found[0]], "")  # fmt: skip
    return ("these texts are not in the corpus", ALL, got,
            "take the text of each utterance as it is")  # fmt: skip
