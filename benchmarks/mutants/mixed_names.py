"""One name of a function, or one attribute of an object, in place of another."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def mixed_names(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Nodes and what may stand for each: the next two of the names known at that place."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from in_function(function)
        if isinstance(function, ast.ClassDef):
            yield from in_class(function)


def in_function(function: ast.FunctionDef) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Arguments and variables of a function, one for another."""
    known = dict.fromkeys(a.arg for a in function.args.args if a.arg != "self")
    inside = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    known |= dict.fromkeys(node.id for node in inside if isinstance(node.ctx, ast.Store))
    known.pop("_", None)
    for node in inside:
        if isinstance(node.ctx, ast.Load) and node.id in known:
            for other in following(list(known), node.id):
                yield node, ast.Name(other, ast.Load())


def in_class(owner: ast.ClassDef) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Attributes of `self`, one for another."""
    found = [
        node
        for node in ast.walk(owner)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    ]
    known = dict.fromkeys(node.attr for node in found if isinstance(node.ctx, ast.Store))
    for node in found:
        if isinstance(node.ctx, ast.Load) and node.attr in known:
            for other in following(list(known), node.attr):
                yield node, ast.Attribute(node.value, other, ast.Load())


def following(names: list[str], name: str) -> list[str]:
    """The next two names after one, in a circle, without itself."""
    i = names.index(name)
    return [n for n in dict.fromkeys((names[i:] + names[:i])[1:3]) if n != name]
