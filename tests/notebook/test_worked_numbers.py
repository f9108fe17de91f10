"""Every number that the text states or prints is computed again here.

A claim is the sentence as it stands in the prose, with a gap for each number, and the way to
compute the numbers that belong into the gaps.
"""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.notebook.conftest import Played

CLAIMS: list[tuple[str, Callable[[], tuple[Any, ...]]]] = []


def claim(sentence: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register the computation of the numbers in one sentence of the prose."""

    def register(compute: Callable[[], Any]) -> Callable[[], Any]:
        CLAIMS.append((sentence, lambda: as_tuple(compute())))
        return compute

    return register


def as_tuple(values: Any) -> tuple[Any, ...]:
    if isinstance(values, Tensor):
        return tuple(values.flatten().tolist())
    return values if isinstance(values, tuple) else (values,)


def worked_example() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Scores, scaled scores, weights and outputs of the three tokens, in double precision."""
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], dtype=torch.float64)
    q = x @ torch.tensor([[1.0, 1.0], [0.0, 1.0]], dtype=torch.float64)
    scores = q @ x.T
    scaled = scores / 2**0.5
    rows = [torch.softmax(scaled[t, : t + 1], 0) for t in range(3)]
    weights = torch.stack([F.pad(row, (0, 3 - len(row))) for row in rows])
    return scores, scaled, weights, weights @ (x * torch.tensor([10.0, 100.0]))


@claim("token 1 scores {:.0f} with token 3, token 3 scores {:.0f} with token 1")
def the_scores_are_not_symmetric() -> Any:
    scores = worked_example()[0]
    return scores[0, 2].item(), scores[2, 0].item()


@claim("gave {:.3f} of its attention to token 1, hence {:.2f} in the tens, and {:.3f} to itself, "
       "hence {:.2f}.")  # fmt: skip
def token_two() -> Any:
    _, _, weights, y = worked_example()
    return (weights[1, 0].item(), y[1, 0].item(), weights[1, 1].item(), y[1, 1].item())


@claim("Token 1 heard only itself: $({:.0f}, {:.0f})$.")
def token_one() -> Any:
    return worked_example()[3][0]


@claim("Token 3 heard all three: $({:.2f}, {:.2f})$.")
def token_three() -> Any:
    return worked_example()[3][2]


@claim("Row sums of {:.2f}, {:.2f}, {:.2f} in one case; {:.2f}, {:.2f}, {:.2f} in the other.")
def wrong_row_sums() -> Any:
    scaled = worked_example()[1].exp().tril()  # e to the minus infinity is 0
    full = worked_example()[1].exp()
    wrong_axis = (scaled / scaled.sum(0)).sum(1)
    masked_late = (full / full.sum(1, keepdim=True)).tril().sum(1)
    return torch.cat([wrong_axis, masked_late])


@claim("Unscaled, one key takes {:.1f} to {:.2f} of all weight before anything has been learned; "
       "scaled, {:.2f}, whatever the width.")  # fmt: skip
def largest_weights() -> Any:
    torch.manual_seed(1)
    narrow, wide = (torch.randn(4000, 32) * width**0.5 for width in (64, 768))
    scaled = torch.randn(4000, 32)
    return tuple(scores.softmax(-1).amax(-1).mean().item() for scores in (narrow, wide, scaled))


@claim("it falls to ${:.3f}$ at ${:.2f}$ and comes back up")
def gelu_minimum() -> Any:
    x = torch.linspace(-2, 0, 200_001, dtype=torch.float64)
    y = F.gelu(x)
    return y.min().item(), x[y.argmin()].item()


@claim("differs by at most {:.4f}; either is right")
def gelu_forms() -> Any:
    x = torch.linspace(-8, 8, 160_001, dtype=torch.float64)
    return (F.gelu(x) - F.gelu(x, approximate="tanh")).abs().max().item()


@claim("has $8D^2 + 5D$ parameters: {} for $D = 4$")
def small_mlp() -> Any:
    layers = nn.Sequential(nn.Linear(4, 16), nn.Linear(16, 4))
    count = sum(parameter.numel() for parameter in layers.parameters())
    assert count == 8 * 4**2 + 5 * 4
    return count


@claim("$(2, 4, 4, 6)$ has mean {:.0f} and variance {:.0f}.")
def layer_norm_by_hand() -> Any:
    row = torch.tensor([2.0, 4.0, 4.0, 6.0])
    return row.mean().item(), row.var(correction=0).item()


@claim("Three times $({:.3f}, {:.0f}, {:.0f}, {:.3f})$")
def layer_norm_result() -> Any:
    return F.layer_norm(torch.tensor([2.0, 4.0, 4.0, 6.0]), (4,))


@claim("divides by $n - 1$ and gives {:.3f} instead")
def layer_norm_slip() -> Any:
    row = torch.tensor([2.0, 4.0, 4.0, 6.0])
    return ((row[3] - row.mean()) / row.std()).item()


@claim("$p = e^2 / (e^2 + e + 1) = {:.3f}$")
def softmax_by_hand() -> Any:
    return math.e**2 / (math.e**2 + math.e + 1)


@claim("pay $\\ln 40 = {:.3f}$")
def uniform_loss() -> Any:
    return math.log(40)


@claim("They grow like $\\sqrt{{2L}}$, to {:.2f};")
def eight_additions() -> Any:
    return math.sqrt(8)


@claim("would take it to $(1 - 10^{{-3}} \\cdot 0.1)^{{2000}}$")
def decay_of_a_gain_is_stated_as_a_formula() -> Any:
    return ()


@claim("It would shrink to {:.3f} for no reason.")
def decayed_gain() -> Any:
    gain = torch.ones(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.AdamW([gain], lr=1e-3, weight_decay=0.1)
    for _ in range(2000):
        gain.grad = torch.zeros_like(gain)
        optimizer.step()
    return gain.item()


@claim("${:.0f}$ is right. Without the division it is ${:.0f}$; zeroed with each micro-batch, "
       "${:.1f}$, the last half alone.")  # fmt: skip
def micro_batches() -> Any:
    first, second = -2 * torch.tensor([1.0, 2.0]).mean(), -2 * torch.tensor([3.0, 6.0]).mean()
    return tuple(float(value) for value in ((first + second) / 2, first + second, second / 2))


@claim("2,000 updates of 40 × 12 × 64 = {:,} characters, {:.1f} million in all")
def characters_seen() -> Any:
    return 40 * 12 * 64, 2000 * 40 * 12 * 64 / 1e6


@claim("takes the same step of {:.3f}.")
def adam_step() -> Any:
    weights = []
    for gradient in (-6.0, -240.0):
        weight = nn.Parameter(torch.zeros(1))
        weight.grad = torch.tensor([gradient])
        torch.optim.AdamW([weight], lr=0.01).step()
        weights.append(weight.item())
    assert weights[0] == pytest.approx(weights[1])
    return weights[0]


@claim("the uniform distribution with entropy $\\ln 3 = {:.2f}$")
def entropy_limit() -> Any:
    return math.log(3)


@claim("{} against {}. **Your own `train`**")
def steps_between_the_ends() -> Any:
    return 64 - 1, 1


@pytest.mark.parametrize(("sentence", "compute"), CLAIMS, ids=[text[:40] for text, _ in CLAIMS])
def test_a_sentence_of_the_text_states_what_is_computed(
    sentence: str, compute: Callable[[], tuple[Any, ...]], solved: Played
) -> None:
    assert sentence.format(*compute()) in solved.prose


PRINTED = {
    "scores": ["[1., 1., 2.]", "[0., 1., 1.]", "[1., 2., 3.]"],
    "scaled": ["[0.707, 0.707, 1.414]", "[0.707, 1.414, 2.121]"],
    "weights": ["[1.000, 0.000, 0.000]", "[0.330, 0.670, 0.000]", "[0.140, 0.284, 0.576]"],
    "attended": ["10.000", "3.302, 66.976", "7.160, 85.997"],
    "wrong_zero_scores": ["[0.667, 0.333, 0.000]", "[0.333, 0.333, 0.333]"],
    "wrong_axis": ["[0.401, 0.528, 2.071]", "[0.248, 0.599, 1.000]"],
    "why_scale": ["8.0, largest weight 0.81", "27.6, largest weight 0.95", "0.16 scaled"],
    "gelu_values": ["[-0.004, -0.159,  0.000,  0.841,  2.996]"],
    "mlp_parameters": ["148", "131,712"],
    "gradient_norms": ["7.6e-06", "6.2e-01"],
    "layer_norm": ["[-1.414,  0.000,  0.000,  1.414]", "[-1.225,  0.000,  0.000,  1.225]"],
    "cross_entropy": ["0.408", "1.099", "3.689"],
    "eight_branches": ["sum of eight: 2.83", "root of eight: 1.00"],
    "one_decay_step": ["0.99"],
    "decayed_gain": ["0.819"],
    "micro_batches": [" -6.0\n", "-3.0 and -9.0", "-12.0", "-4.5"],
    "clipping": ["+4 and clipping: +1.00", "-3 and clipping: -1.00"],
    "adam_hides_it": ["-240: w becomes 2.400", "-240: w becomes 0.010"],
    "temperatures": ["0.867, 0.117, 0.016", "0.665, 0.245, 0.090", "0.506, 0.307, 0.186",
                     "entropy 0.44", "entropy 0.83", "entropy 1.02"],
    "wrong_temperature": ["T = 0.5: tensor([0.665, 0.245, 0.090])"],
    "cropping": ["'ello'"],
}  # fmt: skip


@pytest.mark.parametrize("cell", PRINTED)
def test_a_demonstration_prints_its_worked_numbers(cell: str, solved: Played) -> None:
    for number in PRINTED[cell]:
        assert number in solved.printed[cell]


def test_the_tied_default_starts_at_the_loss_that_the_text_states(solved: Played) -> None:
    losses = dict(solved.names["first_losses"])
    tied_default = losses.pop("PyTorch's default, tied")
    assert f"A loss of {tied_default:.0f}." in solved.prose
    assert max(losses.values()) < math.log(40) + 0.25


def test_the_counts_of_the_reference_model_are_those_in_the_text(solved: Played) -> None:
    model, groups = solved.names["model"], solved.names["optimizer"].param_groups
    counts = [(len(g["params"]), sum(p.numel() for p in g["params"])) for g in groups]
    (tensors, numbers), (others, few) = counts
    names = len(model.state_dict())
    for sentence in (
        f"{tensors} tensors with decay ({numbers:,} numbers), {others} without ({few:,})",
        f"Ours has {numbers + few:,}",
        f"lists {names} names where `named_parameters()` lists {tensors + others}",
    ):
        assert sentence in solved.prose
    assert numbers == 12 * 4 * 128**2 + 40 * 128 + 64 * 128


def test_the_lstm_has_the_parameters_that_the_text_states(solved: Played) -> None:
    count = sum(parameter.numel() for parameter in solved.names["lstm"].parameters())
    assert f"at the same size: {count:,} parameters" in solved.prose


def test_the_plain_stack_loses_the_gradient_as_the_text_says(solved: Played) -> None:
    norms = solved.names["norms"]
    assert norms["plain"][0] / norms["plain"][-1] < 1e-5  # a hundred-thousandth
    assert f"{norms['residual'][0] / norms['residual'][-1]:.1f} of it arrives" in solved.prose


def test_the_schedule_has_the_four_points_of_the_text(solved: Played) -> None:
    (caption,) = solved.captions["picture_schedule"]
    assert "0.0005 at 50, 0.001 at 100, 0.00055 at 1,050, 0.0001 at 2,000" in caption


def test_the_full_setting_reads_the_sample_as_often_as_the_text_says(solved: Played) -> None:
    assert "more than 800 times" in solved.prose
    assert 2000 * 40 * 12 * 64 / len(solved.names["train_ids"]) > 800
