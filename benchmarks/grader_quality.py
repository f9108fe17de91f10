"""The grader's own mistakes, measured: on answers written by hand, and on mistakes made by machine.

    python benchmarks/grader_quality.py [--exercises E1,E2] [--per-exercise 170] [--seed 5]
        [--parts corpora,mutants] [--out FOLDER] [--workers 2] [--quick] [--json]
    python -m benchmarks.parts.quality_page quality.json

Right answers in many styles must keep all points, wrong ones must lose theirs, in their exercise
only, and the diagnosis must name the mistake. Then references and right answers are changed in one
place each (benchmarks/mutants): whatever still does the same, on many inputs in float64, is set
aside, with what was compared in FOLDER/EXERCISE.jsonl; what the curriculum's readings allow, as
well; the rest must lose points. The seed says which mutants are drawn, and the checks' inputs.
--quick takes a few of everything. The last command writes the figures into the page in docs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # workers are forked, and run at the same time
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from benchmarks.mutants.equivalence import COMPARED
from benchmarks.mutants.judged import judged
from benchmarks.mutants.judging import Tally, Verdict
from benchmarks.mutants.sources import all_mutants, sample
from benchmarks.mutants.survivors import LOOKED_AT
from benchmarks.parts.corpora import LAB, Marked, marked_answers
from benchmarks.parts.figures import Figure, Report, at_least, at_most, say
from tests.answers import REFERENCE

DIAGNOSES = ("right", "rightly silent", "silent", "wrong", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--exercises", default=",".join((*REFERENCE, LAB)))
    parser.add_argument("--per-exercise", type=int, default=170)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--parts", default="corpora,mutants")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    report = measured(asked)
    report.show(asked.json)
    sys.exit(0 if report.holds else 1)


def measured(asked: argparse.Namespace) -> Report:
    """Everything that was asked for."""
    torch.set_num_threads(1)
    torch.optim.AdamW([torch.zeros(1)])  # what the first one imports, before any process is forked
    report, started = Report("grader_quality"), time.perf_counter()
    wanted = asked.exercises.split(",")
    if "corpora" in asked.parts:
        every = 12 if asked.quick else 1
        found = sorted(marked_answers(every, asked.seed, asked.workers, set(wanted)),
                       key=lambda m: (m.exercise, m.kind, m.name))  # fmt: skip
        of_corpora(report, found, whole=not asked.quick and len(wanted) > len(REFERENCE))
        say(f"{len(found)} answers: {time.perf_counter() - started:.0f} s")
    if "mutants" in asked.parts:
        size = 12 if asked.quick else asked.per_exercise
        out = asked.out or Path(tempfile.mkdtemp(prefix="grader_quality-"))
        tallies = [tally(id, size, asked, out) for id in wanted if id in COMPARED]
        of_mutants(report, tallies, whole=not asked.quick and len(tallies) == len(COMPARED))
        report.remarks.append(f"proofs: {out}")
    report.figures.append(Figure("the whole run", time.perf_counter() - started, "s"))
    report.details["seed"] = asked.seed
    return report


def of_corpora(report: Report, found: Sequence[Marked], whole: bool) -> None:
    """Figures of answers written by hand; whole: whether these are all that there are."""
    right = [m for m in found if m.kind == "right"]
    wrong = [m for m in found if m.kind == "wrong"]
    diagnosed = Counter(m.diagnosis for m in wrong)
    false, missed = [m for m in right if m.lost], [m for m in wrong if not m.lost]
    elsewhere, errored = [m for m in found if m.elsewhere], [m for m in found if m.errored]
    mistaken = [m for m in wrong if m.diagnosis == "wrong"]
    report.figures += [
        at_least("right answers", len(right), "", 120 if whole else 0),
        at_least("wrong answers", len(wrong), "", 250 if whole else 0),
        at_most("right answers that lost points", len(false), "", 0),
        at_most("wrong answers that kept all points", len(missed), "", 0),
        at_most("answers that lost points in another exercise", len(elsewhere), "", 0),
        at_most("answers on which a check itself failed", len(errored), "", 0),
        at_least("diagnoses that are right", 100 * diagnosed["right"] / max(1, len(wrong)), "%",
                 90 if whole else 0),
        at_most("diagnoses that are wrong", diagnosed["wrong"], "", 0),
        Figure("diagnoses rightly silent", diagnosed["rightly silent"], ""),
        Figure("diagnoses silent", diagnosed["silent"], ""),
        Figure("wrong answers whose misconception is not written down", diagnosed[""], ""),
    ]  # fmt: skip
    for text, some in (("lost points", false), ("kept all points", missed),
                       ("lost points elsewhere", elsewhere), ("a check failed", errored),
                       ("wrongly diagnosed", mistaken)):  # fmt: skip
        report.remarks += [f"{text}: {m.name} {', '.join(m.elsewhere or m.given)}" for m in some]
    report.details["corpora"] = [row_of_corpora(id, found) for id in (*REFERENCE, LAB)]


def row_of_corpora(id: str, found: Sequence[Marked]) -> dict[str, Any]:
    """The answers of one exercise in numbers."""
    mine = [m for m in found if m.exercise == id]
    diagnosed = Counter(m.diagnosis for m in mine if m.kind == "wrong")
    return {
        "exercise": id,
        "right": sum(m.kind == "right" for m in mine),
        "wrong": sum(m.kind == "wrong" for m in mine),
        "false failures": sum(m.kind == "right" and m.lost for m in mine),
        "missed": sum(m.kind == "wrong" and not m.lost for m in mine),
        "elsewhere": sum(bool(m.elsewhere) for m in mine),
        **{f"diagnosis {name or 'unknown'}": diagnosed[name] for name in DIAGNOSES},
    }


def tally(id: str, size: int, asked: argparse.Namespace, out: Path) -> Tally:
    """Judge a sample of an exercise's mutants, and write the proofs down."""
    started = time.perf_counter()
    drawn = sample(all_mutants(id), size, asked.seed)
    out.mkdir(parents=True, exist_ok=True)
    with (out / f"{id}.jsonl").open("w", encoding="utf-8") as file:

        def told(verdict: Verdict) -> None:
            file.write(json.dumps(verdict.record()) + "\n")

        found = Tally(id, judged(drawn, asked.seed, asked.workers, told))
    say(f"{id}: {len(drawn)} mutants, {found.count('survived')} survived, "
        f"{time.perf_counter() - started:.0f} s")  # fmt: skip
    return found


def of_mutants(report: Report, tallies: Sequence[Tally], whole: bool) -> None:
    """Figures of mistakes made by machine."""
    every = [verdict for each in tallies for verdict in each.verdicts]
    wrong, caught = sum(t.wrong for t in tallies), sum(t.count("caught") for t in tallies)
    survived = [v for v in every if v.kind == "survived"]
    unseen = [v for v in survived if v.mutant.id not in LOOKED_AT]
    wronged = [v for t in tallies for v in t.wronged]
    broken = [v for v in every if v.kind in ("broken", "grader failed")]
    faults = [v for t in tallies for v in t.faults]
    report.figures += [
        Figure("mutants", len(every), ""),
        Figure("equivalent ones", sum(t.count("equivalent") for t in tallies), ""),
        Figure("ones that a reading allows", sum(t.count("allowed") for t in tallies), ""),
        at_least("wrong ones", wrong, "", 1000 if whole else 0),
        at_least("wrong ones that lost points", 100 * caught / max(1, wrong), "%",
                 99 if whole else 0),
        Figure("of these, given a diagnosis", 100 * sum(t.named() for t in tallies)
               / max(1, caught), "%"),
        at_most("survivors that nobody has looked at", len(unseen), "", 0),
        at_most("equivalent or allowed ones that lost points", len(wronged), "", 0),
        at_most("mutants on which a check or a diagnosis failed", len(broken) + len(faults), "", 0),
    ]  # fmt: skip
    for text, some in (
        ("survived", survived),
        ("lost points", wronged),
        ("grader or benchmark failed", broken),
        ("diagnosis failed", faults),
    ):
        for v in some:
            why = LOOKED_AT.get(v.mutant.id, "") or v.failed or (v.graded.fault if v.graded else "")
            report.remarks.append(f"{text}: {v.mutant.id} {why}\n{v.mutant.diff}")
    report.details["mutants"] = [
        {"exercise": t.exercise, "made": len(t.verdicts), "equivalent": t.count("equivalent"),
         "allowed": t.count("allowed"), "wrong": t.wrong, "caught": t.count("caught"),
         "survived": t.count("survived"), "share": t.share, "named": t.named()}
        for t in tallies
    ]  # fmt: skip
    report.details["survivors"] = [
        {"id": v.mutant.id, "diff": v.mutant.diff, "reason": LOOKED_AT.get(v.mutant.id, ""),
         "differing": list(v.proof.differing) if v.proof else []}
        for v in survived
    ]  # fmt: skip


if __name__ == "__main__":
    main()
