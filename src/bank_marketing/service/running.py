"""The parts of a running service, begun and ended together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from sqlalchemy import Connection

from bank_marketing.errors import UserError
from bank_marketing.service.deciding import Desk
from bank_marketing.service.keeper import Keeper, file_stamp
from bank_marketing.service.publication import Publication, read_publication
from bank_marketing.service.published_policy import from_artefact
from bank_marketing.service.rules import Rules, read_rules
from bank_marketing.service.store import Store
from bank_marketing.service.writer import Writer
from bank_marketing.serving.published import attach_published, newest_artefact
from bank_marketing.serving.published_file import published_file


@dataclass(frozen=True)
class Settings:
    """How a service is run.

    Parameters
    ----------
    warehouse : Path
        The published file.
    database : str
        URL of the log.
    rules : Path or None
        TOML file with rules of contact.
    """

    warehouse: Path
    database: str
    rules: Path | None = None


def utc_now() -> datetime:
    """Return the moment in UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


class Running:
    """A service that runs.

    Parameters
    ----------
    store : Store
        The log, which is closed with the service.
    load, stamp : callable
        Of the publication, see `Keeper`.
    rules : Rules
        Of contact.
    clock : callable
        Tells the time.
    rng : numpy.random.Generator, optional
        By default from the system's entropy.
    """

    def __init__(
        self,
        store: Store,
        load: Callable[[], Publication],
        stamp: Callable[[], Any],
        rules: Rules,
        *,
        clock: Callable[[], datetime] = utc_now,
        rng: np.random.Generator | None = None,
    ) -> None:
        self.store, self.rules = store, rules
        self.keeper = Keeper(store, load, stamp)
        self._desk = Desk(lambda: self.keeper.state, rules, clock, rng or np.random.default_rng())
        self.writer = Writer(store, self._desk.handle, self._tick)
        self.keeper.start()

    def close(self) -> None:
        """Write what waits, and end."""
        self.writer.close()
        self.keeper.close()
        self.store.close()

    def problem(self) -> str:
        """Say why decisions can't be made; empty if they can."""
        if self.writer.problem:
            return self.writer.problem
        return "" if self.keeper.is_alive else "the log and publications are followed no more"

    def _tick(self, connection: Connection) -> None:
        self._desk.tick(connection)
        self.keeper.keep(connection)


def start(settings: Settings) -> Running:
    """Begin a service on a published file.

    Parameters
    ----------
    settings : Settings
        Which file, which log, which rules.

    Returns
    -------
    Running

    Raises
    ------
    UserError
        If one of them won't do.
    """
    rules = read_rules(settings.rules)
    path = published_file(settings.warehouse)
    store = Store(settings.database)

    def load() -> Publication:
        return load_publication(path)

    return Running(store, load, file_stamp(path, lambda: utc_now().date()), rules)


def load_publication(path: Path) -> Publication:
    """Read the publication that a file holds now, with its policy.

    Parameters
    ----------
    path : Path
        The published file.

    Returns
    -------
    Publication

    Raises
    ------
    UserError
        If it has no policy, or lacks something else.
    """
    # It loads scikit-learn, which who reads the log alone needn't.
    task = import_module("bank_marketing.campaigns.policy_fit").TASK
    try:
        with duckdb.connect() as connection:
            attach_published(connection, path)
            version, artefact = newest_artefact(connection, path, task)
        return read_publication(path, from_artefact(artefact, version), utc_now().date())
    except duckdb.Error as error:
        raise UserError(f"{path}: it can't be read ({str(error).splitlines()[0][:200]}).") from error
