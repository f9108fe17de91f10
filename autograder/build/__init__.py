"""Build notebooks: text source and reference solutions in, source, release and solved out."""

from autograder.build.builder import (
    BuiltNotebooks,
    build,
    build_source,
    check_drift,
    dump,
    release_path,
    texts,
    write,
    write_solved,
)
from autograder.build.errors import BuildError
from autograder.build.notebook import fill, release_notebook

__all__ = [
    "BuildError",
    "BuiltNotebooks",
    "build",
    "build_source",
    "check_drift",
    "dump",
    "fill",
    "release_notebook",
    "release_path",
    "texts",
    "write",
    "write_solved",
]
