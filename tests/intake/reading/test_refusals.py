"""What is no notebook is refused with what it is and what to hand in."""

from __future__ import annotations

import io
import json
import zipfile

import nbformat
import pytest
from nbconvert import HTMLExporter

from autograder.intake.reading import Unreadable, archive, read
from tests.intake.reading.samples import NAME, read_again, sources, text

HAND_IN = "hand in the notebook itself"
SHORTCUT = {"url": "https://docs.google.com/open?id=1", "doc_id": "1", "email": "a@example.org"}


def page(inside: str) -> str:
    return f"<!DOCTYPE html>\n<html><head>{inside}</head><body></body></html>"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty, perhaps because the upload failed"),
        (b" \r\n\0\n\t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF document"),
        (b"\x89PNG\r\n\x1a\n\0\0", r"is a picture \(PNG\)"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", r"is a picture \(JPEG\)"),
        (b"\0\0\0\x18ftypheic", "is a picture or a video"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a Word or other Office document"),
        (b"{\\rtf1\\ansi", "is a text document"),
        (b"Rar!\x1a\x07", r"is an archive \(RAR\): unpack it"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"x" * 257 + b"ustar\0", "tar"),
        (b"\x80\x04\x95", "pickle"),
        (b"\x7fELF\x02", "is a program"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
         "a pointer of Git LFS.*git lfs pull"),
        (json.dumps(SHORTCUT).encode(), "a link to a file on Google Drive.*Download .ipynb"),
        (b'{"": "WARNING! DO NOT EDIT", "doc_id": "1", "resource_key": ""}', "Google Drive"),
        (b'{"url": "https://example.org/x.ipynb"}', "a link and not the file"),
        (b"[InternetShortcut]\r\nURL=https://colab.research.google.com/drive/1\r\n", "a link and"),
        (page("<title>Sign in</title><a href='https://accounts.google.com/'>").encode(),
         "a web page of Google Drive or Colab.*Download .ipynb"),
        (page("<link href='https://github.githubassets.com/x.css'>").encode(), "page of GitHub"),
        (page("<title>404</title>").encode(), r"a web page \(HTML\), not the notebook"),
        (b'<?xml version="1.0"?><plist></plist>', "an XML document"),
        (b"\\documentclass[11pt]{article}", "a LaTeX document"),
        (b"[]", "has no list of cells"),
        (b"3", "neither a notebook nor a Python script"),
        (b'{"a": 1}', "has no list of cells"),
        (b'{"cells": {}}', "has no list of cells"),
        (b'{"cells": [1, null, "x"]}', "a notebook without cells"),
        (bytes(range(256)) * 20, "neither a notebook nor"),
    ],
)  # fmt: skip
def test_it_says_what_it_is_and_what_to_do(content: bytes, what: str) -> None:
    with pytest.raises(Unreadable, match=what) as refused:
        read(content, NAME)
    said = str(refused.value)
    assert said.startswith(f"{NAME} is ") and "\n" not in said
    assert "hand in" in said or "hand it in" in said


def test_a_page_exported_from_jupyter() -> None:
    html = HTMLExporter().from_notebook_node(nbformat.reads(text(), 4))[0]
    with pytest.raises(Unreadable, match=r"exported as a web page \(HTML\), which cannot be run"):
        read(html.encode(), "assignment4.html")


def zipped(files: dict[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return packed.getvalue()


def test_a_zip_archive_with_one_notebook() -> None:
    files: dict[str, str | bytes] = {
        "work/assignment4.ipynb": text(), "work/data.csv": "a,b", "work/helper.py": "x = 1",
        "__MACOSX/work/._assignment4.ipynb": b"\0\5", "work/.ipynb_checkpoints/a.ipynb": text(),
    }  # fmt: skip
    for name in ("assignment4.zip", NAME):
        found, said = read_again(zipped(files), name)
        assert found == sources()
        assert said == f"{name} is a zip archive: assignment4.ipynb was taken from it"
    assert read_again(zipped({"a.py": "# %%\nx = 1"}), "a.zip")[0] == ["x = 1"]


@pytest.mark.parametrize(
    ("content", "words"),
    [(zipped({"a.ipynb": text(), "b/b.ipynb": text()}),
      r"with 2 files that may be the notebook \(a.ipynb, b/b.ipynb\): hand in the one to grade"),
     (zipped({"a.csv": "1"}), "without a notebook in it"),
     (zipped({}), "without a notebook in it"),
     (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "a Word or other Office"),
     (zipped({"archive/data.pkl": ""}), "torch.save, with weights"),
     (zipped({"a.ipynb": text()})[:-40], "cannot be unpacked"),
     (zipped({"a.ipynb": text()}).replace(b"\x08\x00", b"\x63\x00"), "cannot be unpacked")],
)  # fmt: skip
def test_other_archives(content: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(content, "assignment4.zip")


def test_a_zip_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 2**20)
    bomb = zipped({"a.ipynb": b"0" * (2**20 + 1)})
    with pytest.raises(Unreadable, match="clear its outputs"):
        read(bomb, "assignment4.zip")
    size = (2**20 + 1).to_bytes(4, "little")
    assert bomb.count(size) == 2
    with pytest.raises(Unreadable, match="a zip archive"):  # it says that it is small
        read(bomb.replace(size, (9).to_bytes(4, "little")), "assignment4.zip")
