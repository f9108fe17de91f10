"""E2: a function of self."""

from solutions.tiny.box import Box


def total(self: object) -> float:
    """Add up what the box holds."""
    result = 0.0
    for thing in self.things:
        # BEGIN SOLUTION
        result += thing
        # END SOLUTION
    return result


Box.total = total
