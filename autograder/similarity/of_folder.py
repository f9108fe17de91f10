"""The comparison of everybody's code in a course folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from autograder.pipeline.layout import Layout
from autograder.report.of_class.likeness import Similar
from autograder.similarity.code import given_code, read_works, reference_code
from autograder.similarity.pairs import THRESHOLD, compare_class


def similar_code(
    folder: Layout, submissions: Sequence[Mapping[str, Any]], exercises: Sequence[str],
    threshold: float = THRESHOLD,
) -> Similar:  # fmt: skip
    """Compare what was handed in; submissions: entries of results.json; exercises: ids of those
    that are answered in code."""
    works = read_works(folder, submissions, exercises)
    reference = reference_code(folder, exercises)
    found = compare_class(works, exercises, given_code(folder), reference, threshold)
    return Similar(found, {work.student: work for work in works}, reference)
