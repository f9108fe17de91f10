"""Cells run in a process of their own: what they do stays there, what they show comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import indent

import pytest

from autograder.probe.errors import StudentProcessGone, StudentTimeout
from autograder.probe.view import Student
from autograder.sandbox.session import Limits, Session, Zygote, session

SHORT = Limits(cell_s=1.0, check_s=1.0, submission_s=60.0)


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_OF_THE_GRADER", "gradebook password")
        with Zygote() as warm:
            yield warm


@pytest.fixture
def process(zygote: Zygote) -> Iterator[Session]:
    with session(zygote, SHORT) as running:
        yield running


def kinds(outputs: list[dict]) -> list[str]:
    return [output["output_type"] for output in outputs]


def test_names_live_from_cell_to_cell(process: Session) -> None:
    assert process.run_cell("x = 20") == []
    [result] = process.run_cell("x + 1")
    assert result["data"]["text/plain"] == "21"


def test_prints_displays_warnings_and_errors_come_back_as_outputs(process: Session) -> None:
    outputs = process.run_cell(
        "import warnings\nprint('seen')\nwarnings.warn('careful')\ndisplay(3)\n1/0"
    )
    assert kinds(outputs) == ["stream", "stream", "display_data", "error"]
    assert outputs[0]["text"] == "seen\n"
    assert "careful" in outputs[1]["text"]
    assert outputs[3]["ename"] == "ZeroDivisionError"


def test_figures_come_back_without_a_display(zygote: Zygote) -> None:
    with session(zygote, Limits()) as process:
        outputs = process.run_cell(
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()"
        )
    assert "error" not in kinds(outputs)


def test_a_syntax_error_or_an_exit_ends_the_cell_only(process: Session) -> None:
    assert kinds(process.run_cell("def f(:")) == ["error"]
    process.run_cell("raise SystemExit(3)")
    process.run_cell("import sys; sys.exit()")
    [result] = process.run_cell("1 + 1")
    assert result["data"]["text/plain"] == "2"


def test_an_endless_loop_is_stopped_and_the_next_cell_runs(process: Session) -> None:
    with pytest.raises(StudentTimeout, match="ran longer than 1 second"):
        process.run_cell("import time\nwhile True:\n    time.sleep(0.01)")
    [result] = process.run_cell("'still here'")
    assert "still here" in result["data"]["text/plain"]


def test_an_interrupt_inside_no_grad_does_not_leave_gradients_off(process: Session) -> None:
    # what is left of no_grad() where the interrupt strikes as it ends, which happens by chance only
    torn = "import torch\ntorch.set_grad_enabled(False)\nwhile True: pass"
    with pytest.raises(StudentTimeout):
        process.run_cell(torn)
    [result] = process.run_cell("torch.is_grad_enabled()")
    assert result["data"]["text/plain"] == "True"
    process.run_cell("def loop():\n" + indent(torn, "    "))
    with pytest.raises(StudentTimeout):
        Student(process).function("loop")
    [result] = process.run_cell("torch.is_grad_enabled()")
    assert result["data"]["text/plain"] == "True"


def test_what_a_cell_sets_by_itself_stays(process: Session) -> None:
    process.run_cell("import torch\ntorch.set_grad_enabled(False);")
    [result] = process.run_cell("torch.is_grad_enabled()")
    assert result["data"]["text/plain"] == "False"


def test_a_loop_that_swallows_the_interrupt_is_ended(zygote: Zygote) -> None:
    stubborn = (
        "import time\nwhile True:\n    try:\n        time.sleep(0.01)\n"
        "    except BaseException:\n        pass"
    )
    with session(zygote, replace(SHORT, grace_s=1.0)) as running:
        with pytest.raises(StudentTimeout):
            running.run_cell(stubborn)
        with pytest.raises(StudentProcessGone, match="could not be stopped"):
            running.run_cell("1")


def test_a_dying_process_is_reported_and_others_go_on(zygote: Zygote) -> None:
    with session(zygote, SHORT) as running, pytest.raises(StudentProcessGone):
        running.run_cell("import os; os._exit(0)")
    with session(zygote, SHORT) as running:
        assert running.run_cell("1")[0]["data"]["text/plain"] == "1"


def test_two_submissions_share_nothing(zygote: Zygote) -> None:
    with session(zygote, SHORT) as first:
        first.run_cell("import torch; torch.secret = 1; open('left.txt', 'w').write('x')")
    with session(zygote, SHORT) as second:
        [result] = second.run_cell("import torch, os; hasattr(torch, 'secret'), os.listdir()")
    assert result["data"]["text/plain"] == "(False, [])"


def test_generators_start_differently_in_each_submission(zygote: Zygote) -> None:
    drawn = set()
    for _ in range(3):
        with session(zygote, SHORT) as running:
            outputs = running.run_cell("import torch; torch.rand(1).item()")
            drawn.add(outputs[0]["data"]["text/plain"])
    assert len(drawn) == 3


def test_files_beside_the_notebook_are_there_and_the_originals_stay(
    zygote: Zygote, tmp_path: Path
) -> None:
    (tmp_path / "helper.py").write_text("answer = 42\n")
    (tmp_path / "other.ipynb").write_text("{}")
    with session(zygote, SHORT, tmp_path) as running:
        [result] = running.run_cell("import helper, os; helper.answer, sorted(os.listdir())")
        running.run_cell("open('helper.py', 'w').write('')")
    assert "42" in result["data"]["text/plain"]
    assert "other.ipynb" not in result["data"]["text/plain"]
    assert (tmp_path / "helper.py").read_text() == "answer = 42\n"


def test_environment_variables_of_the_grader_are_not_there(zygote: Zygote) -> None:
    with session(zygote, SHORT) as running:
        [result] = running.run_cell("import os; str(dict(os.environ))")
    assert "PATH" in result["data"]["text/plain"]
    assert "SECRET_OF_THE_GRADER" not in result["data"]["text/plain"]
    assert "gradebook password" not in result["data"]["text/plain"]


def test_output_without_end_is_cut(process: Session) -> None:
    outputs = process.run_cell("for _ in range(300): print('x' * 10_000)")
    size = sum(len(output.get("text", "")) for output in outputs)
    assert size < 1_100_000
    assert "too long to keep" in outputs[-1]["text"]


def test_the_view_speaks_to_the_process(process: Session) -> None:
    process.run_cell(
        "import torch\nclass Double(torch.nn.Module):\n"
        "    def __init__(self, n):\n        super().__init__()\n"
        "        self.w = torch.nn.Parameter(torch.full((n,), 2.0))\n"
        "    def forward(self, x): return self.w * x"
    )
    import torch

    double = Student(process).Double(3)
    assert torch.equal(double(torch.tensor([1.0, 2.0, 3.0])), torch.tensor([2.0, 4.0, 6.0]))
    assert [p.name for p in double.parameters] == ["w"]


@pytest.mark.parametrize("shape", ["folder", "link to a folder", "link to a file", "file"])
def test_the_grader_s_files_replace_whatever_the_submission_has_there(
    zygote: Zygote, tmp_path: Path, shape: str
) -> None:
    mine, outside = tmp_path / "submission", tmp_path / "outside"
    for folder in (mine, outside):
        folder.mkdir()
    (outside / "corpus.txt").write_text("not to be touched")
    if shape == "folder":
        (mine / "data").mkdir()
        (mine / "data" / "extra.txt").write_text("copied from a friend")
    elif shape == "file":
        (mine / "data").write_text("a file in the way")
    else:
        target = outside if "folder" in shape else outside / "corpus.txt"
        (mine / "data").symlink_to(target)
    with session(zygote, SHORT, mine, {"data/corpus.txt": b"drawn"}) as running:
        [shown] = running.run_cell(
            "import os; sorted(os.listdir('data')), open('data/corpus.txt').read()"
        )
    assert shown["data"]["text/plain"] == "(['corpus.txt'], 'drawn')"
    assert (outside / "corpus.txt").read_text() == "not to be touched"


def test_a_warm_process_imports_beforehand_what_it_is_told() -> None:
    with Zygote(["fractions", "locale:getlocale"]) as warm, session(warm, SHORT) as running:
        [shown] = running.run_cell("import sys; 'fractions' in sys.modules")
    assert shown["data"]["text/plain"] == "True"
