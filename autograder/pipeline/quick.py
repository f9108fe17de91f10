"""Import nbformat without the two seconds that a part takes which notebooks do not need.

Validating a notebook reaches jsonschema, and where `rfc3987_syntax` is installed (JupyterLab brings
it) jsonschema builds a grammar of internationalised web addresses at import. No field of a notebook
has that format.
"""

from __future__ import annotations

import sys

SLOW = "rfc3987_syntax"


def import_nbformat() -> None:
    """Import nbformat and its validator; a second call does nothing."""
    if SLOW in sys.modules or "jsonschema" in sys.modules:
        return
    sys.modules[SLOW] = None  # type: ignore[assignment]  # so says the import system: not there
    try:
        import nbformat.validator  # noqa: F401
    finally:
        del sys.modules[SLOW]
