"""The code of a cell, taken apart into the statements that stand at its left margin.

A cell that does not parse is taken apart as well as can be: one broken exercise in a cell must not
hide the others. Nothing is executed.
"""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

RUNS_ITS_BODY = re.compile(r"\s*%%(time|timeit|capture|prun)\b")  # the cell magics that do
BROKEN_NAME = re.compile(r"(?:async\s+def|def|class)\s+(\w+)|(\w+)\s*(?::[^=]*)?=(?!=)")
CLOSES = re.compile(r"[)\]}]|(?:else|elif|except|finally)\b")
IPYTHON = re.compile(r"\A[ \t]|^\s*[%!?]|[?][ \t]*$|=\s*[%!]", re.MULTILINE)  # may be its own
TRIES = 1000  # to find statements in a cell that does not parse
LONG, DEEP = 200_000, 100  # characters and levels that nobody types
REACH = 60  # how many lines at the margin one statement can hold in a cell that does not parse
BUILTINS = frozenset(dir(builtins)) | {"get_ipython", "display", "In", "Out", "_", "__"}


@dataclass(frozen=True)
class Statement:
    """Some lines of a cell, from first up to but not including last.

    binds: what it assigns, defines or imports, `GPT.generate` too; direct: those it does without
    being a loop or condition. dump: the syntax tree as text, "" where the lines do not parse. core:
    the same without what says nothing: docstrings, pass, NotImplementedError.
    """

    first: int
    last: int
    nodes: tuple[ast.stmt, ...] = ()
    binds: tuple[str, ...] = ()
    direct: tuple[str, ...] = ()
    dump: str = field(default="", repr=False)

    @cached_property
    def core(self) -> str:
        """What is left of the code without what a blank is made of."""
        return "\n".join(_core(node) for node in self.nodes)

    @cached_property
    def is_unfinished(self) -> bool:
        """Whether it still holds what a blank holds, or does not parse."""
        return not self.nodes or is_unfinished(self.nodes)


def parse(source: str) -> ast.Module | None:
    """The syntax tree of a cell, line by line where it stands; None if it is not Python.

    IPython's magics and shell commands are understood as IPython does.
    """
    if len(source) > LONG:
        return None
    texts = (source, as_python(source)) if IPYTHON.search(source) else (source,)
    for text in texts:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # invalid escapes in students' strings
                tree = ast.parse(text)
            return tree if is_shallow(tree) else None
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def is_shallow(tree: ast.Module) -> bool:
    """Whether a tree can be walked: `1 + 1 + 1 ...` is as deep as it is long."""
    level: list[ast.AST] = [tree]
    for _ in range(DEEP):
        level = [part for node in level for part in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False


def as_python(source: str) -> str:
    """A cell's text with magics replaced by calls, and as many lines; else the text itself."""
    from IPython.core.inputtransformer2 import TransformerManager

    if source.lstrip().startswith("%%"):
        lines = source.split("\n")
        number = next(i for i, line in enumerate(lines) if line.strip())
        body = lines[number + 1 :] if RUNS_ITS_BODY.match(lines[number]) else []
        return "\n".join([""] * (number + 1) + body)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = str(TransformerManager().transform_cell(source))
    except Exception:  # whatever a student's text does to it
        return source
    same = found.rstrip("\n").count("\n") == source.rstrip("\n").count("\n")
    return found if same else source


@lru_cache(maxsize=1024)
def statements(source: str) -> tuple[Statement, ...]:
    """The statements of a cell; comments and empty lines belong to what follows them."""
    tree = parse(source)
    if tree is not None:
        return tuple(_joined(tree.body, source.count("\n") + 1))
    if len(source) > LONG:
        return (Statement(0, source.count("\n") + 1),)
    return tuple(_of_broken(source.split("\n")))


@lru_cache(maxsize=1024)
def parses(source: str) -> bool:
    """Whether a cell is Python as IPython has it."""
    return parse(source) is not None


def text_of(source: str, part: Sequence[Statement]) -> str:
    """The lines of some statements that follow one another, without empty ones around them."""
    lines = source.split("\n")
    kept = [line for statement in part for line in lines[statement.first : statement.last]]
    return "\n".join(kept).strip("\n").rstrip()


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
LOOPS_INSIDE = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def loads(nodes: Sequence[ast.AST], *, at_once: bool = False) -> set[str]:
    """The names that code reads from outside; at_once: only those read before anything is called.

    What functions keep to themselves is not counted.
    """
    found: set[str] = set()
    for node in nodes:
        found |= _reads(node, at_once)
    return found - BUILTINS


def _reads(node: ast.AST, at_once: bool) -> set[str]:
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    if isinstance(node, FUNCTIONS):
        return _reads_of_function(node, at_once)
    if isinstance(node, ast.ClassDef):
        outer = [*node.bases, *node.keywords, *node.decorator_list]
        found = {name for part in outer for name in _reads(part, at_once)}
        return found | _reads_in(node.body, at_once)
    found = {name for part in ast.iter_child_nodes(node) for name in _reads(part, at_once)}
    if isinstance(node, LOOPS_INSIDE):
        found -= {part.id for loop in node.generators for part in ast.walk(loop.target)
                  if isinstance(part, ast.Name)}  # fmt: skip
    return found


def _reads_of_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, at_once: bool
) -> set[str]:
    own = node.args
    arguments = [*own.posonlyargs, *own.args, *own.kwonlyargs]
    arguments += [argument for argument in (own.vararg, own.kwarg) if argument]
    outer: list[ast.AST | None] = [*own.defaults, *own.kw_defaults]
    outer += [argument.annotation for argument in arguments]
    outer += [*getattr(node, "decorator_list", ()), getattr(node, "returns", None)]
    found = {name for part in outer if part for name in _reads(part, at_once)}
    if at_once:
        return found
    body: list[ast.AST] = [*node.body] if isinstance(node.body, list) else [node.body]
    return found | _reads_in(body, at_once) - {argument.arg for argument in arguments}


def _reads_in(body: Sequence[ast.AST], at_once: bool) -> set[str]:
    """What a scope reads from outside."""
    found = {name for part in body for name in _reads(part, at_once)}
    caught = {part.name for node in body for part in ast.walk(node)
              if isinstance(part, ast.ExceptHandler) and part.name}  # fmt: skip
    return found - caught - {name for part in body for name in _bound(part)}


def is_unfinished(nodes: Sequence[ast.stmt]) -> bool:
    """Whether code still holds what a blank holds: `...` as a value or NotImplementedError."""
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_ellipsis(node.value):
            return True
        if any(isinstance(part, ast.stmt) and _raises(part) for part in ast.walk(node)):
            return True
    return False


def _joined(body: Sequence[ast.stmt], lines: int) -> Iterator[Statement]:
    """Statements from a tree; several on one line stay together."""
    groups: list[list[ast.stmt]] = []
    for node in body:
        if groups and _start(node) < (groups[-1][-1].end_lineno or 0):
            groups[-1].append(node)
        else:
            groups.append([node])
    first = 0
    for number, group in enumerate(groups):
        last = lines if number == len(groups) - 1 else group[-1].end_lineno or 0
        yield _statement(first, last, group)
        first = last


def _start(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return int(min([node.lineno, *(found.lineno for found in decorators)])) - 1


def _statement(first: int, last: int, nodes: Sequence[ast.stmt]) -> Statement:
    binds = tuple(dict.fromkeys(name for node in nodes for name in _bound(node)))
    plainly = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom,
               ast.Assign, ast.AnnAssign)  # fmt: skip
    direct = tuple(name for node in nodes if isinstance(node, plainly) for name in _bound(node))
    try:
        dump = "\n".join(ast.dump(node) for node in nodes)
    except RecursionError:
        dump = ""
    return Statement(first, last, tuple(nodes), binds, direct, dump)


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds at the level of the cell."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
        return
    if isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        return
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        if isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        return
    for part in ast.iter_child_nodes(node):
        yield from _bound(part)


def _of_broken(lines: list[str]) -> Iterator[Statement]:
    """Statements of a text that does not parse: the shortest stretches that do, and the rest."""
    margins = [*(i for i, line in enumerate(lines) if _begins(line)), len(lines)]
    position = first = tries = 0
    while position < len(margins) - 1:
        tree, end = None, position
        while tree is None and end < min(position + REACH, len(margins) - 1) and tries < TRIES:
            end, tries = end + 1, tries + 1
            tree = parse("\n".join(lines[first : margins[end]]))
        if tree is not None and tree.body:
            yield _statement(first, margins[end], tree.body)
        else:
            end = position + 1 if tries < TRIES else len(margins) - 1
            names = _names_in_broken(lines[first : margins[end]])
            yield Statement(first, margins[end], (), names, names)
        position, first = end, margins[end]


def _begins(line: str) -> bool:
    """Whether a statement may begin with this line."""
    starts = bool(line.strip()) and not line[0].isspace() and not line.startswith("#")
    return starts and not CLOSES.match(line)


def _names_in_broken(lines: list[str]) -> tuple[str, ...]:
    found = [BROKEN_NAME.match(line) for line in lines]
    return tuple(dict.fromkeys(m.group(1) or m.group(2) for m in found if m))


def _core(node: ast.AST) -> str:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return ast.dump(node)
    body = [_core(part) for part in node.body if not _says_nothing(part)]
    arguments = ast.dump(node.args) if not isinstance(node, ast.ClassDef) else ""
    return f"{type(node).__name__} {node.name} {arguments} {body}"


def _says_nothing(node: ast.stmt) -> bool:
    is_constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Pass) or is_constant or _raises(node)


def _raises(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _is_ellipsis(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
