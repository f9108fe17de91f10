"""What a student's computer has and lacks: the notebooks' first cell, and `course doctor`.

Importing it imports nothing that the course brings: it has to speak where torch or convokit is
missing. `ready` is what the first cell of each notebook calls.
"""

from autograder.student.starting import ready

__all__ = ["ready"]
