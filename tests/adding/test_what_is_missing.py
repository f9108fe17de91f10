"""Where one of the three pieces is missing or says something else, the build names both places."""

from __future__ import annotations

import json
import re

import pytest

from tests.adding.example import Copy, piece, pieces

CHECKS = "autograder/checks/e9.py"
SOLUTION = "solutions/assignment4/top_k.py"
TEXT = "notebooks/text/assignment4.py"
DECLARED = 'E9 = Exercise("E9", "Only the likely tokens", ("top_k",), '
SECTION = piece(TEXT).code + "\n"
# file, text to replace in it (None: the whole file goes), by what, and how the error begins
BROKEN: dict[str, tuple[str, str | None, str, str]] = {
    "no check module": (
        *(CHECKS, None, ""),
        f"{TEXT}:LINE: no exercise 'E9'; did you mean 'E8'? A new one is declared by its check "
        f'module, such as {CHECKS}: E9 = Exercise("E9", ...)',
    ),
    "declared inside a function": (
        *(CHECKS, "E9 = Exercise(", "def made(): return Exercise("),
        f"{TEXT}:LINE: no exercise 'E9'; did you mean 'E8'? {CHECKS} does not declare it: it needs "
        'a line E9 = Exercise("E9", ...) that begins at the left edge',
    ),
    "another id in the check module": (
        *(CHECKS, 'Exercise("E9"', 'Exercise("E90"'),
        f"{TEXT}:LINE: no exercise 'E9'; did you mean 'E90'? {CHECKS} does not declare it",
    ),
    "no section": (
        *(TEXT, SECTION, ""),
        f"{CHECKS}:LINE: E9 has no section in {TEXT}; it needs a cell "
        '# %% exercise="E9" from="FILE.py:NAME" and below it # %% check="E9"',
    ),
    "an id that is none": (
        *(CHECKS, 'Exercise("E9"', 'Exercise("top-k"'),
        f"{CHECKS}:LINE: an exercise's id is a capital letter and numbers, such as E9 or G2.6: got "
        "'top-k'",
    ),
    "an id that another module has": (
        *(CHECKS, 'Exercise("E9"', 'Exercise("E8"'),
        f"{CHECKS}:LINE: E8 is declared a second time; see autograder/checks/e8.py:LINE",
    ),
    "no solution": (
        *(SOLUTION, None, ""),
        f"{TEXT}:LINE: no file '{SOLUTION}'; did you mean",
    ),
    "another name in the solution": (
        *(SOLUTION, "def top_k(", "def topk("),
        f"{TEXT}:LINE: no name 'top_k' in {SOLUTION}; did you mean 'topk'?",
    ),
    "another name in the check module": (
        *(CHECKS, '("top_k",)', '("top_p",)'),
        f"{TEXT}:LINE: the cell of E9 defines top_k, but {CHECKS}:LINE looks for 'top_p'; did you "
        "mean 'top_k'?",
    ),
    "no cell for the check": (
        *(TEXT, '# %% check="E9"\n\n', ""),
        f'{TEXT}:LINE: exercise E9 has no check; add # %% check="E9"',
    ),
    "other points in the heading": (
        *(TEXT, "Only the likely tokens (2 points)", "Only the likely tokens (3 points)"),
        f"{TEXT}:LINE: E9 is announced with 3 points; {CHECKS}:LINE gives 2",
    ),
    "no points": (
        *(CHECKS, "points=1.0", "points=0.0"),
        f"{CHECKS}:LINE: E9 gives no points: its checks have none, and by_hand is 0; a task "
        "without points has an id that begins with T",
    ),
    "a person marks it as well": (
        *(CHECKS, '("top_k",), ', '("top_k",), by_hand=1.0, '),
        f"{CHECKS}:LINE: E9 is marked by a person and has checks: choose one",
    ),
    "words in place of code": (
        TEXT,
        '# %% exercise="E9" from="solutions/assignment4/top_k.py:top_k"\n\n# %% check="E9"',
        '# %% [markdown] written="E9"',
        f"{TEXT}:LINE: E9 is marked by its checks ({CHECKS}:LINE): a cell of role written does not "
        "fit",
    ),
    "a check module that is no Python": (
        *(CHECKS, "N, V, K = 3, 11, 4", "N, V, K = 3, 11,, 4"),
        f"{CHECKS}:LINE: E9 cannot be imported: SyntaxError: invalid syntax",
    ),
    "a check module that raises": (
        *(CHECKS, "N, V, K = 3, 11, 4", "N, V, K = 3, 11"),
        f"{CHECKS}:LINE: E9 cannot be imported: ValueError: not enough values to unpack",
    ),
    "a check without its claim": (
        *(CHECKS, '    """Softmax gives probability 0 to all others."""\n', ""),
        f"{CHECKS}:LINE: E9 cannot be imported: ValueError: e9.dropped: a check needs a docstring",
    ),
    "a placeholder that there is not": (
        *(TEXT, "`top_k(logits, k)` takes logits", "One of {{exercise}}: logits"),
        f"{TEXT}:LINE: no placeholder '{{{{exercise}}}}'; did you mean 'exercises'?",
    ),
}
# Each in a process of its own, forked from one that has imported what takes long.
SCRIPT = """
import json, os, sys
from pathlib import Path
import click.testing, jupytext, nbgrader.preprocessors, torch

for name, (path, old, new) in json.load(sys.stdin).items():
    place = Path(path)
    kept = place.read_text("utf-8")
    if old is None:
        place.unlink()
    else:
        assert old in kept, (name, old)
        place.write_text(kept.replace(old, new), "utf-8")
    sys.stdout.flush()
    if os.fork() == 0:
        from autograder.cli import main
        done = click.testing.CliRunner().invoke(main, ["build", "--check"])
        print(json.dumps([name, done.exit_code, done.output]), flush=True)
        os._exit(0)
    os.wait()
    place.write_text(kept, "utf-8")
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str]]:
    """What `course build` says of each broken course."""
    copy = Copy.make(tmp_path_factory.mktemp("missing") / "course")
    for each in pieces()[:3]:
        copy.write(each)
    cases = {name: case[:3] for name, case in BROKEN.items()}
    (copy.root / "script.py").write_text(SCRIPT, encoding="utf-8")
    (copy.root / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    lines = copy.do("python script.py < cases.json").splitlines()
    return {name: (status, said) for name, status, said in map(json.loads, lines)}


@pytest.mark.parametrize("name", BROKEN)
def test_the_build_says_what_is_wrong_and_where(
    answers: dict[str, tuple[int, str]], name: str
) -> None:
    status, said = answers[name]
    assert status == 1, said
    pattern = re.escape(f"course: {BROKEN[name][-1]}").replace("LINE", "[0-9]+")
    assert re.match(pattern, said), said
    assert "Traceback" not in said
