"""Rosters as Canvas, Moodle, MarkUs, Blackboard and spreadsheets write them."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.roster import BadRoster, Person, Roster, read_roster

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Assignment 4 (1234),Final Score
,,,,,Manual Posting,
    Points Possible,,,,,40.00,(read only)
"Müller, Anna",1001,S-77,amueller,Lab 1,,
"O'Brien, Ben",1002,S-78,bobrien,Lab 1 and Lab 2,12.5,
"van der Berg, Chloé",1003,S-79,cberg,Lab 2,,
"Student, Test",1099,,8c6f1a,Lab 1,,
"""
MOODLE = """\
First name,Last name,ID number,Institution,Department,Email address,Groups
Anna,Müller,77,ETH,,anna.mueller@example.org,Pair 1
Ben,O'Brien,78,,,ben@example.org,Pair 1
Chloé,van der Berg,79,,,chloe@example.org,
"""
MARKUS = """\
amueller,Müller,Anna,Lab 1,77,anna.mueller@example.org
bobrien,O'Brien,Ben,Lab 2,78,
"""
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\r\n'
    '"Müller"\t"Anna"\t"amueller"\t"77"\t"2026-11-30 10:00:00"\t"Yes"\r\n'
)
PLAIN = "id,name,email,group,section\nanna,Anna Müller,a@example.org,g1,A\nben,Ben Lee,,g1,B\n"


def saved(folder: Path, text: str, encoding: str = "utf-8", name: str = "roster.csv") -> Path:
    place = folder / name
    place.write_bytes(text.encode(encoding))
    return place


def people(folder: Path, text: str, encoding: str = "utf-8") -> tuple[Person, ...]:
    return read_roster(saved(folder, text, encoding)).people


def told(folder: Path, text: str | bytes, groups: str | None = None) -> str:
    """What is wrong with a roster, without the folder."""
    place = folder / "roster.csv"
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BadRoster) as error:
        read_roster(place, None if groups is None else saved(folder, groups, name="groups.csv"))
    return str(error.value).replace(f"{folder}/", "")


def test_canvas_gradebook(tmp_path: Path) -> None:
    anna, ben, chloe = people(tmp_path, CANVAS)
    assert (anna.id, anna.name, anna.section) == ("amueller", "Anna Müller", "Lab 1")
    assert (ben.name, ben.section) == ("Ben O'Brien", "Lab 1 and Lab 2")
    assert (chloe.id, chloe.name, chloe.email) == ("cberg", "Chloé van der Berg", "")
    assert anna.columns["Student"] == "Müller, Anna"
    assert list(ben.columns) == CANVAS.splitlines()[0].split(",")
    assert ben.columns["Assignment 4 (1234)"] == "12.5"


def test_canvas_without_logins_falls_back_on_its_own_number(tmp_path: Path) -> None:
    found = people(tmp_path, "Student,ID,Section\n    Points Possible,,\nAnna Müller,1001,Lab 1\n")
    assert [(p.id, p.name) for p in found] == [("1001", "Anna Müller")]
    empty = CANVAS.replace("amueller", "").replace("bobrien", "").replace("cberg", "")
    assert [p.id for p in people(tmp_path, empty)] == ["1001", "1002", "1003"]


def test_moodle_participants(tmp_path: Path) -> None:
    anna, ben, chloe = people(tmp_path, MOODLE)
    assert (anna.id, anna.name, anna.email) == ("77", "Anna Müller", "anna.mueller@example.org")
    assert (anna.group, ben.group, chloe.group) == ("Pair 1", "Pair 1", "")
    without = MOODLE.replace(",77,", ",,").replace(",78,", ",,").replace(",79,", ",,")
    assert people(tmp_path, without)[0].id == "anna.mueller@example.org"
    older = "First name,Surname,Username,Email address\nAnna,Müller,amueller,a@example.org\n"
    assert [(p.id, p.name) for p in people(tmp_path, older)] == [("amueller", "Anna Müller")]


@pytest.mark.parametrize(
    "heading", ["", "user_name,last_name,first_name,section,id_number,email\n"]
)
def test_markus_with_and_without_headings(tmp_path: Path, heading: str) -> None:
    anna, ben = people(tmp_path, heading + MARKUS)
    assert (anna.id, anna.name, anna.section) == ("amueller", "Anna Müller", "Lab 1")
    assert (ben.id, ben.email, ben.columns["id_number"]) == ("bobrien", "", "78")


def test_blackboard_as_it_downloads(tmp_path: Path) -> None:
    (anna,) = people(tmp_path, BLACKBOARD, "utf-16")
    assert (anna.id, anna.name, anna.columns["Student ID"]) == ("amueller", "Anna Müller", "77")


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    anna, _ = people(tmp_path, PLAIN)
    assert anna == Person("anna", "Anna Müller", "a@example.org", "g1", "A", anna.columns)
    assert [p.id for p in people(tmp_path, "student,name\nanna,Anna M\n")] == ["anna"]
    assert [p.id for p in people(tmp_path, "ID\nanna\n")] == ["anna"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_whatever_a_spreadsheet_makes_of_it(
    tmp_path: Path, separator: str, encoding: str, end: str
) -> None:
    text = PLAIN.replace(",", separator).replace("\n", end)
    assert people(tmp_path, text, encoding) == tuple(people(tmp_path, PLAIN))
    assert people(tmp_path, f"sep={separator}{end}{text}", encoding)[0].name == "Anna Müller"


def test_composed_and_decomposed_letters_are_the_same(tmp_path: Path) -> None:
    (anna,) = people(tmp_path, "id,name\nmu\u0308ller,Anna Mu\u0308ller\n")
    assert (anna.id, anna.name) == ("müller", "Anna Müller")


def test_blank_lines_and_short_rows_do_no_harm(tmp_path: Path) -> None:
    anna, ben = people(tmp_path, "\n\nid,name,group\n\nanna,Anna\n,,\nben,Ben,g1\n\n")
    assert (anna.group, anna.columns["group"], ben.group) == ("", "", "g1")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "roster.csv:1: no column that tells people apart"),
        ("vorname,name\nAnna,M\n", "the first row holds 'vorname', 'name'"),
        ("id,name\n", "roster.csv: there is nobody below the headings"),
        ("id,name\nanna,Anna\n,Ben\n", "roster.csv:3: 'id' is the column of ids, and Ben has none"),
        ("id,name\n\nanna,Anna\nben,Ben\nAnna,Anna\n",
         "roster.csv:5: the id 'Anna' ('id') stands in line 3 already"),
        ("id,name\nanna,Lee, Anna\n", "roster.csv:2: 3 cells below 2 headings"),
        ("id,name\n../x,Anna\n", "roster.csv:2: 'id' is the column of ids, and Anna has '../x'"),
        ("id\n.hidden\n", "begin with a dot"),
        ("id\na\\b\n", "an id is a folder's name"),
        ("id\n<script>\n", "an id is a folder's name"),
        ("id\na*\n", "an id is a folder's name"),
        ("id\na\u202eb\n", "an id is a folder's name"),
        (f"id\n{'é' * 61}\n", "no longer than 120 letters"),
        ('id,name\nanna,"Anna\n', "roster.csv:2: this row cannot be read"),
        (b"PK\x03\x04abc", "roster.csv is a spreadsheet's own file: save it as CSV"),
        (b"id\nan\0na\n", "roster.csv is not a text file"),
        ('"id",name\n"a\nb",Anna\n', "roster.csv:2: 'id' is the column"),
        ('id,name\nx,"Anna\nLee"\nx,Ben\n', "roster.csv:4: the id 'x' ('id') stands in line 2"),
        ("sep=;\nid;name\nx;Anna\nx;Ben\n", "roster.csv:4: the id 'x' ('id') stands in line 3"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str | bytes, says: str) -> None:
    assert says in told(tmp_path, text)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadRoster, match="cannot be read: No such file"):
        read_roster(tmp_path / "none.csv")


@given(st.binary(max_size=200) | st.text('id,name;"\n\t anx@', max_size=60).map(str.encode))
def test_any_file_is_read_or_told(tmp_path_factory, content: bytes) -> None:
    place = tmp_path_factory.getbasetemp() / "any.csv"
    place.write_bytes(content)
    try:
        found = read_roster(place)
    except BadRoster as error:
        assert str(error).startswith(str(place))
    else:
        ids = [person.id for person in found.people]
        assert ids and all(ids) and len(set(ids)) == len(ids)


cells = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)


@given(st.lists(cells, min_size=1, max_size=6), st.sampled_from(",;\t"))
def test_whatever_stands_in_names_arrives(
    tmp_path_factory, names: list[str], separator: str
) -> None:
    text = io.StringIO()
    rows = [("id", "name"), *((f"s{count}", name) for count, name in enumerate(names))]
    csv.writer(text, delimiter=separator).writerows(rows)
    place = tmp_path_factory.getbasetemp() / "names.csv"
    place.write_bytes(text.getvalue().encode())
    found = read_roster(place).people
    assert [p.id for p in found] == [id for id, _ in rows[1:]]
    expected = [unicodedata.normalize("NFC", name).strip() for name in names]
    assert [p.columns["name"] for p in found] == expected


CANVAS_GROUPS = """\
name,canvas_user_id,user_id,login_id,sections,group_name,canvas_group_id,group_id
Anna Müller,1001,S-77,amueller,Lab 1,Pair 1,5,
Ben O'Brien,1002,S-78,bobrien,Lab 1,Pair 1,5,
Chloé van der Berg,1003,S-79,cberg,Lab 2,,,
"""


@pytest.mark.parametrize(
    "groups",
    [CANVAS_GROUPS, "Pair 1,amueller,bobrien\n", "group;student\nPair 1;Müller, Anna\nPair 1;1002",
     "group,id\nPair 1,S-77\nPair 1,BOBRIEN\n"],
)  # fmt: skip
def test_groups_from_a_second_file(tmp_path: Path, groups: str) -> None:
    roster = read_roster(saved(tmp_path, CANVAS), saved(tmp_path, groups, name="groups.csv"))
    assert [p.group for p in roster.people] == ["Pair 1", "Pair 1", ""]
    assert [p.id for p in roster.partners("bobrien")] == ["amueller", "bobrien"]
    assert [p.id for p in roster.partners("cberg")] == ["cberg"]
    assert roster.partners("nobody") == ()


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        ("", "groups.csv: this list of groups is empty"),
        ("Pair 1,amueller,zoe\n", "groups.csv:1: zoe, of group 'Pair 1', is nobody on the roster"),
        ("group,id\nPair 1,\n", "groups.csv:2: a row without an id, of group 'Pair 1'"),
        ("group,id\na,cberg\nb,1003\n",
         "groups.csv:3: cberg is in group 'a' already, and here in 'b'"),
    ],
)  # fmt: skip
def test_a_wrong_list_of_groups_is_told(tmp_path: Path, groups: str, says: str) -> None:
    assert says in told(tmp_path, CANVAS, groups)


def test_an_empty_roster_has_nobody() -> None:
    assert Roster().find("anna") is None and Roster().partners("anna") == ()
