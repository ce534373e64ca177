"""One writer a process: what waits together is written in one transaction, durable before it is answered."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bank_marketing.service.store import Store

MOST_TOGETHER, MOST_WAITING = 256, 4096

# Answers requests within a transaction, in their order; an exception is the answer of one of them.
Handler = Callable[[Connection, Sequence[Any]], Sequence[Any]]


class UnavailableError(Exception):
    """Nothing can be written now; whoever asked may try again."""


@dataclass(frozen=True)
class _Waiting:
    request: Any
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Any]


class Writer:
    """A thread that alone writes for this process.

    Parameters
    ----------
    store : Store
        The log.
    handle : callable
        Answers a batch of requests.
    tick : callable, optional
        What else there is to write, about every `seconds`.
    seconds : float
        See `tick`.
    """

    def __init__(
        self,
        store: Store,
        handle: Handler,
        tick: Callable[[Connection], None] | None = None,
        *,
        seconds: float = 1.0,
    ) -> None:
        self._store, self._handle, self._tick, self._seconds = store, handle, tick, seconds
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._gate = threading.Lock()
        self._in_hand: list[_Waiting] = []
        self._closed = ""
        self._trouble = ""
        self._line = store.kept()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str:
        """Why nothing can be written; empty if all is well."""
        return self._closed or self._trouble

    async def ask(self, request: Any) -> Any:
        """Have a request handled, and return its answer once that is durable.

        Parameters
        ----------
        request : any
            What `handle` takes.

        Returns
        -------
        any
            What `handle` returned for it.

        Raises
        ------
        UnavailableError
            If the writer is gone, the database is out of reach or too many wait already.
        Exception
            What `handle` has for an answer, or raised for this request alone.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(request, loop, loop.create_future())
        with self._gate:
            if self._closed:
                raise UnavailableError(self._closed)
            if self._queue.qsize() >= MOST_WAITING:
                raise UnavailableError(f"{MOST_WAITING} requests are waiting already")
            self._queue.put(waiting)
        return await waiting.answer

    def close(self, timeout: float = 10.0) -> None:
        """Write what waits, then end."""
        with self._gate:
            self._closed = self._closed or "the service is ending"
            self._queue.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        problem = "the service is ending"
        try:
            self._work()
        except BaseException as error:
            problem = f"the writer died ({type(error).__name__})"
            raise
        finally:
            with self._gate:
                self._closed = problem
                left = [self._queue.get_nowait() for _ in range(self._queue.qsize())]
            waiting = [*self._in_hand, *(one for one in left if one)]
            _answer(waiting, [UnavailableError(problem)] * len(waiting))
            self._line.close()

    def _work(self) -> None:
        next_tick = time.monotonic()
        while True:
            if self._tick and time.monotonic() >= next_tick:
                self._do_tick(self._tick)
                next_tick = time.monotonic() + self._seconds
            batch = self._next_batch(max(next_tick - time.monotonic(), 0) if self._tick else None)
            self._in_hand = [one for one in batch if one]
            if waiting := self._in_hand:
                _answer(waiting, self._answers([one.request for one in waiting]))
            self._in_hand = []
            if len(waiting) < len(batch):
                return

    def _next_batch(self, timeout: float | None) -> list[_Waiting | None]:
        """Return what waits by now, none if nothing came in time; None among them says to end."""
        batch: list[_Waiting | None] = []
        try:
            batch.append(self._queue.get(timeout=timeout))
            while batch[-1] and len(batch) < MOST_TOGETHER:
                batch.append(self._queue.get_nowait())
        except queue.Empty:
            pass
        return batch

    def _do_tick(self, tick: Callable[[Connection], None]) -> None:
        try:
            with self._transaction() as connection:
                tick(connection)
            self._trouble = ""
        except self._store.errors as error:
            self._trouble = _unreachable(error)

    def _answers(self, requests: Sequence[Any]) -> Sequence[Any]:
        """Answer a batch; if it fails as a whole, each request alone, so that only the bad one fails."""
        try:
            with self._transaction() as connection:
                answers = self._handle(connection, requests)
            self._trouble = ""
            return answers
        except Exception as error:
            if self._store.is_out_of_reach(error):
                self._trouble = _unreachable(error)
                return [UnavailableError(self._trouble)] * len(requests)
            if len(requests) == 1:
                return [error]
        return [self._answers([request])[0] for request in requests]

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._line.use() as connection, self._store.hold(connection):
            yield connection


def _unreachable(error: Exception) -> str:
    return f"the log can't be written ({type(error).__name__})"


def _answer(waiting: Sequence[_Waiting], answers: Sequence[Any]) -> None:
    """Hand answers over, waking each event loop once."""
    for loop in {one.loop for one in waiting}:
        own = [(one, answer) for one, answer in zip(waiting, answers, strict=True) if one.loop is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, own)


def _resolve(answered: Sequence[tuple[_Waiting, Any]]) -> None:
    for one, answer in answered:
        if one.answer.done():
            continue
        if isinstance(answer, Exception):
            one.answer.set_exception(answer)
        else:
            one.answer.set_result(answer)
