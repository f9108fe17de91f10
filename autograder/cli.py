"""`course VERB`: the one command. Thin: every verb calls a function that is tested by itself.

Exit status: 0 done, 1 something failed, 2 wrong usage, 3 the grader itself failed.
"""

from __future__ import annotations

import difflib
import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from autograder import __version__
from autograder.sandbox.resources import Limits
from autograder.verbs.collect import collect
from autograder.verbs.common import (
    ROOT,
    course_options,
    desk,
    fail,
    known_assignment,
    needs_clone,
)
from autograder.verbs.config import config
from autograder.verbs.data import data
from autograder.verbs.doctor import doctor
from autograder.verbs.export import export
from autograder.verbs.feedback import feedback
from autograder.verbs.marking import marking
from autograder.verbs.release import release
from autograder.verbs.report import report as class_report

POSITIVE, WHOLE = click.FloatRange(0.1), click.IntRange(1)
LIMITS = (
    ("cell_s", "--cell-timeout", POSITIVE, "Seconds that one cell may take."),
    ("check_s", "--check-timeout", POSITIVE, "Seconds that one call of a check may take."),
    ("submission_s", "--submission-timeout", POSITIVE, "Seconds that a submission may take."),
    ("grace_s", "--grace", POSITIVE, "Seconds between asking code to stop and ending it."),
    ("cpu_s", "--cpu", POSITIVE, "Seconds of processor time for a submission."),
    ("memory_mb", "--memory", WHOLE, "MB of memory for a submission."),
    ("processes", "--processes", WHOLE, "Processes and threads of a submission."),
    ("file_mb", "--file-size", WHOLE, "MB of one file."),
    ("disk_mb", "--disk", WHOLE, "MB of all files of a submission."),
    ("output_mb", "--output-size", POSITIVE, "MB that a submission's cells may show."),
)


class Verbs(click.Group):
    """A group that suggests the verb that may be meant."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find a verb; an unknown one gets the nearest."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), 1)
            meant = f"; did you mean {near[0]!r}?" if near else "; `course --help` lists them"
            ctx.fail(f"no verb {args[0]!r}{meant}")
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="course")
def main() -> None:
    """Build, grade and report on the transformer course."""


def when_shown(ctx: click.Context, option: click.Parameter, setting: str | None) -> str | None:
    """A setting of --diagnoses as it is; a bad one is wrong usage."""
    from autograder.report.showing import BadSetting, starts

    try:
        if setting is not None:
            starts(setting)
    except BadSetting as error:
        raise click.BadParameter(str(error)) from error
    return setting


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if a committed notebook differs.")
@click.option("--diagnoses", default="live", metavar="live|never|after:TIME", callback=when_shown,
              help="When checks in students' notebooks name misconceptions: live (default), never,"
              " or after:2026-12-01T23:59+01:00.")  # fmt: skip
@click.option("--solved", type=click.Path(file_okay=False, path_type=Path),
              help="Also write fully solved notebooks into this folder.")  # fmt: skip
def build(check: bool, diagnoses: str, solved: Path | None) -> None:
    """Make the notebooks from their text sources and the reference solutions."""
    needs_clone("build")
    from autograder.build import BuildError, check_drift, texts, write, write_solved
    from autograder.build import build as build_notebooks

    drifted = []
    for text in texts(ROOT):
        try:
            built = build_notebooks(text, ROOT, diagnoses=diagnoses)
        except BuildError as error:
            fail(str(error))
        if check:
            drifted += check_drift(built, ROOT)
        else:
            for path in write(built, ROOT):
                click.echo(path.relative_to(ROOT))
        if solved is not None:
            click.echo(write_solved(built, solved))
    if drifted:
        names = ", ".join(str(path.relative_to(ROOT)) for path in drifted)
        fail(f"{names}: not what the text source gives; run `course build` and commit the result")


def limit_options(command: Any) -> Any:
    """Give a command one option for each limit, named and explained in one place."""
    for name, option, kind, help in reversed(LIMITS):
        default = Limits.__dataclass_fields__[name].default
        command = click.option(option, name, default=default, show_default=True, type=kind,
                               help=help)(command)  # fmt: skip
    return command


@main.command()
@click.argument("assignment")
@click.option("--submissions", required=True, type=click.Path(exists=True, file_okay=False,
              path_type=Path), help="Folder with one folder for each student.")  # fmt: skip
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="Course folder to write: gradebook, feedback, report.")  # fmt: skip
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 256),
              help="Submissions to run at the same time.")  # fmt: skip
@click.option("--seed", type=int, help="Repeat a run's inputs; drawn in secret if left out.")
@click.option("--fresh", is_flag=True, help="Draw new inputs and grade everybody anew.")
@click.option("--scheduler", metavar="ADDRESS", help="Run on the Dask cluster at this address.")
@click.option("--sandbox", default="on", show_default=True, type=click.Choice(["on", "none"]),
              help="none: student code has your own rights; see `course doctor`.")  # fmt: skip
@click.option("--diagnoses", metavar="live|never|after:TIME", callback=when_shown,
              help="When students see the misconceptions behind failed checks, such as"
              " after:2026-12-01T23:59+01:00; as in the folder's last run if left out, at first"
              " live. The class report always has them.")  # fmt: skip
@course_options
@limit_options
@click.option("--json", "as_json", is_flag=True, help="Print results.json instead of a table.")
@click.pass_context
def grade(
    ctx: click.Context, assignment: str, submissions: Path, out: Path, workers: int,
    seed: int | None, fresh: bool, scheduler: str | None, sandbox: str, diagnoses: str | None,
    config: Path | None, roster: Path | None, as_json: bool, **limits: Any,
) -> None:  # fmt: skip
    """Grade a class: marks, feedback pages, class report and nbgrader's gradebook.

    Broken off at any point, the same command goes on where it was. Run again later it executes only
    what has changed since.
    """
    needs_clone("grade")
    known_assignment(assignment)
    course = desk(config, roster, out)
    decided = course.of(assignment)
    said = click.core.ParameterSource.DEFAULT  # what course.toml says gives way to an option
    limits |= {name: value for name, value in course.config.limits.items()
               if ctx.get_parameter_source(name) == said}  # fmt: skip
    results = run_grading(
        assignment, submissions, out, workers=workers, seed=seed, limits=Limits(**limits),
        sandbox=sandbox, scheduler=scheduler, fresh=fresh,
        diagnoses=diagnoses or decided.diagnoses, decided=decided, roster=course.roster,
    )  # fmt: skip
    report(results, out, as_json)


@main.command()
@click.option("--out", default=Path("demo"), show_default=True,
              type=click.Path(file_okay=False, path_type=Path), help="Where to write.")  # fmt: skip
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 256),
              help="Submissions to run at the same time.")  # fmt: skip
def demo(out: Path, workers: int) -> None:
    """Build the notebooks and grade the classes that come with the course."""
    needs_clone("demo")
    from autograder.build import build as build_notebooks
    from autograder.build import texts, write
    from autograder.demo import write_class
    from autograder.sandbox.layers import missing

    sandbox = "none" if missing() else "on"
    if sandbox == "none":
        click.echo("this machine cannot close student code in (see `course doctor`): the bundled "
                   "classes are the course's own and run without", err=True)  # fmt: skip
    for text in texts(ROOT):
        started = time.monotonic()
        built = build_notebooks(text, ROOT)
        for path in write(built, ROOT):
            click.echo(f"built {path.relative_to(ROOT)}", err=True)
        place = out / built.assignment
        count = write_class(built, place / "submissions")
        click.echo(f"wrote {count} submissions to {place / 'submissions'}", err=True)
        results = run_grading(built.assignment, place / "submissions", place / "course",
                              workers=workers, limits=Limits(cell_s=8.0), fresh=True,
                              sandbox=sandbox)  # fmt: skip
        report(results, place / "course", as_json=False)
        click.echo(f"graded {count} submissions in {time.monotonic() - started:.0f} s\n")


@main.command()
@click.option("--list", "as_list", is_flag=True, help="Show what each attack tries; run nothing.")
@click.option("--only", "names", metavar="NAME", multiple=True, help="Run this one; may be given"
              " several times.")  # fmt: skip
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="New folder for the class; else a temporary one.")  # fmt: skip
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 256),
              help="Submissions to run at the same time.")  # fmt: skip
@click.option("--sandbox", default="on", show_default=True, type=click.Choice(["on", "none"]),
              help="none: run only attacks that cannot harm this machine.")  # fmt: skip
def attack(
    as_list: bool, names: tuple[str, ...], out: Path | None, workers: int, sandbox: str
) -> None:
    """Grade submissions that cheat or do harm, on this machine, and see that none gets through."""
    needs_clone("attack")
    from autograder.attacks.case import BadCase, all_cases
    from autograder.attacks.run import CannotAttack, attack_this_machine
    from autograder.attacks.table import listing, table

    try:
        cases = all_cases(names)
        if as_list:
            click.echo(listing(cases))
            return
        run = attack_this_machine(cases, ROOT, out, workers, sandbox)
    except BadCase as error:
        raise click.UsageError(str(error)) from error
    except CannotAttack as error:
        fail(str(error), 3)
    click.echo(table(run))
    if not run.held:
        sys.exit(1)


def run_grading(name: str, submissions: Path, out: Path, **told: Any) -> dict[str, Any]:
    """Grade a class from the notebooks' text source; wrong names are wrong usage."""
    from autograder.pipeline.quick import import_nbformat
    from autograder.pipeline.workers import Workers, WorkersFailed
    from autograder.sandbox.session import IsolationImpossible

    known_assignment(name)
    workers, sandbox = told.pop("workers", 1), told.setdefault("sandbox", "on")
    count = 0 if told.get("scheduler") else workers
    try:
        # the workers warm up while this process still imports
        with Workers(count, name, sandbox) as pool:
            import_nbformat()
            return grade_from_text(name, submissions, out, pool=pool, **told)
    except KeyboardInterrupt:
        fail("stopped; what is done is kept, and the same command goes on from there", 130)
    except (IsolationImpossible, WorkersFailed) as error:
        fail(str(error), 3)


def grade_from_text(name: str, submissions: Path, out: Path, **told: Any) -> dict[str, Any]:
    """Build the source notebook and grade a class by it."""
    from autograder.build import BuildError, build_source
    from autograder.pipeline.class_marks import UnreadableGradebook
    from autograder.pipeline.course_folder import NbGraderFailed
    from autograder.pipeline.runner import CannotRun, grade_class

    try:
        source = build_source(ROOT / "notebooks" / "text" / f"{name}.py", ROOT)
        return grade_class(name, source, submissions, out, **told, progress=to_person())
    except (BuildError, CannotRun, UnreadableGradebook) as error:
        fail(str(error))
    except NbGraderFailed as error:
        fail(f"{error}; nothing was graded: choose another --out folder, or move {out} away", 3)


def to_person() -> Any:
    """Progress goes where results do not: as one changing line where somebody looks on."""
    from autograder.pipeline.progress import TerminalLine

    return TerminalLine(sys.stderr) if sys.stderr.isatty() else to_stderr


def to_stderr(line: str) -> None:
    """Write a line where results do not go."""
    click.echo(line, err=True)


def report(results: dict[str, Any], out: Path, as_json: bool) -> None:
    """Print the results, say where the pages are, and exit 3 if the grader itself failed."""
    from autograder.report.terminal import table

    if as_json:
        click.echo(json.dumps(results, indent=1, ensure_ascii=False))
    else:
        click.echo(table(results))
        click.echo(f"\nclass report    {out / 'report.html'}")
        click.echo(f"feedback pages  {out / 'feedback'}")
        click.echo(f"gradebook       {out / 'gradebook.db'}  (formgrader: `jupyter lab` in {out})")
        if any(s["status"] == "needs manual grading" for s in results["submissions"]):
            click.echo("written answers wait in formgrader, best under Mark by Task; then"
                       " `course feedback` makes the pages")  # fmt: skip
    if any("the grader itself failed" in (s["reason"] or "") for s in results["submissions"]):
        click.echo("the grader itself failed on some submissions; run it again", err=True)
        sys.exit(3)


for verb in (data, doctor, config, release, collect, marking, feedback, class_report, export):
    main.add_command(verb)


if __name__ == "__main__":
    main()
