"""One import into a seed set at a time, and the folder in which it is made ready: gone however it ends."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from bank_marketing.errors import UserError

# Beside the seed set, not in it: dbt reads what is in it, and a refused import doesn't even make it.
PREFIX = ".import-"
# `kill`, a shutdown and a closed terminal; Python itself ends on Ctrl-C with an exception.
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def staging_folder(seed_folder: Path) -> Iterator[Path]:
    """Keep other imports out of a seed set, and make an empty folder beside it."""
    place = seed_folder.resolve()
    folder = place.with_name(f"{PREFIX}{place.name}")
    with _signals_as_exceptions(), _locked(folder, waits_for=f"{place.parent.name}/{place.name}"):
        _sweep(place.parent)
        if folder.exists():
            shutil.rmtree(folder)  # of an import that was killed
        folder.mkdir(mode=0o700)
        try:
            yield folder
        except OSError as error:
            if error.errno in NO_ROOM and error.filename is None:
                error.filename = str(seed_folder)  # a write only knows that some disk is full
            raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove the folders of imports into other seed sets that no longer live."""
    for folder in parent.glob(f"{PREFIX}*"):
        if folder.is_dir() and not folder.is_symlink():
            # A living import, this one among them, holds the lock; somebody else's may not be touched.
            with suppress(OSError), _locked(folder):
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _locked(folder: Path, *, waits_for: str = "") -> Iterator[None]:
    """Hold the lock of a folder; without `waits_for` a lock that is held is a `BlockingIOError`."""
    path = folder.with_name(f"{folder.name}.lock")
    while True:
        with path.open("a") as file:
            _lock(file, path, waits_for)
            if not (path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())):
                continue  # the import that held it has removed it, so the next one locks another file
            try:
                yield
            finally:
                path.unlink(missing_ok=True)
            return


def _lock(file: TextIO, path: Path, waits_for: str) -> None:
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not waits_for:
                raise
            print(f"Waiting for another import into {waits_for} to end ...", file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
    except BlockingIOError:
        raise
    except OSError as error:
        raise UserError(
            f"{path.parent}: its file system can't lock a file ({error.strerror}), so two imports at once"
            " would mix. Put the seed set on another disk, and a link to it in its place."
        ) from error


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
