"""How fast a long text becomes token ids, how much memory that takes, and threads or processes.

    python benchmarks/tokenising.py [--mb 1000] [--part-mb 50] [--rounds 3] [--workers N] [--json]

Makes a text of --mb megabytes in a temporary folder, out of the bundled samples: their lines in
ever new order, with numbers, capitals and words in other scripts strewn in. A part of it goes, in
turns, through

    serial      tokens.encode_file: one piece after the other
    threads     encode.encode_parallel, which is what `course data tokens` does
    processes   the same with a pool of processes, written here for comparison

and then the whole of it through `encode_parallel`. Each run is a process of its own; its memory and
its family's are summed, sampled ten times a second. All must write the same file. The clock runs
from the opened text to the file in its place, with the vocabulary loaded (the other processes of
the pool load theirs while it runs). Ratios are taken within a round; the median stands.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.parts.figures import Figure, Report, at_least, at_most, say
from benchmarks.parts.processes import descendants, rss_mb
from data_scripts import encode, gpt2_tokenizer, tokens
from data_scripts.friends import sample_lines
from data_scripts.sources import find_source
from data_scripts.text_pieces import text_pieces

MB = 10**6
MOST_MB = 1000.0
WAYS = ("serial", "threads", "processes")
STRANGE = ("café", "naïve", "¿qué?", "中文", "привет", "🙂", "x²", "don’t", "№ 5", "...", "e\u0301")


@dataclass(frozen=True)
class Run:
    """One run: its seconds of wall clock and of processors, peak memory, and the file's hash."""

    seconds: float
    cpu_s: float
    peak_mb: float
    processes: int
    sha256: str


def main() -> int:
    asked = arguments()
    if asked.way:  # a run, in a process of its own
        return one_way(asked.way, asked.text, asked.out, asked.workers)
    report = Report("tokenising")
    with tempfile.TemporaryDirectory(prefix="tokenising-", dir=asked.folder) as place:
        folder = Path(place)
        need_space(folder, asked.mb)
        text = write_text(folder / "text.txt", asked.mb, asked.seed)
        part = first_megabytes(text, folder / "part.txt", min(asked.part_mb, asked.mb))
        rounds = [in_turns(part, folder, asked.workers, i + 1) for i in range(asked.rounds)]
        whole = run("threads", text, folder, asked.workers)
        report.figures = [*compared(rounds, size_mb(part), asked.workers),
                          *figures_of_whole(whole, size_mb(text))]  # fmt: skip
    report.remarks = remarks(report, asked.workers)
    report.show(asked.json)
    return 0 if report.holds else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--mb", type=int, default=1000, help="size of the text (default: 1000)")
    parser.add_argument("--part-mb", type=int, default=50, help="of the part (default: 50)")
    parser.add_argument("--rounds", type=int, default=3, help="of the comparison (default: 3)")
    parser.add_argument("--workers", type=int, default=encode.usable_processors())
    parser.add_argument("--seed", type=int, default=0, help="of the text's order")
    parser.add_argument("--folder", type=Path, help="for the files; else the temporary one")
    parser.add_argument("--json", action="store_true")
    for name in ("way", "text", "out"):
        parser.add_argument(f"--{name}", help=argparse.SUPPRESS)
    return parser.parse_args()


def need_space(folder: Path, mb: int) -> None:
    """End the benchmark unless text and ids have room."""
    free = shutil.disk_usage(folder).free // MB
    if free < 2 * mb:
        sys.exit(
            f"{folder}: {free:,} MB free, {2 * mb:,} needed; choose a smaller --mb or --folder"
        )


def write_text(path: Path, mb: int, seed: int) -> Path:
    """Write a text of so many megabytes."""
    say(f"writing {mb:,} MB of text (seed {seed})")
    rng = random.Random(seed)
    speeches = find_source("sample", path.parent).read().decode("utf-8").split("\n")
    lines = [*sample_lines(), *speeches]
    left = mb * MB
    with open(path, "wb") as file:
        while left > 0:
            rng.shuffle(lines)
            block = "\n".join(varied(line, rng) for line in lines).encode()[:left]
            file.write(block)
            left -= len(block)
    make_whole(path)
    return path


def varied(line: str, rng: random.Random) -> str:
    """Change one line in four, so that the text is more than its sample over and over."""
    draw = rng.random()
    if draw < 0.1:
        return f"{line} {rng.randrange(10**6)}"
    if draw < 0.2:
        return f"{rng.choice(STRANGE)}  {line}"
    return line.upper() if draw < 0.25 else line


def first_megabytes(text: Path, part: Path, mb: int) -> Path:
    """Copy the beginning of a text."""
    with open(text, "rb") as source, open(part, "wb") as target:
        for _ in range(mb):
            target.write(source.read(MB))
    make_whole(part)
    return part


def make_whole(path: Path) -> None:
    """Cut the last line off: it may end within a character."""
    with open(path, "r+b") as file:
        file.seek(-min(10_000, path.stat().st_size), os.SEEK_END)
        start = file.tell()
        file.truncate(start + file.read().rfind(b"\n") + 1)


def size_mb(path: Path) -> float:
    return path.stat().st_size / MB


# one run


def run(way: str, text: Path, folder: Path, workers: int) -> Run:
    """Encode a text in a process of its own, and see from outside what it takes."""
    out = folder / f"{way}.bin"
    command = [sys.executable, __file__, "--way", way, "--text", str(text), "--out", str(out),
               "--workers", str(workers)]  # fmt: skip
    peak, most = 0.0, 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        while child.poll() is None:
            family = [child.pid, *descendants(child.pid)]
            peak, most = max(peak, sum(map(rss_mb, family))), max(most, len(family))
            time.sleep(0.1)
        assert child.stdout is not None
        said = child.stdout.read()
    if child.returncode:
        sys.exit(f"{way}: ended with {child.returncode}")
    with open(out, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    out.unlink()
    told = json.loads(said)
    return Run(told["seconds"], told["cpu_s"], max(peak, told["peak_mb"]), most, sha256)


def one_way(way: str, text: str, out: str, workers: int) -> int:
    """Be the process that encodes; print seconds and memory."""
    encoding = gpt2_tokenizer.encoding()
    ways: dict[str, Callable[[], int]] = {
        "serial": lambda: tokens.encode_file(text, out, encoding),
        "threads": lambda: encode.encode_parallel(text, out, encoding, workers),
        "processes": lambda: tokens.write_tokens(out, by_processes(text, workers)),
    }
    began, cpu = time.perf_counter(), cpu_seconds()
    ways[way]()
    print(json.dumps({
        "seconds": time.perf_counter() - began,
        "cpu_s": cpu_seconds() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB,
    }))  # fmt: skip
    return 0


def by_processes(text: str, workers: int) -> Iterator[np.ndarray]:
    """Yield ids as `encode.encoded` does, from other processes; spawned."""
    running: deque[Future[bytes]] = deque()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for piece in text_pieces(text, encode.PIECE_CHARACTERS):
            running.append(pool.submit(ids_of, piece))
            if len(running) >= encode.WAITING * workers:
                yield np.frombuffer(running.popleft().result(), "<u2")
        while running:
            yield np.frombuffer(running.popleft().result(), "<u2")


def ids_of(piece: str) -> bytes:
    """In a process of the pool: the ids as uint16."""
    encoding = gpt2_tokenizer.encoding()
    return encoding.encode_to_numpy(piece, disallowed_special=()).astype("<u2").tobytes()


def cpu_seconds() -> float:
    """Seconds of processor time so far, that of children which have ended included."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


# figures


def in_turns(part: Path, folder: Path, workers: int, number: int) -> dict[str, Run]:
    """Run all ways once."""
    found = {way: run(way, part, folder, workers) for way in WAYS}
    if len({one.sha256 for one in found.values()}) > 1:
        sys.exit("the ways wrote different files")
    speeds = ", ".join(f"{way} {size_mb(part) / one.seconds:.1f}" for way, one in found.items())
    say(f"round {number}, MB/s: {speeds}")
    return found


def compared(rounds: list[dict[str, Run]], mb: float, workers: int) -> list[Figure]:
    """The ways against each other, on the part."""
    figures = []
    for way in WAYS:
        runs = [one[way] for one in rounds]
        name = way if way == "serial" else f"{way}, {workers} workers"
        figures += [
            Figure(f"{name}: speed", median(mb / r.seconds for r in runs), "MB/s"),
            Figure(f"{name}: for each processor second", median(mb / r.cpu_s for r in runs), "MB"),
            Figure(
                f"{name}: processors that it got", median(r.cpu_s / r.seconds for r in runs), ""
            ),
            Figure(f"{name}: peak memory", max(r.peak_mb for r in runs), "MB"),
        ]
    ratio = median(one["serial"].seconds / one["threads"].seconds for one in rounds)
    goal = 0.75 * min(workers, encode.usable_processors())
    beside = median(one["processes"].seconds / one["threads"].seconds for one in rounds)
    return [*figures, at_least(f"serial / threads, {workers} workers", ratio, "times", goal),
            Figure("processes / threads", beside, "times")]  # fmt: skip


def figures_of_whole(whole: Run, mb: float) -> list[Figure]:
    """What the whole text took."""
    return [
        Figure("whole text: size", mb, "MB"),
        Figure("whole text: time", whole.seconds, "s"),
        Figure("whole text: speed", mb / whole.seconds, "MB/s"),
        Figure("whole text: processors it got", whole.cpu_s / whole.seconds, ""),
        at_most("whole text: peak memory, all processes", whole.peak_mb, "MB", MOST_MB),
        Figure("whole text: processes", whole.processes, ""),
    ]


def remarks(report: Report, workers: int) -> list[str]:
    load = max(report.machine["load"], os.getloadavg()[0] - workers)
    with contextlib.suppress(ZeroDivisionError):
        if load / report.machine["cores"] > 0.25:
            return [f"the machine was busy with other work (load {load:.1f}): times and ratios "
                    "say little, what a processor second does and memory say more"]  # fmt: skip
    return []


def median(values: Iterator[float]) -> float:
    return statistics.median(values)


if __name__ == "__main__":
    sys.exit(main())
