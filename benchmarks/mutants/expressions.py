"""What can be changed in an expression: each operator gives other expressions for a node.

An operator is a function of a node that yields its replacements; OPERATORS holds them by name. The
nodes that they yield are new, and may hold the old node's parts.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.mutants.replacements import AXES, NAMES, OF_AXES, TEXTS
from benchmarks.mutants.replacements import OPERATORS as OTHER

Operator = Callable[[ast.AST], Iterator[ast.AST]]
OPERATORS: dict[str, Operator] = {}


def operator(function: Operator) -> Operator:
    """Register an operator under its function's name, hyphens for underscores."""
    OPERATORS[function.__name__.rstrip("_").replace("_", "-")] = function
    return function


def called(node: ast.AST) -> str:
    """The last part of the name that a call calls, empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


def number(node: ast.AST) -> int | float | None:
    """The number that a literal stands for, with its sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = number(node.operand)
        return None if inner is None else -inner
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return node.value
    return None


def literal(value: Any) -> ast.expr:
    """A literal for a number, a truth value or a text."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def like(node: Any, **changed: Any) -> Any:
    """The same node with some fields changed."""
    return type(node)(**{name: getattr(node, name, None) for name in node._fields} | changed)


@operator
def arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    """Another operation: / for *, + for -, and for or."""
    if isinstance(node, (ast.BinOp, ast.BoolOp)):
        for other in OTHER.get(type(node.op).__name__, ()):
            yield like(node, op=getattr(ast, other)())


@operator
def comparison(node: ast.AST) -> Iterator[ast.AST]:
    """Another comparison: <= for <, or its opposite."""
    if isinstance(node, ast.Compare):
        for other in OTHER.get(type(node.ops[0]).__name__, ()):
            yield like(node, ops=[getattr(ast, other)(), *node.ops[1:]])


@operator
def operand_dropped(node: ast.AST) -> Iterator[ast.AST]:
    """One side of an operation alone: no scale, no residual."""
    if isinstance(node, ast.BinOp):
        yield node.left
        yield node.right
    if isinstance(node, ast.BoolOp) and len(node.values) == 2:
        yield from node.values


@operator
def operands_swapped(node: ast.AST) -> Iterator[ast.AST]:
    """b / a for a / b."""
    if isinstance(node, ast.BinOp) and not isinstance(node.op, (ast.Add, ast.Mult)):
        yield like(node, left=node.right, right=node.left)


@operator
def sign_dropped(node: ast.AST) -> Iterator[ast.AST]:
    """Without its minus, `not` or `~`."""
    if isinstance(node, ast.UnaryOp):
        yield node.operand


@operator
def condition(node: ast.AST) -> Iterator[ast.AST]:
    """The branches of `a if c else b`: swapped, or always the same one."""
    if isinstance(node, ast.IfExp):
        yield like(node, body=node.orelse, orelse=node.body)
        yield node.body
        yield node.orelse


@operator
def constant(node: ast.AST) -> Iterator[ast.AST]:
    """A number one more, one less, 0, 1, negated, doubled or halved; the other truth value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    value = number(node)
    if isinstance(value, int):
        others: tuple[Any, ...] = (value + 1, value - 1, 0, 1, -value)
    elif isinstance(value, float):
        others = (2 * value, value / 2, 0.0, 1.0, -value)
    else:
        return
    for other in dict.fromkeys(others):
        if other != value:
            yield literal(other)


@operator
def text(node: ast.AST) -> Iterator[ast.AST]:
    """Another text that means something: "val" for "train"."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        for other in TEXTS.get(node.value, ()):
            yield ast.Constant(other)


@operator
def axis(node: ast.AST) -> Iterator[ast.AST]:
    """Another axis in a call that takes axes."""
    if called(node) not in OF_AXES or not isinstance(node, ast.Call):
        return
    for i, argument in enumerate(node.args):
        for other in AXES:
            if (found := number(argument)) is not None and found != other:
                yield like(node, args=[*node.args[:i], literal(other), *node.args[i + 1 :]])
    for i, keyword in enumerate(node.keywords):
        for other in AXES:
            if keyword.arg in ("dim", "axis") and number(keyword.value) not in (None, other):
                changed = like(keyword, value=literal(other))
                yield like(node, keywords=[*node.keywords[:i], changed, *node.keywords[i + 1 :]])


@operator
def arguments_swapped(node: ast.AST) -> Iterator[ast.AST]:
    """Two neighbouring arguments the other way round."""
    if isinstance(node, ast.Call):
        for i in range(len(node.args) - 1):
            a, b = node.args[i : i + 2]
            yield like(node, args=[*node.args[:i], b, a, *node.args[i + 2 :]])


@operator
def argument_dropped(node: ast.AST) -> Iterator[ast.AST]:
    """Without one keyword argument, or without the last of several others."""
    if isinstance(node, ast.Call):
        for i in range(len(node.keywords)):
            yield like(node, keywords=node.keywords[:i] + node.keywords[i + 1 :])
        if len(node.args) > 1:
            yield like(node, args=node.args[:-1])


@operator
def call_dropped(node: ast.AST) -> Iterator[ast.AST]:
    """The argument for f(argument), the object for object.method(...)."""
    if not isinstance(node, ast.Call):
        return
    if node.args and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    owner = getattr(node.func, "value", None)
    if owner is not None and not (isinstance(owner, ast.Name) and owner.id in MODULES):
        yield owner


MODULES = frozenset({"self", "nn", "F", "torch", "math", "random", "np", "copy", "os"})


@operator
def name(node: ast.AST) -> Iterator[ast.AST]:
    """Another function, method or class."""
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        for other in NAMES.get(node.attr, ()):
            yield (
                ast.Name(other, node.ctx) if other in ("list", "float") else like(node, attr=other)
            )
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in NAMES.get(node.id, ()):
            yield like(node, id=other)


@operator
def attribute_dropped(node: ast.AST) -> Iterator[ast.AST]:
    """The object for object.T or object.mT."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT", "data", "weight"):
        yield node.value


@operator
def bias(node: ast.AST) -> Iterator[ast.AST]:
    """A bias where there is none, none where there is one."""
    if called(node) in ("Linear", "Conv1d", "LazyLinear", "LayerNorm", "MultiheadAttention"):
        assert isinstance(node, ast.Call)
        if all(keyword.arg != "bias" for keyword in node.keywords):
            keywords = [*node.keywords, ast.keyword("bias", ast.Constant(False))]
            yield like(node, keywords=keywords)


@operator
def slice_(node: ast.AST) -> Iterator[ast.AST]:
    """A slice that begins or ends one off, or goes on to the end."""
    if isinstance(node, ast.Slice):
        for end in ("lower", "upper"):
            bound = getattr(node, end)
            if bound is not None:
                yield like(node, **{end: None})
                yield like(node, **{end: ast.BinOp(bound, ast.Add(), ast.Constant(1))})
                yield like(node, **{end: ast.BinOp(bound, ast.Sub(), ast.Constant(1))})


@operator
def range_(node: ast.AST) -> Iterator[ast.AST]:
    """A loop that takes one turn more or less, or counts from 1."""
    if called(node) == "range" and isinstance(node, ast.Call) and node.args:
        *first, last = node.args
        for op in (ast.Add(), ast.Sub()):
            yield like(node, args=[*first, ast.BinOp(last, op, ast.Constant(1))])
        if not first:
            yield like(node, args=[ast.Constant(1), last])


@operator
def filter_dropped(node: ast.AST) -> Iterator[ast.AST]:
    """A comprehension that takes everything, or what it should leave out."""
    if isinstance(node, ast.comprehension) and node.ifs:
        yield like(node, ifs=node.ifs[1:])
        yield like(node, ifs=[ast.UnaryOp(ast.Not(), node.ifs[0]), *node.ifs[1:]])
