"""What stock nbgrader gives every attack of the suite, beside what ours gives: docs/attacks.md.

    python benchmarks/stock_attacks.py [--only NAME ...] [--keep FOLDER [--stock-only]]

Each attack gets a fresh course folder of stock nbgrader (plain configuration, an ordinary kernel,
the same release notebook without the demonstrations, which give no points) in which an honest
classmate has been graded already, and its own `nbgrader autograde`. Attacks whose header says
`stock: no` are not run there, and the table says why. --keep is a folder for the results found so
far: a second start goes on from them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autograder.attacks.canaries import Canaries
from autograder.attacks.case import Case, all_cases
from autograder.attacks.folder import hand_in
from autograder.attacks.run import AttackRun, run_attacks
from autograder.attacks.verdict import confessions, gradebook_rows, gradebook_scores
from autograder.demo import submission
from autograder.sandbox.places import package_root
from benchmarks.parts.classes import ASSIGNMENT, FILE, ROOT, built, graded_cells_only
from benchmarks.parts.figures import machine, say
from benchmarks.parts.rivals import NbGraderCourse

CLASSMATE = "zoe"
STOCK_S = 60
MOST_LETTERS = 80
MOST_BYTES = {resource.RLIMIT_AS: 16 * 2**30, resource.RLIMIT_FSIZE: 2 * 2**30}
# Some cases kill their parents, four generations up: these shells are there to be killed.
GENERATIONS = 4 * ("sh", "-c", '"$@"; exit $?', "sh")
PAGE = ROOT / "docs" / "attacks.md"
TOP = """# What each attack gets

`course attack` grades these submissions on your own machine; the tests run them all on every
change. Each is a file of `autograder/attacks/cases/`. **Honest** is what the honest work in it
deserves, of 40 points. **Stock** is what nbgrader {nbgrader} gives it with its own configuration
and an ordinary kernel, the same notebook and the same checks, measured by
`benchmarks/stock_attacks.py`; what it did besides stands behind the number, places of that machine
in capitals. A dash: no mark at all. **Ours** is what `course grade` gives.

{summary}

Two lies are not among them, because no number that a process computes can disprove them: that
`generate` recorded no gradients, and which arguments a `Block` gave to the parts that a check had
put in place of the real ones. A submission that rewrites the course's own code in its process can
claim either, and wins half a point. `tests/attacks/test_statements.py` holds both to that.

| attack | what it tries | honest | stock | ours |
| --- | --- | --- | --- | --- |
"""


def main() -> None:
    asked = arguments()
    cases = all_cases(asked.only)
    keep = asked.keep or Path(tempfile.mkdtemp(prefix="stock-attacks-"))
    keep.mkdir(parents=True, exist_ok=True)
    stock = {case.name: under_stock(case, keep) for case in cases}
    if asked.stock_only:
        return
    with tempfile.TemporaryDirectory(prefix="course-attack-") as folder:
        ours = run_attacks(cases, built(), Path(folder), asked.workers)
    if not asked.only:
        PAGE.write_text(page(stock, ours), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")
    for outcome in ours.outcomes:
        print(row(outcome.case, stock[outcome.case.name], shown(outcome.got, outcome.through)))
    print(summary(stock, ours))
    if not ours.held:
        raise SystemExit(1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="*", default=(), metavar="NAME")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--stock-only", action="store_true", help="fill the folder; write no page")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def under_stock(case: Case, keep: Path) -> dict[str, Any]:
    """What stock nbgrader gives a case, from the results kept or by running it."""
    if case.is_harmful:
        return {"score": None, "did": [case.stock.removeprefix("no").strip(" ()")], "run": False}
    kept = keep / f"{case.name}.json"
    if not kept.exists():
        found = run_stock(case, keep)
        kept.write_text(json.dumps(found), encoding="utf-8")
        say(f"stock {case.name}: {found}")
    return dict(json.loads(kept.read_text(encoding="utf-8")))


def prepared(keep: Path) -> Path:
    """A course folder of stock nbgrader in which the classmate stands in the gradebook."""
    place = keep / "course"
    if not place.exists():
        with tempfile.TemporaryDirectory(prefix="stock-class-") as folder:
            classmate = Path(folder, "submissions", CLASSMATE, FILE)
            classmate.parent.mkdir(parents=True)
            classmate.write_text(submission({"E1": "e1_bias.py"}, built()), encoding="utf-8")
            course = NbGraderCourse(
                Path(folder, "course"), Path(folder, "submissions"), [CLASSMATE], whole=False
            )
            course.grade()
            shutil.copytree(course.root, place)
    return place


def run_stock(case: Case, keep: Path) -> dict[str, Any]:
    """Autograde one case in a fresh copy of the prepared folder."""
    with fresh_folder() as place:
        course = place / "course"
        shutil.copytree(prepared(keep), course)
        before = gradebook_rows(course)[CLASSMATE]
        with Canaries(place) as canaries:
            put(case, course, canaries.known)
            ended = autograde(case, course, canaries.token)
            did = ended + canaries.broken()
        if gradebook_rows(course).get(CLASSMATE) != before:
            did.append("a classmate's marks were changed")
        score = None if ended else gradebook_scores(course).get(case.who)
        return {"score": score, "did": did + confessions(course, case.who), "run": True}


@contextlib.contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder for one case; what a case leaves may be too deep for Python to remove."""
    place = Path(tempfile.mkdtemp(prefix="stock-attack-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        subprocess.run(["rm", "-rf", str(place)], check=False)


def put(case: Case, course: Path, known: Mapping[str, str]) -> None:
    """Hand the case in where nbgrader looks, without the demonstrations."""
    told = {**known, "out": str(course), "submissions": str(course / "submitted"),
            "root": str(package_root())}  # fmt: skip
    handed_in = course.parent / "handed-in"
    hand_in(case, built(), handed_in, told)
    found = handed_in / case.who
    nested = found / ASSIGNMENT
    place = course / "submitted" / case.who / ASSIGNMENT
    place.parent.mkdir(parents=True)
    # moved, not copied: some bring pipes and sockets
    shutil.move(nested if nested.is_dir() else found, place)
    for notebook in place.glob("*.ipynb"):
        if not notebook.is_symlink():
            cut = graded_cells_only(nbformat.read(notebook, 4))
            nbformat.write(cut, notebook)


def autograde(case: Case, course: Path, secret: str) -> list[str]:
    """Run `nbgrader autograde` for one student, and say how it ended if not well."""
    command = [*GENERATIONS, sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT,
               f"--student={case.who}"]  # fmt: skip
    environment = {
        **os.environ, "ATTACK_SECRET": secret, "OMP_NUM_THREADS": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    process = subprocess.Popen(
        command, cwd=course, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        preexec_fn=spare_the_machine,
    )  # fmt: skip
    try:
        status = process.wait(STOCK_S)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return [f"autograde had not ended after {STOCK_S} s"]
    return [f"autograde ended with status {status}"] if status else []


def spare_the_machine() -> None:
    """Limits that no honest run comes near."""
    for kind, most in MOST_BYTES.items():
        resource.setrlimit(kind, (most, most))


def page(stock: Mapping[str, dict[str, Any]], ours: AttackRun) -> str:
    """The table for docs/."""
    found = machine()
    top = TOP.format(nbgrader=found["packages"]["nbgrader"], summary=summary(stock, ours))
    rows = (
        row(outcome.case, stock[outcome.case.name], shown(outcome.got, outcome.through))
        for outcome in ours.outcomes
    )
    return top + "\n".join(rows) + "\n"


def row(case: Case, stock: Mapping[str, Any], ours: str) -> str:
    """One line of the table."""
    theirs = shown(stock["score"], stock["did"]) if stock["run"] else f"not run: {stock['did'][0]}"
    cells = (case.name, case.tries, f"{case.honest:g}", theirs, ours)
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"


def shown(score: float | None, did: Sequence[str]) -> str:
    """A score and what else happened, the first two things of it."""
    kinds = list(dict.fromkeys(map(short, did)))
    more = "" if len(kinds) < 3 else f"; and {len(kinds) - 2} more"
    number = "–" if score is None else f"{score:g}"
    return f"{number} ({'; '.join(kinds[:2])}{more})" if did else number


def short(what: str) -> str:
    """What happened, in short, without this machine's own names."""
    what = re.sub(r"(a process is left|it says: lists \S+|it says: saw \S+)\W.*", r"\1", what)
    what = re.sub(r"/\S*/stock-attack-\w+", "FOLDER", what)
    for name, place in (("COURSE", ROOT), ("PYTHON", sys.prefix), ("PYTHON", sys.base_prefix),
                        ("HOME", Path.home()), ("TEMP", tempfile.gettempdir())):  # fmt: skip
        what = what.replace(str(place), name)
    return what if len(what) <= MOST_LETTERS else f"{what[:MOST_LETTERS].rpartition(' ')[0]} …"


def escaped(text: str) -> str:
    """Text that a cell of a Markdown table can hold."""
    for letter in ("|", "<", "*", "_", "`", "[", "$"):
        text = text.replace(letter, f"\\{letter}")
    return " ".join(text.split())


def summary(stock: Mapping[str, dict[str, Any]], ours: AttackRun) -> str:
    """How many got how far, in a sentence."""
    run = [case.case for case in ours.outcomes if stock[case.case.name]["run"]]
    more = sum((stock[case.name]["score"] or 0) > case.honest for case in run)
    other = sum(
        (stock[case.name]["score"] or 0) <= case.honest and bool(stock[case.name]["did"])
        for case in run
    )
    through = sum(bool(outcome.through) for outcome in ours.outcomes)
    return (
        f"Of {len(ours.outcomes)} attacks {len(run)} were run under stock nbgrader: {more} got "
        f"more points than they deserve, {other} others read, changed or left something outside, "
        f"or took grading down. Under ours {through or 'none'} did."
    )


if __name__ == "__main__":
    main()
