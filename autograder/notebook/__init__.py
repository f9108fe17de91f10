"""What the students' notebooks import."""

from autograder.notebook import curves, pictures, training
from autograder.notebook.demonstration import needs


def check(exercise: str) -> float:
    """Stand in until the checks are joined."""
    return 0.0


__all__ = ["check", "curves", "needs", "pictures", "training"]
