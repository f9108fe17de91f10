"""Where this package lives."""

from __future__ import annotations

from pathlib import Path


def package_root() -> Path:
    """The folder from which `autograder` is imported."""
    return Path(__file__).resolve().parents[2]
