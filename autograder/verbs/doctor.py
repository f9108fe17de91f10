"""`course doctor`: what is missing, to learn on this computer or to grade on it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from autograder.verbs.common import ROOT, fail

WIDTH = 28


@click.command()
@click.option("--student", "only", flag_value="student", help="Only what a student needs.")
@click.option("--machine", "only", flag_value="machine",
              help="Only what the sandbox needs to grade; Linux.")  # fmt: skip
@click.option("--lab", is_flag=True, help="Count what Lab 11 alone needs as missing, too.")
@click.option("--json", "as_json", is_flag=True, help="Print plain data.")
def doctor(only: str | None, lab: bool, as_json: bool) -> None:
    """Say what is missing on this computer, and the command that gets it.

    In a student's installation: Python, packages, torch, GPU, disk, memory, data, kernel. In a
    clone of the course also the layers that close student code in while it is graded.
    """
    clone = (ROOT / "solutions").is_dir()
    told: dict[str, Any] = {}
    lacking: list[str] = []
    if only != "machine":
        lacking += student_part(told, lab, show=not as_json)
    if only == "machine" or (only is None and clone):
        lacking += machine_part(told, show=not as_json)
    if as_json:
        click.echo(json.dumps(told, indent=1))
    if lacking:
        fail("; ".join(lacking))


def student_part(told: dict[str, Any], lab: bool, show: bool) -> list[str]:
    """Look at what a student needs, showing each finding as it comes; return what to fail with."""
    from autograder.student.findings import MISSING, all_findings

    found = []
    for each in all_findings(Path.cwd(), lab):
        found.append(each)
        if show:
            click.echo(f"{each.state:8}{each.about + ':':{WIDTH}} {each.told}")
            if each.remedy:
                click.echo(f"{'':8}{'':{WIDTH}} -> {each.remedy}")
    told["student"] = [asdict(each) for each in found]
    missing = [each.about for each in found if each.state == MISSING]
    if not missing and show:
        click.echo("\nThis computer is ready for the notebooks.")
    return [f"missing for the notebooks: {', '.join(missing)}"] if missing else []


def machine_part(told: dict[str, Any], show: bool) -> list[str]:
    """Try the layers of the sandbox; return what to fail with."""
    if not sys.platform.startswith("linux"):
        return ["grading needs Linux (see docs/grading_machine.md); `--sandbox none` goes without"]
    from autograder.sandbox import layers

    told["machine"] = layers.as_json()
    if show:
        click.echo(("\n" if "student" in told else "") + layers.as_text())
    if not (missing := layers.missing()):
        return []
    names = ", ".join(layer.name for layer in missing)
    return [f"`course grade` refuses here, for want of {names}; `--sandbox none` goes without"]
