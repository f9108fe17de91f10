"""Of a cell, what defines something is kept; what only shows or trains is not."""

import pytest

from autograder.notebook.definitions import definitions


def kept(code: str) -> str:
    found = definitions(code)
    return "" if found is None else found.source.strip()


@pytest.mark.parametrize(
    "code",
    [
        "import math",
        "@staticmethod\ndef f():\n    return 1",
        "class A:\n    x = 1",
        "x: int = 2",
        "GPT.generate = generate",
        "uts = []\nfor u in corpus:\n    uts.append(u)",
        "with open('x') as f:\n    text = f.read()",
        "torch.manual_seed(0)\nx = 1",
    ],
)
def test_what_defines_is_kept_as_it_stands(code: str) -> None:
    assert kept(code) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "# nothing",
        "x",
        "print(x)",
        'check("E1")',
        'check("E1");',
        "curves.losses({})",
        "get_ipython().system('ls')",
        'with needs("E1"):\n    x = model(1)',
        "with needs():\n    x = 1",
        "this is no Python",
        "r = training.run('m', train, model)",
        "y = 1\nwith needs():\n    r = finetuning.run(fine_tune)",
    ],
)
def test_what_shows_or_trains_is_left_out(code: str) -> None:
    assert kept(code) == ""


def test_prints_and_demonstrations_between_definitions_are_left_out() -> None:
    code = (
        "x = 1\nprint(x)\n\n\ndef f():\n    # why\n    return x\n\n\nwith needs():\n    f()\nf()\n"
    )
    assert kept(code) == "x = 1\ndef f():\n    # why\n    return x\nf()"


def test_two_statements_on_one_line_stay_together() -> None:
    assert kept("x = 1; y = 2") == "x = 1; y = 2"


def test_names_tell_attributes_and_the_first_line_that_is_no_import() -> None:
    found = definitions("import math\nGPT.f = f\na, (b, *c) = 1, (2, 3)\n")
    assert found is not None
    assert found.names == ["GPT.f", "a", "b", "c", "math"]
    assert found.shown == "GPT.f = f"
