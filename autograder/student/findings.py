"""What `course doctor` finds on a student's computer, each in plain words and with its remedy."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from autograder.student import hardware, packages

OK, NOTE, MISSING = "ok", "note", "missing"
PYTHON = ">=3.11,<3.14"  # where the package is not installed and cannot say it itself
DISK_GB = 3.0
MEMORY_GB, LAB_MEMORY_GB = 3.5, 7.5
PRODUCT = "import torch; a = torch.ones(2, 3); assert (a @ a.T).tolist() == [[3, 3], [3, 3]]"
# as the first word of a kernel's command: the Python that JupyterLab itself runs on
SELF = ("python", "python3", f"python3.{sys.version_info[1]}")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. state: "ok", "note" (good to know) or "missing" (needed, not there).

    remedy: the command to type, or what else to do; "" where nothing is to be done.
    """

    about: str
    state: str
    told: str
    remedy: str = ""


def all_findings(folder: Path, lab: bool) -> Iterator[Finding]:
    """Look at everything, one after the other. folder: where the notebooks lie.

    lab: whether what Lab 11 alone needs counts as missing where it is not there.
    """
    yield python()
    yield from extras(lab)
    working = torch_works()
    yield working
    if working.state == OK:
        yield gpu()
    yield disk(folder)
    yield memory()
    from autograder.student import prepared  # after the packages that it may need

    yield from prepared.all_findings(folder / "data")
    if not packages.on_colab():
        yield kernel()


def python() -> Finding:
    """Whether this Python is one that the course runs on."""
    try:
        wanted = metadata.metadata(packages.COURSE)["Requires-Python"] or PYTHON
    except (metadata.PackageNotFoundError, KeyError):
        wanted = PYTHON
    ours = ".".join(map(str, sys.version_info[:3]))
    if packages.unfit(wanted, ours):
        return Finding("Python", MISSING, f"{ours} does not do; the course needs {wanted}",
                       "install Python 3.12, and make a virtual environment with it")  # fmt: skip
    return Finding("Python", OK, f"{ours}, {sys.executable}")


def extras(lab: bool) -> Iterator[Finding]:
    """The packages of the two assignments."""
    student = packages.wanted("student") or ["torch>=2.3"]
    yield group("Assignment 4's packages", student, MISSING)
    known = set(map(packages.name_of, student))
    more = [line for line in packages.wanted("lab") if packages.name_of(line) not in known]
    yield group("Lab 11's packages", more, MISSING if lab else NOTE)


def group(about: str, requirements: list[str], otherwise: str) -> Finding:
    """Whether all packages of a group are there, in versions that do; jupyterlab may be another."""
    here = packages.installed()
    # the notebook opens in VS Code, Notebook 7 or Colab as well
    needed = [line for line in requirements if packages.name_of(line) != "jupyterlab"]
    lacking = [line for line in needed if packages.name_of(line) not in here]
    old = [line for line in needed if line not in lacking
           and packages.unfit(line, here[packages.name_of(line)])]  # fmt: skip
    if not lacking and not old:
        listed = (f"{name} {here[name]}" for name in map(packages.name_of, needed))
        return Finding(about, OK, ", ".join(listed))
    said = [f"{packages.name_of(line)} is not installed" for line in lacking]
    said += [f"{packages.name_of(line)} {here[packages.name_of(line)]} does not do" for line in old]
    return Finding(about, otherwise, "; ".join(said), pip_install(*lacking, *old))


def pip_install(*requirements: str) -> str:
    """What installs something for this very Python: a command; on Colab the notebook does it."""
    if packages.on_colab():
        return "run the first cell of the notebook"
    return " ".join([f'"{sys.executable}"', "-m pip install", *(f'"{r}"' for r in requirements)])


def torch_works() -> Finding:
    """Whether torch computes a small product, in a process of its own: a broken one may crash."""
    again = f'"{sys.executable}" -m pip install --force-reinstall torch'
    if importlib.util.find_spec("torch") is None:
        return Finding("torch", MISSING, "is not installed", pip_install("torch>=2.3"))
    try:
        done = subprocess.run([sys.executable, "-c", PRODUCT], capture_output=True, text=True,
                              timeout=300)  # fmt: skip
    except subprocess.TimeoutExpired:
        return Finding("torch", MISSING, "does not answer within five minutes", again)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"])[-1]
        return Finding("torch", MISSING, f"is there and does not work: {said}", again)
    return Finding("torch", OK, f"{packages.installed().get('torch', '')} multiplies matrices")


def gpu() -> Finding:
    """Which processor torch computes with, and what that means for both assignments."""
    kind, name = hardware.gpu()
    here, lab = (hardware.what_it_means(kind, it, False) for it in ("assignment4", "lab11"))
    if kind == "cpu":
        return Finding("GPU", NOTE, f"none found. {here} Lab 11: {lab}",
                       "Google Colab lends one: see docs/students.md")  # fmt: skip
    return Finding("GPU", OK, f"{name}. {here} Lab 11: {lab}")


def disk(folder: Path) -> Finding:
    """Room for what the two assignments write and fetch."""
    free = hardware.free_disk(folder) / hardware.GB
    told = f"{free:.1f} GB free in {folder.resolve()}"
    if free < DISK_GB:
        return Finding("disk", MISSING, f"{told}; the course wants {DISK_GB:g} GB",
                       "make some room, or work in another folder")  # fmt: skip
    return Finding("disk", OK, told)


def memory() -> Finding:
    """Memory of the whole computer."""
    found = hardware.memory()
    if found is None:
        return Finding("memory", NOTE, "this computer does not tell how much it has")
    told = f"{found / hardware.GB:.1f} GB"
    if found / hardware.GB < MEMORY_GB:
        return Finding("memory", NOTE, f"{told}: tight; close other programs while you train")
    if found / hardware.GB < LAB_MEMORY_GB:
        return Finding("memory", NOTE, f'{told}: enough, but for SETTING = "full" in Lab 11')
    return Finding("memory", OK, told)


def kernel() -> Finding:
    """Whether a notebook that JupyterLab opens would run on this Python."""
    about = "notebook kernel"
    if importlib.util.find_spec("ipykernel") is None:
        return Finding(about, MISSING, "ipykernel is not installed", pip_install("ipykernel>=6.17"))
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    mend = f'"{sys.executable}" -m ipykernel install --sys-prefix --name python3'
    try:
        first = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Finding(about, MISSING, "no kernel called python3", mend)
    used = sys.executable if first in SELF else shutil.which(first) or first
    if not is_this_python(used):
        return Finding(about, MISSING, f"notebooks would run on another Python: {used}", mend)
    return jupyter_on_path(about)


def jupyter_on_path(about: str) -> Finding:
    """Whether the command `jupyter` is that of this Python; VS Code does without."""
    found = shutil.which("jupyter")
    own = Path(sysconfig.get_path("scripts"))
    start = f'start it with  "{sys.executable}" -m jupyterlab'
    if found is None:
        return Finding(about, NOTE, "this Python; `jupyter` is not on the path of commands", start)
    if Path(found).parent.resolve() != own.resolve():
        return Finding(about, NOTE, f"this Python; `jupyter` is another one's: {found}", start)
    return Finding(about, OK, "this Python")


def is_this_python(path: str) -> bool:
    """Whether a path starts the Python that runs here: another environment's is another one."""
    return (
        os.path.normcase(os.path.abspath(path)) == os.path.normcase(os.path.abspath(sys.executable))
        or Path(path).parent.resolve() == Path(sys.executable).parent.resolve()
    )
