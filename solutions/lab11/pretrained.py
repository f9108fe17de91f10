"""GPT-2's published weights, from a folder in Hugging Face's format into our model."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from solutions.lab11.gpt2 import GPT, GPTConfig

PUBLISHED = ("gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl")

# What our model computes in one way only, and config.json could ask for in another: weights that
# were trained otherwise would load without an error and write nonsense.
ASSUMED = {
    "model_type": ["gpt2"],
    "activation_function": ["gelu_new", "gelu_pytorch_tanh"],
    "layer_norm_epsilon": [1e-5],
    "scale_attn_weights": [True],
    "scale_attn_by_inverse_layer_idx": [False],
}


def find_checkpoint(name_or_folder: str | Path) -> Path:
    """Return the folder of a checkpoint; one of the four published names is fetched on first use.

    Raises FileNotFoundError if it is neither a published name nor a folder.
    """
    if str(name_or_folder) in PUBLISHED:
        from data_scripts import gpt2_weights  # only who asks for a published model needs it

        return Path(gpt2_weights.make(str(name_or_folder), "data"))
    folder = Path(name_or_folder)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{folder}: no such folder; give the folder of a checkpoint "
            f"or one of {', '.join(PUBLISHED)}"
        )
    return folder


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object.

    Raises FileNotFoundError if it is missing, ValueError if it is something else.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: missing; a checkpoint's folder has this file")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error}); fetch the file again") from None
    if not isinstance(content, dict):
        raise ValueError(f"{path}: expected a JSON object, got {type(content).__name__}")
    return content


def weight_files(folder: Path) -> list[Path]:
    """Return the file that holds the tensors, or all of them where an index lists several.

    Raises FileNotFoundError if there is none or one is missing, ValueError for a wrong index.
    """
    single, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if single.is_file():
        return [single]
    if not index.is_file():
        raise FileNotFoundError(
            f"{folder}: no weights here; expected {single.name}, or several files and {index.name}"
        )
    file_of = read_json(index).get("weight_map")
    if not isinstance(file_of, dict) or not all(isinstance(n, str) for n in file_of.values()):
        raise ValueError(f"{index}: expected a 'weight_map' from tensor names to file names")
    files = [folder / name for name in sorted(set(file_of.values()))]
    missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise FileNotFoundError(f"{folder}: {index.name} lists files that are missing: {missing}")
    return files


def read_tensors(folder: Path) -> dict[str, Tensor]:
    """Read a checkpoint's tensors under our model's names, as they are stored.

    Checkpoints of the bare model lack the prefix "transformer.", and old ones hold the masks of
    the attention, which are no weights and are left out. No memory is used before a tensor is.

    Raises ValueError if a file is cut off or is no safetensors file.
    """
    stored: dict[str, Tensor] = {}
    for path in weight_files(folder):
        try:
            stored |= load_file(path)
        except SafetensorError as error:
            raise ValueError(
                f"{path}: not a whole safetensors file ({error}); fetch the file again"
            ) from None
    has_prefix = any(name.startswith("transformer.") for name in stored)
    return {
        name if has_prefix or name == "lm_head.weight" else f"transformer.{name}": tensor
        for name, tensor in stored.items()
        if not name.endswith((".attn.bias", ".attn.masked_bias"))
    }


def read_config(folder: Path, tensors: dict[str, Tensor], dropout: float) -> GPTConfig:
    """Put the sizes of a checkpoint together.

    n_layer, n_head and n_embd are said in config.json. block_size and vocab_size are the rows of
    the two tables, and bias is whether there are any: in the tensors there is no doubt.

    Raises ValueError if config.json lacks a size or describes another kind of model.
    """
    path = folder / "config.json"
    settings = read_json(path)
    wrong = [
        f"{name} must be a whole number from 1: got {settings.get(name)!r}"
        for name in ("n_layer", "n_head", "n_embd")
        if type(settings.get(name)) is not int or settings[name] < 1
    ]
    wrong += [
        f"{name} must be {' or '.join(map(repr, allowed))}: got {settings[name]!r}"
        for name, allowed in ASSUMED.items()
        if settings.get(name, allowed[0]) not in allowed
    ]
    if wrong:
        raise ValueError(f"{path}: no GPT-2 that this model can be: {'; '.join(wrong)}")
    # a table that is missing or empty is reported with the other tensors: until then, one row
    rows = {name: max([1, *tensor.shape[:1]]) for name, tensor in tensors.items()}
    return GPTConfig(
        block_size=rows.get("transformer.wpe.weight", 1),
        vocab_size=rows.get("transformer.wte.weight", 1),
        n_layer=settings["n_layer"],
        n_head=settings["n_head"],
        n_embd=settings["n_embd"],
        dropout=dropout,
        bias=any(name.endswith(".bias") for name in tensors),
    )


def is_stored_transposed(name: str) -> bool:
    """Say whether GPT-2's files hold this weight as (in, out), where nn.Linear has (out, in).

    One of them is square: without its transpose it would load, and the text would be ruined.
    """
    return name.endswith(("c_attn.weight", "c_proj.weight", "c_fc.weight"))


def tensor_problems(model: GPT, tensors: dict[str, Tensor]) -> list[str]:
    """Compare a checkpoint's tensors with the model's; one line for each that does not fit."""
    expected = {}
    for name, parameter in model.named_parameters():  # the tied table once, as wte
        shape = list(parameter.shape)
        expected[name] = shape[::-1] if is_stored_transposed(name) else shape
    problems = [f"{name}: missing" for name in expected if name not in tensors]
    for name, tensor in tensors.items():
        shape = list(tensor.shape)
        if name == "lm_head.weight":
            wte = tensors.get("transformer.wte.weight", tensor)
            if not torch.equal(tensor.float(), wte.float()):
                problems.append(f"{name}: differs from transformer.wte.weight, to which it is tied")
        elif name not in expected:
            problems.append(f"{name}: unknown, the model has no such tensor")
        elif shape != expected[name]:
            problems.append(f"{name}: expected shape {expected[name]}, got {shape}")
        elif not tensor.is_floating_point():
            problems.append(f"{name}: expected floating-point numbers, got {tensor.dtype}")
    return problems


def from_pretrained(cls: type[GPT], name_or_folder: str | Path, dropout: float = 0.0) -> GPT:
    """Make a model with the weights of "gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl" or a folder.

    All sizes come from the checkpoint (see read_config); only dropout may be chosen. Weights of
    any number type become float32. Nothing is made unless every tensor fits.

    Raises FileNotFoundError if files are missing; ValueError if one cannot be read, or with a line
    for each missing, unknown or misshapen tensor.
    """
    folder = find_checkpoint(name_or_folder)
    tensors = read_tensors(folder)
    config = read_config(folder, tensors, dropout)
    with torch.device("meta"):  # shapes without numbers
        skeleton = cls(config)
    problems = tensor_problems(skeleton, tensors)
    if problems:
        more = [f"and {len(problems) - 8} more"] if len(problems) > 8 else []
        lines = [f"{folder}: the weights do not fit the model", *problems[:8], *more]
        raise ValueError("\n  ".join(lines))
    model = cls(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            tensor = tensors[name]
            parameter.copy_(tensor.T if is_stored_transposed(name) else tensor)
    return model


GPT.from_pretrained = classmethod(from_pretrained)  # type: ignore[attr-defined]
