"""The seed folder: what it lacks, its header-only stand-ins, and the move of prepared files into it."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.project import DOMAINS
from bank_marketing.seeds.formats import SeedFormat, read_formats
from bank_marketing.seeds.unfinished_imports import NOTE, UnfinishedImport, find_unfinished_import


def domains_with_files(seed_folder: Path) -> dict[str, list[str]]:
    """Tell which domains have all their raw files.

    Parameters
    ----------
    seed_folder : Path
        Folder of a seed set, for example seeds/kaggle; the declarations lie beside it in seeds/formats.

    Returns
    -------
    dict of str to list of str
        By domain what it lacks, mostly names of files; an empty list if it is complete. A file that isn't
        there, a broken link and a file without rows all count as lacking; one that may be empty never does.
        A domain also lacks the rest of an import that was interrupted.
    """
    missing: dict[str, list[str]] = {}
    for seed_format in read_formats(seed_folder.parent / "formats"):
        lacking = missing.setdefault(seed_format.domain, [])
        if not seed_format.may_be_empty and not is_there(seed_format, seed_folder):
            lacking.append(seed_format.file_name)
    for domain, lacking in missing.items():
        if unfinished := find_unfinished_import(seed_folder / domain):
            lacking.append(f"the rest of an interrupted import (run it again: {unfinished.command})")
    return {domain: missing[domain] for domain in DOMAINS if domain in missing}


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
    return path.is_file() and (seed_format.may_be_empty or has_rows(path))


def has_rows(path: Path) -> bool:
    """Tell whether a file has more than its header."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        file.readline()
        return any(line.strip() for line in file)


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


def move_into_place(staging: Path, seed_folder: Path, names: Sequence[Path], command: str = "") -> None:
    """Move prepared files to their final places, all of them or none.

    A file that is replaced is never opened: it may be a link to somebody's input. If a move fails, those
    before it are taken back. If the process is killed, a note stays in each domain that was to get several
    raw files: no build takes it until they are all brought in.

    Parameters
    ----------
    staging : Path
        Folder with the prepared files, on the file system of `seed_folder` and equally deep.
    seed_folder : Path
        Folder of the seed set.
    names : sequence of Path
        What was prepared, the same below both folders, in the order of the moves.
    command : str
        What to run again if this import is interrupted; of use only where a domain gets several raw files.

    Raises
    ------
    UserError
        If a folder stands where a file should, or if this is only a part of an import that was interrupted;
        nothing is moved then.
    """
    notes = _write_notes(staging, seed_folder, names, command)
    moves = [(staging / name, seed_folder / name) for name in [*notes, *names]]
    for _, target in moves:
        if target.is_dir():
            raise UserError(
                f"{target}: a folder stands where the file belongs. Move it away and import again."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
    for source, _ in moves:
        # Made by this import, and it may hold personal data; a link leads to somebody's own file.
        if not source.is_symlink():
            source.chmod(0o600)
    backups = staging / "replaced"
    backups.mkdir()
    moved: list[tuple[Path, Path, Path]] = []
    try:
        for source, target in moves:
            backup = backups / str(len(moved))
            moved.append((source, target, backup))
            if os.path.lexists(target):
                _keep(target, backup)
            source.replace(target)
    except BaseException:
        for move in reversed(moved):  # the notes last
            _take_back(*move)
        raise
    for note in notes:
        (seed_folder / note).unlink()


def _write_notes(staging: Path, seed_folder: Path, names: Sequence[Path], command: str) -> list[Path]:
    notes = []
    by_domain: dict[Path, list[str]] = {}
    for name in names:
        if name.suffix == ".csv":  # numbers of keys are moved first, and fit any file of the domain
            by_domain.setdefault(name.parent, []).append(name.name)
    for domain, files in by_domain.items():
        unfinished = find_unfinished_import(seed_folder / domain)
        if unfinished and not set(files).issuperset(unfinished.files):
            raise UserError(
                f"{seed_folder / domain}: an import was interrupted here, so {', '.join(unfinished.files)}"
                f" may not belong together. Run it again first: {unfinished.command}\n"
                "  Or delete the folder and import all files of the domain."
            )
        if len(files) > 1:
            notes.append(domain / NOTE)
            UnfinishedImport(command, files).write(staging / domain / NOTE)
    return notes


def _take_back(source: Path, target: Path, backup: Path) -> None:
    if os.path.lexists(source) and os.path.lexists(target):
        return  # it failed before the move
    if os.path.lexists(backup):
        backup.replace(target)
    else:
        target.unlink(missing_ok=True)


def _keep(target: Path, backup: Path) -> None:
    """Give a file, or a link itself, a second name, so that it never lacks the first."""
    try:
        os.link(target, backup, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a file system without hard links
        target.rename(backup)
