"""A submitted notebook while it is mended: its cells, and what each of them turns out to be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.intake.mending.code import Statement, statements
from autograder.intake.mending.released import FREE, SOLUTION, WRITTEN, Released
from autograder.intake.mending.sentences import Kind

GRADE_ID, CELL_ID, TEXT, DEFINITION, PLACE = "grade_id", "id", "text", "definition", "place"
SPLIT = "split"  # a part of a cell that held several, which is said by itself


@dataclass(eq=False)
class Item:
    """A submitted cell. wants: the released cell that it claims to be; key: the one that it is.

    how: by what it was recognised. after: the item that it must stand behind.
    """

    cell: NotebookNode
    wants: str = ""
    key: str = ""
    how: str = ""
    after: Item | None = None
    _read: tuple[str, tuple[Statement, ...]] | None = None

    @property
    def source(self) -> str:
        """Its text."""
        return str(self.cell.source)

    @property
    def is_code(self) -> bool:
        """Whether it would be executed."""
        return bool(self.cell.cell_type == "code")

    @property
    def code(self) -> tuple[Statement, ...]:
        """Its statements; none of a cell in words."""
        if not self.is_code:
            return ()
        source = self.cell.source
        if self._read is None or self._read[0] is not source:
            self._read = (source, statements(source))
        return self._read[1]

    def take(self, key: str, how: str) -> None:
        """Be a cell of the release."""
        self.key = self.wants = key
        self.how = self.how or how


class Work:
    """All items in order, the release that they are held against, and what was noticed."""

    def __init__(self, cells: list[NotebookNode], released: Released) -> None:
        self.items = [Item(cell) for cell in cells]
        self.released = released
        self.said: dict[Kind, list[str]] = {}

    def note(self, kind: Kind, name: str) -> None:
        """Say that something of this kind happened to an exercise or a cell."""
        names = self.said.setdefault(kind, [])
        if name not in names:
            names.append(name)

    def label(self, item: Item) -> str:
        """How a student knows this cell."""
        return self.label_of(item.key or item.wants)

    def label_of(self, key: str) -> str:
        """The exercise of an answer, the name of another cell."""
        slot = self.released.by_key.get(key)
        if slot is None:
            return "a cell of your own"
        return slot.exercise if slot.kind in (SOLUTION, WRITTEN) else f"the cell {key}"

    def holder(self, key: str) -> Item | None:
        """The item that is this cell of the release; none for no cell."""
        return next((item for item in self.items if key and item.key == key), None)

    def position(self, item: Item) -> int:
        """Where an item stands now."""
        return next(i for i, other in enumerate(self.items) if other is item)

    def drop(self, item: Item) -> None:
        """Leave an item out."""
        del self.items[self.position(item)]

    def insert(self, position: int, item: Item) -> None:
        """Put an item before the one that stands there now."""
        self.items.insert(position, item)

    def runs(self, item: Item) -> bool:
        """Whether grading executes this cell as code of the student or the course."""
        if not item.is_code:
            return False
        slot = self.released.by_key.get(item.key)
        return slot is None or slot.kind in (FREE, SOLUTION) or slot.role in ("given", "")

    def is_own(self, item: Item) -> bool:
        """Whether this cell is code of the student."""
        return item.is_code and (not item.key or item.key in self.released.exercises)

    def keys(self) -> Counter[str]:
        """How many items want each cell of the release."""
        return Counter(item.wants for item in self.items if item.wants)
