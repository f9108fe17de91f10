"""From a text source and the reference solutions to notebooks on disk.

    text source + solutions  ->  source notebook  ->  release notebook (committed)
                                                  ->  solved notebook (never committed)

A build reads nothing but those files and what the check modules say of their exercises; two builds
are equal byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.build import notebook as nb
from autograder.build.errors import BuildError, Place, did_you_mean
from autograder.build.overview import filled
from autograder.build.reference import Cut, Reference
from autograder.build.regions import BEGIN, END
from autograder.build.registered import (
    Asked,
    registered,
    reject_other_kind,
    reject_other_names,
    reject_other_points,
    unregistered,
)
from autograder.build.text import TextCell, read_text, sections
from autograder.build.words import WordsReference
from autograder.report.showing import LIVE


@dataclass(frozen=True)
class BuiltNotebooks:
    """The three notebooks of one assignment."""

    assignment: str
    source: NotebookNode
    release: NotebookNode
    solved: NotebookNode


def texts(root: Path) -> list[Path]:
    """Return the text sources of a course, one an assignment, by name."""
    return sorted((root / "notebooks" / "text").glob("*.py"))


def build(
    text: Path, root: Path, points: Mapping[str, float] | None = None, diagnoses: str = LIVE
) -> BuiltNotebooks:
    """Build the notebooks of one text source; the file's name is the assignment's.

    points: of each exercise; what the check modules declare if left out. diagnoses: when the checks
    of students name misconceptions (autograder.report.showing); what is graded stays the same.
    Raises BuildError, which names file and line, for whatever cannot be right.
    """
    source, answers, cells, table = _build(text, root, points)
    if diagnoses != LIVE:
        source = nb.with_diagnoses(source, diagnoses)
    release = nb.release_notebook(source)
    solved = nb.solved_notebook(source, answers)
    _reject_broken_code(cells, release, solved)
    reject_other_names(cells, solved, table)
    return BuiltNotebooks(text.stem, source, release, solved)


def build_source(text: Path, root: Path) -> NotebookNode:
    """The source notebook alone, which is all that grading needs; raises BuildError as well."""
    return _build(text, root, None)[0]


def _build(
    text: Path, root: Path, points: Mapping[str, float] | None
) -> tuple[NotebookNode, dict[str, str], list[TextCell], Mapping[str, Asked]]:
    """The source notebook, the reference answers nobody marks by cell id, the text's cells, and
    the exercises by id."""
    text, root = text.resolve(), root.resolve()
    shown = text.relative_to(root)
    reference, words = Reference(root), WordsReference(root, text.stem)
    cells = read_text(text, root)
    table = registered(text.stem, shown, cells) if points is None else unregistered(points)
    _reject_unpaired(cells, table)
    reject_other_kind(cells, table)
    reject_other_points(cells, table)
    made = list(_notebook_cells(cells, reference, words, table))
    answers = _words_of_tasks(made, words, cells)
    reference.reject_unused(shown)
    words.reject_unused(shown)
    source = nb.source_notebook(made, text.stem, shown.as_posix())
    nbformat.validate(source)
    return source, answers, cells, table


def write(built: BuiltNotebooks, root: Path) -> list[Path]:
    """Write the source and the release notebook where the course keeps them; return the paths."""
    paths = {_source_path(built, root): built.source, release_path(built, root): built.release}
    for path, notebook in paths.items():
        _write(path, notebook)
    return list(paths)


def write_solved(built: BuiltNotebooks, folder: Path) -> Path:
    """Write the solved notebook into a folder; return its path."""
    path = folder / f"{built.assignment}.ipynb"
    _write(path, built.solved)
    return path


def check_drift(built: BuiltNotebooks, root: Path) -> list[Path]:
    """Return the committed notebooks that are missing or differ from what was built."""
    path = release_path(built, root)
    is_same = path.exists() and path.read_bytes() == dump(built.release).encode()
    return [] if is_same else [path]


def release_path(built: BuiltNotebooks, root: Path) -> Path:
    """Return where the release notebook is committed."""
    return root / "notebooks" / built.assignment / f"{built.assignment}.ipynb"


def dump(notebook: NotebookNode) -> str:
    """Return a notebook's text: keys sorted, one space of indent, a newline at the end."""
    return str(nbformat.writes(notebook, version=4)).rstrip("\n") + "\n"


def _source_path(built: BuiltNotebooks, root: Path) -> Path:
    return root / "notebooks" / "source" / built.assignment / f"{built.assignment}.ipynb"


def _write(path: Path, notebook: NotebookNode) -> None:
    """Write to a temporary name and rename, so that nobody reads half a notebook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(dump(notebook).encode())
    part.replace(path)


def _notebook_cells(
    cells: list[TextCell], reference: Reference, words: WordsReference, table: Mapping[str, Asked]
) -> Iterator[NotebookNode]:
    """Yield the source notebook's cells; an id that occurs twice raises BuildError."""
    seen: dict[str, Place] = {}
    coded = {cell.name for cell in cells if cell.role == "exercise"}
    answers = [cell.name for cell in cells if cell.role == "answer"]
    for cell, heading, position in sections(cells):
        if cell.role == "prose":
            made = [nb.prose_cell(filled(cell, table, answers), heading, position)]
        elif cell.role == "check":
            made = [nb.check_cell(cell.name, table[cell.name].points)]
        elif cell.role == "exercise":
            made = [nb.exercise_cell(cell.name, _answer(cell, reference))]
        elif cell.role == "written":
            found = words.take(cell.name, cell.place, marked=True)
            made = nb.written_cells(cell.name, table[cell.name].points, found)
        elif cell.role == "answer":
            words.take(cell.name, cell.place, marked=False)
            made = [nb.answer_cell(cell.name, beside_code=cell.name in coded)]
        else:
            made = [nb.named_cell(cell.role, cell.name, _given(cell, reference))]
        for each in made:
            if each.id in seen:
                raise BuildError(
                    cell.place,
                    f"duplicate id '{each.id}'; line {seen[each.id].line} has it already",
                )
            seen[each.id] = cell.place
            yield each


def _words_of_tasks(
    made: list[NotebookNode], words: WordsReference, cells: list[TextCell]
) -> dict[str, str]:
    """Return the reference answers that nobody marks, by cell id."""
    places = {cell.name: cell.place for cell in cells if cell.role == "answer"}
    return {
        cell.id: words.take(name, places[name], marked=False).answer
        for cell in made
        if nb.role_of(cell) == "answer" and (name := cell.metadata.course.exercise)
    }


def _answer(cell: TextCell, reference: Reference) -> str:
    """Return the reference's answer to an exercise, its solution regions still marked."""
    if cell.pull is None:
        raise BuildError(cell.place, f'exercise {cell.name} needs from="FILE.py:NAME"')
    cuts = reference.take(cell.pull, cell.place)
    source = _joined([_whole(group) for group in _groups(cuts)], cell.source)
    if BEGIN not in source:
        names = ", ".join(cut.name for cut in cuts)
        raise BuildError(cuts[0].place, f"{names} has no '{BEGIN}' for exercise {cell.name}")
    return source


def _groups(cuts: list[Cut]) -> Iterator[list[Cut]]:
    """Put values that follow one another together; functions and classes stay alone."""
    for is_value, found in groupby(cuts, key=lambda cut: cut.is_value):
        group = list(found)
        yield from [group] if is_value else [[cut] for cut in group]


def _whole(cuts: list[Cut]) -> str:
    """The code of a group; values are answers as they stand, so that no marker is needed."""
    source = "\n".join(cut.source for cut in cuts)
    return f"{BEGIN}\n{source}\n{END}" if cuts[0].is_value else source


def _given(cell: TextCell, reference: Reference) -> str:
    """Return the code of a cell that gives nothing away."""
    cuts = reference.take(cell.pull, cell.place) if cell.pull else []
    for cut in cuts:
        for offset, line in enumerate(cut.lines):
            if BEGIN in line:
                place = Place(cut.place.path, cut.place.line + offset)
                raise BuildError(place, f"a leftover '{BEGIN}': {cut.name} is given to students")
    return _joined([cut.source for cut in cuts], cell.source)


def _joined(objects: list[str], body: str) -> str:
    """Put objects and the cell's own lines together, spaced as a formatter would."""
    pieces = [*objects, *([body.strip("\n")] if body.strip() else [])]
    code = pieces[0] if pieces else ""
    for before, after in pairwise(pieces):
        is_long = any("\n" in piece for piece in (before, after))
        code += ("\n\n\n" if is_long else "\n") + after
    return code


def _reject_unpaired(cells: list[TextCell], table: Mapping[str, Asked]) -> None:
    """Raise BuildError at an unknown exercise, one without a check, or a check without one."""
    paired = [cell for cell in cells if cell.role in ("exercise", "check")]
    for cell in [cell for cell in cells if cell.role in ("exercise", "check", "written")]:
        if cell.name not in table:
            hint = did_you_mean(cell.name, table)
            raise BuildError(cell.place, f"no exercise '{cell.name}'{hint}")
    checked = {cell.name for cell in paired if cell.role == "check"}
    asked = set[str]()
    for cell in paired:
        if cell.role == "exercise":
            asked.add(cell.name)
        elif cell.name not in asked:
            raise BuildError(cell.place, f"check of {cell.name} before its exercise")
        if cell.name not in checked:
            missing = f'# %% check="{cell.name}"'
            raise BuildError(cell.place, f"exercise {cell.name} has no check; add {missing}")


def _reject_broken_code(cells: list[TextCell], release: NotebookNode, solved: NotebookNode) -> None:
    """Raise BuildError where an exercise cell, as stub or as answer, is no Python."""
    places = {cell.name: cell.place for cell in cells if cell.role == "exercise"}
    for stub, answer in zip(release.cells, solved.cells, strict=True):
        if nb.role_of(stub) != "exercise":
            continue
        name = stub.metadata.course.exercise
        for code in (stub.source, answer.source):
            try:
                compile(code, name, "exec")
            except SyntaxError as error:
                line = (error.text or "").strip()
                raise BuildError(
                    places[name], f"the cell of {name} is no Python: {error.msg}: {line}"
                ) from None
