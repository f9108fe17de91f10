"""What students are given: a folder and a zip, with notebooks, package, pins and a first page.

    text sources + solutions  ->  notebooks, with the package's address in their first cell
    the clone                 ->  the student wheel
    course.toml               ->  links for Colab and JupyterHub

For instructors alone: none of this is in the wheel.
"""

from autograder.release.files import CannotRelease, Made, Wishes, make
from autograder.release.folder import put

__all__ = ["CannotRelease", "Made", "Wishes", "make", "put"]
