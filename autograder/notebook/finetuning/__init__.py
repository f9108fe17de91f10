"""What the fine-tuning loop of Lab 11 stands on: device, precision, memory, windows, files."""

from autograder.notebook.finetuning.batches import windows
from autograder.notebook.finetuning.best import load_best
from autograder.notebook.finetuning.compiling import Compiled
from autograder.notebook.finetuning.history import History
from autograder.notebook.finetuning.peak import peak_flops
from autograder.notebook.finetuning.precision import (
    Precision,
    best_device,
    choose_precision,
    fastest_precision,
)
from autograder.notebook.finetuning.running import run
from autograder.notebook.finetuning.runs import Run
from autograder.notebook.finetuning.settings import FineTuneConfig, setting

__all__ = [
    "Compiled",
    "FineTuneConfig",
    "History",
    "Precision",
    "Run",
    "best_device",
    "choose_precision",
    "fastest_precision",
    "load_best",
    "peak_flops",
    "run",
    "setting",
    "windows",
]
