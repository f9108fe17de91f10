"""Late penalties in nbgrader's gradebook: the same as in reports and exports.

nbgrader works a submission's penalty out while it autogrades, and asks `LatePenalty` for it. By
then answers in words have no marks yet: autograder.pipeline.late_penalties brings the penalty up
to the marks that stand later.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import lru_cache
from pathlib import Path

from nbgrader.plugins import LateSubmissionPlugin

from autograder.checks import full_marks
from autograder.course import late
from autograder.course.config import NAME, load
from autograder.course.remembered import recall
from autograder.course.settings import CourseConfig


class LatePenalty(LateSubmissionPlugin):
    """The penalty that course.toml asks for, in points of the curriculum.

    `c.AssignLatePenalties.plugin_class` names it. The assignment's deadline in the gradebook is
    course.toml's; where that has none, or cannot be found any more, lateness costs nothing.
    """

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Points off a notebook; None if course.toml has no deadline. Raises BadConfig."""
        place, assignment = settings_file(self.folder), self.parent.assignment_id
        if place is None:
            self.log.error("%s is late, but there is no %s here to say what that costs",
                           student_id, NAME)  # fmt: skip
            return None
        settings = settings_in(place, place.stat().st_mtime_ns).of(assignment)
        if (deadline := settings.deadline_of(student_id)) is None:
            return None
        handed_in = self.parent.gradebook.find_submission(assignment, student_id).timestamp
        # a partner's extension stands in the gradebook only: the more generous of the two counts
        time = min(handed_in.replace(tzinfo=UTC) - deadline, timedelta(seconds=total_seconds_late))
        return late.penalty(settings.late, time, score or 0.0, full_marks(assignment))

    @property
    def folder(self) -> Path:
        """The course folder."""
        return Path(self.config.CourseDirectory.get("root") or Path.cwd())


def settings_file(folder: Path) -> Path | None:
    """The course.toml of a course folder: the one last used with it, else its own."""
    found = recall(folder).get("config", folder / NAME)
    return found if found.is_file() else None


@lru_cache(maxsize=4)
def settings_in(place: Path, changed: int) -> CourseConfig:
    """A course.toml, read once as long as it stays the same; the roster does not matter here."""
    return load(place, files=False)
