"""Native output: lines that a library in C or C++ prints past Python are taken out of standard output."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_one_at_a_time = threading.RLock()


@contextmanager
def no_native_lines(start: bytes) -> Iterator[None]:
    """Take lines that begin so out of what is printed meanwhile; all other output comes through afterwards.

    HiGHS 1.12 prints lines of its integer search whatever its option `disp` says (jump-dev/HiGHS.jl, issue
    312). They are caught at the file descriptor, which all threads share: what another one prints meanwhile
    waits until the end and isn't lost. One thread at a time.

    Parameters
    ----------
    start : bytes
        How the lines begin.
    """
    with _one_at_a_time:
        try:
            kept = os.dup(1)
        except OSError:
            # No standard output, nothing to keep clean.
            yield
            return
        with tempfile.TemporaryFile() as caught:
            _flush()
            os.dup2(caught.fileno(), 1)
            try:
                yield
            finally:
                _flush()
                os.dup2(kept, 1)
                caught.seek(0)
                for line in caught:
                    if not line.startswith(start):
                        _write(kept, line)
                os.close(kept)


def _flush() -> None:
    """Write out what Python and the C library still hold back."""
    if sys.stdout is not None:
        sys.stdout.flush()
    ctypes.CDLL(None).fflush(None)


def _write(descriptor: int, text: bytes) -> None:
    while text:
        text = text[os.write(descriptor, text) :]
