"""Every verb of `course` explains itself and stands in the README."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from autograder.cli import main
from tests.packaging.declared import ROOT


def verbs(
    group: click.Group, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield the commands that do something, with the words that lead to them."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))
        else:
            yield (*path, name), command


VERBS = list(verbs(main))
NAMES = [" ".join(path) for path, _ in VERBS]


@pytest.mark.parametrize("name", NAMES)
def test_the_readme_shows_the_verb(name):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"course {name}" in readme, f"README.md does not say what `course {name}` does"


@pytest.mark.parametrize(("path", "command"), VERBS, ids=NAMES)
def test_the_verb_has_help_and_so_has_each_option(path, command):
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0
    assert command.help and command.help.split("\n")[0] in " ".join(shown.output.split())
    silent = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert not silent, f"options without a word of help: {silent}"


def test_the_readme_shows_no_verb_that_does_not_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = [line.split()[1] for line in readme.splitlines() if line.startswith("    course ")]
    assert shown, "the README shows no verb"
    unknown = set(shown) - set(main.commands)
    assert not unknown, f"README.md shows verbs that `course` lacks: {', '.join(sorted(unknown))}"


def test_a_mistyped_verb_gets_the_one_that_is_meant():
    done = CliRunner().invoke(main, ["bild"])
    assert done.exit_code == 2
    assert "did you mean 'build'?" in done.output
