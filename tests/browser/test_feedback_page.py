"""A feedback page as Chromium shows it: readable in light, dark and print, and in one column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from autograder.course.finals import Final
from autograder.report.feedback import feedback_html
from tests.report.samples import EXERCISES, submission

pytestmark = pytest.mark.browser

THEMES = {
    "light": ("screen", "light"), "dark": ("screen", "dark"), "print": ("print", "dark"),
}  # fmt: skip
# The contrast of every piece of text with what lies behind it (WCAG 2.2), drawings included.
CONTRASTS = """
const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
const level = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = c => 0.2126 * level(c[0]) + 0.7152 * level(c[1]) + 0.0722 * level(c[2]);
const ground = e => {
  for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length === 3 || c[3] > 0) return c;
  }
  return [255, 255, 255];
};
const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; (node = walker.nextNode());) {
  const e = node.parentElement, style = getComputedStyle(e);
  if (!node.data.trim() || e.closest("svg") || !e.getClientRects().length) continue;
  const pair = [light(parse(style.color)), light(ground(e))].sort((a, b) => b - a);
  found.push([node.data.trim().slice(0, 40), (pair[0] + 0.05) / (pair[1] + 0.05)]);
}
return found;
"""


def page() -> str:
    """A page with every part: late, rescaled, mended, failed and passed checks, an answer."""
    entry = submission("ada", "biased and unmasked", notes=["a note"], mended=["a `cell`"])
    written = [{"exercise": "E2", "points": 0.5, "max_points": 1.0, "answer": "So, `it` is.",
                "comment": "why *so*?"}]  # fmt: skip
    rubric = {"id": "E2", "title": "In words", "points": 1.0, "rubric": "**½ point** for half"}
    mark = Final("ada", "ada", "graded", 30.0, 100.0, 10.0, 20.0, {"E1": 20.0, "E2": 10.0}, 1,
                 "1 day late: 10 points off")  # fmt: skip
    return feedback_html({**entry.as_json(), "written": written, "members": ["ada", "ben"]},
                         "Assignment 4", [*EXERCISES, rubric], final=mark)  # fmt: skip


def show(driver: webdriver.Chrome, place: Path, theme: str, width: int = 1000) -> None:
    """Open the page with every fold open."""
    medium, scheme = THEMES[theme]
    driver.set_window_size(width, 1400)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": features})
    place.write_text(page(), encoding="utf-8")
    driver.get(place.as_uri())
    driver.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")


@pytest.mark.parametrize("theme", THEMES)
def test_all_text_can_be_read(
    driver: webdriver.Chrome, theme: str, tmp_path: Path, screenshots: Path
) -> None:
    try:
        show(driver, tmp_path / "page.html", theme)
        found: list[tuple[str, float]] = driver.execute_script(CONTRASTS)
        driver.save_screenshot(str(screenshots / f"feedback-{theme}.png"))
        texts = " ".join(text for text, _ in found)
        for part in ("30 of 100 points, less 10", "What was mended", "Your marker says", "failed"):
            assert part in texts
        assert not [(text, ratio) for text, ratio in found if ratio < 4.5]
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})


def test_the_page_is_no_wider_than_a_telephone_and_asks_for_nothing(
    driver: webdriver.Chrome, tmp_path: Path
) -> None:
    show(driver, tmp_path / "page.html", "light", 500)
    wide: Any = driver.execute_script(
        "return [document.documentElement.scrollWidth, innerWidth,"
        " performance.getEntriesByType('resource').length]"
    )
    assert wide[0] <= wide[1] and wide[2] == 0
