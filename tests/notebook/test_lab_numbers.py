"""What Lab 11 states and what its demonstrations print is right, and no number is left out."""

import re

import pytest
import torch

from autograder.build.builder import BuiltNotebooks
from autograder.checks import exercise
from autograder.checks.lab11 import counting
from data_scripts import gpt2_tokenizer
from solutions.lab11.gpt2 import GPTConfig
from tests.notebook import lab_claims, lab_more_claims
from tests.notebook.conftest import Played
from tests.notebook.lab import (
    ANSWERS,
    CLAIMS,
    GRADED,
    NOTEBOOK,
    WRITTEN,
    Claim,
    full_size,
    numbers,
    parameters,
    text_of,
)

assert lab_claims and lab_more_claims  # which fill CLAIMS

# What the prose says of a cell, and the code there that makes it true.
RESTATED = [
    ("gradient_with_and_without", "Twelve layers of width 64",
     "nn.Linear(64, 64) for _ in range(12)"),
    ("picture_padding", "Sixteen lines of your character", "torch.randint(len(uts), (16,))"),
    ("two_norms", "a hundred times larger", "torch.tensor([1.0, 100.0])"),
    ("last_token", "Change the last of eight tokens", "torch.arange(100, 108)"),
    ("masking", "Three tokens, scores `(1, 1, 3, 3)`", ".view(1, 1, 3, 3)"),
    ("attention", "`q @ k.transpose(-2, -1)` in the manual path", "q @ k.transpose(-2, -1)"),
    ("six_starts", "windows of four tokens", "stream[start : start + 4]"),
    ("base_model", "a model of two layers", "n_layer=2"),
    ("picture_sampling", "Five logits, 5, 4, 1, 0, −1, temperature 0.8, $k = 2$",
     "torch.tensor([5.0, 4.0, 1.0, 0.0, -1.0]), list(\"abcde\"), temperature=0.8, top_k=2"),
    ("picture_positions_read", "a block of sixty-four tokens", "block_size=64"),
    ("picture_positions_read", "a prompt of four, ninety-six new ones",
     "torch.arange(4)[None], 96"),
]  # fmt: skip
# Numbers that no claim computes, and why.
LEFT_OUT = {
    r"about 1\.5 tokens a word and 3\.4 characters a token": "measured on the real corpus",
    r"\| \*\*G\S+\*\* \|[^|]*\| \d \| [\w ]+ \| \d+ \|": "the test of the table of points",
    r"\(3 points\)": "the same test",
    r"\*\d points? · about [\d½]+ (?:minutes|hours)": "estimates: tests/build/test_overview.py",
    r"take about [\d½]+ hours; reading": "the same",
}
MODEL_CELLS = ("config", "layer_norm", "attention", "mlp", "block", "gpt")


@pytest.mark.parametrize("each", CLAIMS, ids=[each.sentence[:40] for each in CLAIMS])
def test_a_sentence_of_the_text_states_what_is_computed(
    each: Claim, lab: BuiltNotebooks, solved_lab: Played
) -> None:
    assert each.sentence.format(*each.compute(solved_lab)) in text_of(each.text, lab)


def test_the_table_of_points_has_the_points_that_are_given(lab: BuiltNotebooks) -> None:
    rows = re.findall(r"\| \*\*(G\S+)\*\* \|[^|]*\| (\d) \| ([\w ]+) \|", text_of(NOTEBOOK, lab))
    assert {id: int(points) for id, points, _ in rows} == GRADED
    assert all(exercise(id).points == points for id, points in GRADED.items())
    assert [id for id, _, by in rows if by == "a person"] == list(WRITTEN)
    minutes = re.findall(
        r"\| \*\*(G\S+)\*\* \|[^|]*\| \d \| [\w ]+ \| (\d+) \|", text_of(NOTEBOOK, lab)
    )
    assert {id: int(each) for id, each in minutes} == {id: exercise(id).minutes for id in GRADED}
    beside = r"(?:\*\*|### )(G\d\.\d)(?: · [^#]*?)? \((\d) points?\)"
    said = re.findall(beside, text_of(NOTEBOOK, lab))
    assert {id: int(points) for id, points in said} == GRADED


@pytest.mark.parametrize(("cell", "said", "code"), RESTATED, ids=[said for _, said, _ in RESTATED])
def test_the_prose_says_what_the_cell_does(
    cell: str, said: str, code: str, lab: BuiltNotebooks, solved_lab: Played
) -> None:
    assert said in text_of(NOTEBOOK, lab)
    assert code in solved_lab.sources[cell]


@pytest.mark.parametrize("place", [NOTEBOOK, ANSWERS])
def test_no_number_is_left_out(place: str, lab: BuiltNotebooks) -> None:
    text = text_of(place, lab)
    spans = [span for each in CLAIMS if each.text == place for span in each.spans(text)]
    others = [*map(re.escape, [said for _, said, _ in RESTATED]), *LEFT_OUT]
    spans += [found.span() for pattern in others for found in re.finditer(pattern, text)]
    bare = [
        f"{number} in {text[max(0, at - 40) : at + 40]!r}"
        for at, number in numbers(text)
        if not any(start <= at < end for start, end in spans)
    ]
    assert not bare, "a number that no claim computes; add one to tests/notebook/lab_claims.py"


def test_the_model_has_about_two_hundred_lines(lab: BuiltNotebooks, solved_lab: Played) -> None:
    lines = sum(len(solved_lab.sources[name].splitlines()) for name in MODEL_CELLS)
    assert "complete, in about two hundred lines" in text_of(NOTEBOOK, lab)
    assert 180 <= lines <= 220


def test_bias_moves_the_count_by_less_than_a_thousandth_heads_and_dropout_not_at_all(
    lab: BuiltNotebooks,
) -> None:
    said = "`bias` moves it by less than a thousandth. `n_head` and `dropout` do not move it at all"
    assert said in text_of(ANSWERS, lab)
    assert 0 < 1 - parameters(bias=False) / parameters() < 1e-3
    assert parameters(n_head=24) == parameters(dropout=0.2) == parameters()


def test_the_number_of_c_attn_leads_to_pytorchs_count(
    lab: BuiltNotebooks, solved_lab: Played
) -> None:
    assert "T2.17 leads to PyTorch's count of the attention" in text_of(NOTEBOOK, lab)
    c_proj = sum(p.numel() for p in full_size().transformer.h[0].attn.c_proj.parameters())
    attention = solved_lab.names["c_attn_parameters"] + c_proj
    assert attention == counting.count(convention=counting.PYTORCH).attention
    assert attention != counting.count(convention=counting.KEY).attention


PRINTED = {
    "sixteen_bits": ["as int16:  -15280\n", "as uint16: 50256\n"],
    "six_starts": ["starts: [0, 1, 2, 3, 4, 5]", "start 2: x = [2 3 4 5], t = [3 4 5 6]",
                   "start 5: x = [5 6 7 8], t = [6 7 8 9]"],
    "one_batch": ["(4, 16) (4, 16)"],
    "two_norms": ["layer norm: the first sequence changes by 0.0000"],
    "three_in_one": ["q the same: True", "k the same: True", "v the same: True"],
    "masking": ["[0.707,  -inf,  -inf]", "[0.000, 0.707,  -inf]", "[0.707, 1.414, 2.121]",
                "[1.000, 0.000, 0.000]", "[0.330, 0.670, 0.000]", "[0.140, 0.284, 0.576]"],
    "last_token": ["positions that change: [7]"],
    "zero_scores": ["[0.503, 0.248, 0.248]", "[0.248, 0.503, 0.248]", "[0.140, 0.284, 0.576]"],
    "two_totals": ["124,457,472", "124,475,904", "12 x 1,536 = 18,432"],
    "attention_memory": ["size 1024: attention weights of one sequence  604 MB",
                         "size  256: attention weights of one sequence   38 MB"],
}  # fmt: skip


@pytest.mark.parametrize("cell", PRINTED)
def test_a_demonstration_prints_its_worked_numbers(cell: str, solved_lab: Played) -> None:
    for number in PRINTED[cell]:
        assert number in solved_lab.printed[cell]


def test_batch_norm_lets_the_second_sequence_change_the_first(solved_lab: Played) -> None:
    *_, change = solved_lab.printed["two_norms"].split()
    assert float(change) > 0.1


def test_the_gradient_fades_without_skips_and_arrives_with_them(solved_lab: Played) -> None:
    said = solved_lab.printed["gradient_with_and_without"]
    plain, with_skips = re.findall(r": (\S+)", said)
    assert float(plain) < 1e-3
    assert 0.1 < float(with_skips) < 10


def test_both_paths_of_the_attention_agree(solved_lab: Played) -> None:
    assert float(solved_lab.printed["two_paths"].split()[-1]) < 1e-6


def test_doubling_moves_the_count_as_computed(solved_lab: Played) -> None:
    lines = solved_lab.printed["what_moves_the_count"].splitlines()
    for line in lines:
        name, _, ratio, *_ = line.split()
        doubled = {name: 2 * getattr(GPTConfig(), name)}
        assert ratio == f"{parameters(**doubled) / parameters():.2f}"
    largest = max(lines, key=lambda line: float(line.split()[2]))
    assert largest.startswith("n_embd"), "the question after it says that n_embd costs most"


def test_the_sentence_has_as_many_tokens_as_its_picture_says(solved_lab: Played) -> None:
    ids = gpt2_tokenizer.encoding().encode_ordinary(solved_lab.names["SENTENCE"])
    assert f"{len(ids)} tokens: each box" in solved_lab.captions["picture_tokens"][0]
    assert len(ids) > len(solved_lab.names["SENTENCE"].split())


def test_the_picture_of_the_spread_has_the_two_roots(solved_lab: Played) -> None:
    (caption,) = solved_lab.captions["picture_score_spread"]
    config = GPTConfig()
    for width in (config.n_embd, config.n_embd // config.n_head):
        assert f"for width {width} (√{width} = {width**0.5:.1f})" in caption
    assert "√768 = 27.7" in caption
    assert "√64 = 8.0" in caption


def test_the_picture_of_sampling_keeps_two_of_five(solved_lab: Played) -> None:
    (caption,) = solved_lab.captions["picture_sampling"]
    kept = torch.softmax(torch.tensor([5.0, 4.0]) / 0.8, dim=0)
    shown = ", ".join(f"{p:.3f}" for p in [*kept.tolist(), 0, 0, 0])
    assert shown == "0.777, 0.223, 0.000, 0.000, 0.000"
    assert f"top_k 2: {shown}" in caption


def test_the_picture_of_the_parameters_shows_pytorchs_count_and_its_parts(
    solved_lab: Played,
) -> None:
    (caption,) = solved_lab.captions["two_totals"]
    assert f"{parameters():,} parameters" in caption
    for share in ("wte 31.0 %", "wpe 0.6 %", "attention 22.8 %", "MLP 45.5 %", "0.03 %"):
        assert share in caption
