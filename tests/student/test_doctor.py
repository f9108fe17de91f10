"""`course doctor` says in plain words what is missing, and the command that gets it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.student import findings, hardware, packages, prepared
from autograder.student.findings import MISSING, NOTE, OK, Finding
from autograder.verbs import doctor


def course(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["doctor", *arguments])
    return done.exit_code, done.output


@pytest.fixture
def healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings that need no look at this computer."""
    found = [Finding("Python", OK, "3.12.1"), Finding("speeches", NOTE, "not there", "get them")]
    monkeypatch.setattr(findings, "all_findings", lambda folder, lab: iter(found))


def without(monkeypatch: pytest.MonkeyPatch, *names: str, **versions: str) -> None:
    """This Python, with some packages missing and others of another version."""
    here = {k: v for k, v in packages.installed().items() if k not in names} | versions
    monkeypatch.setattr(packages, "installed", lambda: here)


def test_a_healthy_computer_ends_with_0_though_something_is_yet_to_be_made(healthy):
    code, told = course("--student")
    assert code == 0
    assert "ready for the notebooks" in told and "-> get them" in told


def test_a_missing_thing_ends_with_1_and_is_named_at_the_end(monkeypatch):
    found = [Finding("disk", MISSING, "1.0 GB free", "make some room")]
    monkeypatch.setattr(findings, "all_findings", lambda folder, lab: iter(found))
    code, told = course("--student")
    assert code == 1
    assert "-> make some room" in told and "missing for the notebooks: disk" in told


def test_a_student_s_installation_is_not_asked_for_a_sandbox(healthy, monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    code, told = course()
    assert code == 0 and "namespaces" not in told
    monkeypatch.setattr(doctor.sys, "platform", "win32")
    code, told = course("--machine")
    assert code == 1 and "grading needs Linux" in told


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the sandbox is Linux's")
def test_a_clone_is_told_both(healthy):
    _, told = course()
    assert "ready for the notebooks" in told and "namespaces" in told
    data = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).stdout)
    assert set(data) == {"student", "machine"}


def test_a_package_that_is_missing_comes_with_its_command(monkeypatch):
    without(monkeypatch, "matplotlib")
    (student, lab) = findings.extras(lab=False)
    assert student.state == MISSING and "matplotlib is not installed" in student.told
    assert student.remedy.startswith(f'"{sys.executable}" -m pip install "matplotlib>=')
    assert lab.state == OK


def test_a_package_that_is_too_old_does_not_do(monkeypatch):
    without(monkeypatch, torch="2.1.0")
    (student, _) = findings.extras(lab=False)
    assert student.state == MISSING and "torch 2.1.0 does not do" in student.told


def test_what_only_the_lab_needs_counts_when_asked(monkeypatch):
    without(monkeypatch, "convokit")
    assert [each.state for each in findings.extras(lab=False)] == [OK, NOTE]
    assert [each.state for each in findings.extras(lab=True)] == [OK, MISSING]


def test_a_torch_that_does_not_load_is_told_in_its_own_last_words(monkeypatch):
    monkeypatch.setattr(findings, "PRODUCT", "raise ImportError('DLL load failed')")
    found = findings.torch_works()
    assert found.state == MISSING and "DLL load failed" in found.told
    assert "--force-reinstall torch" in found.remedy


def test_a_torch_that_takes_the_process_down_does_not_take_the_doctor_down(monkeypatch):
    monkeypatch.setattr(findings, "PRODUCT", "import os; os.abort()")
    assert findings.torch_works().state == MISSING


def test_a_full_disk_is_missing_room(monkeypatch, tmp_path):
    monkeypatch.setattr(hardware, "free_disk", lambda folder: 2.9e9)
    assert findings.disk(tmp_path).state == MISSING
    monkeypatch.setattr(hardware, "free_disk", lambda folder: 3.1e9)
    assert findings.disk(tmp_path).state == OK


@pytest.mark.parametrize(("gigabytes", "state"), [(2, NOTE), (5, NOTE), (8, OK), (None, NOTE)])
def test_memory_is_never_a_reason_to_stop(monkeypatch, gigabytes, state):
    monkeypatch.setattr(hardware, "memory", lambda: gigabytes and gigabytes * 1e9)
    assert findings.memory().state == state


def test_this_computer_s_memory_and_disk_can_be_read(tmp_path):
    assert (hardware.memory() or 0) > 5e8
    assert hardware.free_disk(tmp_path / "not" / "yet") > 0


@pytest.mark.parametrize("kind", ["cuda", "mps", "cpu"])
def test_a_gpu_is_told_with_what_it_means_for_both(monkeypatch, kind):
    monkeypatch.setattr(hardware, "gpu", lambda: (kind, "Tesla T4, 15 GB"))
    found = findings.gpu()
    assert found.state == (NOTE if kind == "cpu" else OK)
    assert "Assignment 4" in found.told and "Lab 11" in found.told


def test_another_python_s_kernel_is_told(monkeypatch, tmp_path):
    from jupyter_client.kernelspec import KernelSpecManager

    class Spec:
        argv = (str(tmp_path / "other" / "python"),)

    monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", lambda self, name: Spec)
    found = findings.kernel()
    assert found.state == MISSING and "another Python" in found.told
    assert found.remedy.endswith("-m ipykernel install --sys-prefix --name python3")


def test_data_that_are_there_are_found_and_the_others_come_with_a_command(tmp_path):
    from data_scripts import speeches

    assert prepared.speeches(tmp_path).remedy.startswith("course data speeches")
    speeches.make(tmp_path)
    assert prepared.speeches(tmp_path).state == OK
    assert prepared.friends(tmp_path).remedy.startswith("course data friends")
    assert prepared.weights(tmp_path).remedy == "course data gpt2-weights"


def test_every_command_that_it_names_exists(tmp_path):
    for found in prepared.all_findings(tmp_path):
        command = found.remedy.split("   ")[0]
        if command.startswith("course "):
            done = CliRunner().invoke(main, [*command.split()[1:], "--help"])
            assert done.exit_code == 0, command


def test_on_this_computer_it_looks_at_all_and_needs_nothing_of_linux(tmp_path: Path):
    """As on Windows: without the modules that only Unix has."""
    code = (
        "import sys\n"
        "sys.modules.update(dict.fromkeys(['fcntl', 'resource', 'pwd', 'grp']))\n"
        "from pathlib import Path\n"
        "from autograder.student import findings\n"
        "import autograder.verbs.doctor\n"
        "print([f.about for f in findings.all_findings(Path(), False)])"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for about in ("Python", "torch", "GPU", "disk", "memory", "notebook kernel"):
        assert about in done.stdout
