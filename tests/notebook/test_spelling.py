"""Every word of the notebooks and of the documentation is spelt as British English has it.

Two dictionaries that are installed with the tests: pyspellchecker's list of English words, and
codespell's pairs of British and American forms. What neither knows, the terms of the field and
names, stands in words.txt beside this file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from spellchecker import SpellChecker

from autograder.build import builder
from tests.notebook.conftest import ROOT

TERMS = Path(__file__).with_name("words.txt")
PAGES = ["README.md", "solutions/lab11/words.md"]
PAGES += sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))
# What is no prose: each is replaced by a space, in this order.
NO_PROSE = [
    re.compile(pattern, re.DOTALL | re.MULTILINE)
    for pattern in (
        r"^(```+|~~~+).*?^\1[ \t]*$",  # blocks of code
        r"<!--.*?-->",
        r"(`+)(?!`).+?(?<!`)\1(?!`)",  # code
        r"\$\$.+?\$\$",
        r"(?<![\\$])\$(?!\s)[^$]+?\$",  # formulas
        r"\]\([^)]*\)",  # where a link leads
        r"\bGrade\s+Center\b",  # the name of a page of Blackboard's
        r"\bb'",  # bytes as Python shows them
        r"\b\w+(?:\\_\w+)+",  # names of variables in a table
        r"<[^>\n]+>",
        r"\bhttps?://\S+",
        r"\b[\w.-]*[/@_]\S*",  # paths, addresses, names of variables
        r"\b[\w-]+\.[a-z]{2,6}\b",  # names of files
    )
]
WORD = re.compile(r"(?<![\w.])[A-Za-zÀ-ÿ]+(?:['’][a-z]+)?(?![\w])")
# Forms that are American for one meaning and English for another.
ALSO_BRITISH = {
    "artifact", "check", "checks", "checked", "checking", "checkers", "checker", "cozy", "curb",
    "disk", "disks", "draft", "drafts", "program", "programs", "practice", "practices", "license",
    "licensed", "licenses", "meter", "meters", "story", "stories", "tire", "tires", "tired",
    "while", "among", "amid", "toward", "afterward", "inquiry", "ton", "tons", "gram", "grams",
    "pajamas", "dispatch", "fetus", "gray", "maneuver", "mold", "molds", "peddler", "skeptic",
    "aging", "yarn", "ax", "analog", "dialog", "judgment", "acknowledgment", "ladybug",
    "likable", "sizable", "livable", "movable", "usable", "on", "gas", "math",
}  # fmt: skip


@cache
def terms() -> frozenset[str]:
    return frozenset(TERMS.read_text(encoding="utf-8").split())


@cache
def english() -> SpellChecker:
    return SpellChecker(language="en")


@cache
def british_and_american() -> list[tuple[str, set[str]]]:
    """Pairs of a British form and its American ones, from codespell's own list."""
    data = files("codespell_lib") / "data" / "dictionary_en-GB_to_en-US.txt"
    lines = [line.partition("->") for line in data.read_text(encoding="utf-8").splitlines()]
    return [(british, {form.strip() for form in forms.split(",")}) for british, _, forms in lines]


@cache
def british() -> frozenset[str]:
    return frozenset(each for each, _ in british_and_american())


@cache
def american() -> frozenset[str]:
    """American forms that have a British one; the name of a thing may have one all the same."""
    found = {form for each, forms in british_and_american() for form in forms - {each, ""}}
    return frozenset(found - ALSO_BRITISH - british())


def words(prose: str) -> Iterator[str]:
    """The words of a text in Markdown, lower-case, without code, formulas and names of files."""
    for pattern in NO_PROSE:
        prose = pattern.sub(" ", prose)
    for found in WORD.findall(prose.replace("’", "'")):
        word = re.sub(r"'s$", "", found)
        if len(word) > 1 and not any(letter.isupper() for letter in word[1:]):
            yield word.lower()


def misspelt(prose: str) -> set[str]:
    """The words that no dictionary knows, and those that are American."""
    found = set(words(prose))
    return {word for word in found if not is_known(word)} | (found & american() - terms())


def is_known(word: str) -> bool:
    """Whether a word is in a dictionary or in our list."""
    return word in terms() or word in british() or word in english()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_spelt_correctly(page: str) -> None:
    assert misspelt((ROOT / page).read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize("notebook", ["assignment4", "lab11"])
def test_the_prose_of_a_notebook_is_spelt_correctly(notebook: str) -> None:
    built = builder.build(ROOT / "notebooks" / "text" / f"{notebook}.py", ROOT)
    cells = [cell.source for cell in built.release.cells if cell.cell_type == "markdown"]
    assert misspelt("\n\n".join(cells)) == set()


@pytest.mark.parametrize(
    ("prose", "wrong"),
    [
        ("The atention of a token", {"atention"}),
        ("The *colour* of its center", {"center"}),
        ("A model that can't optimize", {"optimize"}),
        ("`atention`, $atention$ and [a link](docs/atention.md)", set()),
        ("```python\natention\n```\nafter the fense", {"fense"}),
        ("GPT-2, ConvoKit and the model's layers", set()),
    ],
)
def test_the_spelling_test_sees_mistakes_and_only_in_prose(prose: str, wrong: set[str]) -> None:
    assert misspelt(prose) == wrong


def test_our_own_words_are_sorted_needed_and_unknown_elsewhere() -> None:
    lines = TERMS.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
    known = [word for word in lines if word in british() or word in english()]
    assert known == [], "these need no entry"
