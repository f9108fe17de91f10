"""What a stored result rests on, as digests: change one of them, and it is worked out again.

Cells are executed again where the submission, its inputs, the limits or the code that executes has
changed; an exercise is checked again where, besides, a file has changed that its checks can reach.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.checks import ASSIGNMENTS
from autograder.intake.plain_files import files_beside
from autograder.sandbox.places import package_root

# What takes part in every execution, beside the packages whose code a submission can see whole.
EXECUTES = (
    "autograder.checks.draw",
    "autograder.hidden.drawn_corpus",
    "autograder.pipeline.execute",
    "autograder.pipeline.given",
)
# What makes the tables of check cells; they show results and are no part of them.
SHOWS = ("autograder.report.notebook_table", "autograder.report.showing")
SEEN_WHOLE = ("autograder/sandbox", "autograder/probe", "autograder/notebook", "data_scripts")
PACKAGES = ("torch", "numpy", "ipython", "matplotlib", "pandas", "convokit", "tiktoken")
OURS = ("autograder", "data_scripts")


@dataclass(frozen=True)
class CodeKeys:
    """Digests of the grader's own code and environment: of all that executes, and by exercise."""

    executes: str
    exercises: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"executes": self.executes, "exercises": dict(self.exercises)}


def code_keys(assignment: str, root: Path | None = None) -> CodeKeys:
    """Digests for one assignment; root: the folder that `autograder` is imported from."""
    root = root or package_root()
    reach = Reach(root)
    names = ASSIGNMENTS[assignment]
    # an exercise's checks are found by name, which no import statement says
    apart = {f"autograder.{kind}.{module}" for kind in ("checks", "hidden", "diagnosis")
             for module in names.values()}  # fmt: skip
    whole = [path for place in SEEN_WHOLE for path in sorted((root / place).rglob("*"))
             if path.is_file() and "__pycache__" not in path.parts]  # fmt: skip
    executes = reach.closure(EXECUTES, without=apart)
    return CodeKeys(
        digest(environment(), files_digest(root, {*whole, *executes})),
        {
            id: files_digest(root, reach.closure(
                (f"autograder.checks.{module}", f"autograder.hidden.{module}",
                 f"autograder.diagnosis.{module}")))
            for id, module in names.items()
        },
    )  # fmt: skip


def tables_key(root: Path | None = None) -> str:
    """A digest of the code and the words that the tables of check cells are made of."""
    root = root or package_root()
    words = (root / "autograder/diagnosis").rglob("*.toml")  # read, not imported
    return files_digest(root, {*words, *Reach(root).closure(SHOWS)})


def environment() -> dict[str, str]:
    """The versions that a result may depend on, and the kind of machine."""
    found = {"python": platform.python_version(), "machine": platform.machine(),
             "system": platform.system()}  # fmt: skip
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = ""
    return found


class Reach:
    """Which files of our own packages a module can reach by its import statements."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._known: dict[Path, list[Path]] = {}

    def closure(self, modules: Iterable[str], without: Iterable[str] = ()) -> set[Path]:
        """The files of these modules and of all that they import, wherever in the text."""
        left_out = {path for name in without for path in self.files_of(name)[-1:]}
        waiting = [path for name in modules for path in self.files_of(name)]
        found: set[Path] = set()
        while waiting:
            path = waiting.pop()
            if path not in found and path not in left_out:
                found.add(path)
                waiting += self.imports(path)
        return found

    def imports(self, path: Path) -> list[Path]:
        """The files that one file's import statements name."""
        if path not in self._known:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            self._known[path] = [
                file for name in self.named(tree, path) for file in self.files_of(name)
            ]
        return self._known[path]

    def named(self, tree: ast.AST, path: Path) -> Iterator[str]:
        """The modules that a file may import; `from a import b` may mean the module a.b."""
        package = path.relative_to(self.root).parent.parts
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                start = list(package[: len(package) - node.level + 1]) if node.level else []
                base = ".".join([*start, *filter(None, [node.module])])
                yield base
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def files_of(self, module: str) -> list[Path]:
        """A module's file and those of the packages around it; none if it is not ours."""
        parts = module.split(".")
        if parts[0] not in OURS:
            return []
        place = self.root.joinpath(*parts)
        around = [self.root.joinpath(*parts[:count], "__init__.py")
                  for count in range(1, len(parts) + 1)]  # fmt: skip
        return [path for path in (*around, place.with_suffix(".py")) if path.is_file()]


def submission_key(notebook: NotebookNode, files: Path | None) -> str:
    """A digest of what is executed and marked: code, answers in words, and the files beside.

    Other text counts by its place only: a submission whose prose alone has changed gives the same.
    """
    cells = [
        [cell.cell_type, grade_id(cell),
         cell.source if cell.cell_type == "code" or grade_id(cell) else None]
        for cell in notebook.cells
    ]  # fmt: skip
    return digest(cells, [] if files is None else [
        [str(name), hashlib.sha256((files / name).read_bytes()).hexdigest()]
        for name in files_beside(files)
    ])  # fmt: skip


def grade_id(cell: NotebookNode) -> str:
    """A cell's nbgrader id, or an empty text."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def files_digest(root: Path, paths: Iterable[Path]) -> str:
    """A digest of files, names included, wherever the folder lies that they are in."""
    return digest(*(
        [path.relative_to(root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()]
        for path in sorted(paths)
    ))  # fmt: skip


def digest(*parts: Any) -> str:
    """A short name for plain data: equal data, equal name."""
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
