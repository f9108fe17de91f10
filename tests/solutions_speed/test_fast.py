"""The fast training of Assignment 4 makes the updates of the textbook's loop, and no others."""

from __future__ import annotations

import copy
import shutil
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import solutions.assignment4.optimizer  # noqa: F401  gives the model its optimizer
from solutions.assignment4 import fast
from solutions.assignment4.data import make_get_batch
from solutions.assignment4.gpt import GPT
from solutions.assignment4.lstm import LSTMLanguageModel
from solutions.assignment4.train import TrainConfig, train

IDS = torch.randint(40, (400,), generator=torch.Generator().manual_seed(1))
CONFIG = TrainConfig(
    max_iters=5,
    gradient_accumulation_steps=6,
    grad_clip=0.05,  # small enough to clip every update of this model
    log_interval=1,
    eval_interval=2,
    learning_rate=1e-2,
    warmup_iters=1,
)


class Log:
    """Take what the loop reports."""

    def train(self, iteration: int, loss: float, lr: float) -> None:
        pass

    def evaluation(self, iteration: int, losses: dict[str, float]) -> None:
        pass


def new_gpt(dropout: float = 0.0) -> GPT:
    torch.manual_seed(0)
    return GPT(40, context_size=7, hidden_size=12, n_layer=2, n_head=3, dropout=dropout).double()


def fixed_loss(_: nn.Module) -> dict[str, float]:
    return {"train": 2.0, "val": 3.0}  # draws nothing: it leaves the random generator alone


def optimizer_of(model: nn.Module) -> torch.optim.AdamW:
    if isinstance(model, GPT):
        optimizer: torch.optim.AdamW = model.configure_optimizers(0.1, 1e-2, (0.9, 0.99))
        return optimizer
    return torch.optim.AdamW(model.parameters(), lr=1e-2)


def textbook(model: nn.Module, config: TrainConfig = CONFIG) -> nn.Module:
    """Train a model by the loop of E7 alone, with micro-batches of 3; return it."""
    torch.manual_seed(2)
    train(model, optimizer_of(model), config, make_get_batch(IDS, IDS, 3, 7), fixed_loss, Log())
    return model


def faster(model: nn.Module, optimizer: torch.optim.AdamW | None = None, **ways: Any) -> nn.Module:
    """Train a model in faster ways; return it."""
    torch.manual_seed(2)
    optimizer = optimizer_of(model) if optimizer is None else optimizer
    get_batch = make_get_batch(IDS, IDS, 3, 7)
    fast.train_fast(model, optimizer, CONFIG, get_batch, fixed_loss, Log(), **ways)
    return model


def weights(model: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def gradient_norm(model: nn.Module) -> float:
    x, y = IDS[None, :7], IDS[None, 1:8]
    model(x, y)[1].backward()
    return float(nn.utils.get_total_norm([p.grad for p in model.parameters()]))


@pytest.mark.parametrize("count", [2, 3, 6])
@pytest.mark.parametrize("new_model", [new_gpt, lambda: LSTMLanguageModel(40, 7, 12).double()])
def test_merged_micro_batches_make_the_same_updates_to_the_last_digits(
    count: int, new_model: Any
) -> None:
    torch.manual_seed(0)
    plain = new_model()
    large = copy.deepcopy(plain)
    start = weights(plain)
    assert gradient_norm(copy.deepcopy(plain)) > CONFIG.grad_clip  # the clipping is compared, too
    textbook(plain)
    faster(large, merge=count)
    assert (weights(plain) - start).abs().max() > 1e-2
    torch.testing.assert_close(weights(large), weights(plain), rtol=0, atol=1e-10)


def test_another_number_of_micro_batches_would_be_noticed() -> None:
    plain = textbook(new_gpt())
    fewer = textbook(new_gpt(), replace(CONFIG, gradient_accumulation_steps=5))
    assert (weights(fewer) - weights(plain)).abs().max() > 1e-5


def test_only_a_divisor_of_the_micro_batches_can_be_merged() -> None:
    with pytest.raises(ValueError, match="only a divisor of the 6 micro-batches of an update"):
        fast.merged_config(CONFIG, 4)


def test_one_large_draw_reads_the_windows_of_many_small_ones() -> None:
    torch.manual_seed(3)
    small = fast.merged(make_get_batch(IDS, IDS, 3, 7), 4)("train")
    torch.manual_seed(3)
    large = make_get_batch(IDS, IDS, 12, 7)("train")
    assert torch.equal(small[0], large[0])
    assert torch.equal(small[1], large[1])


def test_fused_attention_has_the_outputs_and_gradients_of_the_written_out_one() -> None:
    plain, other = new_gpt(), new_gpt()
    fast.fuse_attention(other)
    assert isinstance(other.blocks[0].attention, fast.FusedAttention)
    x, y = IDS[:35].view(5, 7), IDS[1:36].view(5, 7)
    for model in (plain, other):
        model(x, y)[1].backward()
    torch.testing.assert_close(other(x)[0], plain(x)[0])
    for (name, ours), theirs in zip(other.named_parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, msg=lambda m, name=name: f"{name}: {m}")


def test_fused_attention_keeps_the_weights_that_an_optimizer_knows() -> None:
    model = new_gpt()
    before = list(model.parameters())
    fast.fuse_attention(model)
    assert all(a is b for a, b in zip(model.parameters(), before, strict=True))


def test_fused_attention_drops_out_in_training_only() -> None:
    model = new_gpt(dropout=0.5)
    fast.fuse_attention(model)
    attention, x = model.blocks[0].attention, torch.ones(1, 7, 12, dtype=torch.float64)
    assert not torch.equal(attention(x), attention(x))
    attention.eval()
    assert torch.equal(attention(x), attention(x))


def test_a_fused_optimizer_makes_the_same_updates() -> None:
    plain, other = textbook(new_gpt()), new_gpt()
    faster(other, fast.fused(optimizer_of(other)))
    torch.testing.assert_close(weights(other), weights(plain), rtol=0, atol=1e-10)


def test_a_fused_optimizer_keeps_groups_and_hyper_parameters() -> None:
    model = new_gpt()
    plain = model.configure_optimizers(0.1, 1e-2, (0.9, 0.99))
    other = fast.fused(plain)
    for ours, theirs in zip(other.param_groups, plain.param_groups, strict=True):
        assert ours["params"] == theirs["params"]
        assert all(ours[name] == theirs[name] for name in ("lr", "betas", "eps", "weight_decay"))


def test_16_bits_are_for_training_and_the_weights_stay_what_they_are() -> None:
    model = new_gpt().float()
    rounded = fast.Faster(model, compile=False, dtype=torch.bfloat16)
    x, y = IDS[None, :7], IDS[None, 1:8]
    assert rounded(x, y)[0].dtype == torch.bfloat16
    assert rounded.eval()(x, y)[0].dtype == torch.float32
    assert {p.dtype for p in rounded.parameters()} == {torch.float32}
    assert len(list(rounded.parameters())) == len(list(model.parameters()))  # each of them once


def test_a_cpu_takes_fused_attention_only_for_32_bits() -> None:
    device = torch.device("cpu")
    plain, rounded = (fast.tricks_for(device, dtype, 40) for dtype in (None, torch.bfloat16))
    assert plain.fused_attention and plain.dtype is None
    assert not rounded.fused_attention and rounded.dtype == torch.bfloat16
    for tricks in (plain, rounded):
        assert (tricks.fused_optimizer, tricks.merge) == (False, 1)


def test_a_gpu_takes_all_that_makes_few_large_kernels() -> None:
    tricks = fast.tricks_for(torch.device("cuda"), torch.bfloat16, 40)
    assert tricks.fused_attention and tricks.fused_optimizer
    assert (tricks.merge, tricks.dtype) == (40, torch.bfloat16)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # of the compiler's own code
@pytest.mark.skipif(not fast.can_compile(torch.device("cpu")), reason="no C++ compiler here")
def test_compiled_training_gives_the_weights_of_the_plain_one() -> None:
    plain, other = textbook(new_gpt()), new_gpt()
    fast.fuse_attention(other)
    faster(other, compile=True)
    torch.testing.assert_close(weights(other), weights(plain), rtol=0, atol=1e-8)


def test_without_a_compiler_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert not fast.can_compile(torch.device("cpu"))
