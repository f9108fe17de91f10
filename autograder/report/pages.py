"""How the reports become HTML: templates that escape everything, and one style sheet."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import mistune
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.report.wording import SYMBOLS, WORDS, number, of_points, plural, printable, prose

HERE = Path(__file__).parent
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")


def render(template: str, **values: Any) -> str:
    """Fill in a template; the page needs nothing but itself and ends in one line break."""
    return environment().get_template(template).render(values).strip() + "\n"


def markdown(text: str) -> str:
    """Text as its author saw it in the notebook, with HTML of their own shown, not obeyed.

    Comments, which the notebook does not show either, are left out. Images come from elsewhere, so
    only their names are shown: a page must need nothing but itself.
    """
    return str(renderer()(IMAGE.sub(r"[\1]", COMMENT.sub("", printable(text)))))


@functools.cache
def renderer() -> mistune.Markdown:
    """CommonMark with HTML escaped."""
    return mistune.create_markdown(escape=True, plugins=["strikethrough", "table"])


@functools.cache
def environment() -> Environment:
    """The environment of all templates: values are escaped, a missing one is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        prose=lambda text: Markup(prose(text)),  # prose escapes
        number=number,
        plural=plural,
        printable=printable,
        markdown=lambda text: Markup(markdown(text)),  # markdown escapes
    )
    style = (HERE / "style.css").read_text(encoding="utf-8")
    made.globals.update(style=Markup(style), symbols=SYMBOLS, words=WORDS, of_points=of_points)
    return made
