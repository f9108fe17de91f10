"""A demonstration says one kind sentence where a traceback would have stood."""

import pytest

from autograder.notebook import needs


def test_an_open_exercise_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with needs("E1"):
        raise NotImplementedError
    assert capsys.readouterr().out == "This appears once E1 works.\n"


def test_several_exercises_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with needs("E2", "E3", "E4"):
        attention_of_a_cell_that_failed  # type: ignore[name-defined]  # noqa: B018, F821
    assert capsys.readouterr().out == "This appears once E2, E3 and E4 work.\n"


def test_an_error_of_the_student_s_code_is_quoted(capsys: pytest.CaptureFixture[str]) -> None:
    with needs("E1"):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")
    told = capsys.readouterr().out
    assert "RuntimeError: mat1 and mat2 shapes cannot be multiplied" in told
    assert "E1" in told


def test_an_error_that_needs_no_exercise_is_told_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with needs():
        raise ValueError("trump_train.txt: no such file")
    assert capsys.readouterr().out == "trump_train.txt: no such file\n"


def test_an_interruption_is_not_swallowed() -> None:
    with pytest.raises(KeyboardInterrupt), needs("E1"):
        raise KeyboardInterrupt


def test_nothing_is_said_when_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    with needs("E1"):
        pass
    assert capsys.readouterr().out == ""
