"""How fast a class is graded, beside stock nbgrader and otter-grader, in one interleaved run.

    python benchmarks/throughput.py [--rounds 4] [--others 3] [--copies 5] [--cells both] [--json]

Each round times, one after the other and each through its command line in a fresh folder:

    stock       nbgrader autograde and generate_feedback, plain configuration and kernel
    stock x2    the same in two processes by hand: half the students, a gradebook, a thread each
    otter       otter run, submission by submission, the same checks as otter test files
    ours 2      course grade, sandbox on, two workers: gradebook, feedback pages, class report
    ours 1      the same with one worker

A round takes `others` students of the bundled class, the next round the next ones; ours grades
`copies` of each: with the defaults, a class as large as the bundled one. The others do better with
few students only in that their gradebook is small. Ratios are taken within a round, and the median
over the rounds stands. "whole" notebooks are those that students hand in: a kernel executes all of
them, training runs included, where ours skips what is not graded. "graded" notebooks have only the
cells that ours runs, for everybody: the harder comparison, in which our start-up weighs the more
the smaller the class is. The limits are held to both.
Points of every exercise must agree between the three.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.parts.classes import LEFT_OUT, students, write_class
from benchmarks.parts.figures import Figure, Report, at_least, say
from benchmarks.parts.grading import grade_command, points_in_results, seconds_of
from benchmarks.parts.rivals import OTTER_HOME, NbGraderCourse, OtterAssignment, grade_by_hand

MUST = {  # times faster than theirs, by our workers
    ("ours 2", "stock"): 12.0,
    ("ours 2", "otter"): 25.0,
    ("ours 1", "stock"): 6.0,
}
Points = dict[str, dict[str, float]]


def main() -> None:
    asked = arguments()
    report = Report("throughput")
    kinds = ("graded", "whole") if asked.cells == "both" else (asked.cells,)
    times: dict[str, list[dict[str, float]]] = defaultdict(list)
    for number in range(asked.rounds):
        chosen = members(number, asked.others)
        with tempfile.TemporaryDirectory(prefix="throughput-") as folder:
            for kind, found in one_round(Path(folder), chosen, asked.copies, kinds, report).items():
                say(f"round {number + 1}, {kind}: {shown(found)}")
                times[kind].append(found)
    for kind in kinds:
        report.figures += figures(kind, times[kind])
    report.details = {"seconds per submission": dict(times)}
    report.remarks += remarks(asked)
    report.show(asked.json)


def arguments() -> argparse.Namespace:
    """What to run."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--others", type=int, default=3, choices=range(2, 15), metavar="N",
                        help="students a round for the others, 2 to 14")  # fmt: skip
    parser.add_argument("--copies", type=int, default=5, help="of each of them, for ours")
    parser.add_argument("--cells", choices=("graded", "whole", "both"), default="both")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def members(number: int, count: int) -> list[str]:
    """The students of a round, taken in turn from the bundled class."""
    all_of_them = students()
    return [all_of_them[(number * count + k) % len(all_of_them)] for k in range(count)]


def one_round(
    folder: Path, chosen: list[str], copies: int, kinds: tuple[str, ...], report: Report
) -> dict[str, dict[str, float]]:
    """Seconds per submission of each way, by kind of notebook; differing points are remarked."""
    write_class(folder / "few", len(chosen), chosen)
    many = len(write_class(folder / "many", copies * len(chosen), chosen))
    ours: dict[str, float] = {}
    found: dict[str, dict[str, float]] = {}
    points: dict[str, Points] = {}
    for kind in kinds:
        place, whole = folder / kind, kind == "whole"
        stock = NbGraderCourse(place / "stock", folder / "few", chosen, whole)
        halves = [
            NbGraderCourse(place / f"half{k}", folder / "few", chosen[k::2], whole) for k in (0, 1)
        ]
        otter = OtterAssignment(place / "otter", folder / "few", chosen, whole)
        found[kind] = {
            "stock": stock.grade() / len(chosen),
            "stock x2": grade_by_hand(halves) / len(chosen),
            "otter": otter.grade() / len(chosen),
        }
        points |= {f"stock, {kind}": stock.points(), f"otter, {kind}": otter.points()}
        if not ours:  # ours grades what students hand in; it skips by itself what is not graded
            for workers in (2, 1):
                out = folder / f"ours{workers}"
                options = ("--workers", workers, "--sandbox", "on")
                command = grade_command(folder / "many", out, *options)
                ours[f"ours {workers}"] = seconds_of(command, cwd=folder) / many
            points["ours"] = points_in_results(folder / "ours2")
        found[kind] |= ours
    report.remarks += differences(points, chosen)
    return found


def differences(points: dict[str, Points], chosen: list[str]) -> list[str]:
    """Say where another way gives other points than ours."""
    lines = []
    for way, theirs in points.items():
        for student in chosen:
            for exercise, mine in points["ours"][student].items():
                got = theirs[student].get(exercise)
                if got is None or abs(got - mine) > 1e-6:
                    lines.append(f"DIFFERENT POINTS: {student} {exercise}: ours {mine:g}, "
                                 f"{way} {'none' if got is None else f'{got:g}'}")  # fmt: skip
    return lines


def figures(kind: str, rounds: list[dict[str, float]]) -> list[Figure]:
    """Medians over the rounds, and ratios within them."""
    found = [
        Figure(f"{kind}: {way}", statistics.median(r[way] for r in rounds), "s a submission")
        for way in rounds[0]
    ]
    for mine in ("ours 2", "ours 1"):
        for theirs in ("stock", "stock x2", "otter"):
            ratio = statistics.median(r[theirs] / r[mine] for r in rounds)
            name, limit = f"{kind}: {theirs} / {mine}", MUST.get((mine, theirs))
            if limit is None:
                found.append(Figure(name, ratio, "times"))
            else:
                found.append(at_least(name, ratio, "times", limit))
    return found


def shown(times: dict[str, float]) -> str:
    """A round in a line."""
    return ", ".join(f"{way} {seconds:.2f} s" for way, seconds in times.items())


def remarks(asked: argparse.Namespace) -> list[str]:
    """What a reader has to know of the figures."""
    left = ", ".join(f"{name} ({why})" for name, why in LEFT_OUT.items())
    otter = subprocess.run(
        [OTTER_HOME / "bin" / "python", "-c", "import otter; print(otter.__version__)"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    return [
        f"{asked.rounds} rounds; in each {asked.others} students for stock and otter, "
        f"{asked.copies * asked.others} for ours (each of them {asked.copies} times)",
        f"otter-grader {otter}, with the same packages as ours",
        f"left out of the bundled class: {left}",
        "timed for stock: autograde and generate_feedback; making its release was not",
        "timed for ours: all of `course grade`, its release, gradebook, pages and report included",
    ]


if __name__ == "__main__":
    main()
