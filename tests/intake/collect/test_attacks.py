"""Archives and names that mean harm: refused in a sentence, and everybody else is taken in."""

from __future__ import annotations

import io
import os
import stat
import struct
import tarfile
import warnings
import zipfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder.intake.collect import archives, layout
from autograder.intake.collect.archives import Refused, unpacked
from autograder.intake.collect.items import Item, Source
from autograder.intake.collect.names import parts_of, safe_id
from autograder.intake.collect.settling import pieces_of
from autograder.pipeline.outputs import name_fault
from tests.intake.collect.samples import NAME, contents, folder, notebook, taken_in, work, zipped


def entry(name: str, mode: int = 0o644, flags: int = 0) -> zipfile.ZipInfo:
    """An entry of a zip archive as another program may write it."""
    info = zipfile.ZipInfo("x")
    info.filename = name
    info.create_system, info.external_attr, info.flag_bits = 3, mode << 16, flags
    return info


def packed(*files: tuple[zipfile.ZipInfo, bytes]) -> bytes:
    """A zip archive of such entries."""
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)  # two files of one name are meant
        for info, content in files:
            archive.writestr(info, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (entry("../../../evil.txt"), "leads out"),
        (entry("a/../../evil.txt"), "leads out"),
        (entry("..\\..\\evil.txt"), "leads out"),
        (entry("/etc/evil.txt"), "absolute"),
        (entry("C:\\evil.txt"), "absolute"),
        (entry("\\\\server\\evil.txt"), "absolute"),
        (entry("evil.txt", stat.S_IFLNK | 0o777), "link"),
        (entry("evil.txt", stat.S_IFIFO | 0o644), "not a plain file"),
        (entry("evil.txt", stat.S_IFCHR | 0o644), "not a plain file"),
        (entry("e" * 300 + ".txt"), "longer than"),
        (entry("d" * 300 + "/evil.txt"), "longer than"),
        (entry("evil\x1b[2J.txt"), "characters"),
        (entry("aux.txt"), "reserved"),
        (entry("/".join("d" * 40) + "/evil.txt"), "deep"),
    ],
)
def test_what_leads_out_of_an_archive_is_left_out_and_told(
    tmp_path: Path, info: zipfile.ZipInfo, words: str
) -> None:
    content = packed((info, b"/etc/passwd"), (entry("assignment4.ipynb"), notebook("good")))
    source = folder(tmp_path / "in", {"ada.zip": content, "emmy.ipynb": notebook("emmy")})
    report, found = taken_in(source, tmp_path / "deep/er/out")
    assert work(tmp_path / "deep/er/out", "ada") == "good"
    assert list(contents(tmp_path / "deep/er/out/ada")) == ["assignment4/assignment4.ipynb"]
    assert words in found["ada"].notes[0] and "was not taken" in found["ada"].notes[0]
    assert "\x1b" not in found["ada"].notes[0] and report.notes[0][0] == "ada"
    outside = {p for p in contents(tmp_path) if not p.startswith(("in/", "deep/er/out/"))}
    assert not outside and work(tmp_path / "deep/er/out", "emmy") == "emmy"


@pytest.mark.parametrize("name", ["../ada/assignment4.ipynb", "/ada/assignment4.ipynb"])
def test_in_the_download_itself_too(tmp_path: Path, name: str) -> None:
    content = packed(
        (entry(name), notebook("evil")),
        (entry("emmy/assignment4.ipynb"), notebook("emmy")),
        (entry("joerg/assignment4.ipynb", stat.S_IFLNK | 0o777), b"../emmy/assignment4.ipynb"),
    )
    (tmp_path / "in.zip").write_bytes(content)
    report, _ = taken_in(tmp_path / "in.zip", tmp_path / "out")
    assert report.files[0][0] == name
    assert work(tmp_path / "out", "emmy") == "emmy" and not (tmp_path / "out/ada").exists()
    assert [student for student, _ in report.refused] == ["joerg"] and report.failed
    assert "link" in report.refused[0][1] and len(report.files) == 1
    assert report.missing == ["ada", "grace"]  # joerg has handed something in


def bomb(size: int) -> bytes:
    """A zip archive with a file of so many zeros."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("assignment4.ipynb", notebook("good"))
        with archive.open("zeros.bin", "w") as file:
            for _ in range(size // 2**20):
                file.write(bytes(2**20))
    return target.getvalue()


def test_zip_bombs_are_refused_and_the_others_go_on(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {"ada.zip": bomb(64 * 2**20), "emmy.ipynb": notebook("e")})
    report, found = taken_in(source, tmp_path / "out")
    ((student, why),) = report.refused
    assert student == "ada" and "next to nothing" in why
    assert why in found["ada"].notes[0] and found["ada"].digest == ""
    assert not contents(tmp_path / "out/ada") and work(tmp_path / "out", "emmy") == "e"


def test_a_file_that_says_it_is_small_is_stopped_at_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from autograder.intake.collect import store

    monkeypatch.setattr(store, "MAX_BESIDE", 2**20)
    content = bytearray(bomb(4 * 2**20))
    while (place := content.find(struct.pack("<L", 4 * 2**20))) >= 0:
        content[place : place + 4] = struct.pack("<L", 100)
    source = folder(tmp_path / "in", {"ada.zip": bytes(content), "emmy.ipynb": notebook("e")})
    _, found = taken_in(source, tmp_path / "out")
    sizes = [len(content) for content in contents(tmp_path / "out/ada").values()]
    assert max(sizes, default=0) <= 2**20 and (found["ada"].notes or found["ada"].digest == "")
    assert work(tmp_path / "out", "emmy") == "e"


def test_limits_of_size_and_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "MAX_BESIDE", 1000)
    monkeypatch.setattr(layout, "MAX_FILES", 5)
    monkeypatch.setattr(layout, "MAX_BYTES", 2000)
    many = {f"joerg/{number}.txt": b"" for number in range(6)}
    source = folder(tmp_path / "in", {
        "ada/assignment4.ipynb": notebook("good"), "ada/a.bin": os.urandom(600),
        "ada/b.bin": os.urandom(600), "emmy/assignment4.ipynb": notebook("x" * 3000),
        "grace/assignment4.ipynb": notebook("grace"), **many,
    })  # fmt: skip
    report, _ = taken_in(source, tmp_path / "out")
    assert [student for student, _ in report.refused] == ["ada", "emmy", "joerg"]
    assert work(tmp_path / "out", "grace") == "grace"


def test_an_endless_list_of_files_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_DIRECTORY", 1000)
    many = packed(*((entry(f"{number}.txt"), b"") for number in range(50)))
    with pytest.raises(Refused, match="larger"), ExitStack() as opened:
        unpacked(Item(("a.zip",), len(many), opened=lambda: io.BytesIO(many)), "a.zip",
                 2**20, opened)  # fmt: skip


def test_archives_in_archives_are_opened_once(tmp_path: Path) -> None:
    inner = packed((entry("assignment4.ipynb"), notebook("deep")))
    outer = packed((entry("inner.zip"), inner))
    source = folder(tmp_path / "in", {"ada.zip": outer, "emmy.zip": inner})
    report, _ = taken_in(source, tmp_path / "out")
    assert list(contents(tmp_path / "out/ada")) == ["assignment4/inner.zip"]
    assert report.workless == ["ada"] and work(tmp_path / "out", "emmy") == "deep"


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_too(tmp_path: Path, mode: str) -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, kind, content in (
            ("hw/assignment4.ipynb", tarfile.REGTYPE, notebook("ada")),
            ("hw/link", tarfile.SYMTYPE, b""), ("hw/hard", tarfile.LNKTYPE, b""),
            ("hw/pipe", tarfile.FIFOTYPE, b""), ("../../evil", tarfile.REGTYPE, b"x"),
            ("/etc/evil", tarfile.REGTYPE, b"x"),
        ):  # fmt: skip
            info = tarfile.TarInfo(name)
            info.type, info.size, info.linkname = kind, len(content), "/etc/passwd"
            archive.addfile(info, io.BytesIO(content))
    name = "ada.tar" + (f".{mode[2:]}" if ":" in mode else "")
    source = folder(tmp_path / "in", {name: target.getvalue()})
    _, found = taken_in(source, tmp_path / "out")
    assert work(tmp_path / "out", "ada") == "ada" and len(contents(tmp_path / "out/ada")) == 1
    assert len(found["ada"].notes) == 5


def test_a_tar_that_unpacks_without_end_is_refused() -> None:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        info = tarfile.TarInfo("zeros")
        info.size = 8 * 2**20
        archive.addfile(info, io.BytesIO(bytes(info.size)))
    content = target.getvalue()
    with pytest.raises(Refused, match="larger than 1 MB"), ExitStack() as opened:
        unpacked(Item(("a.tgz",), opened=lambda: io.BytesIO(content)), "a.tgz", 2**20,
                 opened)  # fmt: skip


def test_encrypted_and_damaged_files_are_told(tmp_path: Path) -> None:
    names = ("lovelaceada_1234_1_assignment4.ipynb", "noetheremmy_66_2_assignment4.ipynb",
             "müllerjörg_33_3_assignment4.ipynb")  # fmt: skip
    place = zipped(tmp_path / "in.zip", {name: notebook(name * 20) for name in names})
    content = bytearray(place.read_bytes())
    with zipfile.ZipFile(place) as archive:
        damaged, encrypted = archive.infolist()[1], archive.infolist()[2]
    content[damaged.header_offset + 30 + len(names[1]) + 20] ^= 0xFF
    central = content.rindex(b"PK\x01\x02")
    content[central + 8] |= 1
    assert encrypted.filename == names[2]
    place.write_bytes(bytes(content))
    report, _ = taken_in(place, tmp_path / "out")
    assert dict(report.refused).keys() == {"emmy", "joerg"}
    assert "damaged" in dict(report.refused)["emmy"]
    assert "encrypted" in dict(report.refused)["joerg"]
    assert work(tmp_path / "out", "ada").startswith("lovelace")


def test_links_pipes_and_locked_folders_on_disk(tmp_path: Path) -> None:
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(notebook("secret"))
    source = folder(tmp_path / "in", {
        "ada/assignment4.ipynb": notebook("ada"), "grace/readme.txt": b"see link",
    })  # fmt: skip
    (source / "ada/linked").symlink_to(tmp_path)
    (source / "grace/assignment4.ipynb").symlink_to(secret)
    os.mkfifo(source / "ada/pipe")
    (source / "emmy").symlink_to(source / "ada")
    report, found = taken_in(source, tmp_path / "out")
    assert list(contents(tmp_path / "out/ada")) == ["assignment4/assignment4.ipynb"]
    assert len(found["ada"].notes) == 2 and "link" in found["grace"].notes[0]
    assert b"secret" not in b"".join(contents(tmp_path / "out").values()).replace(b"secret.", b"")
    assert "emmy" not in found and report.failed


def test_names_in_the_students_own_words_make_nobody_elses_file(tmp_path: Path) -> None:
    for name, files in {
        "canvas": {"lovelaceada_1234_5_noetheremmy_66_7_assignment4.ipynb": b"1",
                   "lovelaceada_1234_6_LATE_66_7_x.ipynb": b"2"},
        "moodle": {"Ada Lovelace_9_assignsubmission_file_/Emmy Noether_8_assignsubmission_file_"
                   "/x.ipynb": b"1",
                   "Ada Lovelace_9_assignsubmission_file_Emmy Noether_8_assignsubmission_file_y":
                   b"2"},
        "blackboard": {"A4_ada_attempt_2026-11-28-22-10-15_x_emmy_attempt_2027-01-01-00-00-00_"
                       "assignment4.ipynb": b"1",
                       "A4_ada_attempt_2026-11-28-22-10-15_A4_emmy_attempt_2027-01-01-00-00-00.txt":
                       b"Name: Emmy Noether (emmy)\n"},
    }.items():  # fmt: skip
        source = zipped(tmp_path / f"{name}.zip", files)
        report, found = taken_in(source, tmp_path / name)
        assert report.kind == name and list(found) == ["ada"] and found["ada"].late in (False, None)
        assert len(contents(tmp_path / name / "ada")) == (2 if name != "blackboard" else 3)


def test_a_forged_timestamp_does_not_count(tmp_path: Path) -> None:
    forged = b"2020-01-01 00:00:00.000000 UTC\n"
    source = folder(tmp_path / "in", {
        "ada/assignment4.ipynb": notebook("ada"), "ada/timestamp.txt": forged,
    })  # fmt: skip
    _, found = taken_in(source, tmp_path / "out")
    assert found["ada"].handed_in is None and "timestamp.txt" in found["ada"].notes[0]
    files = contents(tmp_path / "out/ada")
    assert files.pop("assignment4/timestamp-of-the-student.txt") == forged
    assert list(files) == ["assignment4/assignment4.ipynb"]


def test_a_file_and_a_folder_of_one_name(tmp_path: Path) -> None:
    content = packed((entry("a"), b"1"), (entry("a/b"), b"2"),
                     (entry("assignment4.ipynb"), notebook("ada")))  # fmt: skip
    source = folder(tmp_path / "in", {"ada.zip": content})
    _, found = taken_in(source, tmp_path / "out")
    assert sorted(contents(tmp_path / "out/ada")) == [
        "assignment4/a/b", "assignment4/assignment4.ipynb",
    ]  # fmt: skip
    assert "a folder has this name" in found["ada"].notes[0]


def test_a_name_twice_has_its_last_file(tmp_path: Path) -> None:
    content = packed((entry("assignment4.ipynb"), notebook("first")),
                     (entry("./assignment4.ipynb"), notebook("last")))  # fmt: skip
    source = folder(tmp_path / "in", {"ada.zip": content})
    _, found = taken_in(source, tmp_path / "out")
    assert work(tmp_path / "out", "ada") == "last" and "twice" in found["ada"].notes[0]


def test_names_that_macos_writes_are_read(tmp_path: Path) -> None:
    """UTF-8 without saying so; in decomposed letters."""
    name = "Jo\u0308rg Mu\u0308ller/assignment4.ipynb".encode()
    content = packed((entry("x" * len(name)), notebook("joerg")))
    (tmp_path / "in.zip").write_bytes(content.replace(b"x" * len(name), name))
    _, found = taken_in(tmp_path / "in.zip", tmp_path / "out")
    assert list(found) == ["joerg"]


def test_students_folders_have_names_that_do_no_harm(tmp_path: Path) -> None:
    names = ["<script>alert(1)", "=cmd|' /C calc'!A0", "-rf", "a" * 190, "con", "a\u202eb",
             "collected-assignment4.json", "日本 太郎", "O'Brien, Pat"]  # fmt: skip
    source = folder(tmp_path / "in", {f"{name}/{NAME}.ipynb": notebook(name) for name in names})
    _, found = taken_in(source, tmp_path / "out", None)
    assert len(found) == len(names) and "con" not in found  # a name that Windows reserves
    assert "日本 太郎" in found and "O'Brien, Pat" in found
    for student in found:
        assert name_fault(student) is None and student[0] not in "-=.@+" and len(student) < 100


TEXT = st.text(st.characters(blacklist_categories=()), max_size=60)


@settings(deadline=None)
@given(st.lists(TEXT | st.sampled_from(["..", ".", "/", "\\", "a", "\0", "C:"]), max_size=8))
def test_no_path_leads_anywhere_else(pieces: list[str]) -> None:
    for sign in "/\\":
        parts, fault = parts_of(sign.join(pieces))
        assert ".." not in parts and "" not in parts
        assert not any(c in part for part in parts for c in "/\\\0")
        if not fault:
            target = os.path.normpath(os.path.join("/base", *parts))
            assert target.startswith("/base/")
            os.fsencode(target)


@settings(deadline=None)
@given(TEXT, TEXT)
def test_safe_ids_are_safe_and_tell_apart(one: str, other: str) -> None:
    first, second = safe_id(one), safe_id(other)
    for made in (first, second):
        assert made and made[0] not in " .-" and name_fault(made) is None
        assert not set(made) & set('/\\*?[]<>"\0') and len(made.encode()) <= 128
        assert parts_of(made) == ((made,), "") or made != os.path.normpath(made)
    if first == second:
        assert " ".join(one.split()) == " ".join(other.split()) or one == other


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(
        st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=30)
        | st.sampled_from(["../x", "/x", "a/../../b", "x/../..", "..\\y", "a//b", "./c", "\x7f"]),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_names_a_zip_has_nothing_lands_outside(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    place = tmp_path_factory.mktemp("any")
    files = [(entry(name), b"evil") for name in names]
    content = packed(*files, (entry("assignment4.ipynb"), notebook("good")))
    source = folder(place / "in", {"ada.zip": content, "emmy.ipynb": notebook("emmy")})
    _, found = taken_in(source, place / "a/b/c/out")
    assert work(place / "a/b/c/out", "emmy") == "emmy" and set(found) == {"ada", "emmy"}
    assert all(p.startswith(("in/", "a/b/c/out/")) for p in contents(place))
    top = {path.name for path in (place / "a/b/c/out").iterdir()}
    assert top == {"ada", "emmy", ".attempts", "collected-assignment4.json"}


NAMES = st.text("abcdefghijklmnopqrstuvwxyzäöß", min_size=1, max_size=8)
FILES = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1, max_size=20).filter(
    lambda name: not set(name) & set("/\\") and name not in (".", "..")
) | st.sampled_from(["_1_2_x", "LATE_1_2_x.ipynb", "x_9_assignsubmission_file_y", "_LATE_5_6_z",
                     "a_attempt_2027-01-01-00-00-00_b", "assignment4-1.ipynb"])  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.tuples(NAMES, st.integers(1, 99), st.lists(FILES, min_size=1, max_size=3)),
                min_size=1, max_size=5, unique_by=lambda one: one[1]))  # fmt: skip
def test_what_students_call_their_files_never_changes_whose_they_are(
    students: list[tuple[str, int, list[str]]],
) -> None:
    def made(kind: str, name: str, number: int, file: str) -> str:
        return {
            "canvas": f"{name}_{number}_{number * 7}_{file}",
            "moodle": f"{name.title()} X_{number}_assignsubmission_file_{file}",
            "blackboard": f"My_Task_{name}{number}_attempt_2026-11-28-22-10-15_{file}",
        }[kind]

    for kind in ("canvas", "moodle", "blackboard"):
        wanted: dict[str, set[str]] = {}
        items = []
        for name, number, files in students:
            key = f"{name}{number}" if kind == "blackboard" else str(number)
            for file in files:
                items.append(Item((made(kind, name, number, file),)))
                wanted.setdefault(f"{kind} {key}", set()).add(file)
        pieces, strange = pieces_of(Source("x", items), kind, NAME)
        found: dict[str, set[str]] = {}
        for piece in pieces:
            found.setdefault(piece.owner.key, set()).add(piece.path[-1])
        assert not strange and found.keys() == wanted.keys()
        if kind != "canvas":  # which takes off what Canvas has counted
            assert found == wanted
