"""Markdown in formgrader and nbgrader's feedback, where nothing that a student wrote may run.

nbconvert passes HTML in Markdown on to the page. These are a marker's pages, and a marker is signed
in: a script there could set marks. `nbgrader_config.py` puts this filter in place of nbconvert's.
"""

from __future__ import annotations

from typing import Any

from jinja2 import pass_context
from mistune import escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.report.pages import COMMENT


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """The HTML of a Markdown cell: its own HTML shown, not obeyed; formulas as ever."""
    renderer = Renderer(
        escape=True,
        allow_harmful_protocols=False,
        exclude_anchor_links=True,
        attachments=context.get("cell", {}).get("attachments", {}),
    )
    return str(MarkdownWithMath(renderer=renderer).render(COMMENT.sub("", source)))


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
