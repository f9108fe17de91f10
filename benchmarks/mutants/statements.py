"""What can be changed among statements: each operator gives other statements for one.

An operator is a function of a list of statements (a body) and a place in it; it yields whole new
lists. OPERATORS holds them by name.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from benchmarks.mutants.expressions import like
from benchmarks.mutants.replacements import OPERATORS as OTHER

Body = list[ast.stmt]
Operator = Callable[[Body, int], Iterator[Body]]
OPERATORS: dict[str, Operator] = {}
LOOPS = (ast.For, ast.While)


def operator(function: Operator) -> Operator:
    """Register an operator under its function's name, hyphens for underscores."""
    OPERATORS[function.__name__.replace("_", "-")] = function
    return function


def replaced(body: Body, i: int, *by: ast.stmt) -> Body:
    """The body with other statements in place of one; never empty."""
    return [*body[:i], *by, *body[i + 1 :]] or [ast.Pass()]


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement is a text that does nothing."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


@operator
def statement_dropped(body: Body, i: int) -> Iterator[Body]:
    """Without one statement."""
    if not isinstance(body[i], (ast.FunctionDef, ast.ClassDef, ast.Return, ast.Pass)):
        yield replaced(body, i)


@operator
def return_dropped(body: Body, i: int) -> Iterator[Body]:
    """The value is worked out and not returned."""
    statement = body[i]
    if isinstance(statement, ast.Return) and statement.value is not None:
        yield replaced(body, i, ast.Expr(statement.value))


@operator
def statements_swapped(body: Body, i: int) -> Iterator[Body]:
    """Two neighbours the other way round."""
    if i + 1 < len(body) and not any(is_docstring(s) for s in body[i : i + 2]):
        yield [*body[:i], body[i + 1], body[i], *body[i + 2 :]]


@operator
def statement_twice(body: Body, i: int) -> Iterator[Body]:
    """A call, or an update of a name, done twice."""
    statement = body[i]
    if isinstance(statement, ast.AugAssign) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    ):
        yield replaced(body, i, statement, statement)


@operator
def into_the_loop(body: Body, i: int) -> Iterator[Body]:
    """The statement before a loop as its first, the one after it as its last."""
    loop = body[i]
    if not isinstance(loop, LOOPS):
        return
    if i > 0 and not is_docstring(body[i - 1]):
        yield [*body[: i - 1], like(loop, body=[body[i - 1], *loop.body]), *body[i + 1 :]]
    if i + 1 < len(body):
        yield [*body[:i], like(loop, body=[*loop.body, body[i + 1]]), *body[i + 2 :]]


@operator
def out_of_the_loop(body: Body, i: int) -> Iterator[Body]:
    """A loop's first statement before it, its last one after it."""
    loop = body[i]
    if isinstance(loop, LOOPS) and len(loop.body) > 1:
        yield replaced(body, i, loop.body[0], like(loop, body=loop.body[1:]))
        yield replaced(body, i, like(loop, body=loop.body[:-1]), loop.body[-1])


@operator
def loop_ends_early(body: Body, i: int) -> Iterator[Body]:
    """One turn of a loop only; `break` for `continue`; on instead of `break`."""
    statement = body[i]
    if isinstance(statement, LOOPS):
        yield replaced(body, i, like(statement, body=[*statement.body, ast.Break()]))
    if isinstance(statement, ast.Continue):
        yield replaced(body, i, ast.Break())


@operator
def block_opened(body: Body, i: int) -> Iterator[Body]:
    """What stands inside of `with`, `if` or `try` without it; `else` in place of `if`."""
    statement = body[i]
    if isinstance(statement, (ast.With, ast.If)):
        yield replaced(body, i, *statement.body)
    if isinstance(statement, ast.If):
        yield replaced(body, i, like(statement, test=ast.UnaryOp(ast.Not(), statement.test)))
        if statement.orelse:
            yield replaced(body, i, *statement.orelse)
            yield replaced(body, i, like(statement, orelse=[]))
    if isinstance(statement, ast.Try):
        yield replaced(body, i, *statement.body)


@operator
def in_place(body: Body, i: int) -> Iterator[Body]:
    """`a += b` for `a = a + b` and the other way round; `a = b` and `a -= b` for `a += b`."""
    statement = body[i]
    if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.BinOp):
        target, value = statement.targets[0], statement.value
        if isinstance(target, ast.Name) and isinstance(value.left, ast.Name):
            if target.id == value.left.id:
                yield replaced(body, i, ast.AugAssign(target, value.op, value.right))
            elif isinstance(value.op, ast.Add):  # x += f(x), and the old name for the sum
                old = ast.AugAssign(ast.Name(value.left.id, ast.Store()), value.op, value.right)
                yield replaced(body, i, old, ast.Assign([target], value.left, lineno=1))
    if isinstance(statement, ast.AugAssign):
        target = statement.target
        yield replaced(body, i, ast.Assign([target], statement.value, lineno=1))
        for other in OTHER.get(type(statement.op).__name__, ()):
            yield replaced(body, i, like(statement, op=getattr(ast, other)()))
        if isinstance(target, ast.Name):
            value = ast.BinOp(ast.Name(target.id, ast.Load()), statement.op, statement.value)
            yield replaced(body, i, ast.Assign([target], value, lineno=1))


@operator
def decorator_dropped(body: Body, i: int) -> Iterator[Body]:
    """A function or class without its first decorator."""
    statement = body[i]
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)) and statement.decorator_list:
        yield replaced(body, i, like(statement, decorator_list=statement.decorator_list[1:]))
