"""Answers that are values."""

width = 3 * 4  # in steps
# not for students: (three by four)
left = (1, "# no comment")


def area(height: int) -> int:
    """Return the area."""
    # BEGIN SOLUTION
    return width * height
    # END SOLUTION


whole: int = area(
    5  # high
)  # all of it
