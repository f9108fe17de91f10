"""E1: a class with a helper of the author's own, hidden from students."""

from functools import cache


class Box:
    """Hold things."""

    def __init__(self, *things: float) -> None:
        # BEGIN SOLUTION
        self.things = list(things)
        self._sort()
        # END SOLUTION

    # BEGIN SOLUTION
    @staticmethod
    @cache
    def _order(thing: float) -> float:
        return -thing

    def _sort(self) -> None:
        """Largest first."""
        self.things.sort(key=self._order)

    # END SOLUTION

    def largest(self) -> float:
        """Return the largest thing; an empty box is refused."""
        # BEGIN SOLUTION
        things = self.things
        # END SOLUTION
        if not things:
            raise ValueError("an empty box has no largest thing")
        # BEGIN SOLUTION
        return things[0]
        # END SOLUTION
