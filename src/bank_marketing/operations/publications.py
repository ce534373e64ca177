"""The number of the publication that a build is making."""

from typing import Any


def next_publication(log: Any) -> int:
    """Return the number of the next publication.

    Parameters
    ----------
    log : duckdb.DuckDBPyRelation
        The log of publications, with its column version.

    Returns
    -------
    int
        One more than the newest; 1 before the first.
    """
    ((newest,),) = log.aggregate("max(version)").fetchall()
    return (newest or 0) + 1
