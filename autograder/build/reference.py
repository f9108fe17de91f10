"""Cut named objects out of the reference solutions, exactly as they are written there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.build.errors import BuildError, Place, did_you_mean
from autograder.build.regions import first_index, join
from autograder.build.text import Pull

# The first line of a file that no notebook is made from: a faster reference, say, that a student's
# own code, whose inside nobody knows, could not use.
STANDS_ALONE = "# not for the notebook"


@dataclass(frozen=True)
class Cut:
    """One object's lines, with decorators and the comments right above, and where they stand.

    is_value: whether a name gets a value here, in place of a function or class of that name.
    """

    name: str
    lines: tuple[str, ...]
    place: Place
    is_value: bool

    @property
    def source(self) -> str:
        """The code, with regions of whole methods joined to the region before (see regions)."""
        return "\n".join(join(self.lines, self.place.path, self.place.line))


class Reference:
    """The solution files below a root, read once; remembers what was taken from them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._cuts: dict[str, dict[str, Cut]] = {}
        self._used: set[tuple[str, str]] = set()

    def take(self, pull: Pull, place: Place) -> list[Cut]:
        """Return the objects that the cell at a place asks for, in the order it names them.

        Raises BuildError at the place if there is no such file or name.
        """
        cuts = self._file(pull.path, place)
        for name in pull.names:
            if name not in cuts:
                raise BuildError(
                    place, f"no name '{name}' in {pull.path}{did_you_mean(name, cuts)}"
                )
            self._used.add((pull.path, name))
        return [cuts[name] for name in pull.names]

    def reject_unused(self, text: Path) -> None:
        """Raise BuildError at the first object, in any folder taken from, that no cell took.

        Files that begin with STANDS_ALONE are no part of any notebook.
        """
        folders = sorted({Path(path).parent for path in self._cuts})
        for path in (path for folder in folders for path in self._paths(folder)):
            if (self.root / path).read_text(encoding="utf-8").startswith(STANDS_ALONE):
                continue
            for name, cut in self._file(path, Place(Path(path), 1)).items():
                if (path, name) not in self._used:
                    raise BuildError(cut.place, f"{name} is not used in {text.as_posix()}")

    def _file(self, path: str, place: Place) -> dict[str, Cut]:
        if path not in self._cuts:
            known = list(self._paths(Path("solutions")))
            if path not in known:
                raise BuildError(place, f"no file '{path}'{did_you_mean(path, known)}")
            self._cuts[path] = {cut.name: cut for cut in _cuts(self.root, Path(path))}
        return self._cuts[path]

    def _paths(self, folder: Path) -> list[str]:
        found = sorted((self.root / folder).rglob("*.py"))
        return [path.relative_to(self.root).as_posix() for path in found]


def _cuts(root: Path, path: Path) -> Iterator[Cut]:
    """Yield the functions, classes and constants of one file."""
    text = (root / path).read_text(encoding="utf-8")
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise BuildError(Place(path, error.lineno or 1), f"{error.msg}") from None
    lines = text.splitlines()
    for statement in tree.body:
        for name in _names(statement):
            start, end = _extent(statement, lines)
            is_value = isinstance(statement, (ast.Assign, ast.AnnAssign))
            yield Cut(name, tuple(lines[start:end]), Place(path, start + 1), is_value)


def _names(statement: ast.stmt) -> list[str]:
    """Return the one name that a top-level statement defines, if it defines one."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    if isinstance(statement, ast.Assign):
        targets = statement.targets
    else:
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else []
    return [targets[0].id] if len(targets) == 1 and isinstance(targets[0], ast.Name) else []


def _extent(statement: ast.stmt, lines: list[str]) -> tuple[int, int]:
    """Return a statement's line span with the comments around it that belong to it."""
    start = first_index(statement)
    while start > 0 and lines[start - 1].startswith("#"):
        start -= 1
    end = statement.end_lineno or start + 1
    # Comments are no part of the tree: an indented one after the last statement still belongs
    # to this object, and `# END SOLUTION` often is one.
    following = end
    while following < len(lines) and (not lines[following].strip() or lines[following][0] == " "):
        following += 1
        end = following if lines[following - 1].strip() else end
    return start, end
