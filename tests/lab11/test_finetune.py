"""The loop of Lab 11: what one update is, in parts and in 16 bits, and that it learns."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from autograder.notebook import finetuning
from solutions.lab11.finetune import add_gradients, estimate_loss, fine_tune
from tests.notebook.finetuning_helpers import (
    CONFIG,
    TRAIN,
    VAL,
    go,
    new_model,
    optimizer_of,
    weights,
)


def new_run(model, config=CONFIG, optimizer=None, **options):
    optimizer = optimizer_of(model, config) if optimizer is None else optimizer
    return finetuning.Run(model, optimizer, config, TRAIN, VAL, **options)


def losses(run):
    return torch.tensor([loss for _, loss in run.history.train])


def test_the_loss_on_held_out_text_falls_clearly():
    run = go(config=replace(CONFIG, max_iters=60))
    first, *_, last = (val for _, _, val in run.history.evaluations)
    assert first == pytest.approx(torch.tensor(23.0).log().item(), abs=0.2)
    assert last < 0.6 * first


@pytest.mark.parametrize("size", [1, 2, 4])
def test_an_update_in_parts_is_the_update_of_one_large_batch(size):
    whole = go(config=replace(CONFIG, micro_batch_size=8))
    parts = go(config=replace(CONFIG, micro_batch_size=size))
    assert torch.allclose(losses(parts), losses(whole), rtol=1e-5)
    assert torch.allclose(weights_that_count(parts.model), weights_that_count(whole.model),
                          atol=1e-5)  # fmt: skip


def weights_that_count(model):
    """All weights but the bias of the keys, which adds the same to a query's every score.

    Softmax takes it away again: its gradient is nothing but rounding, of which AdamW makes steps as
    large as of anything else.
    """
    kept = {name: p.detach().clone() for name, p in model.named_parameters()}
    for name, bias in kept.items():
        if name.endswith("c_attn.bias"):
            bias.view(3, -1)[1] = 0.0
    return torch.cat([p.flatten() for p in kept.values()])


def test_the_gradient_of_the_parts_is_autograd_s_of_the_mean_over_all():
    model = new_model()
    run = new_run(model)
    x, y = run.windows(TRAIN, 8)
    model(x, y)[1].backward()
    expected = {name: p.grad.clone() for name, p in model.named_parameters()}
    model.zero_grad()
    loss = add_gradients(model, x, y, run, micro_batch_size=2)
    assert loss == pytest.approx(model(x, y)[1].item(), rel=1e-6)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(parameter.grad, expected[name], rtol=1e-4, atol=1e-7)


def test_what_is_read_does_not_depend_on_how_it_is_split():
    first, second = (new_run(new_model(), replace(CONFIG, micro_batch_size=k)) for k in (1, 8))
    for _ in range(3):
        assert torch.equal(first.windows(TRAIN, 8)[0], second.windows(TRAIN, 8)[0])


class Notes:
    """A scaler that scales nothing and notes the order in which it is called."""

    def __init__(self, steps):
        self.steps = steps

    def scale(self, loss):
        self.steps.append("scale")
        return loss

    def unscale_(self, optimizer):
        self.steps.append("unscale")

    def step(self, optimizer):
        self.steps.append("step")
        optimizer.step()

    def update(self):
        self.steps.append("update")

    def is_enabled(self):
        return False

    def state_dict(self):
        return {}


def test_gradients_are_unscaled_then_clipped_then_used(monkeypatch):
    steps = []
    monkeypatch.setattr(nn.utils, "clip_grad_norm_", lambda *_: steps.append("clip"))
    model = new_model()
    config = replace(CONFIG, max_iters=1, micro_batch_size=4)
    run = new_run(model, config)
    run.scaler = Notes(steps)
    fine_tune(model, run.optimizer, config, TRAIN, VAL, run)
    assert steps == ["scale", "scale", "unscale", "clip", "step", "update"]


def test_a_huge_scale_does_not_change_what_is_clipped():
    # plain SGD: Adam would hide a gradient that is too small by a constant factor
    found = []
    for scale in (None, 2.0**24):  # a power of two: scaling is exact
        model = new_model()
        config = replace(CONFIG, grad_clip=0.1, max_iters=4)
        run = new_run(model, config, torch.optim.SGD(model.parameters(), lr=1.0))
        if scale is not None:
            run.scaler = torch.amp.GradScaler("cpu", init_scale=scale)
        before = weights(model)
        fine_tune(model, run.optimizer, config, TRAIN, VAL, run)
        found.append(weights(model) - before)
    assert found[0].norm() > 0.2  # four steps of norm 0.1 each, mostly in one direction
    assert torch.equal(found[0], found[1])


def test_an_update_whose_gradient_overflows_is_skipped_and_the_run_goes_on():
    model = new_model()
    config = replace(CONFIG, max_iters=60)
    run = new_run(model, config, precision="float16")
    run.scaler = torch.amp.GradScaler("cpu", init_scale=2.0**30)
    stepped, scales = [], [2.0**30]
    run.optimizer.register_step_post_hook(lambda *_: stepped.append(run.iteration))
    log = run.log
    run.log = lambda *given: (scales.append(run.scaler.get_scale()), log(*given))
    fine_tune(model, run.optimizer, config, TRAIN, VAL, run)
    halved = [i for i in range(60) if scales[i + 1] == scales[i] / 2]
    assert {0, 1, 2, 3} < set(halved)  # in float16 nothing is above 65,504
    assert sorted(stepped + halved) == list(range(60))
    validation = [val for _, _, val in run.history.evaluations]
    assert validation[0] == validation[1]  # four updates, none of them made
    assert validation[-1] < 0.7 * validation[0]


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_sixteen_bits_learn_what_thirty_two_learn(precision):
    config = replace(CONFIG, max_iters=40)
    exact, coarse = go(config=config), go(config=config, precision=precision)
    assert coarse.history.best[1] == pytest.approx(exact.history.best[1], abs=0.1)
    assert {p.dtype for p in coarse.model.parameters()} == {torch.float32}


def test_gradients_are_used_up_by_their_own_update():
    run = go(config=replace(CONFIG, max_iters=2))
    assert all(parameter.grad is None for parameter in run.model.parameters())


def test_evaluating_draws_the_same_windows_and_leaves_training_s_alone():
    model = new_model(dropout=0.5)
    run = new_run(model)
    before = (run.generator.get_state(), torch.get_rng_state())
    first = estimate_loss(model, VAL, CONFIG, run)
    assert estimate_loss(model, VAL, CONFIG, run) == first
    assert torch.equal(run.generator.get_state(), before[0])
    assert torch.equal(torch.get_rng_state(), before[1])


@pytest.mark.parametrize("training", [True, False])
def test_evaluating_is_without_dropout_and_restores_the_mode(training):
    model = new_model(dropout=0.5).train(training)
    run = new_run(model)
    generator = torch.Generator().manual_seed(CONFIG.seed)
    x, y = finetuning.windows(VAL, CONFIG.eval_batches, CONFIG.block_size, generator)
    found = estimate_loss(model, VAL, CONFIG, run)
    assert model.training is training
    model.eval()
    assert found == pytest.approx(model(x, y)[1].item(), rel=1e-5)


def test_an_evaluation_in_unequal_parts_is_the_mean_over_all():
    model = new_model()
    found = [
        estimate_loss(model, VAL, CONFIG, new_run(model, replace(CONFIG, micro_batch_size=size)))
        for size in (2, 8)  # of five windows
    ]
    assert found[0] == pytest.approx(found[1], rel=1e-6)


def test_every_interval_and_the_end_are_evaluated():
    run = go(config=replace(CONFIG, max_iters=10))
    assert [iteration for iteration, _, _ in run.history.evaluations] == [0, 4, 8, 10]
    assert [iteration for iteration, _ in run.history.train] == list(range(10))
    assert run.model.training


def test_the_evaluated_losses_are_in_the_order_train_val():
    run = go(config=replace(CONFIG, max_iters=40), data=(TRAIN, VAL[::-1].copy()))
    _, train, val = run.history.evaluations[-1]
    assert train < 2 < val  # only the training text was learned
