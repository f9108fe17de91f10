"""Is a folder a whole corpus in ConvoKit's format, and who speaks in it? Needs no ConvoKit."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_scripts.errors import BadSource
from data_scripts.friends_format import FILES

CHARACTERS = (
    "Rachel Green",
    "Ross Geller",
    "Chandler Bing",
    "Monica Geller",
    "Joey Tribbiani",
    "Phoebe Buffay",
)
OLD_NAMES = {"speakers.json": "users.json"}  # which ConvoKit reads as well
AGAIN = "download or copy the corpus again"


@dataclass(frozen=True)
class Counts:
    """How much a corpus holds; `by_speaker` counts utterances."""

    utterances: int
    conversations: int
    speakers: int
    by_speaker: Mapping[str, int]

    @property
    def by_character(self) -> dict[str, int]:
        """Return the number of utterances of each of the six main characters."""
        return {name: self.by_speaker.get(name, 0) for name in CHARACTERS}


# The real corpus as it was when the course was written. Of six characters, four are on record.
PUBLIC = Counts(
    utterances=67_373,
    conversations=3_107,
    speakers=700,
    by_speaker={
        "Monica Geller": 8_498,
        "Ross Geller": 9_161,
        "Phoebe Buffay": 7_539,
        "Chandler Bing": 8_568,
    },
)


def inspect(folder: Path) -> Counts:
    """Read a whole corpus folder and count what is in it.

    Raises BadSource, which names file and line, if a file is missing, cut off or not as ConvoKit
    writes it, if an utterance is there twice, or if its speaker or conversation is not.
    """
    speakers, conversations, *_ = (read_json(path) for path in corpus_paths(folder)[1:])
    path = folder / FILES[0]
    ids: set[str] = set()
    by_speaker: Counter[str] = Counter()
    scenes: Counter[str] = Counter()
    for place, utterance in _utterances(path):
        id, speaker, scene, _ = fields_of(place, utterance)
        if id in ids:
            raise BadSource(f"{place}: the utterance {id} is there twice; {AGAIN}")
        if speaker not in speakers:
            raise BadSource(f"{place}: {speaker!r} is not among the speakers on file; {AGAIN}")
        if scene not in conversations:
            raise BadSource(f"{place}: {scene} is not in conversations.json; {AGAIN}")
        ids.add(id)
        by_speaker[speaker] += 1
        scenes[scene] += 1
    if not ids:
        raise BadSource(f"{path}: the file is empty; {AGAIN}")
    if lost := next((id for id in conversations if id not in scenes), None):
        raise BadSource(
            f"{path}: the conversation {lost} of conversations.json has no utterance (the file is "
            f"cut off, perhaps); {AGAIN}"
        )
    return Counts(len(ids), len(scenes), len(by_speaker), dict(by_speaker))


def corpus_paths(folder: Path) -> list[Path]:
    """Return the five files of a corpus; raise BadSource if one is missing."""
    if not folder.is_dir():
        raise BadSource(f"{folder}: no such folder; give the folder of a ConvoKit corpus")
    names = [OLD_NAMES.get(n, n) if not (folder / n).exists() else n for n in FILES]
    missing = [new for new, name in zip(FILES, names, strict=True) if not (folder / name).is_file()]
    if missing:
        raise BadSource(
            f"{folder}: not a ConvoKit corpus: {' and '.join(missing)} missing; a corpus folder "
            f"holds {', '.join(FILES)}"
        )
    return [folder / name for name in names]


def differences(found: Counts, record: Counts = PUBLIC) -> list[str]:
    """Say in words where a corpus differs from the record."""
    pairs = {
        "utterances": (found.utterances, record.utterances),
        "conversations": (found.conversations, record.conversations),
        "speakers": (found.speakers, record.speakers),
    } | {
        f"utterances of {name}": (found.by_speaker.get(name, 0), expected)
        for name, expected in record.by_speaker.items()
    }
    return [
        f"{got:,} {what}, but the record says {expected:,}"
        for what, (got, expected) in pairs.items()
        if got != expected
    ]


def check_character(corpus_folder: Path | str, name: str) -> None:
    """Do nothing if somebody of this name speaks in the corpus.

    Raises BadSource, with the name that may be meant, if nobody does.
    """
    speakers = read_json(corpus_paths(Path(corpus_folder))[1])
    if name in speakers:
        return
    if name in CHARACTERS:
        raise BadSource(
            f"{corpus_folder}: {name} does not speak in this corpus; its speakers are "
            f"{_some(speakers)}. Choose one of them, or make another corpus"
        )
    near = _nearest(name, [*(c for c in CHARACTERS if c in speakers), *speakers])
    meant = f"did you mean {near!r}?" if near else f"the speakers are {_some(speakers)}"
    raise BadSource(f"{corpus_folder}: no speaker {name!r}; {meant}")


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file, or raise BadSource."""
    try:
        found = json.loads(path.read_bytes())
    except OSError as problem:
        reason = (problem.strerror or type(problem).__name__).lower()
        raise BadSource(f"{path}: cannot be read ({reason})") from problem
    except ValueError as problem:  # JSON's and Unicode's errors are ValueErrors
        raise BadSource(f"{path}: not whole JSON (cut off, perhaps); {AGAIN}") from problem
    if not isinstance(found, dict):
        raise BadSource(f"{path}: holds a {type(found).__name__}, not an object; {AGAIN}")
    return found


def utterance_in(line: bytes, place: str) -> Any:
    """Return what a line of utterances.jsonl holds; raise BadSource, which says `place`."""
    try:
        return json.loads(line)
    except ValueError as problem:
        raise BadSource(f"{place}: not whole JSON (cut off, perhaps); {AGAIN}") from problem


def fields_of(place: str, found: Any) -> tuple[str, str, str, str]:
    """Return id, speaker, conversation and text of an utterance; the old names are as good."""
    if not isinstance(found, dict):
        raise BadSource(f"{place}: not an utterance; {AGAIN}")
    fields = {
        "id": found.get("id"),
        "speaker": found.get("speaker", found.get("user")),
        "conversation_id": found.get("conversation_id", found.get("root")),
        "text": found.get("text"),
    }
    for field, value in fields.items():
        if not isinstance(value, str):
            raise BadSource(f"{place}: the utterance has no {field!r}; {AGAIN}")
    return fields["id"], fields["speaker"], fields["conversation_id"], fields["text"]


def _utterances(path: Path) -> Iterator[tuple[str, Any]]:
    with open(path, "rb") as lines:
        for number, line in enumerate(lines, start=1):
            place = f"{path}: line {number:,}"
            yield place, utterance_in(line, place)


def _nearest(name: str, names: list[str]) -> str | None:
    low = {known.lower(): known for known in reversed(names)}
    if part := [known for known in low if name.strip() and name.lower().strip() in known.split()]:
        return low[part[-1]]
    close = difflib.get_close_matches(name.lower().strip(), list(low), 1)
    return low[close[0]] if close else None


def _some(speakers: Mapping[str, Any]) -> str:
    names = list(speakers)
    return ", ".join(names[:8]) + (f" and {len(names) - 8:,} more" if len(names) > 8 else "")
