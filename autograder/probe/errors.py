"""What can go wrong on the student's side of the view.

ProbeError
  StudentFault        the student's code raised; says what and on which line
    StudentMissing    the name is not defined
  StudentTimeout      the student's code ran too long
  StudentProcessGone  the process that ran it has ended
  MalformedReply      that process answered with something that is not a reply
"""

from __future__ import annotations


class ProbeError(Exception):
    """Something on the student's side kept a check from getting its answer."""


class StudentFault(ProbeError):
    """The student's code raised an exception.

    kind: the exception's class name; text: its message; line: the last line of student code.
    """

    def __init__(self, kind: str, text: str, line: str = "") -> None:
        self.kind, self.text, self.line = kind, text, line
        where = f", at the line `{line}`" if line else ""
        super().__init__(
            f"your code raised {kind}: {text}{where}" if text else f"your code raised {kind}{where}"
        )

    @property
    def unwritten(self) -> bool:
        """Whether the stub was left as it came: PyTorch's own errors of this kind have a text."""
        return self.kind == "NotImplementedError" and not self.text


class StudentMissing(StudentFault):
    """A name that the exercise asks for is not defined in the notebook."""

    def __init__(self, name: str) -> None:
        super().__init__("NameError", name)
        self.args = (f"`{name}` is not defined: run its cell above, or write it",)


class StudentTimeout(ProbeError):
    """The student's code did not answer within its time."""


class StudentProcessGone(ProbeError):
    """The process that ran the student's code ended before it answered."""


class MalformedReply(ProbeError):
    """The reply was not of the agreed form; what cannot be understood earns nothing."""
