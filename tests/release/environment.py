"""A computer with nothing on it but what a student installs, and a notebook run on it.

The environment is a new `python -m venv`; the notebook runs in a kernel of that environment, driven
from this one. Neither sees the repository: no PYTHONPATH, a home of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbformat import NotebookNode

# what a login gives to a program, as far as a kernel needs it; and the tests' one thread a process
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "OMP_NUM_THREADS")


def make_environment(folder: Path, requirements: list[str], constraints: Path) -> Path:
    """Make an empty virtual environment, install into it with pip, and return its Python.

    requirements: as on pip's command line, such as "transformer-course[lab] @ file:///…". pip finds
    its index, cache and certificates as it does everywhere on this machine.
    """
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    command = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*command, "--constraint", constraints.resolve(), *requirements],
        cwd=folder, env=outside, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, f"pip install {requirements}:\n{done.stdout}\n{done.stderr}"
    return python


def fresh(home: Path, **more: str) -> dict[str, str]:
    """The environment variables of a person who has just logged in for the first time.

    home: their home folder, made if it is not there; more: further variables.
    """
    home.mkdir(parents=True, exist_ok=True)
    found = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**found, "HOME": str(home), **more}


def run(python: Path, code: str, cwd: Path, env: Mapping[str, str]) -> str:
    """Run code in an environment's Python and return what it prints."""
    done = subprocess.run(
        [python, "-c", code], cwd=cwd, env=dict(env), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def execute(
    notebook: NotebookNode, python: Path, cwd: Path, env: Mapping[str, str], timeout: int = 900
) -> NotebookNode:
    """Run all cells of a notebook in a kernel of this Python; return it with its outputs.

    cwd: the folder that the notebook lies in; env: all of the kernel's environment variables, see
    `fresh`; timeout: seconds for one cell. An error in a cell raises CellExecutionError.
    """
    with tempfile.TemporaryDirectory() as kernels:
        spec = {"argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                "display_name": "student", "language": "python"}  # fmt: skip
        (Path(kernels) / "student").mkdir()
        (Path(kernels) / "student" / "kernel.json").write_text(json.dumps(spec))
        client = NotebookClient(
            notebook, timeout=timeout, kernel_name="student",
            resources={"metadata": {"path": str(cwd)}},
        )  # fmt: skip
        manager = client.create_kernel_manager()
        manager.kernel_spec_manager = KernelSpecManager(
            kernel_dirs=[kernels], ensure_native_kernel=False
        )
        executed: NotebookNode = client.execute(env=dict(env))
    return executed


def failures(notebook: NotebookNode) -> dict[str, str]:
    """Errors that a notebook shows, by cell: what a student must never see in a solved one."""
    return {
        cell.id: f"{output.ename}: {output.evalue}"
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    }
