"""Markdown in formgrader, our marking pages and nbgrader's feedback: nothing of a student's runs.

nbconvert passes HTML in Markdown on to the page. These are a marker's pages, and a marker is signed
in: a script there could set marks. `nbgrader_config.py` puts this filter in place of nbconvert's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import pass_context
from markupsafe import Markup
from mistune import escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.report.pages import COMMENT


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """The HTML of a Markdown cell, as nbconvert's filter of this name is called."""
    return str(safe_html(source, context.get("cell", {}).get("attachments", {})))


def safe_html(source: str, attachments: Mapping[str, Any] | None = None) -> Markup:
    """The HTML of Markdown: HTML in it is shown, not obeyed; formulas as ever.

    attachments: the pictures that came with it, as Jupyter keeps them in a cell.
    """
    renderer = Renderer(
        escape=True,
        allow_harmful_protocols=False,
        exclude_anchor_links=True,
        attachments=dict(attachments or {}),
    )
    return Markup(MarkdownWithMath(renderer=renderer).render(COMMENT.sub("", source)))


class Renderer(IPythonRenderer):
    """nbconvert's renderer without the ways around `escape`."""

    def block_mermaidjs(self, code: str) -> str:
        """Show a diagram's text: nbconvert would pass it on as HTML."""
        return f"<pre><code>{escape(code)}</code></pre>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Show a picture that came with the notebook; name any other.

        A picture from elsewhere would tell its server who reads this, and when.
        """
        kinds = self.attachments.get(url.removeprefix("attachment:"), {})
        for kind in ("image/png", "image/jpeg"):
            if url.startswith("attachment:") and kind in kinds:
                found = escape("".join(str(kinds[kind]).split()))
                return f'<img src="data:{kind};base64,{found}" alt="{escape(text)}">'
        return f"[{escape(text or 'a picture')}]"
