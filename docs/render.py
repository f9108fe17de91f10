"""The notebooks as pages to read, with their figures: python docs/render.py [NAME ...] [--text]

Runs the solved notebooks on their quick settings and writes docs/reading: prose, the code that is
given, what demonstrations show, and the exercises as students find them. Solutions only run; none
is written. Takes about five minutes a notebook on two idle cores. With --text nothing runs: prose
and stubs are written anew, and what cells have shown stays, as long as no code has changed.
"""

from __future__ import annotations

import base64
import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from autograder.build import build
from autograder.build.notebook import role_of

READING = ROOT / "docs" / "reading"
NOTEBOOKS = ("assignment4", "lab11")
# invisible on the page; cells, and what they have shown, are found by them
CELL, OUTPUTS = "<!-- cell {} -->", "<!-- shown -->"
MARKED = re.compile(r"^<!-- cell ([\w-]+) -->$", re.MULTILINE)
COLOURS = 256  # of a palette: all that a flat figure has, and most of the shades of a heat map
WIDTH = 1000  # pixels, at most
SHOWN = ("demonstration", "setting", "given")  # cells whose outputs belong to the text
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def main(arguments: Sequence[str]) -> None:
    """Render the notebooks named, or all."""
    names = [name for name in arguments if name != "--text"]
    if unknown := set(names) - set(NOTEBOOKS):
        sys.exit(f"docs/render.py: no notebook {', '.join(sorted(unknown))}; there are "
                 f"{' and '.join(NOTEBOOKS)}")  # fmt: skip
    for name in names or NOTEBOOKS:
        built = build(ROOT / "notebooks" / "text" / f"{name}.py", ROOT)
        if "--text" in arguments:
            print(refresh(name, built.release))
            continue
        print(f"running {name} ...", file=sys.stderr)
        executed = run(built.solved)
        page, figures = render(name, built.release, executed)
        print(f"{write(name, page, figures)}: {len(figures)} figures")


def run(notebook: NotebookNode) -> NotebookNode:
    """Execute a notebook as a student would, in an empty folder."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {k: v for k, v in os.environ.items() if k != "NBGRADER_EXECUTION"}
        environment["PYTHONPATH"] = str(ROOT)
        client = NotebookClient(notebook, timeout=1800, resources={"metadata": {"path": folder}})
        return client.execute(env=environment)


def render(
    name: str, release: NotebookNode, executed: NotebookNode
) -> tuple[str, dict[str, bytes]]:
    """The page of a notebook and its figures by file name.

    Sources are taken from the release, outputs from the executed notebook, cell by cell.
    """
    figures: dict[str, bytes] = {}
    parts = [note(name)]
    for cell, played in zip(release.cells, executed.cells, strict=True):
        parts += [CELL.format(cell.id), source_of(cell)]
        shown_here = list(outputs_of(name, played, figures)) if role_of(cell) in SHOWN else []
        parts += [OUTPUTS, *shown_here] if shown_here else []
    return joined(parts), figures


def joined(parts: Sequence[str]) -> str:
    """The pieces of a page, an empty line between any two."""
    return "\n\n".join(part for part in parts if part) + "\n"


def refresh(name: str, release: NotebookNode) -> Path:
    """Write prose and stubs of a page anew, and keep what its cells have shown.

    Ends the program where the code of a cell that shows something is another one now.
    """
    path = READING / f"{name}.md"
    before = sections(path.read_text(encoding="utf-8"))
    parts = [note(name)]
    for cell in release.cells:
        source, kept = source_of(cell), before.get(cell.id, ("", ""))
        if role_of(cell) in ("demonstration", "setting") and kept[0] != source:
            sys.exit(f"docs/render.py: the code of {cell.id} has changed; run without --text")
        parts += [CELL.format(cell.id), source]
        parts += [OUTPUTS, kept[1]] if kept[1] else []
    path.write_text(joined(parts), encoding="utf-8")
    return path


def sections(page: str) -> dict[str, tuple[str, str]]:
    """The source and the outputs of each cell of a page, by the cell's id."""
    pieces = MARKED.split(page)[1:]
    found = {}
    for id, text in zip(pieces[::2], pieces[1::2], strict=True):
        source, _, shown_there = text.partition(f"\n{OUTPUTS}\n")
        found[id] = (source.strip("\n"), shown_there.strip("\n"))
    return found


def note(name: str) -> str:
    """What stands above everything else."""
    return (
        "<!-- Written by docs/render.py; to change it, change the notebook's text and run it "
        f"again. -->\n\n*A copy to read: what [the notebook](../../notebooks/{name}/{name}.ipynb) "
        "shows when it is solved and run on its quick setting. The exercises are as you find "
        "them. Times are those of a slow computer with two cores.*"
    )


def source_of(cell: NotebookNode) -> str:
    """A cell's own text as Markdown."""
    source = str(cell.source).strip("\n")
    return source if cell.cell_type == "markdown" else fenced(source, "python")


def fenced(text: str, language: str = "") -> str:
    """A block of code, fenced by more backticks than it holds."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    return f"{fence}{language}\n{text}\n{fence}"


def outputs_of(name: str, cell: NotebookNode, figures: dict[str, bytes]) -> Iterator[str]:
    """What a cell has shown; its figures are added to those of the page."""
    printed = ""
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            printed += output.text if output.name == "stdout" else ""  # bars go to stderr
            continue
        if printed.strip():
            yield fenced(ANSI.sub("", printed).rstrip())
        printed = ""
        yield from shown(name, cell.id, output, figures)
    if printed.strip():
        yield fenced(ANSI.sub("", printed).rstrip())


def shown(
    name: str, cell_id: str, output: NotebookNode, figures: dict[str, bytes]
) -> Iterator[str]:
    """One output that is no plain print: a figure, a caption, or a table as text."""
    if output.output_type == "error":
        raise RuntimeError(f"{name}, {cell_id}: {output.ename}: {output.evalue}")
    data = output.data
    if "image/png" in data:
        alt = output.metadata.get("image/png", {}).get("alt", "")
        if not alt:
            raise RuntimeError(f"{name}, {cell_id}: a figure without alternative text")
        number = sum(file.startswith(f"{name}-{cell_id}") for file in figures)
        file = f"{name}-{cell_id}{f'-{number + 1}' if number else ''}.png"
        figures[file] = small(base64.b64decode(data["image/png"]))
        yield f"![{escaped(alt)}](figures/{file})"
    elif "text/markdown" in data:
        yield str(data["text/markdown"]).strip()
    elif "application/vnd.jupyter.widget-view+json" not in data:
        text = str(data.get("text/plain", ""))
        if text and not text.startswith("<"):
            yield fenced(text)


def escaped(alt: str) -> str:
    """Alternative text as Markdown has it between brackets."""
    return re.sub(r"([\[\]])", r"\\\1", alt)


def small(png: bytes) -> bytes:
    """A figure with few colours and not too many pixels."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    if image.width > WIDTH:
        height = round(image.height * WIDTH / image.width)
        image = image.resize((WIDTH, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    image.quantize(COLOURS, kmeans=3, dither=Image.Dither.NONE).save(
        buffer, format="png", optimize=True
    )
    return buffer.getvalue()


def write(name: str, page: str, figures: dict[str, bytes]) -> Path:
    """Write the page and its figures, and remove figures that it has no more."""
    folder = READING / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-*.png"):
        if old.name not in figures:
            old.unlink()
    for file, png in figures.items():
        (folder / file).write_bytes(png)
    path = READING / f"{name}.md"
    path.write_text(page, encoding="utf-8")
    return path


if __name__ == "__main__":
    main(sys.argv[1:])
