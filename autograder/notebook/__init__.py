"""What the students' notebooks import.

The modules of Lab 11 (finetuning, lab_curves, lab_pictures, lab_tables) are imported by name only:
they need packages that Assignment 4 does without.
"""

from autograder.notebook import curves, interactive, pictures, session, training
from autograder.notebook.checking import check
from autograder.notebook.demonstration import needs
from autograder.notebook.progress_panel import progress

__all__ = [
    "check",
    "curves",
    "interactive",
    "needs",
    "pictures",
    "progress",
    "session",
    "training",
]

session.begin()
