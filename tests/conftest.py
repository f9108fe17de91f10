"""Options of the whole test suite, and the environment every test runs in."""

import hashlib
import os
import secrets

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

# Tests that share one fixture across files, so costly that one worker should have them all.
WHOLE_FOLDERS = ("tests/attacks",)

# One thread a process: the machine's cores are for the tests that start several processes at once.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the code makes now over tests/**/golden, to be reviewed as a diff",
    )
    parser.addoption(
        "--screenshots",
        metavar="DIR",
        help="where the browser tests leave their pictures (else a temporary folder)",
    )
    parser.addoption(
        "--sweep",
        type=int,
        default=0,
        metavar="N",
        help="draw N fresh seeds for every test that draws random inputs, instead of its own",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: with several workers, the last to start should be short."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """What several workers (`-n 2`) take: whole files, and whole folders where one run serves all.

    A file's tests share fixtures that take seconds; the attacks' share one that takes minutes.
    """
    return FilesAndFolders(config, log)


class FilesAndFolders(LoadScopeScheduling):
    """Hands a worker one file, or one folder of `WHOLE_FOLDERS`, at a time."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        folder = file.rpartition("/")[0]
        return folder if folder in WHOLE_FOLDERS else file


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Under --sweep, each test that asks for a seed runs once for each fresh one."""
    sweep = metafunc.config.getoption("--sweep")
    if sweep and "seed" in metafunc.fixturenames:
        fresh = [secrets.randbelow(2**31) for _ in range(sweep)]
        metafunc.parametrize("seed", fresh, indirect=True)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What this test's random inputs come from; pytest prints it when the test fails.

    A test's own seed follows from its name, so that a verdict on a commit is the same wherever it
    is asked for. Seeds that nobody has seen are what `make sweep` is for.
    """
    name = hashlib.sha256(request.node.nodeid.encode()).digest()
    drawn = int(getattr(request, "param", int.from_bytes(name[:4], "big") // 2))
    print(f"seed {drawn}")
    return drawn
