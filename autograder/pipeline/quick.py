"""What nbformat and nbgrader do at length at every start, done in short.

Each part gives what the original gives; tests/pipeline/test_quick.py compares them.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

SLOW = "rfc3987_syntax"


def import_nbformat() -> None:
    """Import nbformat and its validator, two seconds faster; a second call does nothing.

    Validating a notebook reaches jsonschema, and where `rfc3987_syntax` is installed (JupyterLab
    brings it) jsonschema builds a grammar of internationalised web addresses at import. No field
    of a notebook has that format.
    """
    if SLOW in sys.modules or "jsonschema" in sys.modules:
        return
    sys.modules[SLOW] = None  # type: ignore[assignment]  # so says the import system: not there
    try:
        import nbformat.validator  # noqa: F401
    finally:
        del sys.modules[SLOW]


def hasten_nbgrader() -> None:
    """Spare nbgrader, in this process, three seconds of each new course folder.

    For the version that a new gradebook carries it starts `alembic`, which imports nbgrader once
    more; and it checks the same few schemas again for each cell of each notebook.
    """
    import jsonschema
    import nbgrader.api
    from nbgrader.nbgraderformat import common

    nbgrader.api.get_alembic_version = newest_revision
    common.jsonschema = SimpleNamespace(
        validate=validate, ValidationError=jsonschema.ValidationError
    )


def newest_revision() -> str:
    """The version of a gradebook's tables, as `alembic heads` tells it."""
    from alembic.script import ScriptDirectory
    from nbgrader.dbutil import ALEMBIC_DIR

    return str(ScriptDirectory(ALEMBIC_DIR).get_current_head())


def validate(instance: Any, schema: Mapping[str, Any]) -> None:
    """jsonschema.validate, with each schema checked once; raises ValidationError."""
    from jsonschema.exceptions import best_match

    error = best_match(validator(json.dumps(schema)).iter_errors(instance))
    if error is not None:
        raise error


@functools.lru_cache
def validator(schema: str) -> Any:
    """The validator of a schema, given as JSON."""
    from jsonschema.validators import validator_for

    loaded = json.loads(schema)
    kind = validator_for(loaded)
    kind.check_schema(loaded)
    return kind(loaded)
