"""Dialogue in ConvoKit's own format: the five files of a corpus folder, made from scenes.

An id such as `s01_e18_c05_u021` names season, episode, scene and utterance. A scene is a
conversation: its id is that of its first utterance, and each line replies to the one before it.
What nobody says is an utterance of TRANSCRIPT_NOTE, with an empty text. The note itself is in the
metadata, where the whole of a spoken line with a note in brackets is as well:

    text                  meta["transcript_with_note"]
    "Hand me the coffee"  "(to Ross) Hand me the coffee"
    "Hello."              None
    ""                    "(They all stare.)"               (said by TRANSCRIPT_NOTE)

Source: https://convokit.cornell.edu/documentation/friends.html and .../data_format.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from data_scripts.errors import BadSource

NOTE_SPEAKER = "TRANSCRIPT_NOTE"
FILES = ("utterances.jsonl", "speakers.json", "conversations.json", "corpus.json", "index.json")

IN_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
# "can't" is two tokens, "ca" and "n't", as in the real corpus
TOKEN = re.compile(
    r"\w+?(?=n't\b)|n't\b|'(?:s|re|ve|ll|d|m)\b|\w+(?:-\w+)*|\.{2,}|[^\w\s]", re.IGNORECASE
)
SCENE_LINE = re.compile(r"== s(\d\d)_e(\d\d)_c(\d\d)")
SPOKEN_LINE = re.compile(r"([^:()\[\]]+): (\S.*)")

Rows = list[tuple[str, str, str]]  # id, speaker and text of each utterance


@dataclass(frozen=True)
class Scene:
    """One conversation: (speaker, line) in order, brackets included.

    numbers: the utterances' numbers in the scene, if they are not 1, 2, 3, ...
    """

    season: int
    episode: int
    scene: int
    lines: list[tuple[str, str]]
    numbers: list[int] = field(default_factory=list)

    def ids(self) -> list[str]:
        """Return the id of each utterance."""
        place = f"s{self.season:02}_e{self.episode:02}_c{self.scene:02}"
        numbers = self.numbers or range(1, len(self.lines) + 1)
        return [f"{place}_u{number:03}" for number in numbers]


def corpus_files(scenes: Iterable[Scene]) -> tuple[dict[str, bytes], Rows]:
    """Return the five files of a corpus (name -> content), and its rows in order."""
    utterances: list[dict[str, Any]] = []
    conversations: dict[str, dict[str, Any]] = {}
    for scene in scenes:
        told = _utterances(scene)
        utterances += told
        if told:
            conversations[told[0]["id"]] = _with_meta(
                season=f"s{scene.season:02}", episode=f"e{scene.episode:02}",
                scene=f"c{scene.scene:02}",
            )  # fmt: skip
    speakers = {u["speaker"]: _with_meta() for u in utterances}
    contents = (
        "".join(json.dumps(utterance) + "\n" for utterance in utterances),
        json.dumps(speakers),
        json.dumps(conversations),
        json.dumps({"name": "friends-corpus"}),
        json.dumps(_index(utterances)),
    )
    files = {name: text.encode("ascii") for name, text in zip(FILES, contents, strict=True)}
    return files, [(u["id"], u["speaker"], u["text"]) for u in utterances]


def without_notes(line: str) -> str:
    """Return what is said in a line: the line without its notes in brackets."""
    said, notes = IN_BRACKETS.subn("", line)
    return said.strip() if notes else line


def tokens(text: str) -> list[list[str]]:
    """Return a text's sentences, each as a list of words and punctuation marks."""
    return [TOKEN.findall(sentence) for sentence in SENTENCE_END.split(text) if sentence.strip()]


def parse_script(text: str, name: str) -> list[Scene]:
    """Read a script: `== s01_e02_c03` begins a scene, `(...)` is a note, `Name: words` is said.

    Raises BadSource, which names file and line, for any other line, for a scene out of order and
    for a script without one.
    """
    scenes: list[Scene] = []
    places: list[tuple[int, ...]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        if begins := SCENE_LINE.fullmatch(line.strip()):
            place = tuple(int(part) for part in begins.groups())
            if places and place <= places[-1]:
                raise BadSource(f"{name}: line {number:,}: {line.strip()} does not come after the "
                                "scene before it; give each scene its own, growing id")  # fmt: skip
            places.append(place)
            scenes.append(Scene(*place, lines=[]))
        elif not scenes:
            raise BadSource(f"{name}: line {number:,}: stands before the first scene; begin with "
                            "a line such as == s01_e01_c01")  # fmt: skip
        else:
            scenes[-1].lines.append(_script_line(line.strip(), f"{name}: line {number:,}"))
    if not any(scene.lines for scene in scenes):
        raise BadSource(f"{name}: no scene with a line in it; a script has lines such as "
                        "== s01_e01_c01 and Monica Geller: Good morning.")  # fmt: skip
    return scenes


def _script_line(line: str, place: str) -> tuple[str, str]:
    if line.startswith("(") and line.endswith(")"):
        return NOTE_SPEAKER, line
    if said := SPOKEN_LINE.fullmatch(line):
        return said[1].strip(), said[2].strip()
    raise BadSource(f"{place}: neither a scene (== s01_e01_c01), nor a note in brackets, nor "
                    f"`Name: words`: {line[:50]!r}")  # fmt: skip


def _utterances(scene: Scene) -> list[dict[str, Any]]:
    ids = scene.ids()
    before = [None, *ids]
    return [
        {
            "id": id,
            "conversation_id": ids[0],
            "text": "" if speaker == NOTE_SPEAKER else without_notes(line),
            "speaker": speaker,
            "meta": _meta(speaker, line),
            "reply-to": reply_to,
            "timestamp": None,
            "vectors": [],
        }
        for id, reply_to, (speaker, line) in zip(ids, before, scene.lines, strict=False)
    ]


def _meta(speaker: str, line: str) -> dict[str, Any]:
    """Return the metadata fields of the real corpus; None is what nobody has annotated."""
    said = "" if speaker == NOTE_SPEAKER else without_notes(line)
    noted = said != line
    return {
        "tokens": tokens(said),
        "character_entities": None,
        "emotion": None,
        "caption": None,
        "transcript_with_note": line if noted else None,
        "tokens_with_note": tokens(line) if noted else None,
    }


def _with_meta(**meta: str) -> dict[str, Any]:
    return {"meta": meta, "vectors": []}


def _index(utterances: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Say which type each metadata field has: ConvoKit reads it along with the data."""
    fields: dict[str, list[str]] = {}
    for utterance in utterances:
        for name, value in utterance["meta"].items():
            known = fields.setdefault(name, [])
            if value is not None and str(type(value)) not in known:
                known.append(str(type(value)))
    return {
        "utterances-index": fields,
        "speakers-index": {},
        "conversations-index": {name: ["<class 'str'>"] for name in ("season", "episode", "scene")},
        "overall-index": {"name": ["<class 'str'>"]},
        "version": 1,
        "vectors": [],
    }
