"""As many sequences at a time as memory allows."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TypeVar

import torch

from autograder.notebook.finetuning.settings import FineTuneConfig

Result = TypeVar("Result")

# What the allocators of CUDA, of Apple's GPUs and of the CPU say; the first is PyTorch's own class
# only since 2.5, and cuBLAS cannot say more than that it found no room for itself.
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "CUBLAS_STATUS_ALLOC_FAILED")

# A system whose main memory is full does not refuse: it swaps, or ends the process. Where the model
# shares that memory, no more than these tokens are tried (their logits are 200 MB).
TOKENS_IN_MAIN_MEMORY = 1024


class MicroBatches:
    """Find out how many of an update's sequences fit into memory at a time.

    The search starts from the largest size and goes down through the divisors of the update, so
    that all parts weigh the same.
    """

    def __init__(self, config: FineTuneConfig, device: torch.device) -> None:
        self.sequences = config.sequences_per_update
        self.block_size = config.block_size
        self.device = device
        self.size = config.micro_batch_size or self.first_size()

    def first_size(self) -> int:
        """Return the size to try first."""
        if self.device.type == "cuda":
            return self.sequences
        return self.divisor(TOKENS_IN_MAIN_MEMORY // self.block_size)

    def divisor(self, largest: int) -> int:
        """Return the largest size up to this one that divides the update."""
        candidates = range(min(max(1, largest), self.sequences), 0, -1)
        return next(size for size in candidates if self.sequences % size == 0)

    def fit(self, work: Callable[[int], Result], undo: Callable[[], None]) -> Result:
        """Return work(size); where it does not fit into memory, undo it and try half the size.

        Raises MemoryError if not even one sequence fits.
        """
        while True:
            try:
                return work(self.size)
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
            # only here, after the except block, is the error gone, and with it what its frames held
            undo()
            gc.collect()
            if self.device.type == "cuda":
                torch.cuda.empty_cache()
            self.shrink()

    def shrink(self) -> None:
        """Go on with half the size.

        Raises MemoryError if it is one sequence already.
        """
        if self.size == 1:
            raise MemoryError(
                f"not even one sequence of {self.block_size} tokens fits into the memory of "
                f"{self.device}: lower block_size in the setting, and if that is not enough take "
                "a smaller model; other notebooks that use the device may be in the way, too"
            )
        tried, self.size = self.size, self.divisor(self.size // 2)
        print(
            f"{tried} sequences at a time do not fit into memory: going on with {self.size}, "
            f"{self.sequences // self.size} times an update"
        )


def is_out_of_memory(error: RuntimeError) -> bool:
    """Say whether an error of PyTorch means that memory was too small."""
    return isinstance(error, torch.cuda.OutOfMemoryError) or any(
        words in str(error) for words in OUT_OF_MEMORY
    )
