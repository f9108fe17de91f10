"""What students write for a number or a shape, as numbers: 2360832, "2,360,832", (b, t, n_embd)."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from autograder.checks.expectations import CheckFailed, name_type
from autograder.probe.view import Student

# 2360832, and the same in groups of three as people around the world write them
DIGITS = re.compile(r"\d+|\d{1,3}(?:(?P<mark>[,.'’_ \u00a0\u202f])\d{3})(?:(?P=mark)\d{3})*")
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


class Unreadable(CheckFailed):
    """What stands in the variable is no number or shape; the message says what it is instead."""


def number(student: Student, name: str) -> float:
    """Read a variable as one finite number; raises Unreadable, or StudentFault if it is blank."""
    found = as_number(student.read(name))
    if found is None:
        raise Unreadable(
            f"`{name}` is not a number", "one number", name_type(student.read(name)),
            "write a number such as 1536, or an expression that computes it",
        )  # fmt: skip
    return found


def as_number(value: Any) -> float | None:
    """An int, float, 0-d tensor or text with separators as a finite number; else None."""
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        value = int(re.sub(r"\D", "", text)) if DIGITS.fullmatch(text) else None
    if isinstance(value, (int, float)) and abs(value) < 1e300 and math.isfinite(value):
        return float(value)
    return None


def shape(student: Student, name: str, sizes: Mapping[str, float]) -> tuple[float, ...]:
    """Read a variable as a shape; names stand for the sizes given, in any case.

    Raises Unreadable for what is no shape, or StudentFault if it is blank.
    """
    value = student.read(name)
    parts = split(value) if isinstance(value, str) else value
    if isinstance(parts, Tensor):
        parts = parts.tolist()
    if not isinstance(parts, list) or not parts:
        raise Unreadable(
            f"`{name}` is not a shape", "a tuple with one entry for each axis", name_type(value),
            'write numbers or names: (4, 10) or ("b", "t")',
        )  # fmt: skip
    return tuple(axis(part, name, sizes) for part in parts)


def split(text: str) -> list[str]:
    """Take "torch.Size([4, 10])", "(b, t)" or "4 x 10" apart."""
    inner = re.sub(r"^\s*(?:torch\.)?size\s*", "", text, flags=re.IGNORECASE).strip(" ()[]\n\t")
    return [part for part in re.split(r"\s*,\s*|\s*×\s*|\s+x\s+", inner) if part]


def axis(part: Any, name: str, sizes: Mapping[str, float]) -> float:
    """One axis as a number: a number itself, a name, or a product such as 3 * n_embd."""
    found = as_number(part)
    if found is None and isinstance(part, str):
        # "3 n_embd" and "3C" mean a product
        text = re.sub(r"(?<![a-z_0-9])(\d+)\s*(?=[a-z(])", r"\1*", part.strip().lower())
        found = evaluated(text, {key.lower(): size for key, size in sizes.items()})
    if found is None:
        what = f"the axis {part!r}" if isinstance(part, str) else name_type(part)
        raise Unreadable(
            f"`{name}` has an entry that is neither a number nor a name used here",
            f"numbers, or some of {', '.join(unique(sizes))}", what,
        )  # fmt: skip
    return found


def unique(sizes: Mapping[str, float]) -> list[str]:
    """One name for each size: the first of those that stand for it."""
    first: dict[float, str] = {}
    for key, size in sizes.items():
        first.setdefault(size, key)
    return list(first.values())


def evaluated(text: str, sizes: Mapping[str, float]) -> float | None:
    """Work out an expression of numbers, known names and + - * / //; None for anything else."""
    try:
        return worked_out(ast.parse(text, mode="eval").body, sizes)
    except (SyntaxError, ValueError, KeyError, ZeroDivisionError, OverflowError, RecursionError):
        return None


def worked_out(node: ast.expr, sizes: Mapping[str, float]) -> float:
    """The value of one node; raises ValueError or KeyError for what is not arithmetic."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return sizes[node.id]
    if isinstance(node, ast.Attribute):  # config.n_embd, self.n_embd
        return sizes[node.attr]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        left, right = worked_out(node.left, sizes), worked_out(node.right, sizes)
        return OPERATIONS[type(node.op)](left, right)
    raise ValueError("not arithmetic")
