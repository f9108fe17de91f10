"""Course folders whose written answers wait, made without grading: rows and notebooks only."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from autograder.build import fill
from autograder.marking.book import Book
from autograder.marking.tasks import Task
from autograder.pipeline.course_folder import CourseFolder
from autograder.pipeline.results import write_atomically
from tests.lab_answers import built

TITLES = ("G1.2", "G1.3", "G2.1", "G2.4")


def course_folder(root: Path, answers: Mapping[str, Mapping[str, str]]) -> CourseFolder:
    """A folder of Lab 11 in which each student has these answers, the reference's elsewhere."""
    folder = CourseFolder(root, "lab11")
    folder.prepare(built().source)
    with Gradebook(folder.gradebook_url) as gradebook, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        for student, texts in answers.items():
            gradebook.add_student(student)
            gradebook.add_submission("lab11", student)
            put_answers(folder, student, texts)
    return folder


def put_answers(folder: CourseFolder, student: str, texts: Mapping[str, str]) -> None:
    """Write a student's autograded notebook."""
    notebook = fill(built().solved, dict(texts))
    write_atomically(folder.autograded(student), nbformat.writes(notebook))


@contextmanager
def opened(folder: CourseFolder) -> Iterator[Book]:
    """The marks of a folder."""
    coursedir, _ = folder.nbgrader()
    with Gradebook(folder.gradebook_url) as gradebook:
        yield Book(gradebook, coursedir)


def task_of(book: Book, title: str) -> Task:
    """A task by its title."""
    return next(task for task in book.tasks() if task.title == title)
