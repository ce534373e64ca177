"""Who withdrew a permission after a decision of the service: read from its log, without its packages."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path

from bank_marketing.errors import UserError

DATABASE, SQLITE = "DECISIONS_DATABASE", "sqlite:///"
QUERY = """
    select customer_id, case outcome when 'complained' then 'all' else campaign_channel end
    from outcomes
    where outcome in ('unsubscribed', 'complained') and customer_id is not null
"""


def withdrawals(warehouse: Path) -> list[tuple[int, str]]:
    """Return campaign customers with the channel that they withdrew, 'all' for all.

    Parameters
    ----------
    warehouse : Path
        The published file; the log is $DECISIONS_DATABASE, or lies beside it.

    Returns
    -------
    list of tuple of int and str
        None where there is no log.

    Raises
    ------
    UserError
        If it can't be read: nobody is contacted by mistake.
    """
    url = os.environ.get(DATABASE, "")
    if url and not url.startswith(SQLITE):
        address = url.replace("postgresql+psycopg:", "postgresql:", 1)
        try:
            with closing(import_module("psycopg").connect(address)) as connection:
                return list(connection.execute(QUERY).fetchall())
        except Exception as error:
            # Its text may name the password.
            raise _unread(f"${DATABASE}", type(error).__name__) from error
    path = Path(url.removeprefix(SQLITE)) if url else log_beside(warehouse)
    if not url and not path.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as log:
            return log.execute(QUERY).fetchall()
    except sqlite3.Error as error:
        raise _unread(str(path), str(error)) from error


def log_beside(warehouse: Path) -> Path:
    """Return where the log of decisions lies, unless another place is stated."""
    return warehouse.with_name(f"{warehouse.stem}_decisions.sqlite")


def _unread(log: str, reason: str) -> UserError:
    return UserError(f"{log}: the log of decisions can't be read ({reason}), and it says who unsubscribed.")
