"""Which files are there: files, folders and zip archives, each file with what its content says it is."""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from bank_marketing.errors import UserError

Kind = Literal["csv", "xlsx", "json", "zip", "unreadable"]

TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".json")
# Real CSV files shrink to a fifth to a twentieth; what shrinks to less than this is made to fill the disk.
LARGEST_RATIO = 200
SMALL_MEMBER = 10_000_000

ZIP_IN_ZIP = "a zip archive within a zip archive. Unpack the outer one first and name what is in it."
WEB_PAGE = "a web page, not data, as a download without a login gives. Log in and download it again."
# What stands in the place of data, by its first bytes, and what to do.
STRANGERS = {
    b"version https://git-lfs": "a Git LFS pointer, which names the data without holding them. Run 'git"
    " lfs pull' where the file comes from, or download the file itself.",
    b"\xd0\xcf\x11\xe0": "a workbook of old Excel (.xls). Save it as .xlsx or CSV.",
    b"<!doctype html": WEB_PAGE,
    b"<html": WEB_PAGE,
    b"\x1f\x8b": "a file compressed with gzip. Unpack it first.",
    b"par1": "a Parquet file. Save it as CSV.",
}


@dataclass(frozen=True)
class Candidate:
    """A file that may be one of Kaggle's."""

    path: Path
    label: str
    name: str
    kind: Kind
    is_named: bool = False
    is_extracted: bool = False
    problem: str | None = None


def find_candidates(paths: Iterable[Path], scratch: Path) -> Iterator[Candidate]:
    """Find all files that may be Kaggle's."""
    for path in paths:
        if path.is_dir():
            for found in _files_below(path):
                yield from _from_file(found, is_named=False, scratch=scratch)
        elif path.is_file():
            yield from _from_file(path, is_named=True, scratch=scratch)
        else:
            raise UserError(
                f"{path}: no such file or folder. Name the files as downloaded, or a folder with them."
            )


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted(files):
            path = Path(parent) / name
            if path.suffix.lower() in (*TABLES, ".zip") and not _is_hidden(name) and path.is_file():
                yield path


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$", "__MACOSX"))


def _from_file(path: Path, *, is_named: bool, scratch: Path) -> list[Candidate]:
    found = _candidate(path, str(path), path.name, is_named=is_named)
    if found.kind != "zip":
        return [found]
    try:
        return _from_archive(path, scratch)
    except UnreadableError as error:
        return [replace(found, kind="unreadable", problem=str(error))]


def _candidate(
    path: Path, label: str, name: str, *, is_named: bool = False, is_extracted: bool = False
) -> Candidate:
    try:
        return Candidate(path, label, name, _kind(path), is_named, is_extracted)
    except UnreadableError as error:
        return Candidate(path, label, name, "unreadable", is_named, is_extracted, str(error))


class UnreadableError(UserError):
    """A file that can't be read; the message says why and what to do."""


def _kind(path: Path) -> Kind:
    """Tell by the first bytes what a file is; names lie."""
    try:
        with path.open("rb") as file:
            start = file.read(512)
    except OSError as error:
        raise UnreadableError(f"it can't be read ({error.strerror})") from error
    if not start.strip():
        raise UnreadableError(f"the file is empty ({path.stat().st_size} bytes). Download it again.")
    for beginning, problem in STRANGERS.items():
        if start.lstrip().lower().startswith(beginning):
            raise UnreadableError(problem)
    if start.startswith(b"PK"):
        try:
            with zipfile.ZipFile(path) as archive:
                return "xlsx" if "xl/workbook.xml" in archive.namelist() else "zip"
        except zipfile.BadZipFile as error:
            raise UnreadableError(_broken(error)) from error
    if path.suffix.lower() == ".zip":
        raise UnreadableError(f"no zip archive: it begins with {start[:20]!r}. Download it again.")
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return "json"
    return "csv"


def _from_archive(path: Path, scratch: Path) -> list[Candidate]:
    """Take the tables out under names of ours, so that no name in the archive can lead outwards."""
    found = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if _ends_in(member, (*TABLES, ".zip"))]
            _refuse_bomb([member for member in members if _ends_in(member, TABLES)], scratch)
            for member in members:
                label, name = f"{path}: {member.filename}", PurePosixPath(member.filename).name
                made = Candidate(path, label, name, "zip")
                if _ends_in(member, TABLES):
                    copy_path = scratch / str(len(list(scratch.iterdir())))
                    with archive.open(member) as source, copy_path.open("wb") as copy:
                        shutil.copyfileobj(source, copy, 1 << 20)
                    made = _candidate(copy_path, label, name, is_extracted=True)
                is_zip = made.kind == "zip"
                found.append(replace(made, kind="unreadable", problem=ZIP_IN_ZIP) if is_zip else made)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise UnreadableError(_broken(error)) from error
    return found


def _ends_in(member: zipfile.ZipInfo, endings: tuple[str, ...]) -> bool:
    name = PurePosixPath(member.filename)
    hidden = any(_is_hidden(part) for part in name.parts if part != "..")
    return not member.is_dir() and name.suffix.lower() in endings and not hidden


def _refuse_bomb(members: list[zipfile.ZipInfo], scratch: Path) -> None:
    for member in members:
        refuse_ratio(member)
    needed, free = sum(member.file_size for member in members), shutil.disk_usage(scratch).free
    packed = sum(member.compress_size for member in members)
    if needed > max(SMALL_MEMBER, LARGEST_RATIO * packed):
        raise UnreadableError(
            f"its {len(members):,} files would unpack from {packed:,} to {needed:,} bytes, more than"
            f" {LARGEST_RATIO} to 1, as no data do. They were not unpacked."
        )
    if needed > free:
        raise UnreadableError(
            f"it unpacks to {needed:,} bytes, but only {free:,} are free. Make room and try again."
        )


def refuse_ratio(member: zipfile.ZipInfo) -> None:
    """Refuse a part of an archive that is made to fill disk or memory."""
    if member.file_size > max(SMALL_MEMBER, LARGEST_RATIO * member.compress_size):
        raise UnreadableError(
            f"{member.filename} would unpack from {member.compress_size:,} to {member.file_size:,} bytes,"
            f" more than {LARGEST_RATIO} to 1, as no data do. It was not unpacked."
        )


def _broken(error: Exception) -> str:
    return f"it can't be unpacked ({error}), it may be cut off. Download it again."
