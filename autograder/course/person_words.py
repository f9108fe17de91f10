"""Whom a word means: ids, addresses and names, compared as people compare them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from itertools import permutations

MOST_PARTS = 5  # of a name that is known in every order when written without spaces


class Index:
    """People, by place, under every word that means them."""

    def __init__(self) -> None:
        self._exact: dict[str, set[int]] = defaultdict(set)
        self._ids: dict[str, set[int]] = defaultdict(set)
        self._names: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._joined: dict[str, set[int]] = defaultdict(set)

    def people(self, words: Iterable[str]) -> set[int]:
        """Everybody whom any of these words can mean.

        An id written exactly so is meant rather than one that differs in case or accents.
        """
        found: set[int] = set()
        for word in words:
            exact = unicodedata.normalize("NFC", word.strip())
            found |= self._exact.get(exact) or self._ids.get(plain(word), set())
            parts = parts_of(word)
            if len(parts) > 1:
                found |= self._names.get(tuple(sorted(parts)), set())
            elif parts:
                found |= self._joined.get(parts[0], set())
        return found

    def add_id(self, id: str, place: int) -> None:
        """Know somebody by an id."""
        if key := plain(id):
            self._ids[key].add(place)
            self._exact[unicodedata.normalize("NFC", id.strip())].add(place)

    def add_email(self, address: str, place: int) -> None:
        """Know somebody by an address, and by its part before the @; by anything else as an id."""
        self.add_id(address, place)
        self.add_id(address.rpartition("@")[0], place)

    def add_name(self, name: str, place: int) -> None:
        """Know somebody by a name; written without spaces, as Canvas does, in any order too."""
        parts = parts_of(name)
        if not parts:
            return
        self._names[tuple(sorted(parts))].add(place)
        orders = permutations(parts) if len(parts) <= MOST_PARTS else [tuple(parts)]
        for order in orders:
            self._joined["".join(order)].add(place)


def plain(word: str) -> str:
    """An id or address as it is compared: without case, accents and the white space around it."""
    return unaccented(word).strip()


def parts_of(name: str) -> list[str]:
    """The parts of a name; a hyphen parts them, an apostrophe or a dot does not."""
    return re.findall(r"[^\W_]+", re.sub(r"['’`´.]", "", unaccented(name)))


def unaccented(text: str) -> str:
    """Text without case and accents."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c for c in letters if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", kept).casefold()
