"""The move of prepared files into the seed folder, all of them or none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bank_marketing.errors import UserError
from bank_marketing.seeds.unfinished_imports import NOTE, UnfinishedImport, find_unfinished_import


def move_into_place(staging: Path, seed_folder: Path, names: Sequence[Path], command: str = "") -> None:
    """Move prepared files to their final places, all of them or none.

    Both folders are on one file system and equally deep; `names` are the same below both, in the order of
    the moves. A file that is replaced is never opened: it may be a link to somebody's input. If a move fails,
    those before it are taken back. If the process is killed, a note with the command to run again stays in
    each domain that was to get several raw files: no build takes it until they are all brought in.
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
