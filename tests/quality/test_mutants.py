"""The mutation engine: what it changes, what it takes for equivalent, that it repeats itself."""

from __future__ import annotations

import ast
import time
from collections import deque
from functools import partial
from typing import Any

import pytest

from benchmarks.mutants.allowed import allowed
from benchmarks.mutants.equivalence import Proof, compare
from benchmarks.mutants.judged import judged
from benchmarks.mutants.mutant import Mutant, Source, mutants
from benchmarks.mutants.pool import Ended, run_jobs
from benchmarks.mutants.runs import reports_otherwise
from benchmarks.mutants.sources import all_mutants, sample, sources
from benchmarks.parts.corpora import verdict


def changed(code: str, operator: str) -> set[str]:
    """What an operator makes of a piece of code."""
    source = Source("E1", "tests/right_answers/e1/small.py", code)
    return {mutant.code for mutant in mutants(source) if mutant.operator == operator}


@pytest.mark.parametrize(
    ("operator", "code", "wanted"),
    [
        ("arithmetic", "y = a / b", "y = a * b"),
        ("operand-dropped", "y = x + f(x)", "y = f(x)"),
        ("operands-swapped", "y = q @ k", "y = k @ q"),
        ("comparison", "if a < b:\n    c()", "if a <= b:\n    c()"),
        ("sign-dropped", "y = not x", "y = x"),
        ("condition", "y = a if c else b", "y = b if c else a"),
        ("constant", "f(4)", "f(5)"),
        ("constant", "f(bias=False)", "f(bias=True)"),
        ("axis", "x.softmax(dim=-1)", "x.softmax(dim=-2)"),
        ("text", "get_batch('train')", "get_batch('val')"),
        ("arguments-swapped", "f(q, k)", "f(k, q)"),
        ("argument-dropped", "f(q, is_causal=True)", "f(q)"),
        ("call-dropped", "y = dropout(x)", "y = x"),
        ("call-dropped", "y = x.transpose(1, 2)", "y = x"),
        ("name", "m.train()", "m.eval()"),
        ("name", "y = torch.tril(x)", "y = torch.triu(x)"),
        ("bias", "nn.Linear(4, 4)", "nn.Linear(4, 4, bias=False)"),
        ("slice", "y = x[:t]", "y = x[:t + 1]"),
        ("range", "for i in range(n):\n    f()", "for i in range(n - 1):\n    f()"),
        ("filter-dropped", "y = [p for p in ps if p]", "y = [p for p in ps]"),
        ("statement-dropped", "a()\nb()", "b()"),
        ("statements-swapped", "a()\nb()", "b()\na()"),
        ("statement-twice", "step()", "step()\nstep()"),
        ("return-dropped", "def f(x):\n    return x", "def f(x):\n    x"),
        ("into-the-loop", "for i in y:\n    a()\nb()", "for i in y:\n    a()\n    b()"),
        ("out-of-the-loop", "for i in y:\n    a()\n    b()", "for i in y:\n    a()\nb()"),
        ("loop-ends-early", "for i in y:\n    a()", "for i in y:\n    a()\n    break"),
        ("block-opened", "with no_grad():\n    a()", "a()"),
        ("in-place", "x = x + y", "x += y"),
        ("decorator-dropped", "@no_grad()\ndef f():\n    pass", "def f():\n    pass"),
        ("mixed-name", "def f(a, b):\n    return a", "def f(a, b):\n    return b"),
    ],
)
def test_an_operator_makes_the_mistake_that_it_is_named_after(
    operator: str, code: str, wanted: str
) -> None:
    assert ast.unparse(ast.parse(wanted)) in changed(code, operator)


def test_only_what_a_student_writes_is_changed() -> None:
    code = "import math\nx: int = 1\n'a text'\nprint(2)\nassert y, 3\n"
    texts = "\n".join(m.code for m in mutants(Source("E1", "tests/right_answers/e1/a.py", code)))
    assert "import math" in texts and "x: float" not in texts and "print(3)" not in texts
    reference = sources("E2")[0]
    lines = reference.code.splitlines()
    for mutant in mutants(reference):
        at = mutant.line - reference.first_line
        assert any("BEGIN SOLUTION" in line for line in lines[:at]), mutant.id


def test_mutants_are_the_same_every_time_and_ids_name_one_each() -> None:
    first, again = all_mutants("E3"), all_mutants("E3")
    assert [(m.id, m.code) for m in first] == [(m.id, m.code) for m in again]
    assert len({m.id for m in first}) == len({m.code for m in first}) == len(first) > 500
    drawn = [[m.id for m in sample(first, 40, seed)] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len({m.operator for m in sample(first, 40, 1)}) > 12  # all kinds get their turn
    assert "@@" in first[0].diff


def test_every_exercise_has_mutants_of_its_reference() -> None:
    for id in ("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8"):
        assert sum(1 for _ in mutants(sources(id)[0])) > 30, id


def one(job: Any) -> Ended:
    """Run one job in a process of its own."""
    (ended,) = run_jobs(deque([("job", job)]), 1, 30, 60.0)
    return ended


def compared(exercise: str, old: str, new: str) -> Proof:
    """The reference of an exercise beside itself with some code replaced."""
    code = sources(exercise)[0].code
    assert old in code
    ended = one(partial(compare, exercise, code, code.replace(old, new)))
    assert isinstance(ended.value, Proof), ended.failed
    return ended.value


@pytest.mark.parametrize(
    ("exercise", "old", "new"),
    [
        ("E1", "scores", "similarities"),
        ("E1", "math.sqrt(D)", "D**0.5"),
        ("E2", "if hidden_size % n_head", "if False"),  # view() refuses by itself
        ("E3", "self.activation(self.expand(x))", "F.gelu(self.expand(x))"),
        ("E5", "nn.init.zeros_(module.bias)", "module.bias.data.mul_(0.0)"),
        ("E6", "p.dim() < 2", "not p.dim() >= 2"),
        ("E7", "(loss / config", "(1.0 * loss / config"),
        ("E8", "logits[:, -1]", "logits[:, -1, :]"),
    ],
)
def test_what_does_the_same_is_equivalent(exercise: str, old: str, new: str) -> None:
    proof = compared(exercise, old, new)
    assert proof.equivalent, proof.differing
    assert sum(proof.inputs.values()) > 20 and max(proof.largest.values()) < 1e-9


@pytest.mark.parametrize(
    ("exercise", "old", "new", "what"),
    [
        ("E1", "math.sqrt(D)", "math.sqrt(D + 1e-6)", "evaluation: outputs and gradients"),
        ("E1", "diagonal=1", "diagonal=2", "evaluation: outputs and gradients"),
        ("E2", "math.sqrt(d)", "math.sqrt(D)", "evaluation: outputs and gradients"),
        ("E2", "self.weights_dropout(weights)", "weights", "training: outputs and gradients"),
        ("E5", "0.02 / math.sqrt(2 * n_layer)", "0.02 / math.sqrt(n_layer)", "initial values"),
        ("E6", '"weight_decay": 0.0', '"weight_decay": weight_decay', "groups"),
        ("E7", "optimizer.zero_grad()", "pass", "weights"),
        ("E8", "self.train(was_training)", "pass", "what is left"),
        ("E8", "/ temperature", "", "texts"),
    ],
)
def test_what_does_something_else_is_not(exercise: str, old: str, new: str, what: str) -> None:
    assert what in compared(exercise, old, new).differing


def test_another_layout_is_of_the_same_family_and_another_formula_is_not() -> None:
    swapped = compared("E1", "q, k, v = self", "k, q, v = self")
    assert swapped.differing and swapped.same_family
    assert not compared("E1", "math.sqrt(D)", "D").same_family


def test_a_reading_allows_a_bias_in_e2_and_nothing_else_with_it() -> None:
    found = {m.id: m for m in mutants(sources("E2")[0])}
    bias = next(m for m in found.values() if m.operator == "bias")
    proof = Proof({}, {}, {"parameters": "", "saved state": ""}, {})
    assert "bias" in allowed(bias, proof)
    more = Proof({}, {}, {**proof.differing, "evaluation: outputs and gradients": ""}, {})
    assert not allowed(bias, more)
    scale = next(m for m in found.values() if m.operator == "operands-swapped")
    assert not allowed(scale, proof)


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        ("iteration % config.log_interval", "(iteration + 1) % config.log_interval", True),
        ("iteration % config.eval_interval", "(iteration + 1) % config.eval_interval", True),
        ("iteration % config.log_interval", "(iteration + 2) % config.log_interval", False),
        ("config.eval_interval == 0", "config.eval_interval == 1", False),
        ("(iteration, loss.item(),", "(iteration, loss.item() / 2,", False),
        ("return min(best_val_loss", "return max(best_val_loss", False),
    ],
)
def test_a_loop_may_report_at_other_times_and_nothing_else(old: str, new: str, right: bool) -> None:
    proof = compared("E7", old, new)
    assert set(proof.differing) <= {"trained", "evaluated", "estimated", "returned"}
    assert proof.differing and reports_otherwise(proof.seen) is right


def test_a_job_that_hangs_or_dies_stops_nothing() -> None:
    def forever() -> None:
        while True:
            pass

    def gone() -> None:
        raise SystemExit(3)

    started = time.monotonic()
    jobs = deque([("hangs", forever), ("fine", lambda: 7), ("dies", gone)])
    ended = {each.name: each for each in run_jobs(jobs, 2, 1, 30.0)}
    assert ended["fine"].value == 7
    assert ended["hangs"].failed == "it does not end"
    assert "SystemExit" in ended["dies"].failed
    assert time.monotonic() - started < 30


@pytest.mark.slow
def test_a_small_sample_from_end_to_end() -> None:
    drawn: list[Mutant] = sample(all_mutants("E3"), 16, 3)
    told = []
    verdicts = judged(drawn, 5, 2, told.append)
    assert [v.mutant.id for v in verdicts] == [m.id for m in drawn]
    assert len(told) == 16
    kinds = {v.kind for v in verdicts}
    assert kinds <= {"caught", "equivalent", "allowed"} and "caught" in kinds
    for v in verdicts:
        assert v.lost == (v.kind == "caught"), v.record()


@pytest.mark.parametrize(
    ("truth", "given", "wanted"),
    [
        (["e1.a"], {"e1.a"}, "right"),
        (["e1.a", "e1.b"], {"e1.a"}, "right"),
        (["e1.a", "e1.b"], {"e1.b"}, "wrong"),
        (["e1.a"], {"e1.a", "e1.b"}, "wrong"),
        (["e1.a"], {"none"}, "silent"),
        (["none"], {"none"}, "rightly silent"),
        (["none"], {"e1.a"}, "wrong"),
        ([], {"e1.a"}, ""),
    ],
)
def test_a_diagnosis_is_right_if_it_gives_the_first_name_and_no_other(
    truth: list[str], given: set[str], wanted: str
) -> None:
    assert verdict(truth, frozenset(given)) == wanted
