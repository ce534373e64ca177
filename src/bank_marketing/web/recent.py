"""What was made a moment ago and is asked for again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Made = TypeVar("Made")


class Recent:
    """Things that take long to make, each made once and one at a time; those not asked for longest go.

    Parameters
    ----------
    most : int
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, dict[Hashable, Any](), threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Return what was made under a key, or make it."""
        with self._lock:
            made: Made = self._kept.pop(key) if key in self._kept else make()
            self._kept[key] = made
            while len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]
            return made
