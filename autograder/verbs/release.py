"""`course release`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.verbs.common import ROOT, desk, fail, known_assignment, needs_clone

if TYPE_CHECKING:
    from autograder.release import Made
    from autograder.release.links import Source


def address(reader: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """A callback that reads an address as course.toml does; a bad one is wrong usage."""

    def read(ctx: click.Context, option: click.Parameter, value: str | None) -> str | None:
        from autograder.course import addresses
        from autograder.course.config_reading import Wrong

        try:
            return None if value is None else str(getattr(addresses, reader)(value))
        except Wrong as error:
            raise click.BadParameter(str(error)) from error

    return read


@click.command()
@click.argument("assignments", metavar="[ASSIGNMENT]...", nargs=-1)
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path),
              help="Folder to write into.")  # fmt: skip
@click.option("--package", metavar="ADDRESS", callback=address("as_address"),
              help="From where Colab installs the student package: what pip takes.")  # fmt: skip
@click.option("--repository", metavar="URL", callback=address("as_repository"),
              help="Git repository that will hold the folder's files, for the links.")  # fmt: skip
@click.option("--branch", metavar="NAME", callback=address("as_branch"),
              help="Its branch; main if nothing says otherwise.")  # fmt: skip
@click.option("--hub", metavar="URL", callback=address("as_hub"),
              help="JupyterHub with nbgitpuller, for the links.")  # fmt: skip
@click.option("--config", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="course.toml; else the one here.")  # fmt: skip
def release(assignments: tuple[str, ...], folder: Path, config: Path | None, **told: Any) -> None:
    """Make what students are given: a folder, the same as a zip, and links for your course page.

    Notebooks, the student package, known-good versions and a page to begin with; of all assignments
    if none is named. What the options leave out is as in course.toml. Run it again after a change:
    it replaces what it wrote, and touches nothing else.
    """
    needs_clone("release")
    for name in assignments:
        known_assignment(name)
    from autograder.release import CannotRelease, Wishes, make, put
    from autograder.release.links import Source

    course = desk(config, None).config
    given = {name: told[name] or getattr(course, name) for name in told}
    package = given.pop("package")
    source = Source(**given)
    try:
        made = make(ROOT, Wishes(assignments, package, source, course))
        gone = put(folder, made.files)
    except CannotRelease as error:
        fail(str(error))
    click.echo(summary(folder, made, gone, source))


def summary(folder: Path, made: Made, gone: list[str], source: Source) -> str:
    """What was made, and what to do with it."""
    from autograder.release.files import FOLDER, ZIP

    inside = [name.removeprefix(f"{FOLDER}/") for name in made.files if f"{FOLDER}/" in name]
    lines = [f"folder  {folder / FOLDER}  ({', '.join(inside)})", f"zip     {folder / ZIP}",
             f"links   {folder / 'links.md'}, {folder / 'links.html'}"]  # fmt: skip
    lines += [f"removed {folder / name}" for name in gone]
    lines += ["", f"Next: upload {ZIP} to your course page."]
    if source.repository:
        lines.append(f"Push what is in {FOLDER}/ to {source.repository}, branch {source.branch},"
                     " at the top; then the links work.")  # fmt: skip
    else:
        lines.append("With `repository` in course.toml there are links for Colab and JupyterHub.")
    lines.append(f"Colab installs the package from {made.package}." if made.package else
                 f"On Colab, students put {made.wheel} beside the notebook, for want of a `package`"
                 " in course.toml.")  # fmt: skip
    return "\n".join(lines)
