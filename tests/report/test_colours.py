"""The style sheet's colours: every text on every ground that it is put on (WCAG 2.2, AA)."""

import re

import pytest

from autograder.report.pages import HERE
from tests.report.reading import contrast


def palettes():
    """The colours of the style sheet, light and dark."""
    style = (HERE / "style.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, flags=re.DOTALL)
    light, dark, print_ = (dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in blocks)
    return {"light": light, "dark": {**light, **dark}, "print": {**light, **print_}}


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_every_text_colour_can_be_read_on_every_ground(theme):
    colours = palettes()[theme]
    for text in ("ink", "quiet", "link"):
        for ground in ("page", "panel"):
            assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for badge in ("passed", "failed", "skipped", "errored"):
        assert contrast(colours["on-badge"], colours[badge]) >= 4.5, badge


def pairs():
    """Every text colour with every ground that the style sheet puts it on, with the rule.

    A rule that names no ground of its own may stand on the page or on a panel; one that names no
    text colour has that of the rule for the same element, else ink.
    """
    style = (HERE / "style.css").read_text(encoding="utf-8")
    bare = re.sub(r"/\*.*?\*/|@media[^{]*\{|@page[^}]*\}|:root \{.*?\}", "", style, flags=re.DOTALL)
    use = re.compile(r"(?<![\w-])(color|background): var\(--([\w-]+)\)")
    rules = [(selector.strip(), dict(use.findall(body)))
             for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", bare)]  # fmt: skip
    colours = {selector: found["color"] for selector, found in rules if "color" in found}
    for selector, found in rules:
        base = re.sub(r"(?<=\w)\.\w+$", "", selector)
        text = found.get("color", colours.get(base, "ink"))
        if "background" in found:
            yield selector, text, found["background"]
        elif "color" in found:
            yield from ((selector, text, ground) for ground in ("page", "panel"))


WITHOUT_TEXT = (".bar", ".bar span")  # drawings


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_every_pair_of_colours_in_the_style_sheet_can_be_read(theme):
    found = [pair for pair in pairs() if pair[0] not in WITHOUT_TEXT]
    assert {".badge.failed", ".panel", "a", ".quiet"} <= {selector for selector, _, _ in found}
    colours = palettes()[theme]
    for selector, text, ground in found:
        assert contrast(colours[text], colours[ground]) >= 4.5, (selector, text, ground)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_bars_stand_out_from_page_and_track(theme):
    colours = palettes()[theme]
    assert contrast(colours["bar"], colours["page"]) >= 3
    assert contrast(colours["bar"], colours["track"]) >= 3


def test_the_style_sheet_names_its_colours_once():
    style = (HERE / "style.css").read_text(encoding="utf-8")
    rules = re.sub(r":root \{.*?\}", "", style, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)
