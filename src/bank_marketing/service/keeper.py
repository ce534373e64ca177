"""What decisions are made by, kept up to date: new publications, and what the log teaches, swapped as one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path

from sqlalchemy import Connection

from bank_marketing.errors import UserError, without_folders
from bank_marketing.service.deciding import State
from bank_marketing.service.learning import AT_ONCE, Learner
from bank_marketing.service.publication import DOMAIN, Publication
from bank_marketing.service.store import Store
from bank_marketing.serving.export_log import log_path
from bank_marketing.serving.permissions import reference_folder
from bank_marketing.serving.published_file import file_version
from bank_marketing.subject_keys import key_file

SECONDS, SECONDS_PER_LOOK = 0.05, 1.0
# So many outcomes may have to be replayed after a restart.
KEPT_AFTER = 500


class Keeper:
    """Follows publications and the log in a thread of its own.

    Parameters
    ----------
    store : Store
        The log.
    load : callable
        Reads the publication as it is now.
    stamp : callable
        Returns something that differs whenever there may be another one to read.
    """

    def __init__(self, store: Store, load: Callable[[], Publication], stamp: Callable[[], Hashable]) -> None:
        self._store, self._load, self._stamp = store, load, stamp
        self._line = store.kept()
        self._seen = stamp()
        # One value, so that the writer's thread never sees what one learner believes beside another.
        self._now = self._loaded()
        self._kept = self._now[0].position
        self._faulty = self._unlearned = ""
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    @property
    def state(self) -> State:
        """What to decide by: of one publication, whole."""
        return self._now[1]

    @property
    def problem(self) -> str:
        """What is wrong now, though decisions are made; empty if nothing is."""
        return self._faulty or self._unlearned

    @property
    def is_alive(self) -> bool:
        """Whether publications and outcomes are followed."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def close(self) -> None:
        """Follow no more."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(5)
        self._line.close()

    def look(self) -> None:
        """Take up another publication, if there is one; a faulty one leaves the last in use."""
        stamp = self._stamp()
        if stamp == self._seen:
            self._faulty = ""
            return
        try:
            loaded = self._loaded()
        except Exception as error:
            # Whoever asks for /health needs no key.
            self._faulty = without_folders(error if isinstance(error, UserError) else repr(error))
            return
        self._kept = loaded[0].position
        self._now = loaded
        self._seen, self._faulty = stamp, ""

    def catch_up(self) -> None:
        """Learn what the log has gained."""
        learner, state = self._now
        before = learner.position
        with self._line.use() as connection:
            _learn(learner, connection)
        if learner.position > before:
            self._now = learner, State(state.publication, learner.belief)

    def keep(self, connection: Connection) -> None:
        """Keep what was learned, now and then; for the writer, who alone writes."""
        learner, state = self._now
        if state.belief.learned_through >= self._kept + KEPT_AFTER:
            learner.keep(connection, state.belief)
            self._kept = state.belief.learned_through

    def _loaded(self) -> tuple[Learner, State]:
        publication = self._load()
        # What decisions need of it is made here, where nobody waits.
        _ = publication.own
        learner = Learner(publication.policy)
        with self._store.read() as connection:
            learner.resume(connection)
            _learn(learner, connection)
        return learner, State(publication, learner.belief)

    def _run(self) -> None:
        next_look = time.monotonic() + SECONDS_PER_LOOK
        while not self._end.wait(SECONDS):
            try:
                if time.monotonic() >= next_look:
                    self.look()
                    next_look = time.monotonic() + SECONDS_PER_LOOK
                self.catch_up()
                self._unlearned = ""
            except Exception as error:
                self._unlearned = f"outcomes aren't learned ({type(error).__name__})"
                self._end.wait(SECONDS_PER_LOOK)


def _learn(learner: Learner, connection: Connection) -> None:
    while learner.learn(connection) == AT_ONCE:
        pass


def file_stamp(warehouse: Path, day: Callable[[], Hashable]) -> Callable[[], Hashable]:
    """Return a stamp of all that `publication.read_publication` reads, and of the day.

    Parameters
    ----------
    warehouse : Path
        The published file.
    day : callable
        Returns today.

    Returns
    -------
    callable
        For `Keeper`.
    """
    folder = reference_folder(warehouse)
    names = ("do_not_contact_campaign_customers.csv", "contact_permissions_campaign_customers.csv")
    lookups = [folder / DOMAIN / name for name in names] if folder else []

    def stamp() -> Hashable:
        return (day(), *map(file_version, [warehouse, key_file(warehouse), log_path(warehouse), *lookups]))

    return stamp
