"""The browser tests' fixtures: JupyterLab and Chromium, once for the whole folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from tests.browser import lab


@pytest.fixture(scope="session")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    """A headless Chromium; where there is none, a loud skip, and a failure in CI."""
    if not (lab.CHROMIUM.exists() and lab.CHROMEDRIVER.exists()):
        reason = (
            "Chromium or its driver is missing: apt-get install chromium chromium-driver (as root)"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(f"{reason}; CI must not skip the browser tests")
        pytest.skip(reason)
    with lab.chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lab.Server]:
    """JupyterLab on loopback, serving an empty folder."""
    root = tmp_path_factory.mktemp("student")
    with lab.jupyterlab(root, tmp_path_factory.mktemp("jupyter")) as started:
        yield started


@pytest.fixture
def screenshots(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder for screenshots: `--screenshots DIR`, or pytest's own."""
    return Path(request.config.getoption("--screenshots") or tmp_path)
