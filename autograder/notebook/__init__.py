"""What the students' notebooks import."""

from autograder.notebook import curves, pictures, training
from autograder.notebook.checking import check
from autograder.notebook.demonstration import needs

__all__ = ["check", "curves", "needs", "pictures", "training"]
