"""The log of exported lists: who was handed to somebody, from which publication, when.

A file beside the published one, a line of JSON for each export, readable by its owner alone since it names
customers. Lines are only ever added, one writer at a time; two logs are joined by putting their lines into
one file. The next build counts the customers as contacted (`contact_pause_days`) and publishes all but their
numbers as `operations.exports`.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from bank_marketing.errors import UserError

BEGINS = b'{"export_id": "'


@dataclass(frozen=True)
class Export:
    """One export.

    Parameters
    ----------
    export_id : str
        Tells exports apart, wherever they were made.
    exported_at : str
        When, in UTC, as YYYY-MM-DDTHH:MM:SS.ffffff.
    domain, list_name : str
        The list.
    publication : int
        The publication that the list is of.
    file_format : str
        csv or parquet.
    is_expired : bool
        Whether the list was no longer valid.
    rows_exported, rows_left_out : int
        Rows of the file, and of the list that are not in it.
    sha256 : str
        Digest of the file, hexadecimal.
    customers : list of int
        Numbers of the customers in the file.
    """

    export_id: str
    exported_at: str
    domain: str
    list_name: str
    publication: int
    file_format: str
    is_expired: bool
    rows_exported: int
    rows_left_out: int
    sha256: str
    customers: list[int]


TYPES = {field.name: str(field.type) for field in fields(Export)}


def log_path(published: Path) -> Path:
    """Return where the exports of a published file are noted: warehouse/sample_exports.jsonl."""
    return published.with_name(f"{published.stem}_exports.jsonl")


def read_exports(path: Path) -> list[Export]:
    """Read a log.

    Parameters
    ----------
    path : Path
        The log; it need not exist. A last line that a killed export left unfinished doesn't count, since its
        file was never handed over.

    Returns
    -------
    list of Export
        Each export once, in the order of the file.

    Raises
    ------
    UserError
        If something else stands there.
    """
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            content = file.read()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UserError(
            f"{path}: the log of exports can't be read ({error.strerror}). {_advice()}"
        ) from error
    return _exports(path, content)


@contextmanager
def only_export(path: Path) -> Iterator[OpenLog]:
    """Hold a log for one export; another one waits.

    Parameters
    ----------
    path : Path
        The log; it is made where there is none.

    Yields
    ------
    OpenLog
        What was exported before, and the way to add to it.

    Raises
    ------
    UserError
        If it can't be written, or something else stands there.
    """
    try:
        number = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UserError(
            f"{path}: the log of exports can't be written ({error.strerror}). Nothing was exported: see to"
            " its rights and to the disk."
        ) from error
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        with os.fdopen(os.dup(number), "rb") as file:
            content = file.read()
        yield OpenLog(path, number, content, _exports(path, content))
    finally:
        os.close(number)


class OpenLog:
    """A log that nobody else writes to now.

    Attributes
    ----------
    exports : list of Export
        What was exported before.
    """

    def __init__(self, path: Path, number: int, content: bytes, exports: list[Export]) -> None:
        self.exports = exports
        self._path = path
        self._number = number
        self._whole = content.rfind(b"\n") + 1

    def add(self, export: Export) -> None:
        """Note an export: as a whole and on the disk, or not at all.

        Parameters
        ----------
        export : Export
            What is about to be handed over.

        Raises
        ------
        UserError
            If it can't be written.
        """
        line = f"{json.dumps(asdict(export))}\n".encode()
        try:
            os.ftruncate(self._number, self._whole)
            if os.write(self._number, line) < len(line):
                raise OSError(0, "the disk is full")
            os.fsync(self._number)
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self._number, self._whole)
            raise UserError(
                f"{self._path}: the log of exports can't be written ({error.strerror}). Nothing was exported."
            ) from error
        self._whole += len(line)
        self.exports.append(export)


def _exports(path: Path, content: bytes) -> list[Export]:
    *lines, unfinished = content.split(b"\n")
    if not unfinished.startswith(BEGINS[: len(unfinished)]):
        raise UserError(f"{path}, line {len(lines) + 1}: this is no export. {_advice()}")
    found: dict[str, Export] = {}
    for number, line in enumerate(lines, start=1):
        try:
            stated = json.loads(line)
        except ValueError:
            stated = None
        if not _is_export(stated):
            raise UserError(f"{path}, line {number}: this is no export. {_advice()}")
        found.setdefault(stated["export_id"], Export(**stated))
    return list(found.values())


def _is_export(stated: Any) -> bool:
    kinds = {"str": str, "int": int, "bool": bool, "list[int]": list}
    return (
        isinstance(stated, dict)
        and stated.keys() == TYPES.keys()
        and all(type(stated[name]) is kinds[kind] for name, kind in TYPES.items())
        and all(type(customer) is int for customer in stated["customers"])
    )


def _advice() -> str:
    return (
        "The log has a line of JSON for each export: put back the one that was there, or move this file away,"
        " and everybody on a list that was exported counts as contacted."
    )
