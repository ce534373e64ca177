"""Whether a raw file was cut: far fewer rows than at the last publication, or a last line that breaks off."""

import csv
import os
from pathlib import Path

# A file with a smaller share of the rows of the last publication is worth a warning.
LEAST_SHARE = 0.9
# Longer last lines aren't judged.
TAIL = 1 << 20


def cut_file_warnings(path: str, rows_before: int, rows: int) -> list[str]:
    """Say what looks as if a file had been cut.

    Parameters
    ----------
    path : str
        The file, a CSV with a header, or a folder of such files.
    rows_before, rows : int
        Rows at the last publication, -1 if there was none, and now.

    Returns
    -------
    list of str
        At most one sentence for the rows and one for each file.
    """
    found = []
    if rows < LEAST_SHARE * rows_before:
        found.append(
            f"{path}: {rows:,} rows where the last publication had {rows_before:,}. If the file was cut on"
            " its way, bring it in again."
        )
    files = sorted(Path(path).glob("*.csv")) if Path(path).is_dir() else [Path(path)]
    found += [
        f"{file}: its last line has no end and too few fields. Was the file cut? Bring it in again."
        for file in files
        if file.is_file() and breaks_off(file)
    ]
    return found


def breaks_off(path: Path) -> bool:
    """Tell whether the last line of a CSV has no line end and fewer fields than the header.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    bool
        False where that can't be told, as within quotation marks.
    """
    with path.open("rb") as file:
        header = file.readline(TAIL)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(len(header), size - TAIL))
        lines = file.read().splitlines(keepends=True)
    if not lines or lines[-1].endswith((b"\n", b"\r")) or lines[-1].count(b'"') % 2:
        return False
    first, last = (
        next(csv.reader([line.decode("utf-8-sig", "replace")]), []) for line in (header, lines[-1])
    )
    return len(last) < len(first)
