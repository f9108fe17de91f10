"""Two answers side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autograder.similarity.code import tidy
from autograder.similarity.fingerprints import fingerprints, hashes, only
from autograder.similarity.passages import SHARED, UNUSUAL, Line, Row, side_by_side
from tests.answers import reference
from tests.similarity.samples import RIGHT, disguised

CODE = RIGHT["E5"][0].code


def texts(rows: list[Row], side: str) -> dict[int, str]:
    """The lines of one side by number."""
    lines: list[Line | None] = [getattr(row, side) for row in rows]
    return {line.number: "".join(text for text, _ in line.parts) for line in lines if line}


def marked(rows: list[Row], side: str, *marks: int) -> str:
    """Everything on one side that bears one of these marks."""
    lines = [getattr(row, side) for row in rows]
    return "".join(text for line in lines if line for text, mark in line.parts if mark in marks)


def test_a_copy_stands_beside_its_model_line_by_line() -> None:
    first = tidy("\n".join(line for line in CODE.split("\n") if line.strip()))
    second = tidy(first.replace("hidden_size", "width").replace("self.", "self._"))
    rows = side_by_side(first, second, set(), set())
    assert all(row.first and row.second and row.first.number == row.second.number for row in rows)
    assert list(texts(rows, "first").values()) == first.split("\n")
    assert list(texts(rows, "second").values()) == second.split("\n")
    assert len(marked(rows, "first", UNUSUAL)) > 0.9 * len("".join(first.split()))
    assert marked(rows, "first", SHARED) == ""


def test_marks_begin_and_end_where_the_shared_code_does() -> None:
    """Neither a long class name nor comments before the passage move them."""
    shared = (
        "for block in self.blocks:\n    x = block(x) + self.alpha * x.mean(dim=-1, keepdim=True)"
    )
    alone = "class AVeryLongNameOfAClassIndeed:\n    pass  # a comment\n\n\nb = [1, 2, 3]\n"
    rows = side_by_side(f"{alone}{shared}\nprint({{}})", shared, set(), set())
    assert marked(rows, "first", UNUSUAL).replace("    ", "") == shared.replace("\n    ", "")
    assert marked(rows, "second", UNUSUAL).replace("    ", "") == shared.replace("\n    ", "")


def test_given_code_is_not_marked_and_common_code_otherwise() -> None:
    stub = "class GPT(nn.Module):\n    def __init__(self, vocab_size, context_size, hidden_size):\n"
    body = "        self.blocks = nn.ModuleList([Block(hidden_size) for _ in range(n_layer)])"
    rows = side_by_side(stub + body, stub + body, hashes(stub), set())
    assert "nn.ModuleList" in marked(rows, "first", UNUSUAL)
    assert "vocab_size" not in marked(rows, "first", UNUSUAL, SHARED)
    rows = side_by_side(stub + body, stub + body, hashes(stub), hashes(stub + body))
    assert "nn.ModuleList" in marked(rows, "first", SHARED)
    assert marked(rows, "first", UNUSUAL) == ""


def test_long_stretches_with_nothing_shared_are_left_out() -> None:
    shared = "scores = scores.masked_fill(mask[:T, :T] == 0, float('-inf')).softmax(dim=-1)"
    own = "\n".join(f"a{i} = {i} ** {i}" for i in range(30))
    rows = side_by_side(f"{own}\n{shared}", shared, set(), set())
    assert [row.left_out for row in rows if row.left_out] == [29]
    assert 31 in texts(rows, "first")


def test_repeated_code_stays_when_given_code_is_left_out() -> None:
    """copydetect itself loses one of two equal passages as soon as anything was given."""
    line = "y = torch.einsum('nqd,nkd->nqk', query, key) / math.sqrt(query.size(-1))\n"
    found = fingerprints(line * 2)
    kept = only(found, hashes(line * 2) - hashes("import torch, math, collections, functools"))
    assert max(map(len, kept.hash_idx.values())) == 2
    assert kept.token_coverage == found.token_coverage


def test_the_reference_is_found_in_its_disguise() -> None:
    code = reference("E5")
    rows = side_by_side(tidy(code), tidy(disguised(code)), set(), set())
    own = "".join(marked(rows, "second", UNUSUAL).split())
    assert len(own) > 0.9 * len("".join(disguised(code).replace("# mine", "").split()))


CHARACTERS = st.text(st.sampled_from("ab_1 \n\t#'\"\\()=:é\u2028\x0cclass def"), max_size=200)


@given(CHARACTERS, CHARACTERS, CHARACTERS)
def test_whatever_the_code_lines_keep_their_text_and_order(a: str, b: str, both: str) -> None:
    first, second = tidy(a + both), tidy(both + b)
    rows = side_by_side(first, second, set(), set())
    for side, text in (("first", first), ("second", second)):
        lines = texts(rows, side)
        assert list(lines) == sorted(lines)
        for number, line in lines.items():
            assert line == text.split("\n")[number - 1]
