"""Reading the pages as a browser does: tags, attributes, visible text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

INLINE = {"a", "b", "code", "small", "strong"}
VOID = {"meta", "br", "img", "hr", "input", "link"}


class Page(HTMLParser):
    """A parsed page: tags with their attributes in order, and the text outside of <style>."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.pieces.append("" if tag in INLINE else " ")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()
        self.pieces.append("" if tag in INLINE else " ")

    def handle_data(self, data):
        if "style" not in self.open:
            self.pieces.append(data)

    @property
    def text(self) -> str:
        """The visible text, white space folded."""
        return " ".join("".join(self.pieces).split())

    def attributes(self, name: str) -> list[str]:
        """All values of an attribute."""
        return [values[name] for _, values in self.tags if name in values]

    def names(self) -> set[str]:
        """The tags in use."""
        return {tag for tag, _ in self.tags}


def assert_harmless(html: str) -> Page:
    """No script, no handler, nothing fetched from anywhere; well nested."""
    page = Page(html)
    assert page.names().isdisjoint({"script", "img", "iframe", "object", "embed", "link", "form"})
    for tag, values in page.tags:
        for name, value in values.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src", "xlink:href", "action"):
                assert not re.match(r"(?i)[a-z][a-z0-9+.-]*:|//", value), (tag, name, value)
    styles = " ".join([*re.findall(r"<style.*?</style>", html, re.DOTALL),
                       *page.attributes("style")])  # fmt: skip
    assert "@import" not in styles
    assert not re.search(r"url\((?!#)", styles)
    return page


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
