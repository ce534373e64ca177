"""The service's log of decisions, looked into; one that isn't there yet isn't made."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from bank_marketing.errors import UserError
from bank_marketing.service.explaining import find_decisions
from bank_marketing.service.store import Store
from bank_marketing.web.asked import customer_number

POPULATION = "campaign_customers"


class Log:
    """A log of decisions.

    Parameters
    ----------
    url : str
        As `Store` wants it; empty for none.
    """

    def __init__(self, url: str = "") -> None:
        self._url, self._lock = url, threading.Lock()
        self._store: Store | None = None

    def find(self, wanted: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Return decisions with their outcomes, the oldest first.

        Parameters
        ----------
        wanted : str
            Name of a decision, or number of a campaign customer.

        Returns
        -------
        list of tuple
            As `find_decisions` returns them.

        Raises
        ------
        UserError
            If there is no log.
        """
        number = customer_number(wanted)
        try:
            with self._opened().read() as connection:
                found = find_decisions(connection, decision_id=wanted)
                if number is not None and not found:
                    found = find_decisions(connection, population=POPULATION, customer_id=number)
                return found
        except SQLAlchemyError as error:
            raise UserError("The log of decisions can't be read now.") from error

    def close(self) -> None:
        """Close it."""
        if self._store:
            self._store.close()

    def _opened(self) -> Store:
        with self._lock:
            if self._store is None:
                if not self._url or _is_missing(self._url):
                    raise UserError("There is no log of decisions yet: bank-marketing serve keeps one.")
                self._store = Store(self._url)
            return self._store


def _is_missing(url: str) -> bool:
    made = make_url(url)
    return made.get_backend_name() == "sqlite" and not Path(made.database or "").is_file()
