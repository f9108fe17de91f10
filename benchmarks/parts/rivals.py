"""Stock nbgrader and otter-grader on the same class with the same checks.

Both run the checks inside the student's kernel, as they are made to: nbgrader through the
notebook's own check cells, otter through test files that call the same checks.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.build.notebook import role_of
from autograder.checks import assignment, slug
from benchmarks.parts.classes import ASSIGNMENT, FILE, ROOT, built, graded_cells_only
from benchmarks.parts.figures import say
from benchmarks.parts.grading import environment, points_in_gradebook, seconds_of

OTTER = "otter-grader[grading]==7.0.0"
OTTER_HOME = ROOT / ".venv-otter"
# Plain but for its patience: a whole notebook trains for longer than nbgrader waits by default when
# two processes share the cores, and nbgrader then gives up on the student.
PLAIN_CONFIGURATION = """c = get_config()
c.CourseDirectory.course_id = "transformers"
c.Execute.timeout = 600
c.Execute.iopub_timeout = 60
"""
TEST_FILE = '''from otter.test_files import test_case

from autograder.notebook.checking import results_of

OK_FORMAT = False
name = "{id}"
points = None
found = {{}}


def expect(env, check):
    """Run the exercise's checks once, then tell of each by itself."""
    if not found:
        found.update((result.id, result) for result in results_of("{id}", env))
    assert found[check].status == "passed", found[check].message

'''
TEST_CASE = '''
@test_case(points={points}, name="{id}")
def test_{number}(env):
    """{claim}"""
    expect(env, "{id}")
'''
OTTER_CELL = f'# Initialize Otter\nimport otter\ngrader = otter.Notebook("{FILE}")'


class NbGraderCourse:
    """A fresh folder of stock nbgrader, its release made, a plain kernel, no part of ours."""

    def __init__(self, root: Path, submissions: Path, students: Sequence[str], whole: bool) -> None:
        self.root = root
        root.mkdir(parents=True)
        (root / "nbgrader_config.py").write_text(PLAIN_CONFIGURATION)
        write(root / "source" / ASSIGNMENT / FILE, cut(built().source, whole))
        self._run("generate_assignment", ASSIGNMENT)
        for student in students:
            notebook = nbformat.read(submissions / student / FILE, 4)
            write(root / "submitted" / student / ASSIGNMENT / FILE, cut(notebook, whole))

    def commands(self) -> list[list[str]]:
        """What an instructor types: the marks, then the pages."""
        program = [sys.executable, "-m", "nbgrader"]
        return [[*program, verb, ASSIGNMENT] for verb in ("autograde", "generate_feedback")]

    def _run(self, *arguments: str) -> None:
        seconds_of([sys.executable, "-m", "nbgrader", *arguments], cwd=self.root)

    def grade(self) -> float:
        """Seconds for the whole class in one process."""
        return sum(seconds_of(command, cwd=self.root) for command in self.commands())

    def points(self) -> dict[str, dict[str, float]]:
        """Each student's points by exercise."""
        return points_in_gradebook(self.root)


def grade_by_hand(halves: Sequence[NbGraderCourse]) -> float:
    """Seconds for stock nbgrader in several processes, each with a folder and gradebook of its own.

    One gradebook for all is no choice: SQLite locks it, and nbgrader gives up. Each kernel gets one
    thread: with more than there are cores, torch's threads wait for each other most of the time.
    """
    chains = [" && ".join(" ".join(command) for command in half.commands()) for half in halves]
    shells = [["sh", "-c", f"cd '{half.root}' && {chain}"]
              for half, chain in zip(halves, chains, strict=True)]  # fmt: skip
    return seconds_of(*shells, cwd=halves[0].root, env=environment(OMP_NUM_THREADS="1"))


class OtterAssignment:
    """The same notebook as an otter assignment: test files, and check cells that call them."""

    def __init__(self, root: Path, submissions: Path, students: Sequence[str], whole: bool) -> None:
        self.root, self.students = root, students
        install_otter()
        for found in assignment(ASSIGNMENT):
            cases = [
                TEST_CASE.format(points=check.points, id=check.id, number=number,
                                 claim=check.claim.replace("\\", "\\\\"))
                for number, check in enumerate(found.checks)
            ]  # fmt: skip
            place = root / "tests" / f"{slug(found.id)}.py"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(TEST_FILE.format(id=found.id) + "".join(cases))
        seconds_of(self._otter("generate", "-t", "tests", "-o", "autograder.zip"), cwd=root)
        for student in students:
            notebook = nbformat.read(submissions / student / FILE, 4)
            write(root / student / FILE, as_otter(cut(notebook, whole)))

    def _otter(self, *arguments: str) -> list[str]:
        return [str(OTTER_HOME / "bin" / "otter"), *arguments]

    def grade(self) -> float:
        """Seconds for the whole class, one `otter run` after the other."""
        env = environment(PATH=f"{OTTER_HOME / 'bin'}:{environment()['PATH']}")
        return sum(
            seconds_of(self._otter("run", "-a", "../autograder.zip", "-o", ".", FILE),
                       cwd=self.root / student, env=env)
            for student in self.students
        )  # fmt: skip

    def points(self) -> dict[str, dict[str, float]]:
        """Each student's points by exercise."""
        found = {}
        for student in self.students:
            results = json.loads((self.root / student / "results.json").read_text())
            tests = {test["name"]: float(test["score"]) for test in results["tests"]
                     if "score" in test}  # fmt: skip
            found[student] = {e.id: tests.get(e.id, 0.0) for e in assignment(ASSIGNMENT)}
        return found


def as_otter(notebook: NotebookNode) -> NotebookNode:
    """The notebook as `otter assign` would have handed it out and a student filled it in."""
    for cell in notebook.cells:
        if role_of(cell) == "check":
            cell.source = f'grader.check("{slug(cell.metadata.course.exercise)}")'
    notebook.cells.insert(0, new_code_cell(OTTER_CELL, id="otter"))
    return notebook


def install_otter() -> None:
    """Make otter's own environment if it is not there; it borrows every package that ours has.

    What otter needs in another version lies in its own folder, first on its path.
    """
    if (OTTER_HOME / "bin" / "otter").exists():
        return
    say(f"installing {OTTER} into {OTTER_HOME.name}, once")
    shutil.rmtree(OTTER_HOME, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(OTTER_HOME)], check=True)
    (OTTER_HOME / ".gitignore").write_text("*\n")
    python = str(OTTER_HOME / "bin" / "python")
    where = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    theirs = subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip()
    ours = sysconfig.get_path("purelib")
    (Path(theirs) / "borrowed.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    subprocess.run([python, "-m", "pip", "install", "-q", OTTER], check=True)


def cut(notebook: NotebookNode, whole: bool) -> NotebookNode:
    """The notebook as it is, or without what is not graded."""
    return notebook if whole else graded_cells_only(notebook)


def write(place: Path, notebook: NotebookNode) -> None:
    """Write a notebook and the folders above it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(str(nbformat.writes(notebook)), encoding="utf-8")
