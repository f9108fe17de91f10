"""One changed program, its id, and all mutants that a source has."""

from __future__ import annotations

import ast
import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from benchmarks.mutants import expressions, statements
from benchmarks.mutants.mixed_names import mixed_names

SOLUTION = re.compile(r"# BEGIN SOLUTION\n(.*?)(?:# END SOLUTION|\Z)", flags=re.DOTALL)
BODIES = ("body", "orelse", "finalbody")


@dataclass(frozen=True)
class Source:
    """A right program: the exercise it answers, where it stands in the repository, its code."""

    exercise: str
    path: str
    code: str
    first_line: int = 1

    @property
    def key(self) -> str:
        """How ids of its mutants begin: "e1/reference", "e1/sdpa"."""
        stem = "reference" if "right_answers" not in self.path else self.path.split("/")[-1][:-3]
        return f"{self.exercise.lower()}/{stem}"


@dataclass(frozen=True)
class Mutant:
    """A program with one change. The id says where and which: "e1/sdpa:9:8:constant:2".

    before, after: the changed place, as code; line: in the file that the source stands in.
    """

    source: Source
    line: int
    column: int
    operator: str
    number: int
    before: str
    after: str
    code: str

    @property
    def id(self) -> str:
        """Names this mutant as long as its source stays as it is."""
        return f"{self.source.key}:{self.line}:{self.column}:{self.operator}:{self.number}"

    @cached_property
    def diff(self) -> str:
        """The change as a unified diff; both sides without comments and layout of their own."""
        old = ast.unparse(ast.parse(self.source.code)).splitlines()
        lines = difflib.unified_diff(old, self.code.splitlines(), lineterm="", n=1)
        return "\n".join(line for line in lines if not line.startswith(("---", "+++")))


@dataclass(frozen=True)
class Site:
    """A node's place in a tree: where it hangs, and its position in the text."""

    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST
    line: int
    column: int


def mutants(source: Source) -> Iterator[Mutant]:
    """All mutants of a source, each program once, in the order of its text."""
    tree = ast.parse(source.code)
    lines = wanted_lines(source.code)
    seen, numbers = {ast.unparse(tree)}, Counter[tuple[int, int, str]]()
    for site, name, new in changes(tree):
        if not any(first <= site.line <= last for first, last in lines):
            continue
        code = with_change(tree, site, new)
        if code is None or code in seen:
            continue
        seen.add(code)
        line = site.line + source.first_line - 1
        number = numbers[line, site.column, name]
        numbers[line, site.column, name] += 1
        yield Mutant(source, line, site.column, name, number,
                     unparsed(site.node), unparsed(new), code)  # fmt: skip


def wanted_lines(code: str) -> list[tuple[int, int]]:
    """What a student writes: between the marks of a reference, everywhere if it has none."""
    found = [
        (code[: match.start(1)].count("\n") + 1, code[: match.end(1)].count("\n"))
        for match in SOLUTION.finditer(code)
    ]
    return found or [(1, code.count("\n") + 1)]


def changes(tree: ast.AST) -> Iterator[tuple[Site, str, ast.AST | list[ast.stmt]]]:
    """Every site with the name of an operator and what it puts there."""
    mixed: dict[int, list[ast.AST]] = {}
    for node, other in mixed_names(tree):
        mixed.setdefault(id(node), []).append(other)
    for site in sites(tree):
        if isinstance(site.node, ast.stmt) and site.index is not None:
            body = getattr(site.parent, site.field)
            for name, change in statements.OPERATORS.items():
                for new in change(body, site.index):
                    yield site, name, new
        for name, operator in expressions.OPERATORS.items():
            for new_node in operator(site.node):
                yield site, name, new_node
        for new_node in mixed.get(id(site.node), ()):
            yield site, "mixed-name", new_node


def sites(tree: ast.AST, line: int = 1, column: int = 0) -> Iterator[Site]:
    """Every node that may be changed, from the top; not annotations, imports, messages, prints."""
    for field, value in ast.iter_fields(tree):
        if field in ("annotation", "returns", "msg", "exc", "type_comment", "decorator_list"):
            continue
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or passed_over(node):
                continue
            at = getattr(node, "lineno", line), getattr(node, "col_offset", column)
            yield Site(tree, field, index, node, *at)
            yield from sites(node, *at)


def passed_over(node: ast.AST) -> bool:
    """Whether a node holds nothing that an exercise asks for."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) or expressions.called(node.value) == "print"
    return isinstance(node, (ast.Import, ast.ImportFrom, ast.JoinedStr, ast.expr_context))


def with_change(tree: ast.AST, site: Site, new: ast.AST | list[ast.stmt]) -> str | None:
    """The code with one change; None if that is no program."""
    parent, field, value = site.parent, site.field, new
    if not isinstance(new, list) and site.index is not None:
        value = list(getattr(parent, field))
        value[site.index] = new
    old = getattr(parent, field)
    setattr(parent, field, value)
    try:
        code = ast.unparse(ast.fix_missing_locations(tree))
        compile(code, "mutant", "exec")
        return code
    except (SyntaxError, ValueError, AttributeError, TypeError):
        return None
    finally:
        setattr(parent, field, old)


def unparsed(node: ast.AST | list[ast.stmt]) -> str:
    """A node as code, empty where it is none by itself."""
    try:
        nodes = node if isinstance(node, list) else [node]
        return "\n".join(ast.unparse(ast.fix_missing_locations(n)) for n in nodes)
    except (AttributeError, TypeError, ValueError):
        return ""
