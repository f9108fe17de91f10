"""Damaged notebooks end as the undamaged ones: nothing lost, nothing put under another exercise.

The damages of damage.py, one or two at a time, over the bundled submissions of both assignments.
What a damaged notebook would execute is compared with what the undamaged one executes. Where that
is the same code in the same order, the mark is the same by construction; where it is not, both are
graded, with the same seed, in the same sandbox. With -s the test prints what it measured; when it
was written all 1956 notebooks that still held all the work got the same mark.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise, permutations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode

from autograder.build import BuiltNotebooks, build
from autograder.demo import HERE as DEMO
from autograder.demo import submission
from autograder.intake.find import find_one, read_bytes
from autograder.intake.mend import grade_id, mend
from autograder.intake.mending.code import parses, statements, text_of
from autograder.intake.reading import Unreadable, read
from autograder.pipeline.execute import NOT_RUN, execute, roles_of
from autograder.pipeline.warm import close_zygotes, warm_zygote
from autograder.sandbox.session import Limits
from tests.intake import damage, damaged_files

ROOT = Path(__file__).parents[2]
CASES = {"assignment4": 1200, "lab11": 800}
SAME = 0.99
SEED, LIMITS = 20, Limits(cell_s=4.0, check_s=4.0)
MOST_GRADED = 40  # of one assignment; what differs beyond that counts as another mark
LOOPS = ("emre", "E3")  # forever: every check of it waits for the limit


@dataclass(frozen=True)
class Case:
    """Printed when it fails, and enough to make it again."""

    assignment: str
    student: str
    damages: tuple[str, ...]
    seed: int


@dataclass
class Tally:
    cases: int = 0
    whole: int = 0
    same: int = 0
    refused: int = 0
    graded: int = 0
    other: list[tuple[Case, str]] = field(default_factory=list)
    drawn: set[str] = field(default_factory=set)
    by_damage: Counter[str] = field(default_factory=Counter)


@cache
def built(name: str) -> BuiltNotebooks:
    found = build(ROOT / "notebooks" / "text" / f"{name}.py", ROOT)
    damage.prepare(found.release)
    return found


@cache
def students(name: str) -> dict[str, NotebookNode]:
    """The bundled submissions that can be read."""
    listed = tomllib.loads((DEMO / f"{name}.toml").read_text(encoding="utf-8"))
    texts = {student: submission(dict(answers), built(name)) for student, answers in listed.items()
             if answers.get("how") not in ("half a file", "a link")}  # fmt: skip
    return {student: nbformat.reads(text, 4) for student, text in texts.items()}


@cache
def roles(name: str) -> dict[str, dict[str, str]]:
    return roles_of(built(name).source)


def damaged(case: Case) -> tuple[bytes, str]:
    """The file of a case, and its name."""
    rng = Random(case.seed)
    notebook = deepcopy(students(case.assignment)[case.student])
    damage.marked(notebook)
    for name in case.damages:
        if name in damage.NOTEBOOK:
            damage.NOTEBOOK[name](notebook, rng)
    last = [name for name in case.damages if name in damaged_files.FILE] or ["as_it_is"]
    content, suffix = damaged_files.FILE[last[0]](notebook, rng)
    for name in case.damages:
        if name in damaged_files.FOLDER:
            files = damaged_files.FOLDER[name](content, suffix, beside(case), rng)
            return found_among(files, case.assignment)
    return content, case.assignment + suffix


def beside(case: Case) -> damaged_files.Given:
    """What may lie in a student's folder as well."""
    other = next(name for name in sorted(CASES) if name != case.assignment)
    return damaged_files.Given(
        case.assignment,
        nbformat.writes(built(case.assignment).release).encode(),
        older_version(case.assignment, case.student),
        (other, nbformat.writes(built(other).solved).encode()),
    )


@cache
def older_version(name: str, student: str) -> bytes:
    """A student's notebook before the last exercises were done."""
    notebook = deepcopy(students(name)[student])
    half = len(notebook.cells) // 2
    for cell, blank in zip(notebook.cells[half:], built(name).release.cells[half:], strict=True):
        cell.source = blank.source
    return nbformat.writes(notebook).encode()


def found_among(files: dict[str, bytes], assignment: str) -> tuple[bytes, str]:
    """The file that is taken of those in a folder, and its name; raises Unreadable."""
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        found = find_one(Path(folder), assignment, built(assignment).release)
        if found.path is None:
            raise Unreadable(found.reason)
        return read_bytes(found.path), found.path.name


@cache
def undamaged(name: str, student: str) -> NotebookNode:
    content = nbformat.writes(students(name)[student]).encode()
    notebook, _ = read(content, f"{name}.ipynb")
    mended, notes = mend(notebook, built(name).release)
    assert not notes
    return mended


# ---- what would be executed ----------------------------------------------------------------------


def steps(notebook: NotebookNode, name: str) -> list[str]:
    """The code that grading executes, check by check, without what changes nothing for others."""
    found = []
    for cell in notebook.cells:
        role = roles(name).get(grade_id(cell), {})
        if cell.cell_type != "code" or role.get("role") in NOT_RUN or not cell.source.strip():
            continue
        if cell.source.removeprefix("# ").strip() in INERT or is_edited_check(cell.source):
            continue
        found.append(f"check {role['exercise']}" if role.get("role") == "check" else cell.source)
    return found


def is_edited_check(source: str) -> bool:
    return re.fullmatch(r'100\.0|# check\("[\w.]+"\);?', source.strip()) is not None


INERT = {text.removeprefix("# ") for text in damage.INERT} | {text[1:] for text in damage.INERT}


def meaning(sources: list[str]) -> list[str]:
    """The same statement by statement: how they are spread over cells does not matter.

    Nor does the name under which a helper does an exercise's work, or doing the same twice.
    """
    texts = [source.replace("OfMine", "") for source in sources]
    cells = [[part.dump or text_of(source, [part]) for part in statements(source)]
             for source in texts]  # fmt: skip
    once = [cell for before, cell in pairwise([[], *cells]) if cell != before]
    return [dump for cell in once for dump in cell if not SAME_NAME.fullmatch(dump)]


SAME_NAME = re.compile(r"Assign\(targets=\[Name\(id='(\w+)', ctx=Store\(\)\)\], "
                       r"value=Name\(id='\1', ctx=Load\(\)\)\)")  # fmt: skip


def words(notebook: NotebookNode, name: str) -> dict[str, str]:
    """Answers in words, by exercise."""
    return {roles(name)[key]["exercise"]: without_remarks(cell.source) for cell in notebook.cells
            if roles(name).get(key := grade_id(cell), {}).get("role") == "written"}  # fmt: skip


def without_remarks(text: str) -> str:
    """An answer without the notes that the damage put beside it, which a marker may see there."""
    for remark in damage.REMARKS:
        text = text.replace(remark, "")
    return text.strip() or "YOUR ANSWER HERE"


def can_be_spread(sources: list[str]) -> bool:
    """Whether no cell stops half-way, so that spreading its statements changes nothing."""
    return all(parses(source) for source in sources if not source.startswith("check "))


_graded: dict[str, dict[str, float]] = {}


def points(notebook: NotebookNode, case: Case) -> dict[str, float]:
    """Points of each exercise, graded for real; each sequence of code only once."""
    sources = [[cell.cell_type, grade_id(cell), cell.source] for cell in notebook.cells
               if cell.cell_type == "code"]  # fmt: skip
    key = hashlib.sha256(json.dumps([case.assignment, case.student, sources]).encode()).hexdigest()
    if key not in _graded:
        zygote = warm_zygote(case.assignment, "on")
        known = {LOOPS[1]: []} if case.student == LOOPS[0] else None
        found = execute(notebook, roles(case.assignment), case.student, case.assignment, SEED,
                        zygote, LIMITS, known=known)  # fmt: skip
        earned: dict[str, float] = defaultdict(float)
        for check in found.result.checks:
            earned[check.exercise] += check.points
        _graded[key] = dict(earned)
    return _graded[key]


# ---- whose work is where -------------------------------------------------------------------------


@cache
def work_of(name: str, student: str) -> dict[str, frozenset[str]]:
    """By exercise, each statement or line of an answer that is the student's and nobody else's."""
    texts: dict[str, set[str]] = defaultdict(set)
    given = {piece for cell in built(name).release.cells for piece in pieces(cell)}
    for cell in students(name)[student].cells:
        role = roles(name).get(grade_id(cell), {})
        if role.get("role") in ("exercise", "written"):
            texts[role["exercise"]] |= set(pieces(cell)) - given
    count = Counter(piece for found in texts.values() for piece in found)
    return {exercise: frozenset(piece for piece in found if count[piece] == 1)
            for exercise, found in texts.items()}  # fmt: skip


def pieces(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "code":
        yield from (text_of(cell.source, [part]).strip() for part in statements(cell.source))
    else:
        yield from (line.strip() for line in cell.source.split("\n") if len(line.strip()) > 15)


def wrongly_attributed(mended: NotebookNode, case: Case) -> list[str]:
    """What stands under another exercise's grade_id than its own."""
    work, found = work_of(case.assignment, case.student), []
    for cell in mended.cells:
        role = roles(case.assignment).get(grade_id(cell), {})
        if role.get("role") in ("exercise", "written"):
            here = set(pieces(cell)) | {line.strip() for line in cell.source.split("\n")}
            found += [f"{exercise} in {role['exercise']}" for exercise, own in work.items()
                      if exercise != role["exercise"] and own & here]  # fmt: skip
    return found


def lost(mended: NotebookNode, notebook: NotebookNode, case: Case) -> list[str]:
    """Work that was in the notebook as it was read and is nowhere in the mended one."""
    before = "\n".join(flat(cell.source) for cell in notebook.cells)
    after = "\n".join(flat(cell.source) for cell in mended.cells)
    work = work_of(case.assignment, case.student)
    return [f"{exercise}: {piece[:60]}" for exercise, own in work.items()
            for piece in own if flat(piece) in before and flat(piece) not in after]  # fmt: skip


def flat(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


# ---- one case ------------------------------------------------------------------------------------


def run(case: Case, tally: Tally) -> None:
    tally.cases += 1
    tally.drawn.update(case.damages)
    try:
        notebook, notes = read(*damaged(case))
    except Unreadable as refused:
        assert str(refused).strip() and damaged_files.LOSES_WORK & set(case.damages), case
        tally.refused += 1
        return
    mended, more = mend(notebook, built(case.assignment).release)
    nbformat.validate(mended)
    sentences = [*notes, *more]
    assert len(set(sentences)) == len(sentences), sentences
    assert len(sentences) <= 25, sentences
    assert not wrongly_attributed(mended, case)
    assert not lost(mended, notebook, case)
    ids = [grade_id(cell) for cell in mended.cells if grade_id(cell)]
    assert len(ids) == len(set(ids))
    if damaged_files.LOSES_WORK & set(case.damages):
        return
    tally.whole += 1
    if why := another_mark(mended, case, tally):
        tally.other.append((case, why))
        tally.by_damage.update(case.damages)
    else:
        tally.same += 1


def another_mark(mended: NotebookNode, case: Case, tally: Tally) -> str:
    """What would be marked otherwise than in the undamaged notebook, "" if nothing."""
    name, whole = case.assignment, undamaged(case.assignment, case.student)
    now, then = words(mended, name), words(whole, name)
    changed = [key for key in then if flat(now.get(key, "")) != flat(then[key])]
    if changed:
        return f"other words in {changed}"
    ours, theirs = steps(mended, name), steps(whole, name)
    if ours == theirs:
        return ""
    if can_be_spread(theirs) and meaning(ours) == meaning(theirs):
        return ""
    if tally.graded >= MOST_GRADED:
        return "not compared"
    before = len(_graded)
    got, wanted = points(mended, case), points(whole, case)
    tally.graded += len(_graded) - before
    other = [f"{key} {wanted[key]} -> {got.get(key)}" for key in wanted
             if got.get(key) != wanted[key]]  # fmt: skip
    return f"other points: {', '.join(other)}" if other else ""


def cases(name: str) -> st.SearchStrategy[Case]:
    of_file, of_folder = damaged_files.FILE, damaged_files.FOLDER
    single = [(damage_,) for damage_ in (*damage.NOTEBOOK, *of_file, *of_folder)]
    pairs = [(first, second) for (first,), (second,) in permutations(single, 2)
             if first not in of_folder
             and (first not in of_file or second in of_folder)]  # fmt: skip
    return st.builds(Case, st.just(name), st.sampled_from(sorted(students(name))),
                     st.one_of(st.sampled_from(single), st.sampled_from(pairs),
                               st.sampled_from(pairs)),
                     st.integers(0, 2**16))  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(900)  # a minute each on an idle machine
@pytest.mark.parametrize("name", sorted(CASES))
def test_damaged_notebooks_end_as_the_undamaged_ones(name: str) -> None:
    tally = Tally()

    @settings(max_examples=CASES[name], derandomize=True, database=None, deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(cases(name))
    def each(case: Case) -> None:
        run(case, tally)

    try:
        each()
    finally:
        close_zygotes()
    print(f"\n{name}: {tally.cases} cases, {tally.whole} with all work there, "
          f"{tally.same / tally.whole:.2%} the same mark, {tally.refused} refused, "
          f"{tally.graded} graded for real")  # fmt: skip
    for case, why in tally.other:
        print(" ", case, why)
    print(tally.by_damage.most_common(8))
    assert tally.cases >= CASES[name]
    assert tally.drawn == {*damage.NOTEBOOK, *damaged_files.FILE, *damaged_files.FOLDER}
    assert tally.same >= SAME * tally.whole, tally.other
