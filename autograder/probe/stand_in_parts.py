"""Insides for stand-ins, so that a student's initialiser finds something to initialise.

An initialiser may walk over all modules, or reach for `block.mlp.output.weight`, or for
`block.ffn.net[2]`. A stand-in has ordinary layers under plain names, and answers any other name
with the part that was most likely meant.
"""

from __future__ import annotations

from typing import Any

from torch import nn

FIRST_LAYER = ("hidden", "expand", "up", "in", "1", "first", "fc1", "w1", "fc", "c_fc", "0")


class Parts(nn.Module):
    """A module whose unknown attributes and items are guessed; none of it computes anything."""

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_"):
                raise
            return self.meant_by(name)

    def __getitem__(self, index: int | str) -> Any:
        return self.meant_by(str(index))

    def meant_by(self, name: str) -> nn.Module:
        """The part that this name means; itself where any name will do."""
        return self


class AttentionParts(Parts):
    """Projections D -> 3D and D -> D."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.queries_keys_values = nn.Linear(width, 3 * width)
        self.projection = nn.Linear(width, width)

    def meant_by(self, name: str) -> nn.Module:
        first = any(word in name.lower() for word in ("qkv", "query", "key", "value", "c_attn"))
        return self.queries_keys_values if first else self.projection


class MLPParts(Parts):
    """Layers D -> 4D and 4D -> D."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.expand = nn.Linear(width, 4 * width)
        self.output = nn.Linear(4 * width, width)

    def meant_by(self, name: str) -> nn.Module:
        name = name.lower()
        if name in ("net", "layers", "seq", "sequential", "model", "mlp", "ffn", "layer"):
            return self
        first = name in FIRST_LAYER or name.endswith(("1", "_in", "expand", "hidden"))
        return self.expand if first and name != "-1" else self.output


class BlockParts(Parts):
    """Two LayerNorms, an attention and an MLP."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = AttentionParts(width)
        self.mlp_norm = nn.LayerNorm(width)
        self.mlp = MLPParts(width)

    def meant_by(self, name: str) -> nn.Module:
        name = name.lower()
        if "norm" in name or name.startswith("ln"):
            return self.mlp_norm if "2" in name else self.attention_norm
        return self.attention if "att" in name or name in ("sa", "mha", "msa") else self.mlp


class NoParts(nn.Module):
    """Nothing inside but what a name asks for, made on the spot and not kept."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.__dict__["stand_in_width"] = width

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_"):
                raise
            return Filler(self.__dict__["stand_in_width"])


class Filler(nn.Linear):
    """What a stand-in shows of insides that it does not have: a linear layer, at any depth."""

    def __init__(self, width: int) -> None:
        super().__init__(4 * width, width)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("_"):
                raise
            return Filler(self.out_features)


PARTS: dict[str, type[nn.Module]] = {
    "none": NoParts,
    "block": BlockParts,
    "attention": AttentionParts,
    "mlp": MLPParts,
}
