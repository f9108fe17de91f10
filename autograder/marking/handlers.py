"""The pages and the address that saves marks, on formgrader's own handlers and gradebook."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_server.utils import url_path_join
from nbgrader.server_extensions.formgrader.base import (
    BaseApiHandler,
    BaseHandler,
    check_notebook_dir,
    check_xsrf,
)
from sqlalchemy.exc import OperationalError
from tornado import web

from autograder.marking import second
from autograder.marking.book import Book, Mark, Refused
from autograder.marking.page import render_list, render_task
from autograder.marking.tasks import Answers, Task

HERE = Path(__file__).parent
FILES = {
    "marking.js": ("text/javascript", [HERE / "static" / "marking.js"]),
    "marking.css": ("text/css", [HERE.parent / "report" / "style.css",
                                 HERE / "static" / "marking.css"]),
}  # fmt: skip
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
ANSWERS = Answers()  # read once for all requests


class Ours(BaseHandler):
    """What all of our addresses share."""

    @property
    def content_security_policy(self) -> str:
        """Nothing runs but our one script, nothing is fetched from elsewhere."""
        return POLICY

    def prepare(self) -> Any:
        """Nothing is here where formgrader could not be loaded."""
        if "nbgrader_formgrader" not in self.settings:
            raise web.HTTPError(404, "formgrader is not here")
        return super().prepare()

    @property
    def book(self) -> Book:
        """The marks: formgrader's own gradebook, so that both always show the same."""
        return Book(self.gradebook, self.coursedir, ANSWERS)

    def task(self, assignment: str, notebook: str, cell: str) -> Task:
        """The task of an address."""
        found = self.book.task(assignment, notebook, cell)
        if found is None:
            raise web.HTTPError(404, "there is no such task in this course folder")
        return found

    def sample(self, assignment: str) -> second.Sample | None:
        """The sample of the second marker whom the address names; None for the first marker."""
        marker = self.get_argument("second", "")
        if not marker:
            return None
        try:
            return second.load(Path(self.coursedir.root), assignment, marker)
        except second.NoSample as error:
            raise web.HTTPError(404, str(error)) from error


class ListHandler(Ours):
    """All tasks, with how many answers wait."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self) -> None:
        book, marker = self.book, self.get_argument("second", "")
        rows = []
        for task in book.tasks():
            if not marker:
                rows.append((task, *book.counts(task)))
                continue
            try:
                found = second.load(Path(self.coursedir.root), task.assignment, marker).of(task)
            except second.NoSample:
                continue
            rows.append((task, len(found), sum(a.points is None for a in found.values())))
        self.finish(render_list(rows, self.base_url, marker))


class TaskHandler(Ours):
    """One task with all of its answers."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def get(self, assignment: str, notebook: str, cell: str) -> None:
        book, task = self.book, self.task(assignment, notebook, cell)
        sample = self.sample(assignment)
        answers = book.answers(task)
        numbers = self.api.get_notebook_submission_indices(assignment, notebook)
        names = sample is None and self.get_argument("names", "") == "1"
        tasks = [other for other in book.tasks() if other.assignment == assignment]
        make = functools.partial(
            render_task, task, tasks, answers, base_url=self.base_url, sample=sample,
            numbers={id: n + 1 for id, n in numbers.items()}, names=names,
        )  # fmt: skip
        # sorting hundreds of answers takes a second: the server goes on meanwhile
        html = await asyncio.get_running_loop().run_in_executor(None, make)
        self.finish(html)


class MarksHandler(Ours, BaseApiHandler):
    """Save marks and comments.

    formgrader's own address takes one mark at a time, whatever has happened since the page was
    shown. This one takes a group's marks together, and refuses those whose answer, or mark, has
    changed meanwhile: by a regrade, or by another marker.
    """

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def put(self, assignment: str, notebook: str, cell: str) -> None:
        changes = (self.get_json_body() or {}).get("changes")
        if not isinstance(changes, list) or not all(isinstance(c, Mapping) for c in changes):
            raise web.HTTPError(400, "the request holds no list of changes")
        task, sample = self.task(assignment, notebook, cell), self.sample(assignment)
        try:
            if sample is None:
                done = self.book.save(task, changes)
            else:
                done = sample.save(task, changes)
                second.keep(Path(self.coursedir.root), sample)
        except OperationalError as error:
            self.log.warning("marks were not saved: %s", error)
            raise web.HTTPError(503, "the gradebook is busy") from error
        self.finish({"done": {id: as_json(what) for id, what in done.items()}})


def as_json(what: Mark | Refused | None) -> dict[str, Any]:
    """What became of one change, for the page."""
    if isinstance(what, Refused):
        now = None if what.mark is None else as_json(what.mark)
        return {"refused": str(what), "now": now}
    assert what is not None
    return {"points": what.points, "waits": what.waits, "comment": what.comment}


class FileHandler(Ours):
    """Our script and our style."""

    @web.authenticated
    def get(self, name: str) -> None:
        kind, places = FILES[name]
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish("".join(place.read_text(encoding="utf-8") for place in places))


def routes(base_url: str) -> list[tuple[str, type[Ours]]]:
    """Our addresses below the server's."""
    step = "([^/]+)"
    return [
        (url_path_join(base_url, path), handler)
        for path, handler in (
            ("/by-task/?", ListHandler),
            (f"/by-task/({'|'.join(FILES)})", FileHandler),
            (f"/by-task/{step}/{step}/{step}", TaskHandler),
            (f"/by-task/{step}/{step}/{step}/marks", MarksHandler),
        )
    ]
