"""`course report`."""

from __future__ import annotations

import click

from autograder.verbs.common import needs_clone


@click.command()
def report() -> None:
    """Make the class report anew, with everything that takes longer."""
    needs_clone("report")
