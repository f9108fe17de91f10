"""What is said where a file holds no notebook, and how much of one is read."""

from __future__ import annotations

MAX_BYTES = 200 * 2**20  # of a file that is read as a whole; larger ones without their outputs
MAX_TEXT = 50 * 2**20  # of a notebook without its outputs
MAX_SCRIPT = 4 * 2**20  # of a script in place of a notebook
MAX_CELLS = 10_000


class Unreadable(Exception):
    """A submission that cannot be graded as it is; the message is for student and instructor."""
