"""The note that an import of several files is under way, by which a domain left half-imported is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# In the folder of a domain: neither a seed nor a declaration to dbt, and gone with the folder.
NOTE = ".unfinished-import"


@dataclass(frozen=True)
class UnfinishedImport:
    """An import that was to move several files into a domain and didn't get to the end.

    Attributes
    ----------
    command : str
        What to run again.
    files : sequence of str
        Names of the files; each may be the earlier one or that of this import.
    """

    command: str
    files: Sequence[str]

    def write(self, path: Path) -> None:
        """Write the note.

        Parameters
        ----------
        path : Path
            A file in the staging folder, to be moved to `NOTE` in the domain's folder before all others.
        """
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")


def find_unfinished_import(domain_folder: Path) -> UnfinishedImport | None:
    """Return what the note in a domain's folder says.

    Parameters
    ----------
    domain_folder : Path
        For example seeds/kaggle/transactions.

    Returns
    -------
    UnfinishedImport or None
        None if there is no note: the files are of imports that got to the end.
    """
    path = domain_folder / NOTE
    return UnfinishedImport(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def command_to_run_again(seed_file: str) -> str:
    """Return by which command an interrupted import of a seed's domain is brought to its end.

    Parameters
    ----------
    seed_file : str
        Path of the seed.

    Returns
    -------
    str
        Empty if no import was interrupted.
    """
    unfinished = find_unfinished_import(Path(seed_file).parent)
    return unfinished.command if unfinished else ""
