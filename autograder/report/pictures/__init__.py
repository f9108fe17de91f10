"""The pictures beside a failed check, as SVG and as characters.

What each kind holds stands at CheckResult. Lines, letters and shades take the colour of the page,
light or dark; what is wrong has a sign and not only a colour. Standard library only, no scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from autograder.report.pictures.attention import attention_svg, attention_text
from autograder.report.pictures.histogram import histogram_svg, histogram_text
from autograder.report.pictures.parts import Picture
from autograder.report.pictures.series import series_svg, series_text

SVG = {"attention": attention_svg, "histogram": histogram_svg, "series": series_svg}
TEXT = {"attention": attention_text, "histogram": histogram_text, "series": series_text}


def picture_svg(picture: Picture | None) -> str:
    """The drawing with its description; empty where there is none, or of a later version's kind."""
    return made(picture, SVG)


def picture_text(picture: Picture | None) -> str:
    """The same as lines of characters, at most 94 wide."""
    return made(picture, TEXT)


def made(picture: Picture | None, kinds: Mapping[str, Callable[[Picture], str]]) -> str:
    """What the function of its kind makes of a picture."""
    try:
        return kinds[str(picture["kind"])](picture) if picture else ""
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return ""
