"""One publication, open for questions: whoever asks it twice hears of the same one."""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from bank_marketing.errors import UserError
from bank_marketing.serving.current_lists import CurrentList, current_list
from bank_marketing.serving.domains import FILES, is_lacking
from bank_marketing.serving.export_log import log_path, read_exports
from bank_marketing.serving.lists import PublishedList
from bank_marketing.serving.permissions import forbidden_rows, reference_folder
from bank_marketing.serving.populations import POPULATIONS, Population
from bank_marketing.serving.published import (
    ANEW,
    LACKING,
    PublishedModel,
    attach_published,
    newest_model,
    shut,
)
from bank_marketing.serving.published_file import file_version
from bank_marketing.serving.published_key import published_key
from bank_marketing.serving.tasks import Served
from bank_marketing.subject_keys import hashed_subject, key_file

Row = dict[str, Any]


@dataclass(frozen=True)
class Rules:
    """What holds today for the customers of a population.

    Parameters
    ----------
    forbidden : set of int
        Who may not be contacted.
    opposed, hashes : set of int
        Who objects to profiling, by number in the lookups and by keyed hash in the published file.
    key : bytes or None
        Of the hashes.
    """

    forbidden: frozenset[int]
    opposed: frozenset[int]
    hashes: frozenset[int]
    key: bytes | None

    def objects(self, customer: int) -> bool:
        """Tell whether a customer objects to profiling."""
        if customer in self.opposed:
            return True
        return bool(self.hashes) and hashed_subject(customer, self.key) in self.hashes


class Opened:
    """A published file as it is now, with permissions as of a day.

    Parameters
    ----------
    warehouse : Path
        The file; only read.
    today : date
        Day on which permissions have to hold.

    Attributes
    ----------
    number : int
        Of the publication.

    Raises
    ------
    UserError
        If it is no published file.
    """

    def __init__(self, warehouse: Path, today: date) -> None:
        self.warehouse, self.today = warehouse, today
        self._connection = duckdb.connect()
        self._lock, self._kept = threading.Lock(), dict[Hashable, Any]()
        attach_published(self._connection, warehouse)
        # Lookups may be links.
        shut(self._connection, tempfile.gettempdir(), *(file.resolve().parent for file in lookups(warehouse)))
        found = self.rows("select max(version) as number from warehouse.operations.publications")
        self.number = int(found[0]["number"] or 0)

    @contextmanager
    def connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield a connection of one's own to the file, attached as ``warehouse``."""
        with self._connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def undone(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Yield such a connection, on which all that is made is undone at the end; one at a time."""
        with self.connection() as connection:
            connection.begin()
            try:
                yield connection
            finally:
                connection.rollback()

    def rows(self, query: str, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Return what a query finds, in values that JSON has.

        Parameters
        ----------
        query : str
            It reads the file as ``warehouse``.
        parameters : mapping of str to any, optional
            Of the query.

        Returns
        -------
        list of dict
            One for each row.

        Raises
        ------
        UserError
            If the file lacks a table or a column.
        """
        with self._found(query, parameters or {}) as found:
            return _plain_rows(found)

    def frame(self, query: str) -> pd.DataFrame:
        """Return what a query finds as a table, as `rows` does for few."""
        with self._found(query, {}) as found:
            return found.df()

    @contextmanager
    def _found(self, query: str, parameters: Mapping[str, Any]) -> Iterator[duckdb.DuckDBPyConnection]:
        with self.connection() as connection:
            try:
                yield connection.execute(query, parameters)
            except LACKING as error:
                for domain in re.findall(r"warehouse\.(\w+)\.", query):
                    self.need(domain)
                raise UserError(f"It isn't published here ({str(error).splitlines()[0]}). {ANEW}") from error

    def lacks(self, domain: str) -> bool:
        """Tell whether nothing of a domain is in the file, as its files weren't there."""
        if domain not in FILES:
            # Nor is it asked which are published, which `operations` itself says.
            return False
        published: set[str] | None = self._once("domains", self._read_domains)
        return published is not None and domain not in published

    def need(self, domain: str) -> None:
        """Refuse what is of a domain that the file lacks as a whole."""
        if self.lacks(domain):
            raise UserError(is_lacking(domain))

    def rules(self, population: Population) -> Rules:
        """Return what holds for the customers of a population."""
        found: Rules = self._once(population.population, partial(self._read_rules, population))
        return found

    def list_rows(self, published: PublishedList) -> tuple[CurrentList, list[Row]]:
        """Return a list as it may be used now, as `export` has it."""
        self.need(published.domain)
        found: tuple[CurrentList, list[Row]] = self._once(published.name, partial(self._read_list, published))
        return found

    def model(self, served: Served) -> PublishedModel:
        """Return the newest version of a model."""
        with self.connection() as connection:
            read = partial(newest_model, connection, self.warehouse, served)
            found: PublishedModel = self._once(served.name, read)
        return found

    def _once(self, name: Hashable, read: Callable[[], Any]) -> Any:
        with self._lock:
            if name not in self._kept:
                self._kept[name] = read()
            return self._kept[name]

    def _read_domains(self) -> set[str] | None:
        try:
            rows = self.rows("""
                select concat_ws(', ', domains_built, domains_kept) as domains
                from warehouse.operations.publications order by version desc limit 1
            """)
        except UserError:
            return None
        return {domain.strip() for domain in rows[0]["domains"].split(",")} if rows else None

    def _read_rules(self, population: Population) -> Rules:
        with self.connection() as connection:
            condition, _ = forbidden_rows(
                connection, population, reference_folder(self.warehouse), self.today
            )
            forbidden = connection.execute(
                f"select {population.key} from (select distinct subject_id as {population.key}"
                f" from permissions) where {condition}",
                {"today": self.today},
            ).fetchall()
            opposed = connection.execute(
                "select subject_id from permissions where purpose = 'profiling' and not is_permitted"
            ).fetchall()
            try:
                hashes = connection.execute(
                    "select subject_hash from warehouse.operations.profiling_objections"
                    " where domain = $domain",
                    {"domain": population.domain},
                ).fetchall()
            except LACKING:
                hashes = []
            key = published_key(connection, self.warehouse)
        if hashes and key is None:
            raise UserError(
                f"{len(hashes):,} customers object to profiling, and only with"
                f" {key_file(self.warehouse).name} can be told who. Put it beside the published file."
            )
        return Rules(
            forbidden=frozenset(number for (number,) in forbidden),
            opposed=frozenset(number for (number,) in opposed),
            hashes=frozenset(hashed for (hashed,) in hashes),
            key=key,
        )

    def _read_list(self, published: PublishedList) -> tuple[CurrentList, list[Row]]:
        with self.connection() as connection:
            current = current_list(
                connection, published, self.warehouse, read_exports(log_path(self.warehouse)), self.today
            )
            rows = connection.execute(f"select * from exported order by {published.rank}, {published.key}")
            return current, _plain_rows(rows)


class Shelf:
    """The publication that is current, opened anew when the file, its lookups or the day change.

    Parameters
    ----------
    warehouse : Path
        The published file.
    day : callable
        Returns today.
    """

    def __init__(self, warehouse: Path, day: Callable[[], date]) -> None:
        self._warehouse, self._day = warehouse, day
        self._watched = [warehouse, key_file(warehouse), log_path(warehouse), *lookups(warehouse)]
        self._lock = threading.Lock()
        self._seen: Hashable = None
        self._opened: Opened | None = None

    def current(self) -> Opened:
        """Return the publication as it is now.

        Returns
        -------
        Opened
            Of one publication, whatever is published meanwhile.

        Raises
        ------
        UserError
            If there is none.
        """
        with self._lock:
            today = self._day()
            stamp = (today, *map(file_version, self._watched))
            if self._opened is None or stamp != self._seen:
                self._opened, self._seen = Opened(self._warehouse, today), stamp
            return self._opened


def lookups(warehouse: Path) -> list[Path]:
    """Return the files that say who may be contacted, of the checkout that goes with a published file."""
    folder = reference_folder(warehouse)
    return [
        folder / one.domain / f"{kind}_{one.population}.csv"
        for one in POPULATIONS.values()
        for kind in ("do_not_contact", "contact_permissions")
        if folder
    ]


def plain(value: Any) -> Any:
    """Return a value of DuckDB as JSON has it; what is no number is null."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Decimal):
        value = float(value)
    return None if isinstance(value, float) and not isfinite(value) else value


def _plain_rows(found: duckdb.DuckDBPyConnection) -> list[Row]:
    names: Sequence[str] = [column[0] for column in found.description or ()]
    return [dict(zip(names, map(plain, row), strict=True)) for row in found.fetchall()]
