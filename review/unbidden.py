"""What comes up by itself takes no key that was meant for what was there before."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Unbidden:
    """Keys are swallowed for a moment after something came up by itself, and as long as they follow each other.

    Attributes:
        seconds: how long the hands must rest; who looks up, reads and then decides takes longer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = 0.4
        self._clock = clock
        self._until = -math.inf

    def came(self) -> None:
        """Something came up that nobody asked for."""
        self._until = self._clock() + self.seconds

    def swallows(self) -> bool:
        """Whether a key that is pressed now came too soon."""
        now = self._clock()
        if now >= self._until:
            return False
        self._until = now + self.seconds
        return True
