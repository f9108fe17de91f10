"""Fetch GPT-2's weights: a folder with `config.json` and `model.safetensors`.

    python -m data_scripts.gpt2_weights [NAME] [--from DIR] [--to DIR]

NAME is gpt2 (124 million parameters), gpt2-medium, gpt2-large or gpt2-xl. The file comes from the
Hugging Face Hub (openai-community), at a fixed revision; a download that broke off is continued.
From Python:

    from data_scripts import gpt2_weights
    folder = gpt2_weights.make("gpt2", "data")                 # data/gpt2
    folder = gpt2_weights.make("gpt2", source="/models/gpt2")  # checked, and used where it is

Every download is checked against the SHA-256 in `SIZES`, and its header against what the size of
the model demands. A local folder may hold fine-tuned weights: there the header alone is checked.
The weights are OpenAI's (modified MIT licence).
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_scripts.errors import BadSource, DataError, DownloadError, cannot_write
from data_scripts.publish import publish
from data_scripts.safetensors_header import tensors_in

CONFIG, WEIGHTS = "config.json", "model.safetensors"
VOCABULARY, POSITIONS = 50_257, 1_024


@dataclass(frozen=True)
class Size:
    """One of the four published models, and where its weights are."""

    name: str
    n_layer: int
    n_head: int
    n_embd: int
    revision: str
    sha256: str
    size_bytes: int | None = None  # None: the server says it

    @property
    def url(self) -> str:
        """Return the address of the weights."""
        return f"{HUB}/{self.name}/resolve/{self.revision}/{WEIGHTS}"


HUB = "https://huggingface.co/openai-community"
# Each SHA-256 is the one that the Hub shows for the file, and that of projects which pin the same
# revision. Two sizes in bytes could be confirmed in that way; of the others only GB are shown.
SIZES = {
    size.name: size
    for size in (
        Size(
            "gpt2", n_layer=12, n_head=12, n_embd=768,
            revision="607a30d783dfa663caf39e06633721c8d4cfcd7e",
            sha256="248dfc3911869ec493c76e65bf2fcf7f615828b0254c12b473182f0f81d3a707",
            size_bytes=548_105_171,
        ),
        Size(
            "gpt2-medium", n_layer=24, n_head=16, n_embd=1_024,
            revision="6dcaa7a952f72f9298047fd5137cd6e4f05f41da",
            sha256="fc5a354a19255ad494f3d71549390baca1ccf61d1d822b9408971705c687c9cd",
            size_bytes=1_519_984_962,
        ),
        Size(
            "gpt2-large", n_layer=36, n_head=20, n_embd=1_280,
            revision="32b71b12589c2f8d625668d2335a01cac3249519",
            sha256="5f47f3e12f91cd33b662ce7e433b6150ad5512b5884a2cee961b50e9c3bbebce",
        ),
        Size(
            "gpt2-xl", n_layer=48, n_head=25, n_embd=1_600,
            revision="15ea56dee5df4983c59b2538573817e1667135e2",
            sha256="0f8b28eb05a8075f48b61b6f35332978c74fc7763fa9fb4051a1c30511736a6a",
        ),
    )
}  # fmt: skip


def make(
    name: str = "gpt2", destination_dir: Path | str = "data", source: Path | str | None = None
) -> Path:
    """Return a folder with GPT-2's config.json and model.safetensors.

    Without `source`, `destination_dir/name` is that folder: the weights are downloaded unless they
    are there, whole. With `source`, the folder given is checked and returned; nothing is copied.

    Raises BadSource for an unknown name or an unfit folder, DownloadError, CannotWrite or one of
    their subclasses. What a broken download has brought is kept, and continued by the next call.
    """
    if (size := SIZES.get(name)) is None:
        near = difflib.get_close_matches(name, SIZES, 1)
        meant = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(SIZES)}"
        raise BadSource(f"no GPT-2 called {name!r}; {meant}")
    if source is not None:
        return _local(size, Path(source))
    folder = Path(destination_dir) / size.name
    try:
        return _fetched(size, folder)
    except OSError as problem:
        raise cannot_write(folder, problem) from problem


def tensor_shapes(size: Size) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of each weight of a model, as the checkpoint calls them."""
    d = size.n_embd
    block = {
        "ln_1.weight": (d,), "ln_1.bias": (d,), "ln_2.weight": (d,), "ln_2.bias": (d,),
        "attn.c_attn.weight": (d, 3 * d), "attn.c_attn.bias": (3 * d,),
        "attn.c_proj.weight": (d, d), "attn.c_proj.bias": (d,),
        "mlp.c_fc.weight": (d, 4 * d), "mlp.c_fc.bias": (4 * d,),
        "mlp.c_proj.weight": (4 * d, d), "mlp.c_proj.bias": (d,),
    }  # fmt: skip
    outside = {"wte.weight": (VOCABULARY, d), "wpe.weight": (POSITIONS, d),
               "ln_f.weight": (d,), "ln_f.bias": (d,)}  # fmt: skip
    blocks = {f"h.{i}.{part}": shape for i in range(size.n_layer) for part, shape in block.items()}
    return outside | blocks


def config_of(size: Size) -> dict[str, Any]:
    """Return the contents of config.json: what transformers needs to build the model."""
    return {
        "activation_function": "gelu_new",
        "architectures": ["GPT2LMHeadModel"],
        "attn_pdrop": 0.1,
        "bos_token_id": VOCABULARY - 1,
        "embd_pdrop": 0.1,
        "eos_token_id": VOCABULARY - 1,
        "initializer_range": 0.02,
        "layer_norm_epsilon": 1e-05,
        "model_type": "gpt2",
        "n_ctx": POSITIONS,
        "n_embd": size.n_embd,
        "n_head": size.n_head,
        "n_layer": size.n_layer,
        "n_positions": POSITIONS,
        "resid_pdrop": 0.1,
        "vocab_size": VOCABULARY,
    }


def check_folder(size: Size, folder: Path) -> None:
    """Do nothing if a folder holds the weights of a model of this size, whole.

    Only the header of the weights is read. Raises BadSource, which names file and tensor.
    """
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise BadSource(f"{folder}: no {name} in it; give a folder with {CONFIG} and {WEIGHTS},"
                            " as `save_pretrained` of transformers writes it")  # fmt: skip
    _check_config(size, folder / CONFIG)
    check_weights(size, folder / WEIGHTS)


def check_weights(size: Size, path: Path) -> None:
    """Do nothing if a safetensors file is whole and holds the tensors of a model of this size."""
    found = {name.removeprefix("transformer."): shape for name, shape in tensors_in(path).items()}
    for name, shape in tensor_shapes(size).items():
        if name not in found:
            raise BadSource(f"{path}: no tensor {name!r}: not the weights of {size.name}")
        if found[name] != shape:
            raise BadSource(
                f"{path}: {name} has another shape than in {size.name}: expected {shape}, got "
                f"{found[name]}"
            )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if the weights are there, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m data_scripts.gpt2_weights", description="Fetch GPT-2's weights."
    )
    parser.add_argument("name", nargs="?", default="gpt2", help=", ".join(SIZES))
    parser.add_argument("--from", dest="source", type=Path, metavar="DIR",
                        help="check this folder instead of downloading")  # fmt: skip
    parser.add_argument("--to", type=Path, default=Path("data"), metavar="DIR",
                        help="the folder to write into (default: data)")  # fmt: skip
    arguments = parser.parse_args(argv)
    try:
        make(arguments.name, arguments.to, arguments.source)
    except DataError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the next run continues where this one stopped", file=sys.stderr)
        return 1
    return 0


def _local(size: Size, folder: Path) -> Path:
    if not folder.is_dir():
        raise BadSource(f"{folder}: no such folder; give one with {CONFIG} and {WEIGHTS}")
    check_folder(size, folder)
    print(f"{folder}: holds the weights of a {size.name}; used where it is")
    return folder


def _fetched(size: Size, folder: Path) -> Path:
    # Imported here because who has the weights needs no progress bar's package.
    from data_scripts.download import fetch, sha256_of

    path = folder / WEIGHTS
    there = path.is_file()
    if there and sha256_of(path) != size.sha256:
        print(f"{path}: not the published weights (damaged, or trained on); kept as {_aside(path)}")
        there = False
    if not there:
        size_gb = f" ({size.size_bytes / 1e9:.2f} GB)" if size.size_bytes else ""
        print(f"downloading {size.url}{size_gb}", file=sys.stderr)
        try:
            fetch(size.url, path, size.sha256, size.size_bytes)
        except DownloadError as problem:
            raise type(problem)(
                f"{problem} Without the download: --from DIR takes a folder with {CONFIG} and "
                f"{WEIGHTS} from somewhere else."
            ) from problem
    check_weights(size, path)
    config = (json.dumps(config_of(size), indent=2) + "\n").encode()
    if not (folder / CONFIG).is_file() or (folder / CONFIG).read_bytes() != config:
        publish(folder, {CONFIG: config}, keep=[CONFIG])
    print(f"{folder}: {size.name}{' is there already; nothing to do' if there else ', downloaded'}")
    return folder


def _aside(path: Path) -> Path:
    """Rename a file that is in the way, and return its new path."""
    backups = (path.with_name(f"{path.name}.bak{n or ''}") for n in range(1000))
    aside = next(backup for backup in backups if not backup.exists())
    path.rename(aside)
    return aside


def _check_config(size: Size, path: Path) -> None:
    try:
        config = json.loads(path.read_bytes())
        given = {name: config.get(name) for name in ("n_layer", "n_head", "n_embd")}
    except (ValueError, AttributeError) as problem:
        raise BadSource(f"{path}: not whole JSON (cut off, perhaps); copy it again") from problem
    for name, value in given.items():
        if value != getattr(size, name):
            raise BadSource(f"{path}: not the configuration of {size.name}: expected {name}="
                            f"{getattr(size, name)}, got {value}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
