"""The page that students read first, made from `for_students.md` and what the release has."""

from __future__ import annotations

from importlib import resources
from string import Template

from autograder.release.links import Source

DATA = {
    "assignment4": "    course data speeches --public      # Assignment 4",
    "lab11": "    course data friends --public       # Lab 11\n"
             "    course data gpt2-weights           # Lab 11's fine-tuning, 0.5 GB",
}  # fmt: skip


def page(course: str, titles: dict[str, str], wheel: str, package: str, source: Source) -> str:
    """The page's text.

    titles: of the notebooks, by file name; wheel: the package's file; package: where Colab finds
    it, if anywhere; source: where the release is handed out.
    """
    template = resources.files("autograder.release").joinpath("for_students.md")
    return Template(template.read_text(encoding="utf-8")).substitute(
        course=course,
        notebooks=" and ".join(f"`{name}`" for name in titles),
        wheel=wheel,
        extra=extra([name.removesuffix(".ipynb") for name in titles]),
        colab=colab(titles, wheel, package, source),
        data=data([name.removesuffix(".ipynb") for name in titles]),
    )


def extra(assignments: list[str]) -> str:
    """What students install beside the package's base; `lab` brings all that `student` does."""
    return "lab" if "lab11" in assignments else "student"


def colab(titles: dict[str, str], wheel: str, package: str, source: Source) -> str:
    """How to begin on Colab."""
    links = [f"[{title}]({link})" for name, title in titles.items() if (link := source.colab(name))]
    first = ("Open " + " or ".join(links) + "." if links else
             "*File*, *Upload notebook*.")  # fmt: skip
    steps = [first]
    if not package:
        steps.append(f"Open the *Files* pane at the left and drag `{wheel}` into it.")
    steps += ["Run the first cell. It installs the course package; Colab's own torch stays.",
              "*File*, *Save a copy in Drive*, so that your work stays."]  # fmt: skip
    return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))


def data(assignments: list[str]) -> str:
    """What there is to read and train on, and the commands for the rest."""
    commands = "\n".join(DATA[name] for name in assignments if name in DATA)
    told = ("The notebooks make their text from samples that the course package carries, without a"
            " network.")  # fmt: skip
    if not commands:
        return told
    return f"{told} For the whole text, here, with the environment activated:\n\n{commands}"
