"""The verbs of `course` that have a module of their own; thin, as `autograder.cli` is."""
