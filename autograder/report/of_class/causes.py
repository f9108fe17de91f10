"""What went wrong in this class: misconceptions, and messages of unknown cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.diagnosis.definition import EITHER, misconception, names_in
from autograder.report.of_class.rows import StudentRow
from autograder.report.of_class.table import Column, Table


@dataclass(frozen=True)
class Mistake:
    """One message, the checks of one exercise that gave it, and how many students met it."""

    check_ids: list[str]
    message: str
    students: int


@dataclass(frozen=True)
class Misunderstanding:
    """One misconception of the class: what it is, who has it, and who has it or another one."""

    name: str
    says: str
    sure: list[StudentRow]
    perhaps: list[StudentRow]


def misunderstandings(rows: Sequence[StudentRow]) -> list[Misunderstanding]:
    """Each misconception that was found, the most frequent first; a student counts once in each.

    Where a check says "one of these", it counts apart.
    """
    sure: dict[str, dict[str, StudentRow]] = {}
    perhaps: dict[str, dict[str, StudentRow]] = {}
    for row in rows:
        failed = (r.misconception for r in row.checks if r.status == "failed" and r.misconception)
        for text in failed:
            for name in names_in(text):
                (perhaps if EITHER in text else sure).setdefault(name, {})[row.student] = row
    listed = []
    for name in sorted({*sure, *perhaps}):
        certain, known = sure.get(name, {}), misconception(name)
        others = [row for who, row in perhaps.get(name, {}).items() if who not in certain]
        says = known.says if known else ""
        listed.append(Misunderstanding(name, says, list(certain.values()), others))
    return sorted(listed, key=lambda one: (-len(one.sure), -len(one.perhaps)))


def common_mistakes(rows: Sequence[StudentRow], most: int | None = None) -> list[Mistake]:
    """The messages of unknown cause that most students met, at least two.

    A message counts once in an exercise. most: how many are wanted, all if None.
    """
    met: dict[tuple[str, str], dict[str, None]] = {}
    students: dict[tuple[str, str], int] = {}
    for row in rows:
        mine: dict[tuple[str, str], None] = {}
        for result in (r for r in row.checks if r.status == "failed" and not r.misconception):
            key = (result.exercise, result.message)
            met.setdefault(key, {})[result.id] = None
            mine[key] = None
        for key in mine:
            students[key] = students.get(key, 0) + 1
    ordered = sorted(students.items(), key=lambda item: (-item[1], item[0]))
    return [Mistake(sorted(met[key]), key[1], count) for key, count in ordered[:most] if count > 1]


def misconceptions_table(found: Sequence[Misunderstanding]) -> Table:
    """Every misconception with everybody who has it."""
    words = ("misconception", "students", "one of", "what it is", "who", "perhaps")
    table = Table("misconceptions", [Column(word) for word in words])
    for one in found:
        sure, perhaps = (", ".join(row.student for row in who) for who in (one.sure, one.perhaps))
        table.rows.append([one.name, len(one.sure), len(one.perhaps), one.says, sure, perhaps])
    return table


def messages_table(found: Sequence[Mistake]) -> Table:
    """Every message of unknown cause that at least two students met."""
    table = Table("messages", [Column(word) for word in ("students", "checks", "message")])
    table.rows = [[one.students, ", ".join(one.check_ids), one.message] for one in found]
    return table
