"""Answers in an order in which similar ones stand together, and cut into groups.

TF-IDF over words, pairs of words and parts of words (so that a typing error or another ending does
not part two answers), hierarchical clustering, and of all orders of the tree's leaves the one in
which neighbours are nearest to each other (Bar-Joseph et al., 2001).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
MARKUP = re.compile(r"[*_`]+(?=\w)|(?<=\w)[*_`]+")
READ = 20_000  # characters of an answer that count
ALIKE = 0.5  # mean cosine distance up to which answers are one group
EXACT = 1000  # from more different texts than these the best order takes too long
KEYWORDS = 4


@dataclass(frozen=True)
class Group:
    """Answers that are alike, as positions in the list given; next to each other, nearest first.

    words: those that these answers share and others have less, the weightiest first.
    """

    members: tuple[int, ...]
    words: tuple[str, ...] = ()


def plain(text: str) -> str:
    """A text as it is compared: without markup, comments, case, and spaces that say nothing."""
    seen = unicodedata.normalize("NFKC", COMMENT.sub(" ", text[:READ])).casefold()
    return " ".join(MARKUP.sub("", seen).split()).rstrip(" .")


def groups(texts: Sequence[str]) -> list[Group]:
    """All of the texts, sorted into groups; every position is in exactly one.

    The same texts, in any order, give the same groups in the same order.
    """
    same: dict[str, list[int]] = {}
    for position, text in enumerate(texts):
        same.setdefault(plain(text), []).append(position)
    different = sorted(same)
    if len(different) < 2:
        return [Group(tuple(found)) for found in same.values()]
    tables = vectors(different)
    return [
        Group(tuple(p for n in found for p in same[different[n]]), keywords(tables["words"], found))
        for found in clusters(tables["whole"])
    ]


def vectors(texts: Sequence[str]) -> Mapping[str, Any]:
    """TF-IDF of the texts: whole, each row of length 1; words: of words alone, with their names."""
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    part = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    word = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"\w+", sublinear_tf=True)
    parts = part.fit_transform(texts)
    try:
        words = word.fit_transform(texts)
    except ValueError:  # signs only, no word in any of them
        return {"whole": normalize(parts), "words": (None, [])}
    whole = normalize(hstack([words, parts]).tocsr())
    return {"whole": whole, "words": (words, word.get_feature_names_out())}


def clusters(rows: Any) -> list[list[int]]:
    """Rows of TF-IDF in an order of the tree, cut where answers are no longer alike."""
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    distances = np.clip(1 - (rows @ rows.T).toarray(), 0, None)
    np.fill_diagonal(distances, 0)
    near = squareform(distances, checks=False)
    tree = linkage(near, "average")
    if len(distances) <= EXACT:
        tree = optimal_leaf_ordering(tree, near)
    labels = fcluster(tree, ALIKE, "distance")
    found: dict[int, list[int]] = {}
    for leaf in leaves_list(tree):  # a cluster's leaves are next to each other
        found.setdefault(int(labels[leaf]), []).append(int(leaf))
    return list(found.values())


def keywords(words: tuple[Any, Sequence[str]], rows: Sequence[int]) -> tuple[str, ...]:
    """The words that tell a group from the others: in half of it, of more weight than elsewhere."""
    import numpy as np

    table, names = words
    if table is None or len(rows) < 2:
        return ()
    mine = table[list(rows)]
    weight = np.asarray(mine.mean(axis=0)).ravel() - np.asarray(table.mean(axis=0)).ravel()
    common = np.asarray((mine > 0).mean(axis=0)).ravel() >= 0.5
    best = np.argsort(-np.where(common, weight, -1), kind="stable")
    single = [str(names[n]) for n in best if common[n] and weight[n] > 0 and " " not in names[n]]
    return tuple(name for name in single if len(name) > 2)[:KEYWORDS]
