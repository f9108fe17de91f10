"""Keep the memory of one update for the next one, instead of giving it back in between.

The C library of Linux asks the system for every tensor above 32 MB and gives it back at once. The
system hands it out empty, which costs up to a third of the time of an update of GPT-2: its logits
alone are 200 MB, several times over.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# numbers of <malloc.h>
TRIM_THRESHOLD, MMAP_THRESHOLD, MMAP_MAX = -1, -3, -4
NEVER = -1
# what the C library arrives at by itself once it has seen large tensors; it stops adapting when it
# is told anything
USUAL = {MMAP_MAX: 65_536, MMAP_THRESHOLD: 32 * 2**20, TRIM_THRESHOLD: 64 * 2**20}


@contextmanager
def kept_memory() -> Iterator[None]:
    """Keep freed memory inside, and give it back afterwards; elsewhere than on Linux do nothing."""
    library = gnu_c_library()
    if library is None:
        yield
        return
    library.mallopt(MMAP_MAX, 0)
    library.mallopt(TRIM_THRESHOLD, NEVER)
    try:
        yield
    finally:
        for option, value in USUAL.items():
            library.mallopt(option, value)
        library.malloc_trim(0)


@cache
def gnu_c_library() -> ctypes.CDLL | None:
    """Return the C library if it is GNU's, which alone has these settings."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    has_them = all(hasattr(library, name) for name in ("gnu_get_libc_version", "malloc_trim"))
    return library if has_them else None
