"""What the release version says: which cells there are, and what each exercise defines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from nbformat import NotebookNode

from autograder.intake.mending.cells import grade_id, is_locked, is_written, plain
from autograder.intake.mending.code import Statement, statements

LOCKED, SOLUTION, WRITTEN, FREE = "locked", "solution", "written", "free"
EXECUTED = ("given", "exercise", "check", "")  # the roles whose order matters


@dataclass(frozen=True)
class Slot:
    """A cell of the release: its position there, key (grade_id, else the cell's id) and kind."""

    position: int
    key: str
    kind: str
    cell: NotebookNode

    @property
    def role(self) -> str:
        """What the course says that it is for."""
        return str(self.cell.metadata.get("course", {}).get("role", ""))

    @property
    def exercise(self) -> str:
        """How students know the exercise that it belongs to; else its key."""
        return str(self.cell.metadata.get("course", {}).get("exercise", self.key))

    @property
    def is_code(self) -> bool:
        """Whether it holds code."""
        return bool(self.cell.cell_type == "code")

    @property
    def is_check(self) -> bool:
        """Whether it checks an exercise, for points or for the student alone."""
        return self.role in ("check", "self-check")

    @property
    def is_ordered(self) -> bool:
        """Whether grading depends on what comes before it."""
        return self.is_code and self.kind != FREE and self.role in EXECUTED


@dataclass(frozen=True)
class Exercise:
    """What a solution cell defines in the release; stubs: by name, the text of its blank.

    attached: statements that the course gives with it, `GPT.generate = generate`.
    """

    key: str
    stubs: dict[str, str]
    attached: tuple[Statement, ...]

    def worked(self, statement: Statement) -> tuple[str, ...]:
        """Its names that a statement defines otherwise than the release does."""
        return tuple(
            name for name in statement.direct
            if name in self.stubs and statement.core != self.stubs[name]
        )  # fmt: skip

    def names_in(self, code: Iterable[Statement]) -> set[str]:
        """Its names that some statements define."""
        return {name for part in code for name in part.direct if name in self.stubs}

    def attaches(self, code: Iterable[Statement]) -> int:
        """How many of the lines given with it some statements hold."""
        given = {part.dump for part in self.attached}
        return len(given & {part.dump for part in code})

    def is_blank(self, statement: Statement) -> bool:
        """Whether a statement defines its names just as the release does."""
        return any(name in self.stubs for name in statement.direct) and not self.worked(statement)

    def level(self, source: str) -> tuple[int, int]:
        """How much of the exercise a cell holds: names finished, names begun."""
        finished, begun = set[str](), set[str]()
        for statement in statements(source):
            worked = self.worked(statement)
            if not worked:
                continue
            (begun if statement.is_unfinished else finished).update(worked)
        return len(finished), len(begun)


class Released:
    """The release version, ready to be held against."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.notebook = notebook
        self.slots = [slot_of(i, cell) for i, cell in enumerate(notebook.cells)]
        self.by_key = {slot.key: slot for slot in self.slots}
        self.ids = {cell.id: slot.key for cell, slot in zip(notebook.cells, self.slots, strict=True)
                    if "id" in cell}  # fmt: skip

    @cached_property
    def by_text(self) -> dict[str, str]:
        """The key of each cell whose text no other has."""
        texts = [plain(slot.cell.source) for slot in self.slots]
        count = Counter(texts)
        return {text: slot.key for text, slot in zip(texts, self.slots, strict=True)
                if text and count[text] == 1}  # fmt: skip

    @cached_property
    def texts(self) -> list[tuple[Slot, str]]:
        """The course's own texts, each with its plain form."""
        return [(slot, plain(slot.cell.source)) for slot in self.slots
                if not slot.is_code and slot.kind in (LOCKED, FREE)]  # fmt: skip

    @cached_property
    def by_course(self) -> dict[tuple[str, str], str]:
        """The key of each cell that its role and exercise tell apart from all others."""
        known = [(slot.role, slot.exercise) for slot in self.slots]
        count = Counter(known)
        return {about: slot.key for about, slot in zip(known, self.slots, strict=True)
                if about[0] not in ("", "given", "demonstration", "setting")
                and count[about] == 1}  # fmt: skip

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """Every exercise in code, by key."""
        found = {}
        taken = Counter(name for slot in self.slots if slot.kind == SOLUTION and slot.is_code
                        for name in names_in(slot.cell.source))  # fmt: skip
        for slot in self.slots:
            if slot.kind == SOLUTION and slot.is_code:
                parts = statements(slot.cell.source)
                stubs = {name: part.core for part in parts for name in part.direct
                         if "." not in name and taken[name] == 1}  # fmt: skip
                attached = tuple(part for part in parts if any("." in name for name in part.binds))
                found[slot.key] = Exercise(slot.key, stubs, attached)
        return found

    @cached_property
    def exercise_of(self) -> dict[str, str]:
        """The key of the exercise that defines a name."""
        return {name: key for key, found in self.exercises.items() for name in found.stubs}

    @cached_property
    def by_code(self) -> dict[tuple[str, ...], str]:
        """The key of each cell whose statements no other has."""
        found = [(dumps_of(slot.cell.source), slot.key) for slot in self.slots if slot.is_code]
        count = Counter(dumps for dumps, _ in found)
        return {dumps: key for dumps, key in found if dumps and count[dumps] == 1}

    @cached_property
    def sequences(self) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
        """The code of the release, as its statements' dumps, by the first; the longest first."""
        found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for dumps, key in self.by_code.items():
            if self.by_key[key].kind != FREE:
                found.setdefault(dumps[0], []).append((key, dumps))
        for several in found.values():
            several.sort(key=lambda entry: -len(entry[1]))
        return found

    def worked_on(self, code: Iterable[Statement]) -> set[str]:
        """The keys of all exercises that some statements are work on."""
        return {self.exercise_of[name] for part in code for name in part.direct
                if name in self.exercise_of
                and self.exercises[self.exercise_of[name]].worked(part)}  # fmt: skip

    def check_of(self, key: str) -> str:
        """The key of the cell before which a solution must stand: its check, else the next one."""
        here = self.by_key[key]
        after = self.slots[here.position + 1 :]
        own = (slot for slot in after if slot.exercise == here.exercise and slot.is_check)
        following = (slot for slot in after if slot.is_ordered)
        return next((slot.key for found in (own, following) for slot in found), "")

    def is_stub(self, key: str, text: str) -> bool:
        """Whether a text is the one that the release has in this cell, or nothing."""
        return plain(text) in ("", plain(self.by_key[key].cell.source))


_last: list[tuple[list[object], Released]] = []


def released(notebook: NotebookNode) -> Released:
    """What a release says, remembered for the next submission of a class."""
    about: list[object] = [(id(cell), cell.cell_type, cell.source, grade_id(cell))
                           for cell in notebook.cells]  # fmt: skip
    for known, found in _last:
        if found.notebook is notebook and known == about:
            return found
    _last[:] = [(about, Released(notebook)), *_last[:1]]
    return _last[0][1]


def slot_of(position: int, cell: NotebookNode) -> Slot:
    """One cell of the release."""
    key = grade_id(cell)
    if not key:
        return Slot(position, f"#{cell.get('id', position)}", FREE, cell)
    if is_locked(cell):
        return Slot(position, key, LOCKED, cell)
    kind = WRITTEN if is_written(cell) else SOLUTION if cell.metadata["nbgrader"].get("solution") \
        else LOCKED  # fmt: skip
    return Slot(position, key, kind, cell)


def dumps_of(source: str) -> tuple[str, ...]:
    """The code of a cell whatever its comments and line breaks; nothing if it is not Python."""
    found = tuple(part.dump for part in statements(source))
    return found if all(found) else ()


def names_in(source: str) -> set[str]:
    """The names that a cell defines at its left margin."""
    return {name for part in statements(source) for name in part.direct if "." not in name}
