"""How fast the two references train: Assignment 4's against a textbook's loop, the lab's against
Hugging Face's GPT-2; and whether 16 bits reach the loss that 32 do.

Sizes, texts and updates are the same on both sides; what differs is how it is computed.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

import solutions.assignment4.optimizer
import solutions.lab11.optimizer  # noqa: F401  both give their model its methods
from autograder.notebook import finetuning
from autograder.notebook.finetuning.kept_memory import kept_memory
from benchmarks.parts import textbook
from benchmarks.parts.ratio import Row, best_seconds
from data_scripts import speeches
from solutions.assignment4 import fast
from solutions.assignment4.data import load_data, make_get_batch
from solutions.assignment4.gpt import GPT as SmallGPT
from solutions.lab11.fast import quicken_dropout
from solutions.lab11.finetune import add_gradients
from solutions.lab11.gpt2 import GPT, GPTConfig

CPU = torch.device("cpu")
WANTED_SMALL, WANTED_124M, SAME_LOSS = 1.2, 2.0, 0.99
BLOCK_SIZE, DROPOUT, LEARNING_RATE = 256, 0.2, 3e-5  # the lab's


# Assignment 4


def small_row(micro_batches: int = 8, rounds: int = 25, compile: bool = True) -> Row:
    """Assignment 4's model: one update of so many micro-batches, ours against the textbook's.

    Fewer than the assignment's 40, and more often: a short time is more easily an undisturbed one.
    """
    ids = sample_text()
    precision = finetuning.fastest_precision(CPU)
    tricks = fast.tricks_for(CPU, precision.dtype, micro_batches)
    tricks = replace(tricks, compile=tricks.compile and compile)
    update, preparing_s = small_update(ids, micro_batches, tricks)
    seconds = best_seconds({"theirs": textbook_update(ids, micro_batches), "ours": update}, rounds)
    return speed_row(
        "Assignment 4 trains, against a textbook's loop", seconds, tokens_in(micro_batches),
        WANTED_SMALL, f"in {precision.name}; compiling took {preparing_s:.0f} s and is not counted",
    )  # fmt: skip


def trick_rows(micro_batches: int = 8, rounds: int = 15, slow: bool = True) -> list[Row]:
    """Each trick by itself, against the notebook's loop; slow: those that take minutes, too."""
    ids = sample_text()
    tried = {
        "scaled_dot_product_attention": fast.Tricks(fused_attention=True),
        "fused AdamW": fast.Tricks(fused_optimizer=True),
        f"{micro_batches} micro-batches merged": fast.Tricks(merge=micro_batches),
    }
    if slow:
        tried["bfloat16"] = fast.Tricks(dtype=torch.bfloat16)
        tried["bfloat16 and SDPA"] = fast.Tricks(fused_attention=True, dtype=torch.bfloat16)
    if slow and fast.can_compile(CPU):
        tried["torch.compile"] = fast.Tricks(compile=True)
        tried["torch.compile and SDPA"] = fast.Tricks(fused_attention=True, compile=True)
        tried["torch.compile and bfloat16"] = fast.Tricks(compile=True, dtype=torch.bfloat16)
    ways = {"a textbook's loop": textbook_update(ids, micro_batches)}
    for name, tricks in {"plain": fast.Tricks(), **tried}.items():
        ways[name], _ = small_update(ids, micro_batches, tricks)
    # one that is very slow would take all the time, and is known after one round
    first = best_seconds(ways, 1)
    rest = {name: way for name, way in ways.items() if first[name] < 5 * first["plain"]}
    seconds = first | best_seconds(rest, rounds)
    return [
        speed_row(f"{name}, against the notebook's loop",
                  {"ours": seconds[name], "theirs": seconds["plain"]},
                  tokens_in(micro_batches), None, "")
        for name in ways if name != "plain"
    ]  # fmt: skip


def textbook_update(ids: Tensor, steps: int) -> Callable[[], None]:
    """Return what makes one update of the textbook's."""
    model = textbook.Transformer()
    optimizer = textbook.optimizer_of(model)
    return lambda: textbook.train(model, optimizer, ids, 1, steps)


def small_update(ids: Tensor, steps: int, tricks: fast.Tricks) -> tuple[Callable[[], None], float]:
    """Return what makes one update of ours, and the seconds until it was ready."""
    torch.manual_seed(0)
    model = SmallGPT(
        textbook.VOCAB_SIZE, textbook.CONTEXT_SIZE, textbook.HIDDEN_SIZE, textbook.N_LAYER,
        textbook.N_HEAD, dropout=0.0,
    )  # fmt: skip
    optimizer = fast.fuse(model, model.configure_optimizers(0.1, 1e-3, (0.9, 0.99)), tricks)
    faster = fast.Faster(model, tricks.compile, tricks.dtype)
    plain = make_get_batch(ids, ids, textbook.BATCH_SIZE, textbook.CONTEXT_SIZE)
    get_batch = fast.merged(plain, tricks.merge)

    def update() -> None:
        make_update(faster, optimizer, get_batch, steps // tricks.merge)

    started = time.perf_counter()
    make_update(faster, optimizer, get_batch, 1)
    return update, time.perf_counter() - started


def tokens_in(micro_batches: int) -> int:
    """The tokens of so many micro-batches."""
    return micro_batches * textbook.BATCH_SIZE * textbook.CONTEXT_SIZE


def make_update(
    model: nn.Module, optimizer: torch.optim.Optimizer, get_batch: Any, steps: int
) -> None:
    """Make one update of so many micro-batches, as the loop of E7 makes it."""
    optimizer.zero_grad()
    for _ in range(steps):
        _, loss = model(*get_batch("train"))
        (loss / steps).backward()
    nn.utils.clip_grad_norm_(model.parameters(), textbook.GRAD_CLIP)
    optimizer.step()


# GPT-2


def large_row(sequences: int = 8, rounds: int = 3) -> Row:
    """GPT-2 124M at the lab's setting: one update of ours against Hugging Face's own model.

    Fewer sequences than the lab's 32, and more often, as above.
    """
    random = np.random.default_rng(0)
    data = (random.zipf(1.3, 20_000) % 50_257).astype(np.uint16)
    theirs = hugging_face_update(data, sequences)
    ours = lab_update(data, sequences)
    as_it_comes = best_seconds({"theirs": theirs}, rounds)
    with kept_memory():
        ways = {"theirs": theirs, "ours": ours}
        best_seconds(ways, 1)  # the first update finds the memory that the next ones keep
        seconds = best_seconds(ways, rounds)
    like_for_like = seconds["theirs"] / seconds["ours"]
    again = best_seconds({"theirs": theirs}, rounds)  # so that both were measured at all times
    seconds["theirs"] = min(as_it_comes["theirs"], again["theirs"])
    return speed_row(
        "the lab trains GPT-2 124M, against Hugging Face's", seconds, sequences * BLOCK_SIZE,
        WANTED_124M, f"in {finetuning.fastest_precision(CPU).name}; {like_for_like:.2f} times if "
        "Hugging Face's keeps its memory, too",
    )  # fmt: skip


def lab_update(data: np.ndarray, sequences: int) -> Callable[[], None]:
    """Return what makes one update of the lab's loop."""
    torch.manual_seed(0)
    model = GPT(GPTConfig(dropout=DROPOUT))
    model.crop_block_size(BLOCK_SIZE)
    optimizer = model.configure_optimizers(0.1, LEARNING_RATE, (0.9, 0.99), "cpu")
    config = finetuning.FineTuneConfig(sequences_per_update=sequences)
    run = finetuning.Run(model, optimizer, config, data, data, precision="fastest")
    quicken_dropout(model)

    def update() -> None:
        x, y = run.windows(data, sequences)
        run.within_memory(add_gradients, model, x, y, run)
        run.scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), config.grad_clip)
        run.scaler.step(optimizer)
        run.scaler.update()
        optimizer.zero_grad(set_to_none=True)

    return update


def hugging_face_update(data: np.ndarray, sequences: int) -> Callable[[], None]:
    """Return what makes the same update with Hugging Face's model: one sequence at a time."""
    from transformers import GPT2Config, GPT2LMHeadModel

    config = GPT2Config(
        vocab_size=50304, n_positions=BLOCK_SIZE, resid_pdrop=DROPOUT, embd_pdrop=DROPOUT,
        attn_pdrop=DROPOUT,
    )  # fmt: skip
    model = GPT2LMHeadModel(config).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE)

    def update() -> None:
        for _ in range(sequences):
            start = int(torch.randint(len(data) - BLOCK_SIZE, ()))
            ids = torch.from_numpy(data[start : start + BLOCK_SIZE].astype(np.int64))[None]
            (model(input_ids=ids, labels=ids).loss / sequences).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()

    return update


# 16 bits


def convergence_row(updates: int = 150, hidden_size: int = 32, n_layer: int = 2) -> Row:
    """The validation loss after the same updates in bfloat16 as in float32.

    The model is a smaller one than Assignment 4's unless told otherwise: without units for
    bfloat16 a CPU takes some fifty times as long for a product.
    """
    ids = sample_text()
    losses = {
        dtype: loss_after(updates, hidden_size, n_layer, ids, dtype)
        for dtype in (torch.bfloat16, None)
    }
    ours, theirs = losses[torch.bfloat16], losses[None]
    return Row(
        f"bfloat16 learns as float32 does ({updates} updates, {n_layer} layers of {hidden_size})",
        min(ours, theirs) / max(ours, theirs), ours, theirs,
        "nats a character on held-out text", SAME_LOSS,
    )  # fmt: skip


def loss_after(
    updates: int, hidden_size: int, n_layer: int, ids: Tensor, dtype: torch.dtype | None
) -> float:
    """Return the validation loss, in float32, of a model that was trained with these numbers."""
    cut = len(ids) * 9 // 10
    get_batch = make_get_batch(ids[:cut], ids[cut:], textbook.BATCH_SIZE, textbook.CONTEXT_SIZE)
    torch.manual_seed(0)
    model = SmallGPT(
        textbook.VOCAB_SIZE, textbook.CONTEXT_SIZE, hidden_size, n_layer, textbook.N_HEAD, 0.0
    )
    optimizer = model.configure_optimizers(0.1, 3e-3, (0.9, 0.99))
    faster = fast.Faster(model, compile=False, dtype=dtype)
    for _ in range(updates):  # the same windows with either: the seed above is that of them, too
        make_update(faster, optimizer, get_batch, 1)
    model.eval()
    torch.manual_seed(1)
    with torch.no_grad():
        return float(np.mean([model(*get_batch("val"))[1].item() for _ in range(20)]))


# parts of all of them


def rows(quick: bool = False, compile: bool = True) -> Iterator[Row]:
    """Measure everything; quick is for a look at whether it runs."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)  # of the compiler's own code
        if quick:
            yield from (small_row(2, 1, False), convergence_row(10))
            yield from trick_rows(2, 1, slow=False)
        else:
            yield small_row(compile=compile)
            yield large_row()
            yield convergence_row()
            yield from trick_rows(slow=compile)


def sample_text() -> Tensor:
    """The sample text of Assignment 4 as token ids."""
    with tempfile.TemporaryDirectory() as folder:
        speeches.make(folder, source="sample")
        return load_data(Path(folder) / "trump_train.txt")


def speed_row(name: str, seconds: dict[str, float], tokens: int, wanted: float, remark: str) -> Row:
    """A row of tokens a second."""
    return Row(
        name, seconds["theirs"] / seconds["ours"], tokens / seconds["ours"],
        tokens / seconds["theirs"], "tokens/s", wanted, remark,
    )  # fmt: skip
