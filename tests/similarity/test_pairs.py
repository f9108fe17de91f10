"""Who shares code with whom: copies are found, independent answers are not taken for copies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.similarity.code import Work, given_code, read_works, reference_code, tidy
from autograder.similarity.pairs import LEAST_OWN, REFERENCE, compare_class
from tests.answers import reference
from tests.similarity.samples import (
    COPIED,
    IDS,
    RIGHT,
    copies,
    course_folder,
    disguised,
    imagined_class,
    works_of,
)


def one_exercise(codes: dict[str, str], id: str = "E2") -> list[Work]:
    """A class that answers a single exercise."""
    return works_of({student: {id: code} for student, code in codes.items()})


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return given_code(course_folder(tmp_path_factory.mktemp("given"), {}))


def test_answers_written_independently_are_not_listed(given: list[str]) -> None:
    """Every right answer of the collection by one student of their own."""
    for id in IDS:
        works = one_exercise({answer.name: answer.code for answer in RIGHT[id]}, id)
        found = compare_class(works, [id], given)
        assert found.pairs == []
        assert found.compared[id] > 5


def test_copies_in_disguise_are_the_first_pairs_of_the_list(given: list[str]) -> None:
    names = [f"student{i:03d}" for i in range(40)]
    found = compare_class(works_of(imagined_class(40)), IDS, given)
    first = {(pair.first, pair.second) for pair in found.pairs[:3]}
    assert first == set(copies(names))
    for pair in found.pairs[:3]:
        shared = {one.exercise: one for one in pair.shared}
        assert set(COPIED) <= set(shared)
        assert min(shared["E2"].of_first, shared["E2"].of_second) > 0.95


def test_the_order_of_students_does_not_matter(given: list[str]) -> None:
    works = works_of(imagined_class(12))
    ours, theirs = (compare_class(each, IDS, given) for each in (works, works[::-1]))
    assert {frozenset((p.first, p.second)) for p in ours.pairs} == {
        frozenset((p.first, p.second)) for p in theirs.pairs
    }
    assert [round(p.weight, 1) for p in ours.pairs] == [round(p.weight, 1) for p in theirs.pairs]


def test_what_much_of_the_class_writes_is_no_reason_to_look(given: list[str]) -> None:
    """Ten with one answer are a habit; two of them with another one are a pair."""
    common, own = RIGHT["E2"][0].code, RIGHT["E2"][1].code
    codes = {f"s{i}": disguised(common) if i % 2 else common for i in range(10)}
    found = compare_class(one_exercise(codes), ["E2"], given)
    assert found.pairs == []
    found = compare_class(one_exercise(codes | {"x": own, "y": disguised(own)}), ["E2"], given)
    assert [(pair.first, pair.second) for pair in found.pairs] == [("x", "y")]


def test_a_copy_inside_a_longer_answer_is_found(given: list[str]) -> None:
    (first, other, *rest) = (answer.code for answer in RIGHT["E5"])
    codes = {"x": first, "y": f"{disguised(first)}\n\n{other}"}
    codes |= {f"s{i}": code for i, code in enumerate(rest)}
    found = compare_class(one_exercise(codes, "E5"), ["E5"], given)
    ((shared,),) = [pair.shared for pair in found.pairs if (pair.first, pair.second) == ("x", "y")]
    assert shared.of_first > 0.95 > shared.of_second


def test_those_who_handed_in_together_are_not_compared(given: list[str]) -> None:
    code = RIGHT["E2"][0].code
    x, y = one_exercise({"x": code, "y": disguised(code)})
    assert len(compare_class([x, y], ["E2"], given).pairs) == 1
    partners = replace(x, members=frozenset("xz")), replace(y, members=frozenset("yz"))
    assert compare_class(partners, ["E2"], given).pairs == []


def test_given_code_is_left_out(given: list[str]) -> None:
    """Two who hand in what the notebook shows have nothing of their own."""
    longest = max(given, key=len)
    found = compare_class(one_exercise({"x": longest, "y": longest}), ["E2"], given)
    assert found.pairs == [] and found.compared["E2"] == 0
    assert len(compare_class(one_exercise({"x": longest, "y": longest}), ["E2"], []).pairs) == 1


def test_short_answers_are_not_compared(given: list[str]) -> None:
    short = "total = sum(p.numel() for p in model.parameters())"
    assert len(short) < LEAST_OWN
    found = compare_class(one_exercise({"x": short, "y": short}), ["E2"], given)
    assert found.pairs == [] and found.compared["E2"] == 0


def test_who_has_the_reference_solution_is_listed_apart(given: list[str]) -> None:
    works = one_exercise({a.name: a.code for a in RIGHT["E2"]} | {"x": reference("E2")})
    found = compare_class(works, ["E2"], given, {"E2": tidy(reference("E2"))})
    assert ("x", REFERENCE) in [(pair.first, pair.second) for pair in found.reference]
    assert not [pair for pair in found.pairs if REFERENCE in (pair.first, pair.second)]


@pytest.mark.parametrize(
    "code", ["", "\n\n", "'''", "def (:\n\tx = '\\", "\ufeff\r\nx\r", "ü" * 50_000, "(" * 30_000]
)
def test_code_of_any_kind_is_taken(code: str, given: list[str]) -> None:
    compare_class(one_exercise({"x": code, "y": code}), ["E2"], given)


def test_code_comes_from_the_solution_cells_of_the_course_folder(tmp_path) -> None:
    found = imagined_class(3)
    folder = course_folder(tmp_path, found)
    entries = [{"student": student, "members": []} for student in (*found, "nobody")]
    entries[1]["members"] = ["student001", "partner"]
    (tmp_path / "submitted" / "broken" / "assignment4").mkdir(parents=True)
    folder.submitted("broken").write_text('{"cells": [{', encoding="utf-8")
    works = read_works(folder, [*entries, {"student": "broken"}], IDS)
    assert [work.student for work in works] == list(found)
    assert works[1].members == {"student001", "partner"}
    for work in works:
        assert dict(work.code) == {id: tidy(code) for id, code in found[work.student].items()}
    ours = reference_code(folder, IDS)
    assert set(ours) == set(IDS) and all("raise NotImplemented" not in c for c in ours.values())
