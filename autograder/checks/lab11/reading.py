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
from autograder.checks.lab11.counting import LAB
from autograder.probe.view import Foreign, Student

# 2360832, and the same in groups of three as people around the world write them
WORDS = re.compile(r"[^\W\d]\w*(?:\s+(?!x\s)[^\W\d]\w*)+|\d+(?:\s+\d+)+")  # "b t n_embd"
DIGITS = re.compile(r"\d+|\d{1,3}(?:(?P<mark>[,.'’_ \u00a0\u202f])\d{3})(?:(?P=mark)\d{3})*")
LONGEST = 200  # characters of a number or an axis; what is longer is neither
MOST_AXES = 8  # of a shape; a list of more entries is none
NAMED = {name: float(size) for name, size in vars(LAB).items()}  # n_embd and its like
# what a shape may be written with, for messages; in the order of the alphabet, which tells nothing
SHOWN = ("b", "block_size", "head_size", "n_embd", "n_head", "t", "vocab_size")
OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: math.pow,  # of floats: what grows too large raises OverflowError at once
}


class Unreadable(CheckFailed):
    """What stands in the variable is no number or shape; the message says what it is instead."""


def number(student: Student, name: str) -> float:
    """Read a variable as one finite number; raises Unreadable, or StudentFault if it is blank."""
    value = student.read(name)
    found = counted(value)
    if found is None:
        raise Unreadable(f"`{name}` is not a number", "one number", kind(value), advice(value))
    return found


def counted(value: Any) -> float | None:
    """A number as `as_number` takes it, or as text that computes one: "50304 * n_embd"."""
    found = as_number(value)
    if found is None and isinstance(value, str):
        return evaluated(re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", value.strip().lower()), NAMED)
    return found


def kind(value: Any) -> str:
    """Say what a variable holds; the shape of a tensor might be what is asked for."""
    if isinstance(value, Tensor) and value.dim():
        return "a tensor"
    return "None" if value is None else name_type(value)


def advice(value: Any) -> str:
    """How to come from what was written to a number."""
    if isinstance(value, list) and len(value) == 1:
        return "write the number alone: brackets, or a comma after it, make a list or tuple of it"
    if isinstance(value, str):
        return 'leave out words, units and signs: "1,234" is a number, and 1234 is one too'
    return "write a number such as 1234, or an expression that computes it"


def as_number(value: Any) -> float | None:
    """An int, float, 0-d tensor or text with separators as a finite number; else None."""
    if isinstance(value, Tensor) and value.numel() == 1:
        value = value.item()
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        is_number = len(text) <= LONGEST and DIGITS.fullmatch(text)
        value = int(re.sub(r"\D", "", text)) if is_number else None
    if isinstance(value, (int, float)) and abs(value) < 1e300 and math.isfinite(value):
        return float(value)
    return None


def shape(student: Student, name: str, sizes: Mapping[str, float]) -> tuple[float, ...]:
    """Read a variable as a shape; names stand for the sizes given, in any case.

    Raises Unreadable for what is no shape, or StudentFault if it is blank.
    """
    value = student.read(name)
    parts = split(value) if isinstance(value, str) else value
    if isinstance(parts, Tensor) and parts.dim() == 1:
        parts = parts.tolist()
    if not isinstance(parts, list) or not 0 < len(parts) <= MOST_AXES:
        is_tensor = isinstance(value, Tensor) or value == Foreign("Tensor")
        raise Unreadable(
            f"`{name}` is not a shape", "a tuple with one entry for each axis",
            f"{len(parts):,} entries" if isinstance(parts, list) else kind(value),
            "this is a tensor itself: its shape is asked" if is_tensor
            else 'write numbers or names: (4, 10) or ("b", "t")',
        )  # fmt: skip
    return tuple(axis(part, name, sizes) for part in parts)


def split(text: str) -> list[str]:
    """Take "torch.Size([4, 10])", "(b, t)" or "4 x 10" apart."""
    inner = re.sub(r"^\s*(?:torch\.)?size\s*", "", text, flags=re.IGNORECASE)
    inner = inner.strip(" ()[]\n\t`$.")
    if WORDS.fullmatch(inner):
        return inner.split()
    # "TxT" and "10x10" too; in a name such as "max_len" the x is a letter
    marks = r"\s*,\s*|\s*×\s*|\s+x\s+|(?<=[A-Z\d])x(?=[A-Z\d])"
    return [part for part in re.split(marks, inner) if part]


def axis(part: Any, name: str, sizes: Mapping[str, float]) -> float:
    """One axis as a number: a number itself, a name, or a product such as 3 * n_embd."""
    found = as_number(part)
    if found is None and isinstance(part, str):
        # "3 n_embd" and "3C" mean a product
        text = re.sub(r"(?<![a-z_0-9])(\d+)\s*(?=[a-z(])", r"\1*", part.strip().lower())
        found = evaluated(text, {key.lower(): size for key, size in sizes.items()})
    if found is None:
        raise Unreadable(
            f"`{name}` has an entry that is neither a number nor a name used here",
            f"numbers, or some of {', '.join(name for name in SHOWN if name in sizes)}",
            f"the axis {part[:60]!r}" if isinstance(part, str) else kind(part),
            "one entry for each axis, and no list or tuple among them"
            if isinstance(part, list) else "",
        )  # fmt: skip
    return found


def evaluated(text: str, sizes: Mapping[str, float]) -> float | None:
    """Work out an expression of numbers, known names and + - * / // **; None for anything else."""
    if len(text) > LONGEST:
        return None
    for sign, python in {"×": "*", "·": "*", "^": "**"}.items():
        text = text.replace(sign, python)
    try:
        found = worked_out(ast.parse(text, mode="eval").body, sizes)
        return found if math.isfinite(found) else None
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
