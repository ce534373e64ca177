"""The key that a file was published with, told from others by its fingerprint."""

from pathlib import Path

import duckdb

from bank_marketing.subject_keys import stored_key


def published_key(connection: duckdb.DuckDBPyConnection, path: Path) -> bytes | None:
    """Return the key of a published file; whichever lies there if an earlier release didn't note which.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the published file attached as ``warehouse``.
    path : Path
        The file; its key lies beside it.

    Returns
    -------
    bytes or None
        None if there is no key.

    Raises
    ------
    UserError
        If another key lies there: nobody who objects to profiling would be found.
    """
    try:
        ((expected,),) = connection.execute(
            "select arg_max_null(key_fingerprint, version) from warehouse.operations.publications"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        expected = None
    return stored_key(path, expected)
