"""Submissions and the roster: nobody gets another's work, nobody's work is lost."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.course.roster import Person, Roster, read_roster
from autograder.intake.collect.formats import Owner
from autograder.intake.collect.people import People
from tests.intake.collect.samples import contents, folder, notebook, taken_in, work, zipped

PAIRS = Roster(
    (
        Person("ada", "Ada Lovelace", group="Lobsters", columns={"ID": "1"}),
        Person("grace", "Grace Hopper", group="Lobsters", columns={"ID": "2"}),
        Person("emmy", "Emmy Noether", columns={"ID": "3"}),
        Person("alan", "Alan Turing", group="Crabs", columns={"ID": "4"}),
        Person("kurt", "Kurt Gödel", group="Crabs", columns={"ID": "5"}),
    )
)


def test_two_people_of_one_name_are_told_by_their_numbers_or_not_at_all(tmp_path: Path) -> None:
    roster = Roster(
        (
            Person("li1", "Smith, Li", columns={"ID": "11"}),
            Person("li2", "Smith, Li", columns={"ID": "22"}),
        )
    )
    canvas = zipped(tmp_path / "canvas.zip", {
        "smithli_11_1_assignment4.ipynb": notebook("one"),
        "smithli_22_2_assignment4.ipynb": notebook("two"),
    })  # fmt: skip
    _, found = taken_in(canvas, tmp_path / "out", roster)
    assert sorted(found) == ["li1", "li2"] and work(tmp_path / "out", "li2") == "two"
    moodle = zipped(tmp_path / "moodle.zip", {
        "Li Smith_900_assignsubmission_file_/assignment4.ipynb": notebook("one"),
        "Li Smith_901_assignsubmission_file_/assignment4.ipynb": notebook("two"),
    })  # fmt: skip
    report, found = taken_in(moodle, tmp_path / "out2", roster)
    assert sorted(found) == ["Li Smith_900", "Li Smith_901"] == report.strangers
    assert report.missing == ["li1", "li2"]


def test_one_name_from_two_users_is_nobodys_until_an_id_says_more(tmp_path: Path) -> None:
    """Somebody may have given themselves another's name."""
    roster = Roster((Person("bob", "Bob Ross", columns={"ID": "7"}),))
    two = {"rossbob_7_1_assignment4.ipynb": notebook("bob"),
           "rossbob_8_2_assignment4.ipynb": notebook("mallory")}  # fmt: skip
    report, found = taken_in(zipped(tmp_path / "a.zip", two), tmp_path / "out", roster)
    assert sorted(found) == ["bob", "rossbob_8"] and work(tmp_path / "out", "bob") == "bob"
    assert "that of rossbob counts, by its id" in report.told[0]
    unsure = {"rossbob_8_1_assignment4.ipynb": notebook("bob"),
              "rossbob_9_2_assignment4.ipynb": notebook("mallory")}  # fmt: skip
    report, found = taken_in(zipped(tmp_path / "b.zip", unsure), tmp_path / "out2", roster)
    assert sorted(found) == ["rossbob_8", "rossbob_9"] and report.missing == ["bob"]
    assert "none counts" in report.told[0]


def test_a_name_and_a_number_of_different_people_are_nobodys(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {"noetheremmy_1_1_assignment4.ipynb": notebook("x")})
    report, found = taken_in(source, tmp_path / "out", PAIRS)
    assert list(found) == ["noetheremmy_1"] and "ada and emmy" in report.told[0]


def test_a_number_of_the_university_is_no_number_of_canvas(tmp_path: Path) -> None:
    roster = Roster((Person("5555", "Ada Lovelace"), Person("6666", "Emmy Noether")))
    source = zipped(tmp_path / "in.zip", {
        "noetheremmy_5555_1_assignment4.ipynb": notebook("emmy"),
        "stranger_6666_2_assignment4.ipynb": notebook("stranger"),
    })  # fmt: skip
    _, found = taken_in(source, tmp_path / "out", roster)
    assert "stranger_6666" in found and work(tmp_path / "out", "6666") == "emmy"
    assert "5555" not in found


def test_a_group_of_canvas_is_one_folder_with_its_members(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "lobsters_2_1_assignment4.ipynb": notebook("pair"),
        "noetheremmy_3_2_assignment4.ipynb": notebook("emmy"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out", PAIRS)
    assert sorted(found) == ["ada", "emmy"] and found["ada"].members == ("ada", "grace")
    assert report.missing == ["alan", "kurt"]


def test_a_team_of_moodle_of_both_times(tmp_path: Path) -> None:
    new = {"Lobsters_45_assignsubmission_file_/assignment4.ipynb": notebook("pair")}
    old = {f"Lobsters-{name}_assignsubmission_file_/assignment4.ipynb": notebook("pair")
           for name in ("Ada Lovelace_9", "Grace Hopper_10")}  # fmt: skip
    for name, files in (("new", new), ("old", old)):
        _, found = taken_in(zipped(tmp_path / f"{name}.zip", files), tmp_path / name, PAIRS)
        assert list(found) == ["ada"] and found["ada"].members == ("ada", "grace")


def test_partners_count_if_pairs_may_hand_in(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {
        "grace/assignment4.ipynb": notebook("both"), "emmy/assignment4.ipynb": notebook("emmy"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "alone", PAIRS)
    assert found["grace"].members == () and report.partners == ["ada"]
    assert report.missing == ["alan", "kurt"]
    report, found = taken_in(source, tmp_path / "pairs", PAIRS, pairs=True)
    assert sorted(found) == ["ada", "emmy"] and found["ada"].members == ("ada", "grace")
    assert work(tmp_path / "pairs", "ada") == "both" and report.missing == ["alan", "kurt"]


def test_partners_who_both_hand_in(tmp_path: Path) -> None:
    source = folder(tmp_path / "in", {
        "ada/assignment4.ipynb": notebook("same"), "grace/assignment4.ipynb": notebook("same"),
        "alan/assignment4.ipynb": notebook("mine"), "kurt/assignment4.ipynb": notebook("other"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out", PAIRS, pairs=True)
    assert sorted(found) == ["ada", "alan", "kurt"]
    assert found["ada"].members == ("ada", "grace")
    assert found["alan"].members == found["kurt"].members == ()
    assert work(tmp_path / "out", "kurt") == "other" and "different work" in report.told[0]


def test_of_one_work_handed_in_twice_the_first_time_counts(tmp_path: Path) -> None:
    source = zipped(tmp_path / "in.zip", {
        "T_ada_attempt_2026-11-28-10-00-00_assignment4.ipynb": notebook("same"),
        "T_grace_attempt_2026-11-27-10-00-00_assignment4.ipynb": notebook("same"),
    })  # fmt: skip
    _, found = taken_in(source, tmp_path / "out", PAIRS, pairs=True)
    assert found["ada"].members == ("ada", "grace")
    assert (found["ada"].handed_in or "").startswith("2026-11-27T10:00:00")


def test_a_group_keeps_its_folder(tmp_path: Path) -> None:
    one = folder(tmp_path / "a", {"grace/assignment4.ipynb": notebook("1")})
    taken_in(one, tmp_path / "out", PAIRS)  # alone: grace's
    two = folder(tmp_path / "b", {"grace/assignment4.ipynb": notebook("2")})
    _, found = taken_in(two, tmp_path / "out", PAIRS, pairs=True)
    assert list(found) == ["grace"] and found["grace"].members == ("ada", "grace")
    assert found["grace"].attempts == 2


def test_names_of_folders_that_are_someones_by_chance(tmp_path: Path) -> None:
    """The id of somebody on the roster is never the folder of somebody else."""
    roster = Roster((Person("ada", "Ada Lovelace"), Person("x", "Ada"), Person("y", "Ada")))
    source = folder(tmp_path / "in", {
        "Ada/assignment4.ipynb": notebook("who"), "ada_/assignment4.ipynb": notebook("other"),
    })  # fmt: skip
    _, found = taken_in(source, tmp_path / "out", roster)
    assert len(found) == 2 and len(contents(tmp_path / "out")) >= 3
    for student, entry in found.items():
        assert student != "ada" or entry.members == ()


def test_a_roster_of_canvas_and_groups_of_markus(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section\n"
        '"Lovelace, Ada",1,s1,ada,A\n"Müller, Jörg",2,s2,joerg,B\n',
        encoding="utf-8",
    )
    (tmp_path / "groups.csv").write_text("group_0001,ada,joerg\n", encoding="utf-8")
    roster = read_roster(tmp_path / "roster.csv", tmp_path / "groups.csv")
    canvas = zipped(tmp_path / "canvas.zip", {"müllerjörg_2_1_assignment4.ipynb": notebook("j")})
    report, found = taken_in(canvas, tmp_path / "a", roster)
    assert list(found) == ["joerg"] and report.partners == ["ada"]
    markus = zipped(tmp_path / "m.zip", {"group_0001/assignment4.ipynb": notebook("both")})
    report, found = taken_in(markus, tmp_path / "b", roster)
    assert report.missing == [] and len(next(iter(found.values())).members) == 2


def test_repositories_with_names_that_begin_alike(tmp_path: Path) -> None:
    """What looks like the assignment's name may be part of everybody's own."""
    roster = Roster((Person("student-1", "A"), Person("student-2", "B"), Person("1", "C")))
    source = folder(tmp_path / "in", {
        "student-1/.git/HEAD": b"", "student-1/assignment4.ipynb": notebook("one"),
        "student-2/assignment4.ipynb": notebook("two"),
    })  # fmt: skip
    report, found = taken_in(source, tmp_path / "out", roster)
    assert report.kind == "repositories" and "1" not in found
    assert work(tmp_path / "out", "student-2") == "two"
    assert "1 and student-1" in report.told[0]


WORDS = st.text(st.characters(categories=["Lu", "Ll"], max_codepoint=0x17F), min_size=1,
                max_size=8)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=12), st.data())
def test_canvas_names_find_their_people_or_nobody(
    names: list[tuple[str, str]], data: st.DataObject
) -> None:
    people = [Person(f"s{n}", f"{first} {last}") for n, (first, last) in enumerate(names)]
    first, last = data.draw(st.sampled_from(names))
    word = f"{last}{first}".lower()
    who = People(Roster(tuple(people))).who(Owner("canvas 1", word, number="1"))
    if who.person:
        assert f"{first} {last}" == who.person.name or who.person.name.replace(" ", "").lower() in (
            word, f"{first}{last}".lower(),
        ) or sorted(who.person.name.lower().replace(" ", "")) == sorted(word)  # fmt: skip
