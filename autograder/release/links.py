"""Links that open a notebook of the release, in Google Colab and on a JupyterHub with nbgitpuller.

Formats: Colab's own demonstration notebook for GitHub, and nbgitpuller's "Options in an nbgitpuller
URL".
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from urllib.parse import quote, urlencode

from autograder.course.addresses import GITHUB

COLAB = "https://colab.research.google.com"
COLAB_BADGE = (f"{COLAB}/assets/colab-badge.svg", "Open in Colab")
HUB_BADGE = (
    "https://img.shields.io/badge/Open_in-JupyterHub-f37726?logo=jupyter",
    "Open in JupyterHub",
)
UPLOAD = ("Colab opens notebooks by a link from GitHub alone. Without a repository there, students"
          " upload the notebook: *File*, *Upload notebook*.")  # fmt: skip
NO_REPOSITORY = ("A JupyterHub fetches the notebooks from a git repository that students may read:"
                 " say with `repository` in course.toml where it is.")  # fmt: skip
ADD_HUB = "Put your JupyterHub's address in front, or say with `hub` in course.toml where it is."

TOP = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Links for your course page</title>
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .5rem; border: 1px solid }
</style></head><body>
<h1>Links for your course page</h1>"""


@dataclass(frozen=True)
class Source:
    """Where students' computers find the release; repository and hub may be empty."""

    repository: str = ""
    branch: str = "main"
    hub: str = ""

    @property
    def github(self) -> str:
        """OWNER/REPOSITORY if it is on GitHub, else nothing."""
        is_there = self.repository.lower().startswith(GITHUB)
        return self.repository[len(GITHUB) :] if is_there else ""

    def raw(self, name: str) -> str:
        """The address of a file itself; empty where it cannot be known."""
        if not self.github:
            return ""
        return f"https://raw.githubusercontent.com/{self.github}/{quote(self.branch)}/{quote(name)}"

    def colab(self, name: str) -> str:
        """The link that opens a notebook in Colab; empty if there can be none."""
        if not self.github:
            return ""
        return f"{COLAB}/github/{self.github}/blob/{quote(self.branch)}/{quote(name)}"

    def pulled(self, name: str) -> str:
        """The link that fetches the repository with nbgitpuller and opens a notebook of it.

        The folder on the hub has the name of the repository; `autodecode` keeps JupyterLab from
        asking for the name of a workspace.
        """
        if not self.repository:
            return ""
        folder = self.repository.rsplit("/", 1)[-1]
        query = {"repo": self.repository, "branch": self.branch,
                 "urlpath": f"lab/tree/{folder}/{name}?autodecode"}  # fmt: skip
        asked = urlencode(query, quote_via=quote, safe="")
        return f"{self.hub}/hub/user-redirect/git-pull?{asked}"


def as_markdown(source: Source, titles: dict[str, str]) -> str:
    """The page of links as Markdown; titles: by the notebooks' file names."""
    lines = ["# Links for your course page", ""]
    for name, title in titles.items() if source.repository else ():
        lines += [f"## {title}", ""]
        if colab := source.colab(name):
            lines += [f"Google Colab: <{colab}>", "", f"    {badge(colab, COLAB_BADGE)}", ""]
        if pulled := source.pulled(name):
            shown = f"<{pulled}>" if source.hub else f"`{pulled}`"
            lines += [f"JupyterHub, by nbgitpuller: {shown}", ""]
            lines += [f"    {badge(pulled, HUB_BADGE)}", ""] if source.hub else []
    for note in notes(source):
        lines += [note, ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def as_html(source: Source, titles: dict[str, str]) -> str:
    """The same page for a browser, with what an LMS's editor takes as HTML."""
    parts = [TOP]
    for name, title in titles.items() if source.repository else ():
        parts.append(f"<h2>{escape(title)}</h2>")
        for label, link, sign in (
            ("Open in Google Colab", source.colab(name), COLAB_BADGE),
            ("Open in JupyterHub", source.pulled(name), HUB_BADGE),
        ):
            if link.startswith(("https://", "http://")):
                parts.append(f'<p><a href="{escape(link)}">{label}</a></p>')
                parts.append(f"<pre>{escape(html_badge(link, sign))}</pre>")
            elif link:
                parts.append(f"<p>{label}:</p><pre>{escape(link)}</pre>")
    parts += [f"<p>{escape(note).replace('*', '')}</p>" for note in notes(source)]
    return "\n".join([*parts, "</body></html>"]) + "\n"


def notes(source: Source) -> list[str]:
    """What an instructor has to know of links that are not there."""
    said = [] if source.github else [UPLOAD]
    if not source.repository:
        return [*said, NO_REPOSITORY]
    return said if source.hub else [*said, ADD_HUB]


def badge(link: str, sign: tuple[str, str]) -> str:
    """A picture that is a link, in Markdown."""
    return f"[![{sign[1]}]({sign[0]})]({link})"


def html_badge(link: str, sign: tuple[str, str]) -> str:
    """The same in HTML."""
    return f'<a href="{escape(link)}"><img src="{escape(sign[0])}" alt="{sign[1]}"></a>'
