"""A token bucket that all processes of a service draw from, so that a limit holds for all together."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

# Tokens, and when they were counted; a new file's zeros are a full bucket.
FORM = struct.Struct("dd")


class TokenBucket:
    """So many requests a second, and as many at once.

    Parameters
    ----------
    rate : float
        Tokens that come in a second, and the most that there are.
    path : Path
        File that the processes share; made by the first.
    clock : callable, optional
        Tells seconds, the same in all processes of a machine.
    """

    def __init__(self, rate: float, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._file = path.open("a+b")
        os.truncate(self._file.fileno(), FORM.size)
        self._shared = mmap.mmap(self._file.fileno(), FORM.size)

    def wait(self) -> float:
        """Take a token.

        Returns
        -------
        float
            0 if there was one, else seconds until there is.
        """
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            now = self._clock()
            tokens, counted = FORM.unpack_from(self._shared)
            tokens = min(tokens + max(now - counted, 0.0) * self._rate, self._rate)
            is_free = tokens >= 1
            FORM.pack_into(self._shared, 0, tokens - is_free, now)
            return 0.0 if is_free else (1 - tokens) / self._rate
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)
