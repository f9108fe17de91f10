"""Whose lines people collect instead of one character's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

from autograder.diagnosis.lab11.line_changes import Texts
from autograder.probe.view import CorpusRows
from data_scripts.friends_check import CHARACTERS

NOTES = "TRANSCRIPT_NOTE"


def of_speakers(found: Texts, rows: CorpusRows) -> str:
    """Whose lines these are, where they are all the lines of some speakers, in order."""
    said: dict[str, set[str]] = {}
    for _, speaker, text in rows:
        said.setdefault(text, set()).add(speaker)
    # a text that only one speaker says tells that this one was chosen
    chosen = {next(iter(said[text])) for text in set(found) if len(said.get(text, ())) == 1}
    for speakers in (chosen, chosen | {NOTES}):  # whose texts may all be empty
        if found == [text for _, speaker, text in rows if speaker in speakers]:
            return of_choice(speakers, {speaker for _, speaker, _ in rows})
    return ""


def of_choice(chosen: set[str], speakers: set[str]) -> str:
    """The misconception behind a choice of speakers."""
    main = chosen & set(CHARACTERS)
    if chosen == speakers or chosen == speakers - {NOTES}:
        return "everybody"
    if chosen == {NOTES}:
        return "notes-for-lines"
    if len(main) == 1 and chosen == main | {NOTES}:
        return "notes-as-well"
    if len(speakers - {NOTES} - chosen) == 1 and speakers - {NOTES} - chosen <= set(CHARACTERS):
        return "everybody-else"
    if chosen == set(CHARACTERS) & speakers:
        return "all-six"
    if not main:
        return "minor-character" if len(chosen) == 1 else "minor-characters"
    if len(chosen) > 1 and is_part_of_a_name(chosen, speakers):
        return "part-of-the-name"
    return "lines-of-others-too"


def is_part_of_a_name(chosen: set[str], speakers: set[str]) -> bool:
    """Whether these are all speakers whose names hold some word of a main character's name."""
    words = {word for name in CHARACTERS for word in name.split()}
    within: list[Callable[[str, str], bool]] = [str.__contains__, str.startswith, str.endswith]
    return any(chosen == {s for s in speakers if holds(s.lower(), word.lower())}
               for word in words for holds in within)  # fmt: skip


def answers_to_somebody(found: Texts, rows: CorpusRows) -> bool:
    """Whether these are said right after one main character's lines, in the same scene."""
    after: dict[str, Texts] = {name: [] for name in CHARACTERS}
    for (id, speaker, _), (next_id, _, text) in pairwise(rows):
        if speaker in after and scene(id) == scene(next_id):
            after[speaker].append(text)
    return found in after.values()


def scene(id: str) -> str:
    """The part of an utterance's id that names its scene."""
    return id.rpartition("_")[0]


def bases(name: str, rows: CorpusRows) -> Mapping[str, Texts]:
    """What may be chosen instead of one character's lines."""
    choices: dict[str, Callable[[str], bool]] = {
        "everybody": lambda speaker: True,
        "everybody/but the notes": lambda speaker: speaker != NOTES,
        "everybody-else": lambda speaker: speaker != name,
        "everybody-else/but the notes": lambda speaker: speaker not in (name, NOTES),
        "notes-as-well": lambda speaker: speaker in (name, NOTES),
        "all-six": lambda speaker: speaker in CHARACTERS,
        "part-of-the-name": lambda speaker: name.split()[0] in speaker,
        "part-of-the-name/the last": lambda speaker: name.split()[-1] in speaker,
    }
    return {base: [text for _, speaker, text in rows if chosen(speaker)]
            for base, chosen in choices.items()}  # fmt: skip
