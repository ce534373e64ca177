"""Which files are there: files, folders and zip archives, each file with what its content says it is."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath, PurePosixPath
from typing import Literal

from bank_marketing.errors import UserError

Kind = Literal["csv", "xlsx", "json", "zip", "unreadable"]

TABLES = (".csv", ".tsv", ".xlsx", ".xls", ".json")
# Real CSV files shrink to a fifth to a twentieth; what shrinks to less than this is made to fill the disk.
LARGEST_RATIO = 200
SMALL_MEMBER = 10_000_000
BAD_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
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
    """A file that may hold a table."""

    path: Path
    label: str
    name: str
    kind: Kind
    is_named: bool = False
    is_extracted: bool = False
    problem: str | None = None


class UnreadableError(UserError):
    """A file that can't be read; the message says why and what to do."""


def find_candidates(paths: Iterable[Path], scratch: Path) -> Iterator[Candidate]:
    """Find all files that may hold a table; what is in archives is unpacked to `scratch`."""
    for path in paths:
        if path.is_file():
            yield from _from_file(Candidate(path, str(path), path.name, "csv", is_named=True), scratch)
        elif path.is_dir():
            for found in sorted(path.rglob("*")):
                if _may_be_table(found.relative_to(path), (*TABLES, ".zip")) and found.is_file():
                    yield from _from_file(Candidate(found, str(found), found.name, "csv"), scratch)
        else:
            raise UserError(
                f"{path}: no such file or folder. Name the files as downloaded, or a folder with them."
            )


def _may_be_table(name: PurePath, endings: tuple[str, ...]) -> bool:
    is_hidden = any(part != ".." and part.startswith((".", "~$", "__MACOSX")) for part in name.parts)
    return name.suffix.lower() in endings and not is_hidden


def _from_file(file: Candidate, scratch: Path) -> list[Candidate]:
    found = _with_kind(file)
    try:
        return _from_archive(found.path, scratch) if found.kind == "zip" else [found]
    except UnreadableError as error:
        return [replace(found, kind="unreadable", problem=str(error))]


def _with_kind(file: Candidate) -> Candidate:
    try:
        return replace(file, kind=_kind(file.path))
    except UnreadableError as error:
        return replace(file, kind="unreadable", problem=str(error))


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
    return "json" if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else "csv"


def _from_archive(path: Path, scratch: Path) -> list[Candidate]:
    """Take the tables out under names of ours, so that no name in the archive can lead outwards."""
    found = []
    try:
        with zipfile.ZipFile(path) as archive:
            names = {m: PurePosixPath(m.filename) for m in archive.infolist() if not m.is_dir()}
            tables = [member for member, name in names.items() if _may_be_table(name, TABLES)]
            refuse_bomb(tables, shutil.disk_usage(scratch).free)
            for member, name in names.items():
                if not _may_be_table(name, (*TABLES, ".zip")):
                    continue
                made = Candidate(path, f"{path}: {member.filename}", name.name, "zip")
                if member in tables:
                    unpacked = scratch / str(len(list(scratch.iterdir())))
                    with archive.open(member) as source, unpacked.open("wb") as copy:
                        shutil.copyfileobj(source, copy, 1 << 20)
                    made = _with_kind(replace(made, path=unpacked, is_extracted=True))
                is_zip = made.kind == "zip"
                found.append(replace(made, kind="unreadable", problem=ZIP_IN_ZIP) if is_zip else made)
    except BAD_ARCHIVE as error:
        raise UnreadableError(_broken(error)) from error
    return found


def refuse_bomb(members: Sequence[zipfile.ZipInfo], free: int | None = None) -> None:
    """Refuse parts of an archive that are made to fill disk or memory, each and together."""
    for group in [*([member] for member in members), members]:
        packed, needed = sum(m.compress_size for m in group), sum(m.file_size for m in group)
        if needed > max(SMALL_MEMBER, LARGEST_RATIO * packed):
            name = group[0].filename if len(group) == 1 else f"its {len(group):,} files"
            raise UnreadableError(
                f"{name} would unpack from {packed:,} to {needed:,} bytes, more than {LARGEST_RATIO} to 1, as"
                " no data do. It was not unpacked."
            )
        if free is not None and needed > free:
            raise UnreadableError(f"it unpacks to {needed:,} bytes, but only {free:,} are free. Make room.")


def _broken(error: Exception) -> str:
    return f"it can't be unpacked ({error}), it may be cut off. Download it again."
