"""What of a cell defines something, and can be run again without showing or training anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

# calls that only show something; the course's drawing modules are called by attribute
SHOWS = {"print", "display", "check", "get_ipython"}
DRAWS = {"pictures", "curves", "lab_pictures", "lab_curves", "lab_tables", "interactive", "session"}
TRAINS = {("training", "run"), ("finetuning", "run")}


@dataclass(frozen=True)
class Definitions:
    """The statements of a cell that define something, as written, and the names that they bind.

    shown: the first line of them that is no import.
    """

    source: str
    names: list[str]
    shown: str


def definitions(code: str) -> Definitions | None:
    """Take from a cell what defines; None if it defines nothing, or cannot be read.

    code: as Python, magics translated. Left out are statements that only show something, whatever
    stands in `with needs(...)` (a demonstration), and cells that train.
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return None
    if any(is_training(node) for node in ast.walk(tree)):
        return None
    kept = [statement for statement in tree.body if not is_show(statement)]
    names = sorted({name for statement in kept for name in bound(statement)})
    if not names:
        return None
    lines = code.splitlines()
    spans = [(first_line(each) - 1, each.end_lineno or each.lineno) for each in kept]
    source = "\n".join("\n".join(lines[start:end]) for start, end in dict.fromkeys(spans)) + "\n"
    telling = [each for each in kept if not isinstance(each, (ast.Import, ast.ImportFrom))] or kept
    return Definitions(source, names, lines[telling[0].lineno - 1].strip())


def is_training(node: ast.AST) -> bool:
    """Whether a node starts one of the course's long runs."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in TRAINS
    )


def is_show(statement: ast.stmt) -> bool:
    """Whether a statement only shows something: a demonstration, a print, a picture, a value."""
    if isinstance(statement, ast.With):
        calls = [item.context_expr for item in statement.items]
        return any(isinstance(c, ast.Call) and root_of(c) == "needs" for c in calls)
    if not isinstance(statement, ast.Expr):
        return False
    if isinstance(statement.value, ast.Call):
        return root_of(statement.value) in SHOWS | DRAWS
    return not isinstance(statement.value, (ast.Await, ast.Yield, ast.YieldFrom))


def root_of(call: ast.Call) -> str:
    """The name that a call begins with: "curves" of `curves.losses(...)`."""
    node: ast.expr = call.func
    while isinstance(node, (ast.Attribute, ast.Call, ast.Subscript)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds in the notebook, "GPT.generate" among them."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        for alias in statement.names:
            yield alias.asname or alias.name.split(".")[0]
    else:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                yield ast.unparse(node)


def first_line(statement: ast.stmt) -> int:
    """Where a statement begins, its decorators included."""
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])
