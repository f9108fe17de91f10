"""Read whatever a student handed in as a notebook, or say in a sentence what it is instead."""

from autograder.intake.reading.reader import read
from autograder.intake.reading.unreadable import MAX_BYTES, Unreadable

__all__ = ["MAX_BYTES", "Unreadable", "read"]
