"""The files of a seed set: which are there, and header-only placeholders for the others."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.project import DOMAINS
from bank_marketing.seeds.formats import SeedFormat, read_formats
from bank_marketing.seeds.line_counts import has_rows
from bank_marketing.seeds.parts import comes_in_parts, parts_folder
from bank_marketing.seeds.unfinished_imports import find_unfinished_import


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
        False for a missing file, a broken link and a header-only placeholder; True for a folder of parts.
    """
    path = seed_format.path_in(seed_folder)
    if seed_format.parts_by and comes_in_parts(path):
        return True
    return path.is_file() and (seed_format.may_be_empty or has_rows(path))


def refuse_unknown_parts(seed_folder: Path, formats: Iterable[SeedFormat]) -> None:
    """Refuse what lies among the parts of a seed set and stands for no raw file: nothing would read it.

    Parameters
    ----------
    seed_folder : Path
        Folder of a seed set.
    formats : iterable of SeedFormat
        All raw files.

    Raises
    ------
    UserError
        If there is something of another name, such as a misspelt one.
    """
    known = [parts_folder(found.path_in(seed_folder)).name for found in formats if found.parts_by]
    for path in sorted((seed_folder.parent / "parts" / seed_folder.name).glob("[!.]*")):
        if path.name not in known:
            raise UserError(
                f"{path}: nothing reads it, expected {' or '.join(known)} there. Rename it, or move it away."
            )


def lay_placeholders(seed_folder: Path, formats: Iterable[SeedFormat]) -> list[SeedFormat]:
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
        if not is_there(seed_format, seed_folder):
            laid.append(seed_format)
        if path.exists():
            continue  # Also somebody's file without rows: dbt parses with it, and the build refuses it.
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        with path.open("x", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(seed_format.headers)
    return laid
