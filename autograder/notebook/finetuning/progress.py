"""The bar that shows how a run is getting on."""

from __future__ import annotations

import time
from collections import deque

LAST_UPDATES = 10  # the speed is that of so many


class Progress:
    """Show updates made, loss, tokens a second and, where the device's peak is known, MFU."""

    def __init__(self, done: int, total: int, tokens_per_update: int) -> None:
        from tqdm.auto import tqdm

        self.tokens_per_update = tokens_per_update
        self.seconds: deque[float] = deque(maxlen=LAST_UPDATES)
        self.warm = False
        self._started = time.perf_counter()
        self._bar = tqdm(total=total, initial=done, unit="update", leave=True)

    def begin(self) -> None:
        """Note that an update begins: what came before is not its time."""
        self._started = time.perf_counter()

    def end(self) -> None:
        """Note that an update is made; the first one, which finds its memory, is not timed."""
        if self.warm:
            self.seconds.append(time.perf_counter() - self._started)
        self.warm = True

    @property
    def tokens_per_s(self) -> float | None:
        """Tokens a second of the last updates, None before there are any."""
        if not self.seconds:
            return None
        return self.tokens_per_update * len(self.seconds) / sum(self.seconds)

    def show(self, loss: float, mfu: float | None) -> None:
        """Move the bar by one update."""
        said = [f"loss {loss:.3f}"]
        if self.tokens_per_s is not None:
            said.append(f"{self.tokens_per_s:,.0f} tokens/s")
        if mfu is not None:
            said.append(f"MFU {mfu:.1%}")
        self._bar.set_postfix_str(", ".join(said))
        self._bar.update()

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.close()
