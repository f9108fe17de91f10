"""`course collect`."""

from __future__ import annotations

import click

from autograder.verbs.common import needs_clone


@click.command()
def collect() -> None:
    """Take in what students handed in: a folder, or an LMS's download."""
    needs_clone("collect")
