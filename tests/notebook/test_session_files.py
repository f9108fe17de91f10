"""A new machine gets checkpoints, session and texts back from one zip, and nothing else."""

import io
import zipfile
from pathlib import Path

import pytest

from autograder.notebook import session_files
from autograder.notebook.session_files import BadZip, download, pack, unpack, upload
from tests.colab.stand_in.google.colab import files as browser


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a checkpoint, a text, and files that stay behind."""
    monkeypatch.chdir(tmp_path)
    for name in ("checkpoints/deep/run.pt", "data/text.txt", "data/half.partial", "secret.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "data" / "link").symlink_to(tmp_path / "secret.txt")
    return tmp_path


def zipped(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_what_was_packed_is_back_byte_for_byte(place, tmp_path_factory):
    assert pack(place / "all.zip") == []
    new = tmp_path_factory.mktemp("new")
    assert unpack((place / "all.zip").read_bytes(), new) == 2
    assert (new / "checkpoints/deep/run.pt").read_bytes() == b"checkpoints/deep/run.pt"
    found = sorted(path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file())
    assert found == ["checkpoints/deep/run.pt", "data/text.txt"]


def test_what_is_too_large_stays_and_is_named(place, monkeypatch, capsys):
    monkeypatch.setattr(session_files, "LARGEST", 15)
    download("lab11")
    assert "Not in it, for its size: checkpoints/deep/run.pt" in capsys.readouterr().out
    with zipfile.ZipFile("lab11_checkpoints.zip") as archive:
        assert archive.namelist() == ["data/text.txt"]


@pytest.mark.parametrize(
    "name", ["../evil.py", "checkpoints/../../evil.py", "/etc/evil", "evil.py", "data", "x/y.pt",
             "checkpoints\\..\\..\\evil.py"],
)  # fmt: skip
def test_a_zip_that_reaches_elsewhere_is_refused_whole(tmp_path, name):
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(BadZip, match=r"session\.download"):
        unpack(zipped(**{"data/good.txt": b"1", name: b"2"}), inside)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize("content", [b"", b"no zip", zipped(**{"data/a": b"x" * 99})[:-30]])
def test_what_is_no_zip_is_told(tmp_path, content):
    with pytest.raises(BadZip, match="no zip"):
        unpack(content, tmp_path)


def test_a_damaged_file_in_the_zip_is_named(tmp_path):
    content = bytearray(zipped(**{"data/a.txt": b"x" * 99}))
    content[60] ^= 1
    with pytest.raises(BadZip, match=r"data/a\.txt"):
        unpack(bytes(content), tmp_path)


def test_on_colab_the_browser_takes_the_zip_and_gives_it_back(place, monkeypatch, capsys):
    monkeypatch.setattr(session_files, "colab_files", lambda: browser)
    download("assignment4")
    (place / "data" / "text.txt").unlink()
    assert upload()
    assert (place / "data" / "text.txt").read_bytes() == b"data/text.txt"
    (place / "browser" / "assignment4_checkpoints.zip").write_bytes(b"cut")
    assert not upload()
    assert "was not used" in capsys.readouterr().out


def test_elsewhere_the_zip_lies_beside_the_notebook_and_upload_says_so(place, capsys):
    download("assignment4")
    assert (place / "assignment4_checkpoints.zip").is_file()
    assert not upload()
    assert "unzip by hand" in capsys.readouterr().out
