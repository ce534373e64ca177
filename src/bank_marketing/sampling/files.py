"""What the sample generators of all domains share: the number of rows and the form of a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

LEAST_ROWS = 200


def rows_at_scale(scale: float, *, at_one: int, real: int) -> int:
    """Return the number of rows of a file that never outgrows the real one.

    Parameters
    ----------
    scale : float
        1 is what the project ships.
    at_one : int
        Rows at scale 1.
    real : int
        Rows of the whole real file.

    Returns
    -------
    int
        Rows in proportion to the scale, at least 200 and at most `real`.
    """
    return max(LEAST_ROWS, round(min(real, at_one * scale)))


def write_csv(path: Path, columns: dict[str, Sequence[Any]]) -> None:
    """Write columns of equal length as a CSV file with the line ends and number formats of Kaggle's files.

    Parameters
    ----------
    path : Path
        File to write; replaced if it exists.
    columns : dict of str to sequence
        Header names in their order, with Python values (not numpy's): whole numbers, text, or floats, which
        are written with the fewest digits that give the same float again.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
