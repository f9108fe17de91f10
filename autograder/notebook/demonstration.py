"""What a demonstration prints in place of a traceback while an exercise is still open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

UNSOLVED = (NotImplementedError, NameError)


@contextmanager
def needs(*exercises: str) -> Iterator[None]:
    """Run a demonstration that uses the student's exercises; say one kind sentence if it cannot.

    A stub that is still empty, or a blank `...`, stops the block quietly; so does any
    other error of the student's code, which is named. Interrupting the kernel is not caught.
    """
    try:
        yield
    except UNSOLVED as error:
        print(f"This appears once {listed(exercises)}." if exercises else error)
    except Exception as error:
        if not exercises:
            print(error)
            return
        if any(map(has_blanks, exercises)):
            print(f"This appears once {listed(exercises)}.")
            return
        print(
            f"This needs {' and '.join(exercises)}, and the code there stopped with "
            f"{type(error).__name__}: {error}\nThe check of the exercise says more."
        )


def has_blanks(exercise_id: str) -> bool:
    """Whether one of the names that an exercise asks for still holds the blank `...`."""
    from autograder.checks import exercise
    from autograder.notebook.checking import notebook_names

    names = notebook_names()
    return any(names.get(name) is ... for name in exercise(exercise_id).defines)


def listed(exercises: tuple[str, ...]) -> str:
    """Name exercises as the subject of "work": "E1 works", "E1 and E2 work"."""
    if len(exercises) == 1:
        return f"{exercises[0]} works"
    return f"{', '.join(exercises[:-1])} and {exercises[-1]} work"
