"""The lab's tasks without points: right answers of several styles pass, wrong ones hear why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograder.checks import TASKS, exercise
from autograder.checks.framework import run_exercise
from autograder.checks.outcome import CheckResult
from autograder.probe.links import LocalLink
from autograder.probe.view import Student
from data_scripts import gpt2_tokenizer
from tests.answers import explain
from tests.lab_answers import GIVEN, small_corpus

# What stands above a task in the notebook: earlier answers that it rests on.
LINES = 'uts = [u.text for u in corpus.iter_utterances() if u.speaker.id == "Ross Geller"]\n'
TEXTS = LINES + 'train_text, val_text = "\\n".join(uts[:28]), "\\n".join(uts[28:])\n'
IDS = TEXTS + (
    "def ids(text, kind):\n"
    "    return np.array(encoding.encode_ordinary(text), dtype=kind)\n"
    'ids(val_text, "uint16").tofile("val.bin")\n'
    'val_data = np.memmap("val.bin", dtype="uint16", mode="r")\n'
)
ABOVE = {"T1.2": LINES, "T1.4": TEXTS, "T1.5": IDS}

FIRST = "first_ten = [(u.speaker.id, u.text) for u in list(corpus.iter_utterances())[:10]]"
WINDOWS = """
def get_batch(data, block_size, batch_size, device):
    starts = torch.randint({starts}, (batch_size,))
    x = torch.stack([torch.from_numpy(data[i : i + block_size].astype({kind})) for i in starts])
    t = torch.stack([torch.from_numpy(data[i + {by} : i + {by} + block_size].astype({kind}))
                     for i in starts])
    return {result}
"""


def windows(
    starts: str = "len(data) - block_size", by: int = 1, kind: str = "np.int64",
    result: str = "x.to(device), t.to(device)",
) -> str:  # fmt: skip
    """A student's `get_batch`, right unless something is changed."""
    return WINDOWS.format(starts=starts, by=by, kind=kind, result=result)


INDEXED = """
def get_batch(data, block_size, batch_size, device):
    starts = np.random.randint(0, len(data) - block_size, size=batch_size)
    at = starts[:, None] + np.arange(block_size)
    return tuple(torch.as_tensor(data[a].astype("int64"), device=device) for a in (at, at + 1))
"""
LINEAR = "def three_projections(weight, bias, x):\n    "

RIGHT = {
    "T1.1": [
        FIRST,
        "first_ten = []\nfor u in corpus.iter_utterances():\n    if len(first_ten) < 10:\n"
        "        first_ten.append([u.speaker.id, u.text])",
        "import itertools\nfirst_ten = tuple((u.get_speaker().id, u.text) for u in "
        "itertools.islice(corpus.iter_utterances(), 10))",
    ],
    "T1.2": [
        'cut = int(0.9 * len(uts))\ntrain_text, val_text = "\\n".join(uts[:cut]), '
        '"\\n".join(uts[cut:])',
        'cut = round(len(uts) * 9 / 10)\ntrain_text = "".join(line + "\\n" for line in uts[:cut])'
        '.rstrip("\\n")\nval_text = "\\n".join(uts[cut:])',
        'n = len(uts) // 10\ntrain_text = "\\n".join(uts[:-n])\nval_text = "\\n".join(uts[-n:])',
    ],
    "T1.4": [
        "def count(text):\n    return len(encoding.encode_ordinary(text)), len(text.split()), "
        "len(text)\ntrain_counts, val_counts = count(train_text), count(val_text)",
        "train_counts, val_counts = ([len(f(text)) for f in (encoding.encode, str.split, list)] "
        "for text in (train_text, val_text))",
        "train_counts, val_counts = (np.array([len(encoding.encode_ordinary(s)), len(s.split()), "
        "len(s)]) for s in (train_text, val_text))",
    ],
    "T1.5": [
        'ids(train_text, "uint16").tofile("train.bin")\n'
        'train_data = np.memmap("train.bin", dtype="uint16", mode="r")',
        'train_data = np.memmap("train.bin", np.uint16, "w+", shape=len(ids(train_text, "i8")))\n'
        'train_data[:] = ids(train_text, "i8")\ntrain_data.flush()',
    ],
    "T1.6": [windows(), windows(starts="0, len(data) - block_size"), INDEXED],
    "T2.3": ["wte_parameters = 50304 * 768", 'wte_parameters = "38,633,472"'],
    "T2.4": ["wpe_parameters = 786_432", 'wpe_parameters = "1024 * n_embd"',
             "wpe_parameters = torch.empty(1024, 768).numel()"],
    "T2.7": ['sum_shape = ("b", "t", "n_embd")', "sum_shape = torch.Size([4, 10, 768])"],
    "T2.8": [
        'logits_shape_with_targets = ("b", "t", "vocab_size")\n'
        'logits_shape_without = ("b", 1, "vocab_size")',
        'logits_shape_with_targets = "(B, T, V)"\nlogits_shape_without = [4, 1, 50304]',
    ],
    "T2.9": ["layer_norm_parameters = 1536", 'layer_norm_parameters = "768 + 768"'],
    "T2.13": ["mlp_parameters = 8 * 768**2 + 5 * 768", "mlp_parameters = 4722432.0"],
    "T2.14": ['c_fc_shape, mlp_shape = ("b", "t", "4 * n_embd"), ("b", "t", "n_embd")',
              'c_fc_shape, mlp_shape = "B, T, 4C", "4 x 10 x 768"'],
    "T2.17": ["c_attn_parameters = 768 * 2304 + 2304", 'c_attn_parameters = "1 771 776"'],
    "T2.18": [
        'c_attn_shape = ("b", "t", "3 * n_embd")\n' + LINEAR
        + "n = x.shape[-1]\n    return [x @ weight[i * n:][:n].T + bias[i * n:][:n]"
        " for i in range(3)]",
        'c_attn_shape = "(b, t, 3 n_embd)"\n' + LINEAR
        + "return tuple(F.linear(x, w, b) for w, b in zip(weight.chunk(3), bias.chunk(3)))",
    ],
    "T2.20": ["divisor = math.sqrt(768)", "divisor = 27.71", 'divisor = "27.71"',
              "divisor = torch.tensor(768.0).sqrt()"],
    "T2.22": ['mask_shape = (1, 1, 5, 5)\nmasked_entries = 10',
              "mask = torch.tril(torch.ones(5, 5)).view(1, 1, 5, 5)\nmask_shape = mask.shape\n"
              "masked_entries = (mask == 0).sum()"],
    "T3.1": ["cropped_parameters = (1024 - 256) * 768", 'cropped_parameters = "589,824"'],
}  # fmt: skip

WRONG = [
    ("T1.1", FIRST.replace("[:10]", "[:9]"), "does not hold ten entries"),
    ("T1.1", FIRST.replace("u.speaker.id", "u.speaker"), "its name is speaker.id"),
    ("T1.1", FIRST.replace("u.speaker.id, u.text", "u.text, u.speaker.id"), "another speaker"),
    ("T1.1", FIRST.replace("u.text", "u.id"), "another text"),
    ("T1.1", FIRST.replace("[:10]", "[-10:]"), "entry 1 has another"),
    ("T1.1", "first_ten = [u.text for u in list(corpus.iter_utterances())[:10]]", "not a pair"),
    ("T1.1", "first_ten = ...", "not written yet"),
    ("T1.1", "first_ten = (u for u in corpus.iter_utterances())", "does not hold ten entries"),
    ("T1.2", "train_text, val_text = uts[:28], uts[28:]", "joined by newlines"),
    ("T1.2", 'train_text, val_text = " ".join(uts[:28]), " ".join(uts[28:])', "newlines"),
    ("T1.2", 'train_text, val_text = "\\n".join(uts[:28]), "\\n".join(uts[29:])', "not the lines"),
    ("T1.2", 'train_text, val_text = "\\n".join(uts[4:]), "\\n".join(uts[:4])', "another order"),
    ("T1.2", 'train_text, val_text = "\\n".join(uts[:16]), "\\n".join(uts[16:])', "after 90 %"),
    ("T1.2", 'train_text, val_text = "\\n".join(uts[:4]), "\\n".join(uts[4:])', "after 90 %"),
    ("T1.4", "train_counts = val_counts = (1, 2)", "not three numbers"),
    ("T1.4", "train_counts = val_counts = (len(train_text.split()),) * 3", "number of tokens"),
    ("T1.4", "train_counts = val_counts = (len(encoding.encode(train_text)), "
             'len(train_text.split(" ")), len(train_text))', "without an argument"),
    ("T1.4", "train_counts = val_counts = (len(encoding.encode(train_text)), "
             "len(train_text.split()), sum(map(len, uts)))", "newlines included"),
    ("T1.5", 'train_data = ids(train_text, "uint16")', "opens a file without reading it"),
    ("T1.5", 'ids(train_text, "int16").tofile("a.bin")\n'
             'train_data = np.memmap("a.bin", dtype="int16", mode="r")', "another number type"),
    ("T1.5", 'ids(train_text, "int64").tofile("a.bin")\n'
             'train_data = np.memmap("a.bin", dtype="uint16", mode="r")', "does not hold"),
    ("T1.5", "train_data = val_data", "does not hold the tokens of `train_text`"),
    ("T1.6", windows(by=0), "t is x itself"),
    ("T1.6", windows("len(data) - block_size - 1", by=2), "not x shifted by one"),
    ("T1.6", windows(kind="np.int32"), "looked up by int64"),
    ("T1.6", windows(kind="np.float32"), "another number type"),
    ("T1.6", windows(result="x.T, t.T"), "x has another shape"),
    ("T1.6", windows(result="x"), "does not return x and t"),
    ("T1.6", windows(result="t, x"), "not x shifted by one"),
    ("T1.6", windows(starts="1"), "all rows start at the same place"),
    ("T1.6", windows(starts="len(data) - block_size - 1"), "some starts never come: [5]"),
    ("T1.6", windows(starts="1, len(data) - block_size"), "some starts never come: [0]"),
    ("T1.6", windows(starts="len(data)"), "your code raised"),
    ("T2.3", "wte_parameters = 50257 * 768", "padded"),
    ("T2.3", "wte_parameters = 1024 * 768", "table of positions"),
    ("T2.3", "wte_parameters = 50304 * 32", "how many rows"),
    ("T2.3", "wte_parameters = 50304, 768", "not a number"),
    ("T2.4", "wpe_parameters = 50304 * 768", "table of tokens"),
    ("T2.4", "wpe_parameters = 10 * 768", "one row for each position"),
    ("T2.7", 'sum_shape = ("t", "n_embd")', "broadcasting"),
    ("T2.7", 'sum_shape = ("b", "t", "2 * n_embd")', "not put side by side"),
    ("T2.7", 'sum_shape = ("b", "t")', "before the tokens are looked up"),
    ("T2.8", 'logits_shape_with_targets = ("b", "t", "n_embd")\n'
             'logits_shape_without = ("b", 1, "vocab_size")', "each token of the vocabulary"),
    ("T2.8", 'logits_shape_with_targets = logits_shape_without = ("b", "t", "vocab_size")',
     "so it is with targets"),
    ("T2.8", 'logits_shape_with_targets = logits_shape_without = ("b", 1, "vocab_size")',
     "so it is without targets"),
    ("T2.8", 'logits_shape_with_targets = ("b", "t", "vocab_size")\n'
             'logits_shape_without = ("b", "vocab_size")', "index in front of lm_head"),
    ("T2.9", "layer_norm_parameters = 768", "a weight and a bias"),
    ("T2.9", "layer_norm_parameters = 2", "how long are they"),
    ("T2.9", 'layer_norm_parameters = "many"', "not a number"),
    ("T2.13", "mlp_parameters = 2 * 768 * 3072", "no bias is counted"),
    ("T2.13", "mlp_parameters = 768 * 3072 + 3072", "two linear layers"),
    ("T2.13", "mlp_parameters = 2360832", "attention module"),
    ("T2.14", 'c_fc_shape = mlp_shape = ("b", "t", "n_embd")', "makes it wider"),
    ("T2.14", 'c_fc_shape = mlp_shape = ("b", "t", "4 * n_embd")', "c_proj follows"),
    ("T2.17", "c_attn_parameters = 768 * 2304 + 768", "as long as the output"),
    ("T2.17", "c_attn_parameters = 768 * 2304", "no bias is counted"),
    ("T2.17", "c_attn_parameters = 2362368", "only c_attn is asked"),
    ("T2.18", 'c_attn_shape = ("b", "t", "n_embd")\n' + LINEAR + "return x, x, x", "side by side"),
    ("T2.18", 'c_attn_shape = (4, 10, 2304)\n' + LINEAR + "return x @ weight.T + bias",
     "three tensors"),
    ("T2.18", 'c_attn_shape = (4, 10, 2304)\n' + LINEAR
     + "return [F.linear(x, w) for w in weight.chunk(3)]", "not the slice"),
    ("T2.18", 'c_attn_shape = (4, 10, 2304)\n' + LINEAR
     + "return [F.linear(x, weight[i::3], bias[i::3]) for i in range(3)]", "which rows"),
    ("T2.20", "divisor = 8", "twelve heads"),
    ("T2.20", "divisor = 768", "square root"),
    ("T2.20", "divisor = 32", "not the one of positions"),
    ("T2.20", "divisor = 27.7", "two digits"),
    ("T2.20", "divisor = 5", "last axis of k"),
    ("T2.22", "mask_shape, masked_entries = (5, 5), 10", "before .view"),
    ("T2.22", "mask_shape, masked_entries = (1, 1, 5, 5), 15", "so many are 1"),
    ("T2.22", "mask_shape, masked_entries = (1, 1, 5, 5), 20.5", "draw"),
    ("T3.1", "cropped_parameters = 256 * 768", "what is left"),
    ("T3.1", "cropped_parameters = 1024 - 256", "so many rows"),
    ("T3.1", "cropped_parameters = 1024 * 768", "whole table"),
    ("T3.1", "cropped_parameters = 0", "know of the block size"),
]  # fmt: skip


@pytest.fixture(scope="module")
def corpus() -> Any:
    return small_corpus()


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tasks write train.bin and val.bin where they stand."""
    monkeypatch.chdir(tmp_path)


def answered(id: str, code: str, corpus: Any, seed: int) -> list[CheckResult]:
    """The results of one task's checks, with what stands above it in place."""
    found: dict[str, Any] = {"corpus": corpus, "encoding": gpt2_tokenizer.encoding()}
    exec(GIVEN + ABOVE.get(id, "") + code, found)
    return run_exercise(exercise(id), Student(LocalLink(found)), seed)


def test_every_task_with_a_check_has_answers_here() -> None:
    assert set(RIGHT) == set(TASKS["lab11"])
    assert {id for id, _, _ in WRONG} == set(TASKS["lab11"])


@pytest.mark.parametrize(
    ("id", "code"), [(id, code) for id, answers in RIGHT.items() for code in answers]
)
def test_a_right_answer_passes(id: str, code: str, corpus: Any, seed: int) -> None:
    results = answered(id, code, corpus, seed)
    assert all(r.status == "passed" for r in results), explain(results)


@pytest.mark.parametrize(("id", "code", "words"), WRONG)
def test_a_wrong_answer_hears_why(id: str, code: str, words: str, corpus: Any, seed: int) -> None:
    results = answered(id, code, corpus, seed)
    failed = [r for r in results if r.status == "failed"]
    said = " ".join(f"{r.message} {r.expected} {r.got} {r.hint}" for r in failed)
    assert words in said, explain(results)
    assert not any(r.status == "errored" for r in results), explain(results)
    assert all(r.points == r.max_points == 0 for r in results)


@pytest.mark.parametrize("id", [id for id in TASKS["lab11"] if id not in {*ABOVE, "T1.6"}])
def test_a_blank_is_called_not_written(id: str, corpus: Any, seed: int) -> None:
    blanks = "".join(f"{name} = ...\n" for name in exercise(id).defines)
    results = answered(id, blanks, corpus, seed)
    assert not any(r.status in ("passed", "errored") for r in results), explain(results)
    assert any("not written" in r.message for r in results), explain(results)


NUMBERS = {
    "T2.3": 38633472, "T2.4": 786432, "T2.9": 1536, "T2.13": 4722432, "T2.17": 1771776,
    "T3.1": 589824,
}  # fmt: skip


@pytest.mark.parametrize("id", NUMBERS)
def test_a_wrong_number_does_not_hear_the_right_one(id: str, corpus: Any, seed: int) -> None:
    (name,) = exercise(id).defines
    for wrong in ("0", "-1", "1e6", "768", "50304", "2.5", "'many'", "None", "[1]", "10**999"):
        for result in answered(id, f"{name} = {wrong}", corpus, seed):
            said = f"{result.message} {result.expected} {result.got} {result.hint}"
            assert result.status == "failed", explain([result])
            assert str(NUMBERS[id]) not in said.replace(",", ""), said
