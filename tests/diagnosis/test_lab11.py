"""Lab 11's diagnoses: every slip is known by its number, and no text tells an answer."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import autograder.diagnosis
from autograder.checks import ASSIGNMENTS, TASKS, exercise, slug
from autograder.checks.framework import run_exercise
from autograder.checks.lab11 import slips
from autograder.checks.lab11.counting import KEY, LAB, PYTORCH, count
from autograder.checks.lab11.total import RIGHT, VARIABLES
from autograder.checks.outcome import CheckResult
from autograder.diagnosis.definition import EITHER, LIBRARY, library, names_in
from autograder.diagnosis.lab11.total import short
from autograder.probe.links import LocalLink
from autograder.probe.view import Student
from tests.answers import diagnosed_as
from tests.checks.test_lab11_tasks import (
    FIRST,
    INDEXED,
    LINEAR,
    WRONG,
    answered,
    windows,
)
from tests.diagnosis.test_library import pieces, squeezed
from tests.lab_answers import answer_sets, grade, small_corpus

ROOT = Path(__file__).parents[2]
EXERCISES = [slug(id) for group in (ASSIGNMENTS, TASKS) for id in group["lab11"]]
# Numbers and shapes of the key, and PyTorch's own, which earn the same points.
NUMBERS = {
    *(counts[part] for counts in RIGHT.values() for part in (*VARIABLES, "wpe", "layer_norm")),
    RIGHT[PYTORCH].c_attn, 589_824, 27.71, 27.7,
}  # fmt: skip
SHAPES = ("b, t, n_embd", "4, 10, 768", "1, 1, t, t", "1, 1, 10, 10", "b, nh, t, t", "b, t, c",
          "t, t", "10, 10", "b, t, vocab_size", "b, 1, vocab_size", "b, t, 4 * n_embd",
          "b, t, 3 * n_embd", "4, 10, 3072", "4, 10, 2304", "1, 1, 5, 5")  # fmt: skip


@pytest.fixture(scope="module")
def corpus() -> Any:
    return small_corpus()


@pytest.fixture(autouse=True)
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the diagnosis itself is raised, not passed over."""
    monkeypatch.setattr(autograder.diagnosis, "STRICT", True)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tasks write train.bin and val.bin where they stand."""
    monkeypatch.chdir(tmp_path)


G2_5 = exercise("G2.5")


def counted(numbers: dict[str, float]) -> dict[str, CheckResult]:
    """The results of G2.5 for the key's numbers with some replaced, by part."""
    found = {name: numbers.get(part, RIGHT[KEY][part]) for part, name in VARIABLES.items()}
    results = run_exercise(G2_5, Student(LocalLink(found)), 1)
    return {result.id.partition("2.5.")[2]: result for result in results}


def place_of(slip: str, convention: str) -> str:
    """The first number that a slip changes; empty where it changes none or leaves it right."""
    wrong, right = count(LAB, convention, {slip}), RIGHT[convention]
    return next((part for part in VARIABLES if wrong[part] != right[part]), "")


def passes_as_the_key(slip: str) -> bool:
    """Whether this slip takes from PyTorch's number of a Block just what the key has less."""
    return count(LAB, PYTORCH, {slip}).block == RIGHT[KEY].block


COUNTED = [(slip, convention) for slip in slips.SLIPS for convention in (KEY, PYTORCH)
           if convention == KEY or not passes_as_the_key(slip)]  # fmt: skip


@pytest.mark.parametrize(("slip", "convention"), COUNTED)
def test_a_slip_is_named_where_it_happened_and_costs_nothing_later(
    slip: str, convention: str
) -> None:
    wrong = count(LAB, convention, {slip})
    place = place_of(slip, convention)
    results = counted({part: wrong[part] for part in VARIABLES})
    assert results[place].status == "failed"
    assert f"g2_5.{short(slip)}" in names_in(results[place].misconception), results[place]
    if slip in ("no_biases", "norm.no_bias"):
        return  # is made anew at each LayerNorm
    failed = {part: result for part, result in results.items() if result.status == "failed"}
    if RIGHT[KEY][place] / 10 <= wrong[place] <= RIGHT[KEY][place] * 10:
        assert list(failed) == [place], results
    else:  # so far off nothing is carried on: the next number fails with it, for the same reason
        assert {result.misconception for result in failed.values()} == {f"g2_5.{short(slip)}"}


@pytest.mark.parametrize("convention", [KEY, PYTORCH])
def test_what_is_named_gives_the_number(convention: str) -> None:
    """Of two slips at once: whatever names the total stands for slips that give just this total."""
    by_name = {f"g2_5.{short(slip)}": slip for slip in slips.SLIPS}
    pairs = [pair for pair in slips.subsets(slips.SLIPS) if len(pair) == 2]
    named = 0
    for pair in pairs[::7]:
        total = count(LAB, convention, pair)["total"]
        (*_, result) = run_exercise(G2_5, Student(LocalLink({"n_total": total})), 1)
        if result.status == "passed" or not result.misconception:
            continue
        names = names_in(result.misconception)
        ways = [{by_name[n]} for n in names] if EITHER in result.misconception else [
            {by_name[n] for n in names if n in by_name}]  # fmt: skip
        if not all(name in by_name for name in names):
            continue  # another part's number
        named += 1
        for way in ways:
            possible = [way, *(way | {other} for other in slips.SLIPS)]
            assert any(count(LAB, c, each)["total"] == total
                       for each in possible for c in (KEY, PYTORCH)), (pair, names)  # fmt: skip
    assert named > len(pairs[::7]) / 2


def test_two_slips_by_chance_are_none() -> None:
    """Where all five numbers above are right, a total is no sum of mistakes in making them."""
    total = count(LAB, KEY, {"mlp.narrow", "attention.one_head"})["total"]
    assert counted({"total": total})["total"].misconception is None


def test_a_number_that_nothing_explains_has_no_name() -> None:
    for by in (1, 131, 7 * 768 + 5, 123_457, 10_000_019):
        for part in VARIABLES:
            result = counted({part: RIGHT[KEY][part] + by})[part]
            assert result.status == "failed"
            assert result.misconception is None, (part, by, result.misconception)


def test_all_that_is_named_wrong_by_a_set_of_answers_is_shown() -> None:
    """Every misconception of the graded exercises that only one of them has is in the corpus."""
    shown = {name for answers in answer_sets("wrong") for name in answers.misconceptions}
    for id in ("g1_1", "g2_3", "g2_5"):
        own = {name for name in library(id) if own_of(id, name)}
        assert own <= shown, sorted(own - shown)
    assert {name for name in shown if name != "none" and name not in library(name[:4])} == set()


def own_of(id: str, name: str) -> bool:
    """Whether a name stands in the exercise's own file."""
    text = (LIBRARY / f"{id}.toml").read_text(encoding="utf-8")
    return f"[{name.partition('.')[2]}]" in text


TWO = 'train_text, val_text = "{0}".join(uts[:{1}]), "{0}".join(uts[{2}:])'
BATCH = "def get_batch(data, block_size, batch_size, device):\n    "
PICKED = BATCH + (
    "i = torch.randint(len(data) - block_size, (batch_size,))\n"
    "    at = i[:, None] + torch.arange(block_size)\n"
    "    data = torch.from_numpy(data.astype(np.int64))\n    return "
)
SPLIT = "c_attn_shape = (4, 10, 2304)\n" + LINEAR
# Wrong answers to the tasks, with what must be named; "none" where nothing can be.
NAMED = [
    ("T1.1", FIRST.replace("u.speaker.id, u.text", "u.text, u.speaker.id"), "text-before-speaker"),
    ("T1.1", FIRST.replace("(u.speaker.id, u.text)", "u.text"), "texts-without-speakers"),
    ("T1.1", FIRST.replace("(u.speaker.id, u.text)", "u.speaker.id"), "speakers-without-texts"),
    ("T1.1", FIRST.replace("u.text", "u.id"), "ids-for-texts"),
    ("T1.1", FIRST.replace("u.speaker.id", "u.id"), "ids-for-speakers"),
    ("T1.1", FIRST.replace("u.speaker.id", "u.text"), "text-for-speaker"),
    ("T1.1", FIRST.replace("[:10]", "[-10:]"), "last-ten"),
    ("T1.1", FIRST.replace("[:10]", ""), "all-of-them"),
    ("T1.1", FIRST.replace("[:10]", "[1:11]"), "second-to-eleventh"),
    ("T1.1", FIRST.replace("[:10]", "[:9]"), "other-than-ten"),
    ("T1.1", FIRST.replace("(u.sp", "(u.id, u.sp"), "three-things-each"),
    ("T1.1", FIRST.replace("u.speaker.id", "u.speaker"), "speaker-objects"),
    ("T1.2", "train_text, val_text = uts[:28], uts[28:]", "lists-for-texts"),
    ("T1.2", TWO.format(" ", 28, 28), "joined-by-spaces"),
    ("T1.2", TWO.format("", 28, 28), "joined-by-nothing"),
    ("T1.2", TWO.format("\\n\\n", 28, 28), "joined-by-empty-lines"),
    ("T1.2", TWO.format(", ", 28, 28), "joined-by-commas"),
    ("T1.2", TWO.format("\\\\n", 28, 28), "joined-by-letters"),
    ("T1.2", 'whole = "\\n".join(uts)\ncut = int(0.9 * len(whole))\n'
             "train_text, val_text = whole[:cut], whole[cut:]", "nine-tenths-of-the-characters"),
    ("T1.2", TWO.format("\\n", "len(uts) // 2", "len(uts) // 2"), "half-for-each"),
    ("T1.2", TWO.format("\\n", "len(uts) * 8 // 10", "len(uts) * 8 // 10"), "eight-tenths"),
    ("T1.2", TWO.format("\\n", "len(uts) // 10", "len(uts) // 10"), "tenth-for-training"),
    ("T1.2", TWO.format("\\n", "len(uts) - 9", "len(uts) - 9"), "cut-elsewhere"),
    ("T1.2", 'train_text, val_text = "\\n".join(uts[4:]), "\\n".join(uts[:4])',
     "last-part-for-training"),
    ("T1.2", 'train_text, val_text = "\\n".join(uts), "\\n".join(uts[28:])',
     "everything-for-training"),
    ("T1.2", TWO.format("\\n", "28", "29"), "lines-between-lost"),
    ("T1.2", TWO.format("\\n", "28", "26"), "parts-overlap"),
    ("T1.2", "uts_ = uts[::-1]\n" + TWO.replace("uts[", "uts_[").format("\\n", "28", "28"),
     "lines-shuffled"),
    ("T1.6", windows(by=0), "targets-are-the-inputs"),
    ("T1.6", windows("len(data) - block_size - 1", by=2), "shifted-too-far"),
    ("T1.6", windows(kind="np.int32"), "other-number-type"),
    ("T1.6", windows(kind="np.float32"), "other-number-type"),
    ("T1.6", windows(result="x.T, t.T"), "axes-swapped"),
    ("T1.6", windows(result="x"), "one-for-two"),
    ("T1.6", windows(result="None"), "nothing-given-back"),
    ("T1.6", windows(result="x[0], t[0]"), "one-window-for-a-batch"),
    ("T1.6", windows(result="t, x"), "x-and-t-swapped"),
    ("T1.6", windows(starts="1"), "always-the-same-window"),
    ("T1.6", windows(starts="len(data) - block_size - 1"), "last-window-never"),
    ("T1.6", windows(starts="1, len(data) - block_size"), "first-window-never"),
    ("T1.6", windows(starts="len(data)"), "start-too-late"),
    ("T1.6", INDEXED.replace("len(data) - block_size", "len(data) + 9"), "start-too-late"),
    ("T1.6", PICKED + "data[torch.randint(len(data), at.shape)], data[at + 1]",
     "tokens-not-in-a-row"),
    ("T1.6", PICKED + "data[at], data[at.flip(0) + 1]", "targets-drawn-anew"),
    ("T1.6", PICKED.replace("torch.arange(block_size)", "torch.arange(block_size + 1)")
     + "data[at], data[at]", "windows-one-longer"),
    ("T1.6", PICKED.replace("torch.randint(len(data) - block_size, (batch_size,))",
     "block_size * torch.randint((len(data) - 1) // block_size, (batch_size,))")
     + "data[at], data[at + 1]", "windows-side-by-side"),
    ("T1.6", BATCH + "return batches(data)", "name-not-defined"),
    ("T2.3", "wte_parameters = 50257 * 768", "wte-unpadded"),
    ("T2.3", "wte_parameters = 1024 * 768", "wte-positions"),
    ("T2.3", "wte_parameters = 50304 + 768", "wte-added"),
    ("T2.3", "wte_parameters = 50304", "wte-rows-only"),
    ("T2.3", "wte_parameters = 50304, 768", "several-for-one-number"),
    ("T2.3", "wte_parameters = 50304 * 32", "none"),
    ("T2.4", "wpe_parameters = 50304 * 768", "number-of-another-part"),
    ("T2.4", "wpe_parameters = 1024 + 768", "wpe-added"),
    ("T2.7", 'sum_shape = ("t", "n_embd")', "positions-alone"),
    ("T2.7", 'sum_shape = ("b", "t", "2 * n_embd")', "tables-side-by-side"),
    ("T2.7", 'sum_shape = ("b", "t")', "before-the-lookup"),
    ("T2.8", 'logits_shape_with_targets = ("b", "t", "n_embd")\n'
             'logits_shape_without = ("b", 1, "vocab_size")', "width-of-x"),
    ("T2.8", 'logits_shape_with_targets = logits_shape_without = ("b", "t", "vocab_size")',
     "every-position"),
    ("T2.8", 'logits_shape_with_targets = logits_shape_without = ("b", 1, "vocab_size")',
     "last-position-only"),
    ("T2.8", 'logits_shape_with_targets = ("b", "t", "vocab_size")\n'
             'logits_shape_without = ("b", "vocab_size")', "axis-dropped-by-the-index"),
    ("T2.9", "layer_norm_parameters = 768", "norm-no-bias"),
    ("T2.9", 'layer_norm_parameters = "many"', "words-for-a-number"),
    ("T2.13", "mlp_parameters = 2 * 768 * 3072", "no-biases"),
    ("T2.13", "mlp_parameters = 768 * 3072 + 3072", "mlp-one-layer"),
    ("T2.13", "mlp_parameters = 2360832", "number-of-another-part"),
    ("T2.14", 'c_fc_shape = mlp_shape = ("b", "t", "n_embd")', "width-of-x"),
    ("T2.14", 'c_fc_shape = mlp_shape = ("b", "t", "4 * n_embd")', "width-of-the-hidden-layer"),
    ("T2.17", "c_attn_parameters = 768 * 2304 + 768", "c-attn-bias-too-short"),
    ("T2.17", "c_attn_parameters = 768 * 2304", "attention-no-c-attn-bias"),
    ("T2.17", "c_attn_parameters = 2362368", "number-of-another-part"),
    ("T2.17", "c_attn_parameters = 768 * 768 + 768", "attention-one-matrix"),
    ("T2.18", 'c_attn_shape = ("b", "t", "n_embd")\n' + LINEAR + "return x, x, x",
     "width-of-x, x-itself"),
    ("T2.18", SPLIT + "return x @ weight.T + bias", "one-tensor-for-three"),
    ("T2.18", SPLIT + "return [F.linear(x, w) for w in weight.chunk(3)]", "biases-left-out"),
    ("T2.18", SPLIT + "return [F.linear(x, weight[i::3], bias[i::3]) for i in range(3)]",
     "every-third-row"),
    ("T2.18", SPLIT + "return (x @ weight.T + bias).chunk(3, dim=-1)[::-1]",
     "slices-in-another-order"),
    ("T2.18", SPLIT + "return [x @ w + b for w, b in zip(weight.chunk(3), bias.chunk(3))]",
     "not-transposed"),
    ("T2.18", SPLIT + "b = bias[:x.shape[-1]]\n    return [x @ w.T + b for w in weight.chunk(3)]",
     "one-bias-for-all"),
    ("T2.18", SPLIT + "n = x.shape[-1]\n    return [F.linear(x, weight[:n], bias[:n])] * 3",
     "one-slice-for-all"),
    ("T2.18", SPLIT + "return F.linear(x, weight, bias).chunk(2, -1)",
     "other-than-three-tensors"),
    ("T2.18", SPLIT + "return x @ weight", "shapes-do-not-fit"),
    ("T2.18", 'c_attn_shape = (3, "b", "t", "n_embd")\n' + LINEAR
     + "return F.linear(x, weight, bias).chunk(3, -1)", "three-stacked"),
    ("T2.20", "divisor = 8", "width-of-one-of-twelve-heads"),
    ("T2.20", "divisor = 768", "root-not-taken"),
    ("T2.20", "divisor = 32", "length-for-width"),
    ("T2.20", "divisor = math.sqrt(12)", "heads-for-width"),
    ("T2.20", "divisor = 768 ** -0.5", "factor-for-divisor"),
    ("T2.20", "divisor = 27.7", "rounded-too-far"),
    ("T2.20", "divisor = 5", "none"),
    ("T2.22", "mask_shape, masked_entries = (5, 5), 10", "mask-without-its-axes"),
    ("T2.22", "mask_shape, masked_entries = (25,), 10", "mask-flattened"),
    ("T2.22", "mask_shape, masked_entries = (4, 12, 5, 5), 10", "mask-for-each-head"),
    ("T2.22", "mask_shape, masked_entries = (5, 5, 1, 1), 10", "axes-in-another-order"),
    ("T2.22", "mask_shape, masked_entries = (1, 1, 5, 5), 15", "ones-for-zeros"),
    ("T2.22", "mask_shape, masked_entries = (1, 1, 5, 5), 25", "all-entries"),
    ("T2.22", "mask_shape, masked_entries = (1, 1, 5, 5), 20", "both-triangles"),
    ("T2.22", "mask_shape, masked_entries = (1, 1, 5, 5), 5", "diagonal-alone"),
    ("T2.22", "mask_shape, masked_entries = (1, 1, 5, 5), 20.5", "none"),
    ("T3.1", "cropped_parameters = 256 * 768", "what-is-left"),
    ("T3.1", "cropped_parameters = 1024 - 256", "rows-not-numbers"),
    ("T3.1", "cropped_parameters = 1024 * 768", "whole-table"),
    ("T3.1", "cropped_parameters = 1024**2 - 256**2", "mask-counted"),
    ("T3.1", "cropped_parameters = 12 * 768 * 768", "table-in-each-block"),
    ("T3.1", "cropped_parameters = -768 * 768", "negative-number"),
    ("T3.1", "cropped_parameters = 0", "nothing-saved"),
]  # fmt: skip
COUNTS = "from data_scripts.gpt2_tokenizer import encoding as e\ndef count(s):\n    return {}\n" \
         "train_counts, val_counts = count(train_text), count(val_text)"  # fmt: skip
TOKENS, SPOKEN = "len(e().encode_ordinary(s))", "len(s.split())"
NEEDING_TOKENS = [
    ("T1.4", COUNTS.format(f"{TOKENS}, len(s), {SPOKEN}"), "counts-in-another-order"),
    ("T1.4", COUNTS.format(f"{TOKENS}, len(s.split(' ')), len(s)"), "words-split-at-spaces"),
    ("T1.4", COUNTS.format(f"{TOKENS}, len(set(s.split())), len(s)"), "different-words"),
    ("T1.4", COUNTS.format(f"{TOKENS}, s.count('\\n') + 1, len(s)"), "lines-for-words"),
    ("T1.4", COUNTS.format(f"{TOKENS}, {SPOKEN}, len(s.replace('\\n', ''))"),
     "line-ends-not-counted"),
    ("T1.4", COUNTS.format(f"{TOKENS}, {SPOKEN}, len(''.join(s.split()))"),
     "white-space-not-counted"),
    ("T1.4", COUNTS.format(f"{TOKENS}, {SPOKEN}, len(set(s))"), "different-characters"),
    ("T1.4", COUNTS.format(f"len(set(e().encode_ordinary(s))), {SPOKEN}, len(s)"),
     "different-tokens"),
    ("T1.4", COUNTS.format(f"{SPOKEN}, {SPOKEN}, len(s)"), "count-of-another-unit"),
    ("T1.5", 'train_data = ids(train_text, "uint16")', "not-memory-mapped"),
    ("T1.5", 'ids(train_text, "int16").tofile("a.bin")\n'
             'train_data = np.memmap("a.bin", dtype="int16", mode="r")', "signed-for-unsigned"),
    ("T1.5", 'ids(train_text, "int32").tofile("a.bin")\n'
             'train_data = np.memmap("a.bin", dtype="int32", mode="r")', "more-bytes-than-needed"),
    ("T1.5", 'ids(train_text, "int64").tofile("a.bin")\n'
             'train_data = np.memmap("a.bin", dtype="uint16", mode="r")',
     "written-and-read-in-two-types"),
    ("T1.5", 'from pathlib import Path\nhalf = len(train_text) // 2\n'
             'Path("a.bin").write_text(train_text[: 2 * half])\n'
             'train_data = np.memmap("a.bin", dtype="uint16", mode="r")', "text-for-tokens"),
    ("T1.5", 'train_data = np.memmap("a.bin", dtype="uint16", mode="w+", '
             'shape=len(ids(train_text, "i8")))', "never-written"),
    ("T1.5", 'np.tile(ids(train_text, "uint16"), 2).tofile("a.bin")\n'
             'train_data = np.memmap("a.bin", dtype="uint16", mode="r")', "stored-more-than-once"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "code", "names"), [*NAMED, *NEEDING_TOKENS])
def test_a_wrong_answer_to_a_task_hears_its_slip(
    id: str, code: str, names: str, corpus: Any, seed: int
) -> None:
    results = answered(id, code, corpus, seed)
    wanted = {name if name == "none" else f"{slug(id)}.{name}" for name in names.split(", ")}
    assert diagnosed_as(results) == wanted, results
    assert not any(r.status == "errored" for r in results)


def test_what_a_task_can_be_told_is_shown_above() -> None:
    """Each misconception that stands in a task's own file is named by one answer at least."""
    for id in TASKS["lab11"]:
        if not (LIBRARY / f"{slug(id)}.toml").exists():
            continue
        named = [names for task, _, names in [*NAMED, *NEEDING_TOKENS] if task == id]
        shown = {name for names in named for name in names.split(", ")}
        own = {name.partition(".")[2] for name in library(slug(id)) if own_of(slug(id), name)}
        unseen = own - shown
        assert unseen <= {"bytes-for-tokens", "bytes-for-characters"}, (id, unseen)


@pytest.mark.parametrize(("id", "code", "words"), WRONG)
def test_every_name_that_comes_has_words(
    id: str, code: str, words: str, corpus: Any, seed: int
) -> None:
    for name in diagnosed_as(answered(id, code, corpus, seed)) - {"none"}:
        assert name in library(slug(id)), name


def all_words() -> Iterator[tuple[str, str]]:
    """Every text about a misconception of the lab, with its name."""
    for id in EXERCISES:
        for found in library(id).values():
            yield found.name, found.says
            yield found.name, found.asks


def test_texts_explain_ask_and_point_into_the_notebook() -> None:
    text = (ROOT / "notebooks" / "text" / "lab11.py").read_text(encoding="utf-8")
    headings = set(re.findall(r"^# #+ (.+)$", text, flags=re.MULTILINE))
    for id in EXERCISES:
        for found in library(id).values():
            assert found.says.rstrip().endswith((".", ".)")), found
            assert found.asks.endswith("?"), found
            assert found.see in headings, found
    for name, words in all_words():
        assert 40 <= len(words) <= 400, (name, words)


def said_by(results: list[CheckResult]) -> Iterator[tuple[str, str]]:
    """What failed checks say of their own accord: not what the student has written."""
    for r in results:
        if r.status == "failed":
            yield r.id, f"{r.message} {r.expected} {r.hint} {' '.join(r.remarks)}"


def numbers_in(text: str) -> set[float]:
    """All numbers of a text, in whatever groups their digits are written."""
    grouped = re.compile(r"\d{1,3}(?:[,.'’_ \u00a0\u202f]\d{3})+(?!\d)|\d+\.\d+|\d+")
    return {float(found if re.fullmatch(r"\d+\.\d{1,2}", found) else re.sub(r"\D", "", found))
            for found in grouped.findall(text)}  # fmt: skip


def shows_an_answer(text: str) -> str:
    """The number or shape of the key that stands in a text; empty if none does."""
    if shown := numbers_in(text) & NUMBERS:
        return str(shown)
    flat = re.sub(r"[^a-z0-9_*]+", ", ", text.lower().replace(" * ", "*"))
    shapes = (shape.replace(" * ", "*") for shape in SHAPES)
    return next((s for s in shapes if re.search(rf"(?<![\w*]){re.escape(s)}(?![\w*])", flat)), "")


def test_the_search_finds_answers_however_they_are_written() -> None:
    for text in ("it is 124,457,472.", "124 457 472", "124.457.472", "about 124457472!", "27.71",
                 "the shape (b, t, n_embd)", "(B,T,C)", "4 x 10 x 768".replace(" x ", ", "),
                 "[1, 1, 10, 10]", "(T, T)", "2'360'832", "786_432"):  # fmt: skip
        assert shows_an_answer(text), text
    assert not shows_an_answer("look at 50,257 and 50,304, at b and t, and at n_embd")


def test_no_words_show_an_answer() -> None:
    for name, words in all_words():
        assert not shows_an_answer(words), (name, words)


def test_no_check_shows_an_answer(corpus: Any, seed: int) -> None:
    """Beyond remarks about a number that is right, which tell the other convention's."""
    for answers in answer_sets("wrong"):
        for id, words in said_by(grade(corpus, answers.cells, seed)):
            assert not shows_an_answer(words), (answers.name, id, words)
    for id, code, _ in WRONG:
        if id not in ("T1.1", "T1.2", "T1.4", "T1.5", "T1.6"):
            for check, words in said_by(answered(id, code, corpus, seed)):
                assert not shows_an_answer(words), (check, words)


def test_no_words_hold_the_solution() -> None:
    source = (ROOT / "solutions" / "lab11" / "answers.py").read_text(encoding="utf-8")
    solution = pieces(source) - {"corpus.iter_utterances()"}  # which the notebook gives
    hints = [*slips.SLIPS.items()]
    for module in ("data", "lines", "shapes", "sizes", "total"):
        code = (ROOT / "autograder" / "checks" / "lab11" / f"{module}.py").read_text("utf-8")
        constants = (n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Constant))
        hints += [(module, node.value) for node in constants if isinstance(node.value, str)]
    for name, words in itertools.chain(all_words(), hints):
        shown = [piece for piece in solution if piece in squeezed(words)]
        assert not shown, (name, words, shown)
