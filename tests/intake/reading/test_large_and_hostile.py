"""Outputs of any size are left out unread; nothing that anybody can hand in breaks the reader."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.intake import find
from autograder.intake.reading import Unreadable, outputs, read, reader
from autograder.intake.reading.outputs import without_outputs
from tests.intake.reading.samples import (
    ANSWER,
    NAME,
    assert_sound,
    notebook,
    read_again,
    sources,
    text,
)

MB = 2**20


def with_output(output: object) -> str:
    """The notebook with this among the outputs of one cell, and a picture in its text."""
    made = notebook()
    code = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    code[5]["outputs"].append(output)
    return json.dumps(made, indent=1)


@pytest.mark.parametrize(
    "output",
    [{"data": {"image/png": "iVBO" * (2 * MB)}}, {"text": ['epoch "1" [loss] \\ {\n'] * 200_000},
     {"data": {"x": [[1, [2.5]], {"outputs": [[]], "b": "]"}] * 60_000}}],
    ids=["picture", "lines", "plot"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_large_outputs_are_left_out(output: object, encoding: str) -> None:
    content = with_output(output).encode(encoding)
    found, said = read_again(content)
    assert found == sources()
    assert not said or encoding == "utf-16"


def test_what_is_read_of_a_large_file_is_its_text(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text(with_output({"data": {"image/png": "iVBO" * (8 * MB)}}))
    tracemalloc.start()
    content = find.read_bytes(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(content) < MB and most < 2 * MB
    assert read_again(content)[0] == sources()


def test_a_notebook_over_the_limit_only_because_of_its_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "MAX_BYTES", 2 * MB)
    path = tmp_path / NAME
    path.write_text(with_output({"text": "x" * (3 * MB)}))
    assert [cell.source for cell in find.read_notebook(path).cells] == sources()
    path.write_text(text().replace(ANSWER, "x" * (3 * MB)))
    with pytest.raises(Unreadable, match="larger than 2 MB, even without its outputs"):
        find.read_bytes(path)
    path.write_bytes(b"%PDF" + b"x" * (3 * MB))
    with pytest.raises(Unreadable, match="larger than 2 MB"):
        find.read_bytes(path)
    monkeypatch.setattr(find, "LARGEST", 3 * MB)
    with pytest.raises(Unreadable, match="larger than 2 MB: clear its outputs"):
        find.read_bytes(path)


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_TEXT", MB)
    with pytest.raises(Unreadable, match="larger than 1 MB without its outputs"):
        read(text().replace(ANSWER, "x" * (2 * MB)).encode(), NAME)
    monkeypatch.setattr(reader, "MAX_BYTES", 2 * MB)
    with pytest.raises(Unreadable, match="larger than 2 MB: clear its outputs"):
        read(b" " * (2 * MB + 1), NAME)
    monkeypatch.undo()
    with pytest.raises(Unreadable, match="more than 1000000 lists and objects"):
        read(b'{"cells":[' + b"[],{}," * 500_000, NAME)


def test_outputs_that_break_off_or_lost_a_quotation_mark() -> None:
    whole = with_output({"text": ["line of output\n"] * 100_000})
    at = whole.index("line of output") + 300_000
    found, said = read_again(whole[:at])
    assert found == sources()[: len(found)] and len(found) > 5 and "breaks off" in said
    mark = whole.index('"', at)
    found, _ = read_again(whole[:mark] + whole[mark + 1 :])
    assert len(found) >= len(sources()) - 1


@settings(max_examples=100, deadline=None)
@given(st.recursive(
    st.none() | st.integers() | st.floats(allow_nan=False) | st.text('a"[]{}\\\n,é'),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["a", "outputs"]), inner),
), st.sampled_from([None, 1]))  # fmt: skip
def test_leaving_out_outputs_changes_nothing_else(value: object, indent: int | None) -> None:
    def emptied(value: object) -> object:
        if isinstance(value, dict):
            return {key: [] if key == "outputs" and isinstance(inner, list) else emptied(inner)
                    for key, inner in value.items()}  # fmt: skip
        return [emptied(inner) for inner in value] if isinstance(value, list) else value

    content = json.dumps(value, indent=indent).encode()
    assert json.loads(without_outputs(content)) == emptied(value)


@pytest.mark.parametrize(
    "content",
    [b"[" * 200_000, b'{"a":' * 200_000, b'{"cells":[' + b'{"a":[' * 80_000,
     b'{"cells":[{"cell_type":"code","source":' + b"[" * 50_000 + b"]" * 50_000 + b"}]}",
     b'{"cells":[{"cell_type":"' + b'\\"' * MB, b'{"cells":[' + b'{"id":"a' * 200_000,
     b'{"cells":[' + b'{"id":[1,1,1,1,1,1,1,' * 100_000, b'{"cells":[{"outputs":[' + b"1," * MB,
     b'"outputs":[' * MB, b'"' * MB, b"\\" * MB, b"," * MB, b"<<<<<<< a\n" * 100_000,
     b'{"cells": [\n' + b"=======\n" * 100_000, b"# %%\n" * 100_000, b'"""' * 100_000 + b"\n# %%\n",
     b"# In[1]:\n" * 80_000, b"x = (\n\n" * 80_000, b"#" * MB, b"\xff" * MB,
     b"{" + b" " * MB, b"{\0" * MB, b'"""\nAutomatically generated by Colab.\n'
     + b'"""a' * MB],
    ids=lambda content: content[:16].decode("latin-1"),
)  # fmt: skip
def test_megabytes_made_to_take_long(content: bytes) -> None:
    """A quadratic step on any of these would take many minutes."""
    for name in (NAME, "a.py"):
        try:
            assert_sound(read(content, name)[0])
        except Unreadable as error:
            assert "cannot be understood" not in str(error)


def test_huge_numbers_and_keys_that_repeat() -> None:
    cell = '{"cell_type": "code", "source": "x", "execution_count": %s, "id": "a"}'
    assert read_again(f'{{"cells": [{cell % ("9" * 100_000)}], "nbformat": 4}}')[0] == ["x"]
    assert read_again(f'{{"cells": [{cell % "1e99999"}], "nbformat": {"4" * 5000}}}')[0] == ["x"]
    keys = ",".join('"a": 1' for _ in range(10_000))
    assert read_again(f'{{{keys}, "cells": [{cell % 1}]}}')[0] == ["x"]


SEEDS = [text().encode()[:9000], text().encode()[-9000:], text()[:3000].encode("utf-16"),
         b"# %%\nx = 1\n\n# %% [markdown]\n# a\n" * 3,
         b'"""a.ipynb\n\nAutomatically generated by Colab.\n"""\n\nx = 1\n\n"""b"""\n']  # fmt: skip
PIECES = [b"\0", b'"', b"{", b"}", b"[", b"]", b",", b"\n", b"\r", b"\\", b"\xff", b"\xef\xbb\xbf",
          b"<<<<<<< a\n", b"\n=======\n", b"\n>>>>>>> b\n", b'"cells": [', b'{"cell_type":', b"NaN",
          b'"source": 7', b"\\ud800", b'"""', b"# %%", b"PK\x03\x04", b"null"]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_mutated_bytes_are_a_notebook_or_unreadable(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(SEEDS))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content)))
        gone = data.draw(st.sampled_from([0, 0, 1, 3, 200]))
        new = data.draw(st.sampled_from(PIECES) | st.binary(max_size=4))
        content = content[:at] + new + content[at + gone :]
    name = data.draw(st.sampled_from([NAME, "a.py", "a.txt"]))
    try:
        assert_sound(read(content, name)[0])
    except Unreadable as error:
        assert str(error).startswith(name) and "cannot be understood" not in str(error)


def test_whatever_goes_wrong_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr(reader, "notebook_from", fails)
    with pytest.raises(Unreadable, match=r"cannot be understood \(MemoryError\): open it in"):
        read(text().encode(), NAME)
    assert outputs.LARGE == MB
