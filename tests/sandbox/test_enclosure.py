"""What a submission's process can reach: its own things, and nothing of the grader or the host."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.probe.errors import ProbeError, StudentProcessGone, StudentTimeout
from autograder.sandbox.places import package_root
from autograder.sandbox.session import Limits, SandboxFailed, Session, Zygote, session

LIMITS = Limits(
    cell_s=20, grace_s=1, memory_mb=700, processes=12, file_mb=8, disk_mb=16, cpu_s=60, output_mb=1
)
ROOT = package_root()
MARK = f"mark-{secrets.token_hex(8)}"


@pytest.fixture(scope="module", autouse=True)
def mark() -> Iterator[None]:
    """A variable that warm processes get and all that they fork keeps, for `processes` to see."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", f"/nowhere/{MARK}")
        yield


@pytest.fixture(scope="module")
def zygote(mark: None) -> Iterator[Zygote]:
    with Zygote() as warm:
        yield warm


@pytest.fixture
def process(zygote: Zygote) -> Iterator[Session]:
    with session(zygote, LIMITS) as running:
        yield running


def shown(process: Session, source: str) -> str:
    """What a cell shows, errors included."""
    parts = []
    for output in process.run_cell(source):
        if output["output_type"] == "error":
            parts.append(f"{output['ename']}: {output['evalue']}")
        else:
            parts.append(output.get("text") or output["data"]["text/plain"])
    return "\n".join(parts)


def test_every_layer_of_this_machine_closes_a_submission_in(process: Session) -> None:
    assert {"namespaces", "read-only file system", "limits", "seccomp"} <= set(process.layers)


@pytest.mark.parametrize(
    "place",
    [
        ROOT / "solutions", ROOT / "autograder" / "hidden", ROOT / "autograder" / "checks",
        ROOT / "autograder" / "pipeline", ROOT / ".git", ROOT / "tests", "/etc/shadow",
        "/var/log" if ROOT.is_relative_to("/var") else "/var", "/sys", "/run",
        Path.home() / ".bashrc", __file__,
    ],
)  # fmt: skip
def test_what_is_not_python_s_does_not_exist(process: Session, place: Path | str) -> None:
    assert shown(process, f"import os; os.path.exists({str(place)!r})") == "False"


def test_files_of_the_host_s_temporary_folder_are_not_there(
    process: Session, tmp_path: Path
) -> None:
    (tmp_path / "gradebook.db").write_text("marks")
    assert shown(process, f"open({str(tmp_path / 'gradebook.db')!r}).read()").startswith("FileNot")


@pytest.mark.parametrize("module", ["solutions", "autograder.hidden", "autograder.checks",
                                    "autograder.pipeline", "autograder.demo"])  # fmt: skip
def test_checks_and_answers_can_be_imported_from_nowhere(process: Session, module: str) -> None:
    said = shown(process, f"import sys; sys.path.append({str(ROOT)!r}); import {module}")
    assert "ModuleNotFoundError" in said
    loaded = f"[m for m in __import__('sys').modules if m.startswith({module!r})]"
    assert shown(process, loaded) == "[]"


def test_nothing_can_be_written_but_in_own_folders(process: Session) -> None:
    for place in ("/x", "/usr/x", "/etc/x", f"{sys.prefix}/x", f"{ROOT}/x", "/dev/x", "/proc/x"):
        assert "Error" in shown(process, f"open({place!r}, 'w')"), place
    for place in ("x", "/tmp/x", "/dev/shm/x"):
        assert shown(process, f"open({place!r}, 'w').write('abc')") == "3"


def test_no_program_can_be_started(process: Session) -> None:
    assert "PermissionError" in shown(process, "import subprocess; subprocess.run(['/bin/ls'])")
    assert shown(process, "import os; os.system('true')") != "0"


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET"])
def test_no_socket_can_be_made(process: Session, family: str) -> None:
    said = shown(process, f"import socket; socket.socket(socket.{family}, socket.SOCK_DGRAM)")
    assert "PermissionError" in said or "OSError" in said


def test_only_own_processes_can_be_seen_or_signalled(process: Session) -> None:
    seen = shown(
        process, "import os; print(sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))"
    )
    assert seen.strip() == "[1]"
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        said = shown(process, f"import os, signal; os.kill({victim.pid}, signal.SIGKILL)")
        assert "ProcessLookupError" in said
        assert "ProcessLookupError" in shown(process, f"os.kill({os.getpid()}, 0)")
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()


def test_no_privilege_is_left_and_none_can_be_got(process: Session) -> None:
    status = dict(
        line.split(":", 1) for line in shown(process, "print(open('/proc/self/status').read())")
        .splitlines() if ":" in line
    )  # fmt: skip
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[kind], 16) == 0
    assert status["NoNewPrivs"].strip() == "1"
    assert status["Seccomp"].strip() == "2"
    calls = "import os, ctypes; libc = ctypes.CDLL(None, use_errno=True)\n"
    for call in ("unshare(0x10000000)", "mount(b'a', b'/tmp', b'tmpfs', 0, None)", "setuid(0)",
                 "chroot(b'/tmp')", "ptrace(0, 0, 0, 0)", "personality(0x0040000)",
                 "sethostname(b'x', 1)"):  # fmt: skip
        assert shown(process, f"{calls}libc.{call}") == "-1", call


def test_only_the_channel_is_inherited(process: Session) -> None:
    listed = "import os; print(sorted(os.listdir('/proc/self/fd'), key=int))"
    # standard streams, the channel, and the listing's own
    assert len(json.loads(shown(process, listed).replace("'", '"'))) == 5


def test_shared_memory_of_the_host_is_another(process: Session) -> None:
    name = f"canary-{secrets.token_hex(4)}"
    place = Path("/dev/shm", name)
    place.write_text("x")
    try:
        assert shown(process, f"import os; os.path.exists({str(place)!r})") == "False"
    finally:
        place.unlink()


def test_abstract_sockets_of_the_host_cannot_be_reached(process: Session) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("\0canary")
        listening.listen()
        assert "Error" in shown(
            process, "import socket; socket.socket(socket.AF_UNIX).connect('\\0canary')"
        )


# -- each limit has its own outcome -----------------------------------------------------------


def test_too_much_memory_is_named(process: Session) -> None:
    assert "MemoryError" in shown(process, "x = bytearray(2 * 10**9)")
    assert "allocate memory" in shown(process, "import torch; torch.ones(10**9)")
    assert shown(process, "1 + 1") == "2"


def test_memory_of_many_processes_counts_together(zygote: Zygote) -> None:
    many = (
        "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n"
        "        x = bytearray(b'x') * (300 * 2**20)\n        time.sleep(60)\ntime.sleep(60)"
    )
    with session(zygote, replace(LIMITS, disk_mb=4)) as running:
        with pytest.raises(ProbeError):
            running.run_cell(many)
        assert "more memory than the limit of 700 MB" in running.gone


def test_too_much_processor_time_is_named(zygote: Zygote) -> None:
    burn = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    with (
        session(zygote, replace(LIMITS, cpu_s=1.0)) as running,
        pytest.raises(StudentProcessGone, match="processor time than the limit of 1 seconds"),
    ):
        running.run_cell(burn)


def test_processes_and_threads_have_a_limit(process: Session) -> None:
    threads = (
        "import threading, time\n"
        "for n in range(100): threading.Thread(target=time.sleep, args=(5,), daemon=True).start()"
    )
    assert "can't start new thread" in shown(process, threads)


def test_a_fork_bomb_ends_with_its_session(zygote: Zygote) -> None:
    bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    before = processes()
    with session(zygote, replace(LIMITS, cell_s=1.0)) as running, pytest.raises(ProbeError):
        running.run_cell(bomb)
    assert processes() <= before


def test_files_have_a_size_and_a_folder_too(process: Session) -> None:
    assert "File too large" in shown(process, "open('a', 'wb').write(bytes(9 * 2**20))")
    many = "for n in range(9): open(f'b{n}', 'wb').write(bytes(4 * 2**20))"
    assert "No space left" in shown(process, many)
    assert "No space left" in shown(process, "for n in range(10**5): open(f'c{n}', 'w')")


def test_output_over_a_whole_notebook_has_a_limit(process: Session) -> None:
    said = [shown(process, "print('x' * 300_000)") for _ in range(6)]
    assert "beyond 1 MB" in said[-1]
    assert sum(map(len, said)) < 2**20 + 1000


def test_an_exit_is_named(zygote: Zygote) -> None:
    with (
        session(zygote, LIMITS) as running,
        pytest.raises(StudentProcessGone, match="exit status 7"),
    ):
        running.run_cell("import os; os._exit(7)")


# -- nothing stays --------------------------------------------------------------------------------


def processes() -> set[int]:
    """The processes of this machine that descend from this module's warm processes."""
    found = set()
    for each in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if each.name.isdigit() and MARK.encode() in (each / "environ").read_bytes():
                found.add(int(each.name))
    return found - {os.getpid()}


def test_what_a_submission_started_dies_with_it(zygote: Zygote) -> None:
    outlive = (
        "import os, signal, time\n"
        "for n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(600)\n"
        "    os._exit(0)"
    )
    before = processes()
    with session(zygote, LIMITS) as running:
        running.run_cell(outlive)
        assert len(processes() - before) >= 2  # its first process, and the one that would outlive
    assert processes() <= before


def test_nothing_stays_when_the_warm_process_is_killed() -> None:
    before = processes()
    with Zygote() as warm, session(warm, LIMITS) as running:
        running.run_cell("x = 1")
        os.kill(warm.pid, 9)
        with pytest.raises(StudentProcessGone):
            running.run_cell("import time; time.sleep(10)")
        with pytest.raises(SandboxFailed), session(warm, LIMITS):
            pass
    for _ in range(50):
        if processes() <= before:
            break
        time.sleep(0.1)
    assert processes() <= before


def test_links_and_devices_in_a_submission_s_folder_stay_outside(
    zygote: Zygote, tmp_path: Path
) -> None:
    (tmp_path / "passwords").symlink_to("/etc/passwd")
    (tmp_path / "up").symlink_to("..")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "own.txt").write_text("mine")
    with session(zygote, LIMITS, files=tmp_path) as running:
        assert shown(running, "import os; sorted(os.listdir())") == "['own.txt']"


def test_without_a_sandbox_the_same_cells_run() -> None:
    with Zygote(sandbox="none") as warm, session(warm, LIMITS) as running:
        assert running.layers == []
        assert shown(running, "1 + 1") == "2"
        with pytest.raises(StudentTimeout):
            session_with_short_cells(running).run_cell("while True: pass")


def test_without_a_sandbox_too_what_a_submission_started_dies_with_it() -> None:
    outlive = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(600)"
    with Zygote(sandbox="none") as warm:
        before = processes()
        with session(warm, LIMITS) as running:
            running.run_cell(outlive)
            assert len(processes() - before) >= 2
        for _ in range(50):  # its guardian ends what it left
            if processes() <= before:
                break
            time.sleep(0.1)
        assert processes() <= before


def session_with_short_cells(running: Session) -> Session:
    running.limits = replace(running.limits, cell_s=0.5)
    return running


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_an_ordinary_user_gets_the_same_layers() -> None:
    # Python may lie in root's own home: this user gets it mounted where anybody can read it.
    code = """
import json, os, sys
from pathlib import Path
from autograder.sandbox import enclosure, forbidden, kernel, room
from autograder.sandbox.resources import Limits

forbidden.rules()
kernel.unshare(kernel.NEW_MOUNT)
kernel.mount("none", "/", "none", kernel.MS_REC | kernel.MS_PRIVATE)
places = {p: kernel.clone_of_mount(str(p)) for p in room.shown() if p.parts[1] != "usr"}
for top in {p.parts[1] for p in places}:
    kernel.mount("open", f"/{top}", "tmpfs", 0, "mode=755")
for place, copy in places.items():
    room.put(copy, str(place), 0)
os.setgroups([]), os.setresgid(4321, 4321, 4321), os.setresuid(4321, 4321, 4321)
kernel.prctl(kernel.PR_SET_DUMPABLE, 1)
enclosure.enter_room()
enclosure.separate()
if os.fork() == 0:
    layers = enclosure.close_in(Limits(), 1)
    print(json.dumps([os.getuid(), os.getpid(), layers]), flush=True)
    os._exit(0)
os.wait()
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ran.returncode == 0, ran.stderr
    uid, pid, layers = json.loads(ran.stdout)
    assert (uid, pid) == (1000, 1)
    assert {"namespaces", "read-only file system", "seccomp"} <= set(layers)
