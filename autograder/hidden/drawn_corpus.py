"""A small corpus in ConvoKit's format, drawn anew: lines of the sample, said by other people.

Whoever filters by speaker finds the right lines; whoever copied them from elsewhere does not.
"""

from __future__ import annotations

from functools import cache

from autograder.checks.draw import Draw
from autograder.probe.view import CorpusRows
from data_scripts.friends_check import CHARACTERS
from data_scripts.friends_format import NOTE_SPEAKER, Scene, corpus_files, parse_script
from data_scripts.friends_sources import SAMPLE, sample_text

SCENES, LINES = 8, 30
# names that resemble those of the six, for whoever compares but a part of them
OTHERS = ("Rachel", "Monica Geller's Mother", "Joey Tribbiani Senior", "Mr. Bing", "#ALL#")
FOLDER = "data/friends-corpus"


def draw(rng: Draw) -> tuple[dict[str, bytes], CorpusRows]:
    """Return the corpus's files by their path in a submission's folder, and its rows in order."""
    lines = sample_lines()
    order = rng.permutation(len(lines)).tolist()
    scenes = []
    for number in range(SCENES):
        said = [(speaker(rng), lines[i]) for i in order[number * LINES : (number + 1) * LINES]]
        # an utterance without words is one too, and some things are said twice
        said += [(who, "") for who in CHARACTERS] + said[:3]
        scenes.append(
            Scene(1 + number // 4, 1, 1 + number % 4, [(NOTE_SPEAKER, "(A room.)"), *said])
        )
    files, rows = corpus_files(scenes)
    return {f"{FOLDER}/{name}": content for name, content in files.items()}, rows


@cache
def sample_lines() -> list[str]:
    """Every line that somebody says in the sample, once."""
    scenes = parse_script(sample_text(), SAMPLE)
    spoken = [line for scene in scenes for who, line in scene.lines if who != NOTE_SPEAKER]
    return list(dict.fromkeys(spoken))


def speaker(rng: Draw) -> str:
    """One of the six, mostly."""
    names = OTHERS if rng.whole(0, 9) == 0 else CHARACTERS
    return names[rng.whole(0, len(names) - 1)]
