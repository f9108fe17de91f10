"""Options of the whole test suite, and the environment every test runs in."""

import os

import pytest

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
