"""Whatever encoding an editor left a notebook in, the text is the same, and it is said."""

from __future__ import annotations

import pytest

from autograder.intake.reading.encodings import as_text
from tests.intake.reading.samples import notebook, read_again, sources, text


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("utf-8", ""), ("utf-8-sig", "byte order mark")]
    + [(name, "UTF-16") for name in ("utf-16", "utf-16-le", "utf-16-be")]
    + [(name, "UTF-32") for name in ("utf-32", "utf-32-le", "utf-32-be")],
)
def test_unicode_in_every_form(encoding: str, words: str) -> None:
    found, said = read_again(text().encode(encoding))
    assert found == sources()
    assert words in said if words else not said


@pytest.mark.parametrize("mark", [b"\xfe\xff", b"\x00\x00\xfe\xff"])
def test_big_endian_with_its_mark(mark: bytes) -> None:
    width = len(mark) * 8
    found, said = read_again(mark + text().encode(f"utf-{width}-be"))
    assert found == sources() and f"UTF-{width}" in said


def test_windows_and_latin_1() -> None:
    plain = text().replace("работа № ", "größe „").replace("🙂", "café")
    expected = [s.replace("работа № ", "größe „").replace("🙂", "café") for s in sources()]
    dashed = "".join(c if c.isascii() or c in "größe„éïû" else "-" for c in plain)
    found, said = read_again(dashed.encode("cp1252"))
    assert "Windows-1252" in said and not any("�" in source for source in found)
    assert [s for s in found if "answer_" in s] == [s for s in expected if "answer_" in s]
    assert as_text("é\x81 a".encode("latin-1"), []) == "é\x81 a"  # which Windows-1252 does not know


def test_a_damaged_byte_does_not_make_the_rest_another_encoding() -> None:
    content = text().encode()
    at = content.index("работа".encode())
    found, said = read_again(content[:at] + b"\xff" + content[at + 1 :])
    assert "were damaged" in said
    assert sum(a != b for a, b in zip(found, sources(), strict=True)) == 1


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems(end: str) -> None:
    assert read_again(text().replace("\n", end))[0] == sources()
    worked_in = notebook()
    for cell in worked_in["cells"]:
        cell["source"] = [line.replace("\n", end) for line in cell["source"]]
    found, said = read_again(worked_in)
    assert found == sources() and "Windows or an old Mac" in said


def test_nul_bytes_and_control_characters() -> None:
    found, said = read_again(text().replace("\n  {", "\n\0 {"))
    assert found == sources() and "NUL characters" in said
    found, said = read_again(text().replace("answer_", "\\u0000an\\u0001swer_"))
    assert found == sources() and "control characters" in said
    found, said = read_again(text().replace("answer_", "an\x01swer_"))
    assert found == sources() and "control characters" in said


def test_half_a_character() -> None:
    found, said = read_again(text().replace("🙂", "\\ud83d"))
    assert found == [source.replace("🙂", "�") for source in sources()]
    assert "half a character" in said
    assert read_again(text().replace("🙂", "\\ud83d\\ude42"))[0] == sources()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32-be"])
def test_cut_off_within_a_character(encoding: str) -> None:
    content = text().encode(encoding)
    at = content.index("🙂".encode(encoding.replace("16", "16-le")), len(content) // 2) + 1
    found, said = read_again(content[:at])
    assert found == sources()[: len(found)] and len(found) > 20
    assert "breaks off" in said and "�" not in said
