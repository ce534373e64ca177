"""The names of the columns of a file, CSV or Parquet."""

import csv
from pathlib import Path

import duckdb

PARQUET = ".parquet"


def file_header(path: str) -> list[str]:
    """Return the names of a file's columns.

    Parameters
    ----------
    path : str
        Path of a CSV file, or of a Parquet file by its ending.

    Returns
    -------
    list of str
        The names as written, without byte-order mark; empty for an empty file.
    """
    if is_parquet(path):
        # Elsewhere than where SQL asks from, whose connection is at work.
        with duckdb.connect() as connection:
            return connection.read_parquet(path).columns if Path(path).stat().st_size else []
    with Path(path).open(encoding="utf-8-sig", errors="replace", newline="") as file:
        return next(csv.reader(file), [])


def is_parquet(path: str) -> bool:
    """Tell by its ending whether a file is Parquet."""
    return path.lower().endswith(PARQUET)
