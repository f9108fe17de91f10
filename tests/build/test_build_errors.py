"""Each gap in the text or the solutions fails the build and says where and what to do."""

from __future__ import annotations

import pytest

from autograder.build import BuildError

TEXT = "notebooks/text/tiny.py"
BOX = "solutions/tiny/box.py"
ANSWERS = "solutions/tiny/answers.py"
PIECES = "solutions/tiny/pieces.py"

# file, the text to replace in it, by what, and the error
BROKEN = {
    "unknown exercise": (
        *(TEXT, '# %% check="E1"', '# %% check="E9"'),
        f"{TEXT}:25: no exercise 'E9'; did you mean 'E8'?",
    ),
    "exercise without check": (
        *(TEXT, '# %% check="E2"', ""),
        f'{TEXT}:37: exercise E2 has no check; add # %% check="E2"',
    ),
    "check before exercise": (
        *(TEXT, '# %% exercise="E1"', '# %% check="E2"\n# %% exercise="E1"'),
        f"{TEXT}:24: check of E2 before its exercise",
    ),
    "duplicate id": (
        *(TEXT, 'setting="full"', 'setting="pieces"'),
        f"{TEXT}:34: duplicate id 'pieces'; line 11 has it already",
    ),
    "exercise asked twice": (
        *(TEXT, '# %% setting="full"\nFULL = False', f'# %% exercise="E1" from="{BOX}:Box"'),
        f"{TEXT}:34: duplicate id 'e1_solution'; line 24 has it already",
    ),
    "second check": (
        *(TEXT, '# %% check="E1"\n', '# %% check="E1"\n# %% check="E1"\n'),
        f"{TEXT}:26: duplicate id 'e1_check'; line 25 has it already",
    ),
    "name taken by an exercise": (
        *(TEXT, 'setting="full"', 'setting="e1_check"'),
        f"{TEXT}:34: duplicate id 'e1_check'; line 25 has it already",
    ),
    "unused object": (
        *(TEXT, "SIDES, square, Side", "SIDES, Side"),
        f"{PIECES}:11: square is not used in {TEXT}",
    ),
    "unknown object": (
        *(TEXT, "box.py:Box", "box.py:Boks"),
        f"{TEXT}:24: no name 'Boks' in {BOX}; did you mean 'Box'?",
    ),
    "unknown file": (
        *(TEXT, "tiny/box.py:Box", "tiny/bx.py:Box"),
        f"{TEXT}:24: no file 'solutions/tiny/bx.py'; did you mean '{BOX}'?",
    ),
    "unreadable from": (
        *(TEXT, "box.py:Box", "box.py"),
        f"{TEXT}:24: 'from' is FILE.py:NAME,NAME in a cell of role given, demonstration, "
        "exercise: got 'solutions/tiny/box.py' in a cell of role exercise",
    ),
    "from in a setting": (
        *(TEXT, 'setting="full"', f'setting="full" from="{BOX}:Box"'),
        f"{TEXT}:34: 'from' is FILE.py:NAME,NAME in a cell of role given, demonstration, "
        f"exercise: got '{BOX}:Box' in a cell of role setting",
    ),
    "exercise without from": (
        *(TEXT, f' from="{ANSWERS}:total"', ""),
        f'{TEXT}:37: exercise E2 needs from="FILE.py:NAME"',
    ),
    "unknown option": (
        *(TEXT, 'exercise="E1" from', 'exercise="E1" form'),
        f"{TEXT}:24: no cell option 'form'; did you mean 'from'?",
    ),
    "unreadable options": (
        *(TEXT, 'given="imports"', "given imports"),
        f'{TEXT}:7: cannot read this cell marker; write options as name="value"',
    ),
    "code without a role": (
        *(TEXT, '# %% setting="full"', "# %%"),
        f"{TEXT}:34: a code cell has exactly one of given, demonstration, setting, exercise, "
        "check: got 0",
    ),
    "two roles": (
        *(TEXT, 'setting="full"', 'setting="full" given="full"'),
        f"{TEXT}:34: a code cell has exactly one of given, demonstration, setting, exercise, "
        "check: got 2",
    ),
    "bad name": (
        *(TEXT, 'setting="full"', 'setting="Full run"'),
        f"{TEXT}:34: a cell's name is lower-case letters, digits, '_' and '-', 64 at most: "
        "got 'Full run'",
    ),
    "check with a body": (
        *(TEXT, '# %% check="E1"', '# %% check="E1"\ncheck("E1")'),
        f"{TEXT}:25: a check cell's code is generated; leave its body empty",
    ),
    "marker in prose": (
        *(TEXT, "A box keeps what", "BEGIN SOLUTION keeps what"),
        f"{TEXT}:16: nbgrader's marker 'BEGIN SOLUTION' may not stand here",
    ),
    "hidden tests in the text": (
        *(TEXT, "FULL = False", "FULL = False  # END HIDDEN TESTS"),
        f"{TEXT}:35: nbgrader's marker 'END HIDDEN TESTS' may not stand here",
    ),
    "given object with a region": (
        *(PIECES, "    return x * x", "    # BEGIN SOLUTION\n    return x * x\n    # END SOLUTION"),
        f"{PIECES}:15: a leftover '# BEGIN SOLUTION': square is given to students",
    ),
    "given object with half a region": (
        *(PIECES, "    return x * x", "    return x * x\n    # END SOLUTION"),
        f"{PIECES}:16: '# END SOLUTION' without '# BEGIN SOLUTION'",
    ),
    "exercise without a region": (
        ANSWERS,
        "        # BEGIN SOLUTION\n        result += thing\n        # END SOLUTION",
        "        result += thing",
        f"{ANSWERS}:6: total has no '# BEGIN SOLUTION' for exercise E2",
    ),
    "missing end": (
        *(ANSWERS, "        # END SOLUTION\n", ""),
        f"{ANSWERS}:10: '# BEGIN SOLUTION' without '# END SOLUTION'",
    ),
    "missing begin": (
        *(ANSWERS, "        # BEGIN SOLUTION\n", ""),
        f"{ANSWERS}:11: '# END SOLUTION' without '# BEGIN SOLUTION'",
    ),
    "nested begin": (
        *(ANSWERS, "        result += thing", "        # BEGIN SOLUTION\n        result += thing"),
        f"{ANSWERS}:11: '# BEGIN SOLUTION' inside a region; end that one first",
    ),
    "marker that only nbgrader would see": (
        *(ANSWERS, "        # BEGIN SOLUTION", "        ### BEGIN SOLUTION"),
        f"{ANSWERS}:10: nbgrader's marker 'BEGIN SOLUTION' may not stand here",
    ),
    "empty region": (
        *(
            ANSWERS,
            "        result += thing\n        # END SOLUTION",
            "        # nothing\n        # END SOLUTION\n        result += thing",
        ),
        f"{ANSWERS}:10: this solution region holds no statement",
    ),
    "marker at another depth": (
        *(ANSWERS, "        # BEGIN SOLUTION", "    # BEGIN SOLUTION"),
        f"{ANSWERS}:10: indent this marker as the statement below it",
    ),
    "region ends inside a statement": (
        *(
            ANSWERS,
            "        result += thing\n        # END SOLUTION",
            "        if thing:\n        # END SOLUTION\n            result += thing",
        ),
        f"{ANSWERS}:10: this solution region ends inside a statement",
    ),
    "method region with nothing to join": (
        *(
            BOX,
            "        # END SOLUTION\n\n    # BEGIN SOLUTION",
            "        # END SOLUTION\n\n    size = 3\n\n    # BEGIN SOLUTION",
        ),
        f"{BOX}:17: a region at class level would raise as soon as its cell runs; "
        "move it right below a function that ends in a solution region",
    ),
    "syntax error in a solution": (
        *(ANSWERS, "result = 0.0", "result = = 0.0"),
        f"{ANSWERS}:8: invalid syntax",
    ),
    "syntax error in the given lines": (
        *(TEXT, "Box.total = total", "Box.total = ("),
        f"{TEXT}:37: the cell of E2 is no Python: '(' was never closed: Box.total = (",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_course_is_refused_with_the_place_and_the_reason(name, course):
    path, old, new, message = BROKEN[name]
    course.change(path, old, new)
    with pytest.raises(BuildError) as error:
        course.build()
    assert str(error.value) == message


def test_a_text_without_cells_is_refused(course):
    (course.root / TEXT).write_text("print()\n", encoding="utf-8")
    with pytest.raises(BuildError, match=f"^{TEXT}:1: no cell; a cell starts with"):
        course.build()


def test_an_assignment_without_checks_is_refused(course):
    from autograder.build import build

    with pytest.raises(BuildError, match=f"^{TEXT}:3: no assignment 'tiny'$"):
        build(course.root / TEXT, course.root)
