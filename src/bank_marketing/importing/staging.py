"""The folder in which an import is made ready: gone when the import ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = ".import-"
# `kill`, a shutdown and a closed terminal; Python itself ends on Ctrl-C with an exception.
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def staging_folder(parent: Path) -> Iterator[Path]:
    """Make an empty folder, and sweep those of imports that were killed.

    A living import holds a lock on its folder, which the system takes back from a dead one.

    Parameters
    ----------
    parent : Path
        Where to make it.

    Yields
    ------
    Path
        The folder; it is removed afterwards, on SIGTERM and SIGHUP, too.
    """
    with _signals_as_exceptions():
        sweep(parent)
        folder, lock = _locked_folder(parent)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def sweep(parent: Path) -> None:
    """Remove the folders of imports that no longer live.

    Parameters
    ----------
    parent : Path
        Where `staging_folder` made them.
    """
    for folder in parent.glob(f"{PREFIX}*"):
        if folder.is_symlink() or not folder.is_dir():
            continue
        try:
            lock = os.open(folder, os.O_RDONLY)
        except OSError:
            continue  # gone by now, or somebody else's
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            pass  # an import is at work there
        finally:
            os.close(lock)


def _locked_folder(parent: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.is_dir():
            return folder, lock
        os.close(lock)  # another import swept it between the two lines


@contextmanager
def _signals_as_exceptions() -> Iterator[None]:
    """End by an exception where a signal would end the process on the spot."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    before = {number: signal.signal(number, _leave) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: object) -> None:
    raise SystemExit(128 + number)
