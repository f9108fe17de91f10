"""Workers keep to cores of their own, also beside those of another run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from autograder.pipeline import cores

pytestmark = pytest.mark.skipif(not cores.own_cores(), reason="no cores can be chosen here")

CLAIM = """
from autograder.pipeline.cores import claimed_core
print(claimed_core({first}), flush=True)
input()
"""


@pytest.fixture
def claimer() -> Iterator[subprocess.Popen[str]]:
    """A process that has claimed a core and holds it."""
    with subprocess.Popen([sys.executable, "-c", CLAIM.format(first=0)], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # fmt: skip
        yield process
        process.kill()


@pytest.fixture(autouse=True)
def free(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Claims of these tests end with them, and nobody else's count."""
    held: list[cores.socket.socket] = []
    monkeypatch.setattr(cores, "_claims", held)
    may = os.sched_getaffinity(0)
    yield
    os.sched_setaffinity(0, may)
    for claim in held:
        claim.close()


def test_a_core_is_claimed_once_and_free_again_when_its_process_ends(
    claimer: subprocess.Popen[str],
) -> None:
    assert claimer.stdout is not None
    theirs = claimer.stdout.readline().strip()
    ours = [cores.claimed_core() for _ in cores.own_cores()]
    assert theirs not in map(str, filter(lambda core: core is not None, ours))
    if theirs == "None":
        pytest.skip("other processes of this machine have claimed all cores")
    assert cores.claimed_core() is None
    claimer.kill()
    claimer.wait()
    assert str(cores.claimed_core()) == theirs


def test_workers_share_the_cores_in_turn_where_all_are_claimed() -> None:
    may = cores.own_cores()
    while cores.claimed_core() is not None:
        pass
    cores.keep_to_core(len(may) + 1, None)
    assert os.sched_getaffinity(0) == {may[1 % len(may)]}


def test_a_core_may_be_number_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    may = cores.own_cores()
    monkeypatch.setattr(cores, "claimed_core", lambda first=0: may[0])
    cores.keep_to_core(1, None)
    assert os.sched_getaffinity(0) == {may[0]}
