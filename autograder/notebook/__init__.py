"""What the students' notebooks import."""

from autograder.notebook import (
    curves,
    finetuning,
    lab_curves,
    lab_pictures,
    lab_tables,
    pictures,
    training,
)
from autograder.notebook.checking import check
from autograder.notebook.demonstration import needs

__all__ = [
    "check",
    "curves",
    "finetuning",
    "lab_curves",
    "lab_pictures",
    "lab_tables",
    "needs",
    "pictures",
    "training",
]
