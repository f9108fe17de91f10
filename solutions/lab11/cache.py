"""What a transformer keeps while it writes."""

from torch import Tensor


class KeyValueCache:
    """Keep every layer's keys and values of the positions read so far.

    length positions are kept, size is the most there can be. The memory for all is taken at the
    first position: a tensor that grew would be copied at every step.

    Shapes: keys[layer], values[layer] (b, nh, size, hs), filled up to length.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self.length = 0
        self.keys: dict[int, Tensor] = {}
        self.values: dict[int, Tensor] = {}

    def extend(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Keep the keys and values of t new positions; return those of all positions so far.

        length moves on only when all layers have done so: that is the reader's task.

        Shapes: k, v (b, nh, t, hs) -> twice (b, nh, length + t, hs).
        """
        if layer not in self.keys:
            b, nh, _, hs = k.shape
            self.keys[layer] = k.new_empty(b, nh, self.size, hs)
            self.values[layer] = v.new_empty(b, nh, self.size, hs)
        keys, values, end = self.keys[layer], self.values[layer], self.length + k.size(2)
        keys[:, :, self.length : end] = k
        values[:, :, self.length : end] = v
        return keys[:, :, :end], values[:, :, :end]
