"""The zip on a computer that has nothing else: installed into an empty environment, both notebooks.

What a student does with it, less the writing: the notebooks are the solved ones.
"""

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode

from autograder.build import builder
from autograder.checks import TASKS
from tests.notebook.test_whole_notebook import outputs, result
from tests.release.conftest import ROOT, Released
from tests.release.environment import execute, failures, fresh, make_environment, run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]  # a whole installation, two trainings


@dataclass(frozen=True)
class Desk:
    """A student's computer: the unpacked folder, the environment's Python, its variables."""

    folder: Path
    python: Path
    env: dict[str, str]

    def played(self, assignment: str) -> NotebookNode:
        """A solved notebook, run beside the released one."""
        solved = builder.build(ROOT / "notebooks" / "text" / f"{assignment}.py", ROOT).solved
        return execute(solved, self.python, self.folder, self.env)


@pytest.fixture(scope="module")
def desk(released: Released, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The zip unpacked and installed as its page says."""
    place = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(released.zip) as archive:
        archive.extractall(place)
    folder = place / "transformer-course"
    (wheel,) = folder.glob("*.whl")
    python = make_environment(place / "environment", [f"{wheel}[lab]"], folder / "constraints.txt")
    return Desk(folder, python, fresh(place / "home"))


def test_the_package_comes_from_the_wheel_and_nothing_of_the_clone_is_in_reach(desk):
    code = """
import json
from importlib.util import find_spec
import autograder, data_scripts
secret = ('solutions', 'autograder.hidden', 'autograder.build', 'autograder.release', 'tests')
print(json.dumps([autograder.__file__, data_scripts.__file__, [n for n in secret if find_spec(n)]]))
"""
    package, scripts, secrets = json.loads(run(desk.python, code, desk.folder, desk.env))
    environment = desk.python.parents[1]
    assert Path(package).is_relative_to(environment)
    assert Path(scripts).is_relative_to(environment)
    assert secrets == []


def test_what_is_installed_is_what_the_constraints_name(desk):
    pins = (desk.folder / "constraints.txt").read_text().splitlines()
    named = {line.split("==")[0].lower().replace("_", "-") for line in pins if line[:1] != "#"}
    code = "from importlib import metadata\nfor d in metadata.distributions(): print(d.name)"
    there = run(desk.python, code, desk.folder, desk.env).lower().replace("_", "-").split()
    floating = set(there) - named - {"pip", "setuptools", "wheel", "transformer-course"}
    assert not floating, f"installed without a version in constraints.txt: {sorted(floating)}"


def test_the_solved_assignment_earns_all_points(desk):
    executed = desk.played("assignment4")
    assert failures(executed) == {}
    assert sum(result(executed, f"e{number}_check") for number in range(1, 9)) == 40.0


def test_the_solved_lab_earns_all_points_that_tests_give(desk):
    executed = desk.played("lab11")
    assert failures(executed) == {}
    checks = ("g1_1_check", "g2_2_check", "g2_3_check", "g2_5_check")
    assert sum(result(executed, name) for name in checks) == 6.0
    for task in TASKS["lab11"]:
        (shown,) = outputs(executed, f"{task.lower().replace('.', '_')}_check")
        assert shown.data["text/plain"].splitlines()[0].endswith(": right"), task
