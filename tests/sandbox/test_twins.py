"""One warm process more, at the price of a fork."""

from __future__ import annotations

import os
import time

import pytest

from autograder.sandbox.session import Limits, SandboxFailed, Zygote, session


def says(zygote: Zygote, source: str) -> str:
    with session(zygote, Limits()) as process:
        return "".join(output.get("text", "") for output in process.run_cell(source))


def test_a_twin_runs_cells_and_outlives_its_mother() -> None:
    with Zygote() as mother:
        twin = mother.twin()
        assert says(mother, "print(1)") == "1\n"
    assert twin.is_alive
    assert says(twin, "import torch; print(torch.ones(2).sum().item())") == "2.0\n"
    twin.close()


def test_a_twin_that_died_is_noticed_and_leaves_its_mother_alone() -> None:
    with Zygote() as mother:
        twin = mother.twin()
        os.kill(twin.pid, 9)
        while twin.is_alive:
            time.sleep(0.01)
        with pytest.raises(SandboxFailed):
            says(twin, "pass")
        twin.close()
        assert mother.is_alive
        assert says(mother, "print(2)") == "2\n"
