"""A way from formgrader's own pages to the pages for marking by task."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment, PrefixLoader

# formgrader's pages extend one of these; each has the list of links at the left in its own words
PAGES = ("gradebook_base.tpl", "manage_students_base.tpl", "manage_assignments.tpl")
PAGE = """{{% extends "formgrader/{page}" %}}
{{%- block sidebar -%}}
{{{{ super() }}}}
<li role="presentation"><a href="{{{{ base_url }}}}/by-task/">Mark by Task</a></li>
{{%- endblock -%}}
"""


def put_link(settings: MutableMapping[str, Any]) -> None:
    """Let formgrader's templates be found with one more link in their list; once."""
    theirs: Environment | None = settings.get("nbgrader_jinja2_env")
    if theirs is None or isinstance(theirs.loader, ChoiceLoader) or theirs.loader is None:
        return
    settings["nbgrader_jinja2_env"] = theirs.overlay(loader=with_link(theirs.loader))


def with_link(theirs: BaseLoader) -> BaseLoader:
    """Our versions of some templates, which extend formgrader's, and formgrader's own."""
    ours = DictLoader({page: PAGE.format(page=page) for page in PAGES})
    return ChoiceLoader([ours, theirs, PrefixLoader({"formgrader": theirs})])
