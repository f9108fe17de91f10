"""What the students' notebooks import.

The modules of Lab 11 (finetuning, lab_curves, lab_pictures, lab_tables) are imported by name only:
they need packages that Assignment 4 does without.
"""

from autograder.notebook import curves, pictures, training
from autograder.notebook.checking import check
from autograder.notebook.demonstration import needs

__all__ = ["check", "curves", "needs", "pictures", "training"]
