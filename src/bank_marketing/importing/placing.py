"""The seed folder: what it lacks, its header-only stand-ins, and the move of prepared files into it."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.formats import SeedFormat, read_formats
from bank_marketing.project import HOUSES


def houses_with_files(seed_folder: Path) -> dict[str, list[str]]:
    """Tell which houses have all their raw files.

    Parameters
    ----------
    seed_folder : Path
        Folder of a seed set, for example seeds/kaggle; the declarations lie beside it in seeds/formats.

    Returns
    -------
    dict of str to list of str
        By house the names of the files it lacks; an empty list if it is complete. A file that isn't there, a
        broken link and a file without rows all count as lacking.
    """
    missing: dict[str, list[str]] = {}
    for seed_format in read_formats(seed_folder.parent / "formats"):
        lacking = missing.setdefault(seed_format.domain, [])
        if not is_there(seed_format, seed_folder):
            lacking.append(seed_format.file_name)
    return {house: missing[house] for house in HOUSES if house in missing}


def is_there(seed_format: SeedFormat, seed_folder: Path) -> bool:
    """Tell whether a raw file is there, with rows unless it may be empty.

    Parameters
    ----------
    seed_format : SeedFormat
        The raw file.
    seed_folder : Path
        Folder of a seed set.

    Returns
    -------
    bool
        False for a missing file, a broken link and a header-only stand-in.
    """
    path = seed_format.path_in(seed_folder)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        file.readline()
        return seed_format.may_be_empty or any(line.strip() for line in file)


def lay_stand_ins(seed_folder: Path, formats: Iterable[SeedFormat]) -> list[SeedFormat]:
    """Lay a file with nothing but the header where a raw file is missing, since dbt doesn't parse without.

    The build refuses such a file, so it never passes for data. Broken links are replaced.

    Parameters
    ----------
    seed_folder : Path
        Folder of a seed set.
    formats : iterable of SeedFormat
        All raw files.

    Returns
    -------
    list of SeedFormat
        Those that were missing.
    """
    laid = []
    for seed_format in formats:
        path = seed_format.path_in(seed_folder)
        if is_there(seed_format, seed_folder):
            continue
        laid.append(seed_format)
        if path.exists():
            continue  # Somebody's file without rows: dbt parses with it, and the build refuses it.
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(seed_format.headers)
    return laid


def move_into_place(staging: Path, seed_folder: Path, names: Iterable[Path]) -> None:
    """Move prepared files to their final places, all of them or none.

    A file that is replaced is never opened: it may be a link to somebody's input. If a move fails, those
    before it are taken back.

    Parameters
    ----------
    staging : Path
        Folder with the prepared files, on the file system of `seed_folder` and equally deep.
    seed_folder : Path
        Folder of the seed set.
    names : iterable of Path
        What was prepared, the same below both folders.

    Raises
    ------
    UserError
        If a folder stands where a file should; nothing is moved then.
    """
    moves = [(staging / name, seed_folder / name) for name in names]
    for _, target in moves:
        if target.is_dir():
            raise UserError(
                f"{target}: a folder stands where the file belongs. Move it away and import again."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
    backups = staging / "replaced"
    backups.mkdir()
    moved: list[tuple[Path, Path]] = []
    try:
        for source, target in moves:
            backup = backups / str(len(moved))
            moved.append((target, backup))
            if target.is_symlink() or target.exists():
                _keep(target, backup)
            source.replace(target)
    except BaseException:
        for target, backup in moved:
            if backup.is_symlink() or backup.exists():
                backup.replace(target)
            else:
                target.unlink(missing_ok=True)
        raise


def _keep(target: Path, backup: Path) -> None:
    """Give a file, or a link itself, a second name, so that it never lacks the first."""
    try:
        os.link(target, backup, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a file system without hard links
        target.rename(backup)
