"""GPT-2s of Hugging Face, randomly initialised and saved: what ours is held against."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

# unequal sizes, so that no transposed axis can pass
SIZES = {
    "two_layers": {"n_layer": 2, "n_head": 2, "n_embd": 8, "vocab_size": 50, "n_positions": 16},
    "three_layers": {"n_layer": 3, "n_head": 4, "n_embd": 24, "vocab_size": 97, "n_positions": 32},
}


@dataclass(frozen=True)
class Saved:
    """A model of Hugging Face's, in evaluation mode, and the folder it was saved in."""

    model: Any
    folder: Path


def save_hugging_face(folder: Path, **sizes: int) -> Saved:
    """Make a GPT-2 in which every tensor matters, biases and LayerNorms too, and save it."""
    from transformers import GPT2Config, GPT2LMHeadModel, logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    generator = torch.Generator().manual_seed(sizes["n_embd"])
    model = GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=0, eos_token_id=0)).eval()
    for name, parameter in model.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        # far from the first weights: scores and GELU's bend must show in the logits
        parameter.data = 1 + 0.3 * noise if "ln" in name and "weight" in name else 0.5 * noise
    model.tie_weights()
    model.save_pretrained(folder)
    return Saved(model, folder)


@pytest.fixture(scope="session", params=SIZES)
def saved(request, tmp_path_factory) -> Saved:
    return save_hugging_face(tmp_path_factory.mktemp(request.param), **SIZES[request.param])


@pytest.fixture(scope="session")
def small_saved(tmp_path_factory) -> Saved:
    return save_hugging_face(tmp_path_factory.mktemp("small"), **SIZES["two_layers"])


@pytest.fixture
def tensors(small_saved):
    return load_file(small_saved.folder / "model.safetensors")


@pytest.fixture
def store(small_saved, tmp_path):
    """store(tensors, **settings) writes a folder like small_saved's, with these differences."""

    def write(tensors, **changes):
        described = json.loads((small_saved.folder / "config.json").read_text()) | changes
        (tmp_path / "config.json").write_text(json.dumps(described))
        save_file({n: t.contiguous() for n, t in tensors.items()}, tmp_path / "model.safetensors")
        return tmp_path

    return write
