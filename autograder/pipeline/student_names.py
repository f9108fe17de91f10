"""Which names nbgrader can be given; imports nothing that takes long."""

from __future__ import annotations

import re
import unicodedata

HARMLESS_TAG = re.compile(r"<(?:b|i|u|s|em|strong)>", re.IGNORECASE)


def name_fault(student: str) -> str | None:
    """Why nbgrader cannot be given a student of this name: on its pages it would be code.

    formgrader puts a student's id into its pages and scripts as it is. Tags that only change the
    look of a word may stand in it.
    """
    bad = {c for c in HARMLESS_TAG.sub("", student)
           if c in '<>"\\' or unicodedata.category(c) in ("Cc", "Cs")}  # fmt: skip
    if not bad:
        return None
    shown = " ".join(sorted(c if c.isprintable() else f"U+{ord(c):04X}" for c in bad))
    return f"the folder's name holds {shown}, which no student's id may: rename it"
