"""Fine-tuning: the loop that goes on training a model on new text.

What depends on the machine is asked of `run`: windows on the right device, how many of them fit
into memory, which numbers are fast. `run` also shows the progress and saves what must not be lost.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from solutions.lab11.gpt2 import GPT


def add_gradients(model: GPT, x: Tensor, y: Tensor, run: Any, micro_batch_size: int) -> Tensor:
    """Add the gradient of the mean loss over all sequences to .grad; return that mean.

    Only micro_batch_size sequences are in memory at a time. The parts are equally large, so the
    mean over all is the mean of their means, and the sum of the parts' gradients is the gradient
    of one large batch, to rounding. (With dropout, another split draws other masks.)

    Shapes: x, y (sequences, block_size) long -> scalar, in nats per token.
    """
    parts = len(x) // micro_batch_size
    mean_loss = torch.zeros((), device=x.device)
    for x_part, y_part in zip(x.split(micro_batch_size), y.split(micro_batch_size), strict=True):
        with run.autocast():  # 16-bit matrix products where the device is fast at them
            _, loss = model(x_part, y_part)
        # float16 has no numbers below 6e-8: the scaler multiplies the loss, and so all gradients
        run.scaler.scale(loss / parts).backward()
        mean_loss += loss.detach() / parts
    return mean_loss


@torch.no_grad()
def estimate_loss(model: GPT, data: np.ndarray, config: Any, run: Any) -> float:
    """Return the mean loss over eval_batches windows of the data, dropout off.

    They are the same windows each time, so that two evaluations can be compared, and they come
    from a generator of their own, so that evaluating changes nothing in what training draws. The
    model's mode is restored.

    Units: nats per token.
    """
    generator = torch.Generator().manual_seed(config.seed)
    x, y = run.windows(data, config.eval_batches, generator)

    def mean_loss(micro_batch_size: int) -> float:
        total = 0.0
        parts = zip(x.split(micro_batch_size), y.split(micro_batch_size), strict=True)
        for x_part, y_part in parts:
            with run.autocast():
                _, loss = model(x_part, y_part)
            total += loss.item() * len(x_part)  # the last part may be smaller
        return total / len(x)

    was_training = model.training
    model.eval()
    try:
        return run.within_memory(mean_loss)
    finally:
        model.train(was_training)


def fine_tune(
    model: GPT,
    optimizer: torch.optim.Optimizer,
    config: Any,
    train_data: np.ndarray,
    val_data: np.ndarray,
    run: Any,
) -> None:
    """Go on training a model on new text for config.max_iters updates.

    One update: draw its windows, add up their gradients part by part, clip the norm of the sum,
    step. Every eval_interval updates, and after the last one, the model is evaluated, and `run`
    keeps the weights with the lowest validation loss. Leaves the model in training mode, with its
    last weights.
    """

    def evaluate(iteration: int) -> None:
        losses = [estimate_loss(model, data, config, run) for data in (train_data, val_data)]
        run.evaluation(iteration, *losses)

    model.train()
    for iteration in run.iterations():  # those that are left, if an earlier run was interrupted
        if iteration % config.eval_interval == 0:
            evaluate(iteration)

        # all windows of the update at once: what is read does not depend on how it is split
        x, y = run.windows(train_data, config.sequences_per_update)
        loss = run.within_memory(add_gradients, model, x, y, run)

        run.scaler.unscale_(optimizer)  # first: the norm must be that of the true gradient
        nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        run.scaler.step(optimizer)  # skips the update if a scaled gradient overflowed
        run.scaler.update()  # and then scales less; after 2,000 good updates, more
        optimizer.zero_grad(set_to_none=True)
        run.log(iteration, loss)
    evaluate(config.max_iters)
