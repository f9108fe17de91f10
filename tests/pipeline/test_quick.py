"""What is done in short gives what nbgrader's own long way gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import nbgrader.nbgraderformat
import pytest
from nbgrader.dbutil import _temp_alembic_ini
from pytest import MonkeyPatch

from autograder.pipeline import quick

SCHEMA = json.loads(
    (Path(nbgrader.nbgraderformat.__file__).parent / "v3.json").read_text(encoding="utf-8")
)
CELL = {"schema_version": 3, "grade": True, "solution": False, "locked": True, "task": False,
        "grade_id": "e1_check", "points": 5, "cell_type": "code"}  # fmt: skip
WRONG: list[Any] = [
    {**CELL, "grade_id": "no spaces here"},
    {**CELL, "points": -1},
    {**CELL, "points": "many"},
    {**CELL, "grade": "yes"},
    {**CELL, "cell_type": "heading"},
    {},
    [],
    None,
]


def test_a_new_gradebook_carries_the_version_that_alembic_names() -> None:
    alembic = Path(sys.executable).parent / "alembic"
    with _temp_alembic_ini("sqlite:////tmp/gradebook.db") as ini:
        said = subprocess.run([alembic, "-c", ini, "heads"], capture_output=True, check=True)
    assert quick.newest_revision() == said.stdout.decode().split()[0]


def test_a_cell_that_the_schema_allows_passes() -> None:
    quick.validate(CELL, SCHEMA)


@pytest.mark.parametrize("cell", WRONG, ids=str)
def test_a_cell_hears_what_jsonschema_says(cell: Any) -> None:
    theirs = ours = "nothing"
    try:
        jsonschema.validate(cell, SCHEMA)
    except jsonschema.ValidationError as error:
        theirs = str(error)
    try:
        quick.validate(cell, SCHEMA)
    except jsonschema.ValidationError as error:
        ours = str(error)
    assert ours == theirs != "nothing"


def test_a_broken_schema_is_refused_every_time() -> None:
    for _ in range(2):
        with pytest.raises(jsonschema.SchemaError):
            quick.validate({}, {"type": "no such type"})


def test_nbgrader_uses_both(monkeypatch: MonkeyPatch) -> None:
    import nbgrader.api
    from nbgrader.nbgraderformat import common

    monkeypatch.setattr(nbgrader.api, "get_alembic_version", None)
    monkeypatch.setattr(common, "jsonschema", None)
    quick.hasten_nbgrader()
    assert nbgrader.api.get_alembic_version() == quick.newest_revision()
    assert common.jsonschema.validate is quick.validate
    assert common.jsonschema.ValidationError is jsonschema.ValidationError
