"""What ends `course release`."""


class CannotRelease(Exception):
    """Nothing was released; the message says why and what to do."""
