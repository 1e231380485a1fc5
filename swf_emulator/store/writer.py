"""The journal of all engines: one thread, one commit for all changes that wait at that moment.

::

    engines ─▶ submit ─▶ queue ─▶ write, one commit ─▶ settle: the answers leave
                                        │ fails
                                        ▼
                   all that waits is lost, calls get a 5xx ─▶ open and read again, until it
                   succeeds ─▶ the engines go on with what is committed
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from ..engine.accounts import Accounts
from ..engine.clock import ClockState
from ..engine.journal import Change
from ..engine.restoring import Saved, folded, restore
from ..engine.transaction import attempt
from .errors import StoreError

log = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
"""The real time between two attempts to use a store that has failed."""


class Store(Protocol):
    """Rows on a medium. One thread at a time uses it. All methods raise StoreError."""

    def load(self) -> Saved:
        """Open the store, again after an error, and return what is committed.

        Nothing is written. The rows may be read from the medium while the caller iterates.
        """

    def begin(self) -> None:
        """Write, so that what was loaded is durable again after an error, and writes succeed."""

    def write(self, changes: Sequence[Change]) -> None:
        """Apply changes in their order and commit them: all of them, or after an error none.

        After an error the store must be loaded again. That may show the changes all the same.
        """

    def close(self) -> None:
        """Release the medium."""


class Writer:
    """Keeps the changes of an emulator's engines in a store: see `engine.journal.Journal`.

    Raises StoreError if the store cannot be opened or read.
    """

    def __init__(self, store: Store, accounts: Accounts) -> None:
        self._store = store
        self._accounts = accounts
        self._condition = threading.Condition()
        self._queue: list[Change] = []
        self._last: Change | None = None
        self._clock_seen: ClockState | None = None
        self._holds = 0
        self._closed = False
        self.generation = 0
        self.failing: str | None = "the store is being opened"
        accounts.keep_in(self)
        try:
            self._load(with_clock=True)
        except BaseException:
            store.close()
            raise
        self._worker = threading.Thread(target=self._run, name="swf-store", daemon=True)
        self._worker.start()

    def submit(self, change: Change, generation: int) -> None:
        """Take a change, which fails if it rests on the state of an earlier generation."""
        with self._condition:
            lost = generation != self.generation or self._closed
            if not lost:
                self._enqueue(change)
        if lost:
            _settle([change], False)

    def clock_changed(self) -> None:
        """Keep the state of the clock, if it has changed."""
        if self._accounts.clock.state() == self._clock_seen:
            return
        with self._condition:
            if self.failing is None and not self._closed:
                self._enqueue(Change(""))

    def _enqueue(self, change: Change) -> None:
        """Requires the condition."""
        clock = self._accounts.clock.state()
        if clock != self._clock_seen:
            change.clock = self._clock_seen = clock
        self._queue.append(change)
        self._last = change
        self._condition.notify()

    def flush(self) -> bool:
        """Wait until all that was submitted is settled; return whether it is committed."""
        with self._condition:
            last = self._last
        return (last is None or last.wait()) and self.failing is None

    def require(self) -> None:
        """Wait until all that was submitted is committed. Raises StoreError if it is not."""
        if not self.flush():
            raise StoreError(f"the state cannot be stored: {self.failing}")

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit everything that is submitted within the block at once, or nothing of it."""
        with self._condition:
            self._holds += 1
        try:
            yield
        finally:
            with self._condition:
                self._holds -= 1
                self._condition.notify()

    def disown(self) -> None:
        """Leave the store to the parent, in a child process, where the thread does not exist."""
        self._condition = threading.Condition()
        self._closed = True

    def close(self) -> None:
        """Commit what waits, stop the thread and release the store. May be repeated."""
        with self._condition:
            self._closed = True
            self._condition.notify()
        self._worker.join()

    def _run(self) -> None:
        try:
            while (batch := self._next_batch()) is not None:
                try:
                    self._store.write(batch)
                except Exception as error:
                    self._lose(batch, error)
                    self._recover()
                else:
                    _settle(batch, True)
        finally:
            self._store.close()

    def _next_batch(self) -> list[Change] | None:
        """Wait for changes and take all that wait; None once the writer is closed."""
        with self._condition:
            while not self._queue or self._holds:
                if self._closed and not self._queue:
                    return None
                self._condition.wait()
            batch, self._queue = self._queue, []
            return batch

    def _lose(self, batch: list[Change], error: Exception) -> None:
        """Begin a new generation: what is not committed, and all that rests on it, is lost."""
        reason = str(error) if isinstance(error, StoreError) else repr(error)
        with self._condition:
            self.generation += 1
            if self.failing != reason:
                log.error("the state cannot be stored: %s", reason)
            self.failing = reason
            self._clock_seen = None
            batch += self._queue
            self._queue = []
        _settle(batch, False)

    def _recover(self) -> None:
        """Open and read the store until that succeeds or the writer is closed."""
        while True:
            with self._condition:
                if not self._closed:
                    self._condition.wait_for(lambda: self._closed, RETRY_SECONDS)
                if self._closed:
                    return
            try:
                self._load(with_clock=False)
            except Exception as error:
                self._lose([], error)
            else:
                log.warning("the state is stored again")
                return

    def _load(self, *, with_clock: bool) -> None:
        try:
            state = folded(self._store.load())
        except StoreError:
            raise
        except Exception as error:
            raise StoreError(f"the rows of the store must fit each other: {error!r}") from error
        self._store.begin()
        clock = self._accounts.clock
        if with_clock and state.clock is not None:
            clock.restore(state.clock)
        restore(self._accounts, state)
        self.failing = None
        clock.wake()


def _settle(changes: list[Change], outcome: bool) -> None:
    for change in changes:
        for receive in change.settle(outcome):
            attempt("an answer after its commit", lambda receive=receive: receive(outcome))  # type: ignore[misc]
