"""The harness sees what it is there to see: each canary is touched once, on purpose."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from autograder.attacks.canaries import MARK, Canaries, fingerprint
from autograder.attacks.case import BadCase, Case, all_cases, notebook_of, read
from autograder.attacks.folder import bring
from autograder.attacks.run import AttackRun
from autograder.attacks.table import table
from autograder.attacks.verdict import Outcome, judge
from autograder.build import BuiltNotebooks
from autograder.cli import main

CASES = all_cases()


def test_there_are_sixty_attacks_and_each_says_what_it_tries() -> None:
    assert len(CASES) >= 60
    assert not [case.name for case in CASES if len(case.tries) < 20]
    assert len({case.tries for case in CASES}) == len(CASES)
    assert len({case.who for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_attack_becomes_a_notebook_that_holds_its_code(
    case: Case, built: BuiltNotebooks
) -> None:
    sources = [cell.source for cell in notebook_of(case, built, {}).cells]
    placed = [part.code for part in case.parts if part.where != "nowhere"]
    assert placed or case.edit or case.brings
    assert all(code.strip() and code in sources for code in placed) or case.edit


def canary(name: str) -> Callable[[Canaries], None]:
    def touch_file(canaries: Canaries) -> None:
        canaries.files[0].write_text("changed")

    def remove_file(canaries: Canaries) -> None:
        canaries.files[-1].unlink()

    def call_port(canaries: Canaries) -> None:
        socket.create_connection(("127.0.0.1", int(canaries.known["port"]))).close()

    def call_socket(canaries: Canaries) -> None:
        with socket.socket(socket.AF_UNIX) as phone:
            phone.connect(os.path.relpath(canaries.known["socket"]))

    def call_abstract(canaries: Canaries) -> None:
        with socket.socket(socket.AF_UNIX) as phone:
            phone.connect(f"\0{canaries.known['abstract']}")

    def tell_fifo(canaries: Canaries) -> None:
        Path(canaries.known["fifo"]).write_text("hello")

    def end_bystander(canaries: Canaries) -> None:
        canaries.bystander.kill()
        canaries.bystander.wait()

    def leave_process(canaries: Canaries) -> None:
        # its parent ends at once, and it has a session of its own
        code = "import os, time; os.fork() and os._exit(0); os.setsid(); time.sleep(60)"
        subprocess.run([sys.executable, "-c", code], check=True)

    def leave_file(canaries: Canaries) -> None:
        Path("/dev/shm", f"{MARK}test-{canaries.token}").touch()

    def leave_segment(canaries: Canaries) -> None:
        assert ctypes.CDLL(None).shmget(canaries.sysv_key, 4096, 0o1666) >= 0

    return locals()[name]


TOUCHED = {
    "touch_file": "was changed",
    "remove_file": "was changed",
    "call_port": "the TCP port was called",
    "call_socket": "the unix socket was called",
    "call_abstract": "the abstract socket was called",
    "tell_fifo": "the FIFO was told b'hello'",
    "end_bystander": "a process outside was ended",
    "leave_process": "a process is left",
    "leave_file": "is left",
    "leave_segment": "the System V object shm",
}


@pytest.mark.skipif(sys.platform != "linux", reason="namespaces, /proc and System V")
@pytest.mark.parametrize("name", TOUCHED)
def test_whatever_is_touched_is_noticed(name: str, tmp_path: Path) -> None:
    with Canaries(tmp_path) as canaries:
        try:
            canary(name)(canaries)
            settle(canaries)
            found = canaries.broken()
        finally:
            clear_up(canaries)
    assert len(found) == 1 and TOUCHED[name] in found[0], found


def settle(canaries: Canaries) -> None:
    """Wait until the listener has heard what was said before: it takes turns with this thread."""
    for _ in range(100):
        if canaries.ears.heard:
            return
        canaries.ears._thread.join(0.01)


def clear_up(canaries: Canaries) -> None:
    Path("/dev/shm", f"{MARK}test-{canaries.token}").unlink(missing_ok=True)


def test_nothing_touched_is_nothing_broken(tmp_path: Path) -> None:
    with Canaries(tmp_path) as canaries:
        assert canaries.broken() == []
    assert not canaries.files[0].exists()


CASE = Case("sly", "tries this", (), honest=5.0, expects=("memory",))
ENTRY: dict[str, Any] = {
    "status": "graded", "score": 5.0, "reason": None, "notes": ["too much memory"], "checks": [],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "scores", "said"),
    [
        ({}, {"sly": 5.0}, None),
        ({"score": 6.0}, {"sly": 6.0}, "6 points for work worth 5"),
        ({}, {"sly": 40.0}, "the gradebook says 40 points"),
        ({"status": "not graded", "score": 0.0}, {}, "not graded, and nobody says why"),
        ({"reason": "the grader itself failed (x)"}, {"sly": 5.0}, "the grader's own fault"),
        ({"notes": []}, {"sly": 5.0}, "the student is not told of: memory"),
    ],
)
def test_an_attack_is_held_against_what_it_deserves(
    change: dict[str, Any], scores: dict[str, float], said: str | None, tmp_path: Path
) -> None:
    outcome = judge(CASE, {"sly": ENTRY | change}, scores, tmp_path)
    assert (said is None) == (not outcome.through)
    assert said is None or said in outcome.through[0]


def test_an_attack_without_a_result_got_through(tmp_path: Path) -> None:
    assert judge(CASE, {}, {}, tmp_path).through == ("it has no result at all",)


def test_the_table_names_what_got_through() -> None:
    outcomes = [Outcome(CASE, 5.0, "graded", "", ()), Outcome(CASE, 9.0, "graded", "", ("nine",))]
    text = table(AttackRun(outcomes, ["the clock was set"], seed=1, sandbox="none"))
    assert "2 attacks, 1 got through; the class around them was touched (seed 1)" in text
    assert "-> nine" in text and "the clock was set" in text and "no sandbox" in text


def test_what_a_case_brings_lies_in_its_folder(tmp_path: Path) -> None:
    for line in (
        "file a/b.txt: hello",
        "link c -> /etc/passwd",
        "pipe d",
        "socket e",
        "folder f/g",
        "sparse h 5",
        "many 3",
    ):
        bring(tmp_path, line, "case")
    found = fingerprint(tmp_path)
    assert found["c"] == "link to /etc/passwd" and found["a/b.txt"] != found["h"]
    assert (tmp_path / "d").is_fifo() and (tmp_path / "e").is_socket()
    assert (tmp_path / "h").stat().st_size == 5 * 2**20
    assert len(list((tmp_path / "many").iterdir())) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# tries: x\n# in: E1\npass\n", "lacks honest"),
        ("# tries: x\n# in: E9\n# honest: 0\npass\n", "no place 'E9'"),
        ("# tries: x\n# in: E1\n# honest: 0\n# hopes: y\npass\n", "no header 'hopes'"),
        ("# tries: x\n# in: E1\n# honest: 0\n# edit: gone\npass\n", "no function 'gone'"),
    ],
)
def test_a_case_that_does_not_say_what_it_is_is_refused(
    text: str, said: str, tmp_path: Path
) -> None:
    place = tmp_path / "case.py"
    place.write_text(text)
    with pytest.raises(BadCase, match=said):
        read(place)


def test_the_command_lists_every_attack() -> None:
    ran = CliRunner().invoke(main, ["attack", "--list"])
    assert ran.exit_code == 0
    assert not [case.name for case in CASES if f"{case.name}\n" not in ran.output]


def test_an_unknown_attack_is_wrong_usage() -> None:
    ran = CliRunner().invoke(main, ["attack", "--only", "nonsense"])
    assert ran.exit_code == 2 and "'nonsense'" in ran.output
