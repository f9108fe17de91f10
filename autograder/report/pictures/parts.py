"""What the drawings are made of; all sizes in pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WRONG = "✗"
MARK = "#c9302c"  # on white and on dark pages at least 3 to 1, as the badge of a failed check
NARROWEST = 340  # pixels
Picture = Mapping[str, Any]
Number = float | None


def svg(width: float, height: float, description: str, parts: Sequence[str]) -> str:
    """A whole drawing with its description; in a narrow column it shrinks as far as it can be read.

    It is to stand in something that scrolls.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(description)}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
        f' style="display: block; max-width: 100%; min-width: {min(width, NARROWEST):.0f}px;'
        " height: auto; fill: currentColor;"
        ' font-size: 11px; overflow: visible;">' + "".join(parts) + "</svg>"
    )


def label(x: float, y: float, text: str, anchor: str = "start", weight: str = "normal") -> str:
    """A word or number; anchor: which of its ends stands at x."""
    bold = ' style="font-weight: bold;"' if weight == "bold" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{bold}>{escape(text)}</text>'


def cell(
    x: float, y: float, width: float, height: float, shade: float, *, wrong: bool = False
) -> str:
    """One cell of a table; what is wrong has a thick border, besides its sign."""
    inset = 1.5 if wrong else 0.5
    border = f"stroke: {MARK}; stroke-width: 2;" if wrong else (
        "stroke: currentColor; stroke-width: 0.5; stroke-opacity: 0.4;")  # fmt: skip
    return (
        f'<rect x="{x + inset:.1f}" y="{y + inset:.1f}" width="{width - 2 * inset:.1f}"'
        f' height="{height - 2 * inset:.1f}" style="fill-opacity: {shade:.2f}; {border}"/>'
    )


def rectangle(x: float, y: float, width: float, height: float, shade: float) -> str:
    """A bar."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f' style="fill-opacity: {shade:.2f};"/>'
    )


def stroke(x1: float, y1: float, x2: float, y2: float, width: float = 0.8) -> str:
    """A straight line."""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
        f' style="stroke: currentColor; stroke-width: {width:g};"/>'
    )


def circle(x: float, y: float, radius: float, *, filled: bool) -> str:
    """A dot, or a ring."""
    ring = "" if filled else ' style="fill: none; stroke: currentColor; stroke-width: 1.5;"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}"{ring}/>'


def cross(x: float, y: float) -> str:
    """The sign of what is wrong."""
    return (
        f'<path d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"'
        f' style="fill: none; stroke: {MARK}; stroke-width: 2.5;"/>'
    )
