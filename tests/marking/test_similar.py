"""Answers that are alike stand together, whatever their order was, and none is lost."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.marking.similar import groups, plain

IDS = [
    "Each row of wte belongs to one token id of GPT-2's tokenizer.",
    "Every row of `wte` belongs to one token id of the tokenizer of GPT-2",
    "Each row of wte belongs to exactly one tokn id of GPT-2's tokenizer, so others are wrong.",
]
ERROR = [
    "Another tokenizer would raise an error because the vocabulary is larger.",
    "There would be an error: the vocabulary of another tokenizer is larger",
]
SPEED = ["It is faster.", "it's **faster**"]
TEXTS = st.lists(st.one_of(st.text(max_size=60), st.sampled_from([*IDS, *ERROR, *SPEED])))


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_every_answer_is_in_exactly_one_group(texts: list[str]) -> None:
    members = [position for group in groups(texts) for position in group.members]
    assert sorted(members) == list(range(len(texts)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*IDS, *ERROR, *SPEED]), min_size=1), st.randoms())
def test_the_order_of_the_class_does_not_matter(texts: list[str], chance: random.Random) -> None:
    shuffled = chance.sample(texts, len(texts))

    def as_texts(order: list[str]) -> list[list[str]]:
        return [[order[n] for n in group.members] for group in groups(order)]

    assert as_texts(shuffled) == as_texts(texts)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_the_same_words_are_never_parted(texts: list[str]) -> None:
    of = {n: g for g, group in enumerate(groups(texts)) for n in group.members}
    by_text: dict[str, set[int]] = {}
    for position, text in enumerate(texts):
        by_text.setdefault(plain(text), set()).add(of[position])
    assert all(len(found) == 1 for found in by_text.values())


def test_what_means_the_same_is_one_group_and_has_its_words() -> None:
    texts = [SPEED[0], IDS[0], ERROR[0], IDS[1], SPEED[1], ERROR[1], IDS[2]]
    found = {frozenset(group.members): group.words for group in groups(texts)}
    assert {frozenset({1, 3, 6}), frozenset({2, 5})} <= set(found)
    assert "belongs" in found[frozenset({1, 3, 6})]
    assert "error" in found[frozenset({2, 5})]


def test_markup_case_and_spaces_do_not_part_answers_and_signs_do() -> None:
    assert plain("**The**  row\n`wte`.") == plain("the row wte")
    assert plain("a <!-- hidden --> b") == plain("a b")
    assert plain("j > i") != plain("j < i")
