"""Where this package lives, and whether what is inside a submission's process may see it."""

from __future__ import annotations

from pathlib import Path


def package_root() -> Path:
    """The folder from which `autograder` is imported."""
    return Path(__file__).resolve().parents[2]
