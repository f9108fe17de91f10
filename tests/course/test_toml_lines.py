"""The line of each key of a TOML file, held against what tomllib reads."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.toml_lines import Path, key_lines

keys = st.text("ab1_-", min_size=1, max_size=4) | st.text("a.\"# =[]\\'é\t", max_size=5)
texts = st.text("ab\"'#=[]{},.\\é\t \n", max_size=8)


def written(key: str) -> str:
    """A key as TOML has it: bare where it can be."""
    bare = key and all(c in "ab1_-" for c in key)
    return key if bare else json.dumps(key, ensure_ascii=False)


scalars = st.one_of(
    st.integers(-99, 99).map(str),
    st.sampled_from(
        ["true", "inf", "2026-12-01T23:59:00+01:00", "2026-12-01 23:59:00", "07:30:00"]
    ),
    texts.map(lambda t: json.dumps(t, ensure_ascii=False)),
    texts.filter(lambda t: "'" not in t and "\n" not in t).map(lambda t: f"'{t}'"),
    texts.filter(lambda t: '"' not in t and "\\" not in t).map(lambda t: f'"""\n{t}"""'),
    texts.filter(lambda t: "'" not in t).map(lambda t: f"'''{t}'''"),
)
gaps = st.sampled_from(["", " ", "\n", "\n # a ] comment = [\n", "\t"])


@st.composite
def lists(draw: Any, inner: Any) -> str:
    items = draw(st.lists(inner, max_size=3))
    return "[" + "".join(f"{draw(gaps)}{item}{draw(gaps)}," for item in items) + draw(gaps) + "]"


@st.composite
def inline_tables(draw: Any, inner: Any) -> str:
    pairs = draw(st.dictionaries(keys, inner, max_size=3))
    return "{" + ", ".join(f"{written(k)} = {v}" for k, v in pairs.items()) + "}"


values = st.recursive(scalars, lambda inner: lists(inner) | inline_tables(inner), max_leaves=5)


@st.composite
def files(draw: Any) -> str:
    """A file with tables, dotted keys, comments and blank lines; some are not valid."""
    lines = []
    for path in draw(st.lists(st.lists(keys, min_size=0, max_size=2), max_size=4)):
        if path:
            lines.append(
                f"{draw(st.sampled_from(['', ' ']))}[{' . '.join(map(written, path))}] # [x]"
            )
        for key in draw(st.lists(st.lists(keys, min_size=1, max_size=2), max_size=3)):
            dotted = draw(st.sampled_from([".", " . "])).join(map(written, key))
            lines.append(f"{dotted} {draw(st.sampled_from(['=', '= ']))}{draw(values)}")
            lines += draw(st.sampled_from([[], [""], ["# a = 1"]]))
    return "\n".join(lines)


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every key and index in what tomllib has read."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for count, inner in enumerate(value):
            yield from paths(inner, (*path, count))


@settings(max_examples=400)
@given(files())
def test_every_key_of_a_file_is_found_and_no_other(text: str) -> None:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = key_lines(text)
    assert set(lines) == set(paths(values))
    content = text.split("\n")
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert written(path[-1]) in content[line - 1]


@given(st.text(max_size=40) | st.text("[]{}=\"'#a.\n", max_size=30))
def test_it_ends_whatever_the_text_is(text: str) -> None:
    assert all(line <= text.count("\n") + 1 for line in key_lines(text).values())


def test_lines_of_an_ordinary_file() -> None:
    text = (
        '# a course\r\nname = "x"\r\n\r\n[assignment4.late]\r\nper_day = 10 # a day\r\n'
        '[assignment4]\r\nexcused = [\r\n  "ben", # ill\r\n  "anna"]\r\nlate.cap = 3\r\n'
        'extensions = { "a.b" = 1, c.d = 2 }\r\n'
    )
    assert key_lines(text) == {
        ("name",): 2, ("assignment4",): 4, ("assignment4", "late"): 4,
        ("assignment4", "late", "per_day"): 5, ("assignment4", "excused"): 7,
        ("assignment4", "excused", 0): 8, ("assignment4", "excused", 1): 9,
        ("assignment4", "late", "cap"): 10, ("assignment4", "extensions"): 11,
        ("assignment4", "extensions", "a.b"): 11, ("assignment4", "extensions", "c"): 11,
        ("assignment4", "extensions", "c", "d"): 11,
    }  # fmt: skip
