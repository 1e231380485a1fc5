"""The engines of an emulator: one for each account, since accounts share nothing in SWF.

No thread ever holds the locks of two engines, with one exception: `skip` holds all of them to
look and to set the clock, and changes nothing else. Code that needs several accounts reads
one after the other.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import replace
from itertools import chain
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from ..core.settings import Settings
from .clock import LATEST_MS, Clock
from .engine import Engine
from .journal import Journal, Tracker
from .limit_log import LimitLog
from .recording import Observer
from .transaction import Transaction
from .view import Due, View

T = TypeVar("T")

EMPTY_MAX = 1_000
"""The number of engines without a domain that are kept."""


class Accounts:
    """A map from account to engine.

    ``make`` makes the engine of a new account. ``observers`` is the list that it passes to
    every engine.
    """

    def __init__(
        self,
        make: Callable[[str], Engine],
        clock: Clock,
        settings: Settings,
        observers: list[Observer],
    ) -> None:
        self._make = make
        self._settings = settings
        self._engines: dict[str, Engine] = {}
        self._alive: WeakValueDictionary[str, Engine] = WeakValueDictionary()
        """All engines, dropped ones too as long as a call still uses them."""
        self._engines_max = EMPTY_MAX
        self._lock = Lock()
        self.clock = clock
        self.observers = observers
        self.journal: Journal | None = None
        self._generation = -1
        """The generation of the journal's state that engines without any rows have, too."""
        self.limit_log = LimitLog()
        observers.append(self.limit_log.recorded)
        self.on_clock_changed: Callable[[], None] | None = None
        """Called, without locks, when a thread that sleeps by the clock must look again."""
        clock.attach(self)

    def engine(self, account: str) -> Engine:
        """Return the engine of an account; a new account gets one."""
        found = self._engines.get(account)
        return self._keep(account) if found is None else found

    def engines(self) -> list[Engine]:
        """Return the engines in use."""
        return list(self.in_use().values())

    def in_use(self) -> dict[str, Engine]:
        """Return the engines in use, by account."""
        with self._lock:
            return dict(self._engines)

    def _keep(self, account: str) -> Engine:
        """Keep an engine in use; make it if it does not exist."""
        with self._lock:
            engine = self._alive.get(account)
            if engine is None:
                engine = self._make(account)
                engine.settings = self._settings
                engine.recorder.on_new_domain = lambda: self._keep(account)
                if self.journal is not None:
                    engine.recorder.track(Tracker(account, self.journal, self._generation))
                self._alive[account] = engine
            self._engines[account] = engine
            if len(self._engines) > self._engines_max:
                self._drop_empty()
            return engine

    def _drop_empty(self) -> None:
        self._engines = {
            account: engine for account, engine in self._engines.items() if not engine.empty
        }
        self._engines_max = len(self._engines) + EMPTY_MAX

    # All accounts.

    def read(self, look: Callable[[View], T]) -> list[T]:
        """Return what ``look`` finds in each account; see `Engine.read`."""
        return [engine.read(look) for engine in self.engines()]

    def collect(self, look: Callable[[View], Iterable[T]]) -> list[T]:
        """Return what ``look`` finds in all accounts, as one list."""
        return list(chain.from_iterable(self.read(look)))

    def next_due(self, *, retention: bool = True) -> Due | None:
        """Return the earliest deadline; without ``retention``, the earliest of open executions."""
        found = self.read(lambda view: view.next_due(retention=retention))
        return min((due for due in found if due), key=lambda due: due.at_ms, default=None)

    @property
    def settings(self) -> Settings:
        return self._settings

    def configure(self, **changes: Any) -> Settings:
        """Change settings of all accounts, by their names in `Settings`; return all settings.

        Raises TypeError for an unknown name, ValueError for a value out of bounds.
        """
        with self._lock:
            self._settings = replace(self._settings, **changes)
            for engine in self._alive.values():
                engine.settings = self._settings
            return self._settings

    @property
    def changes(self) -> int:
        """A number that differs after every change in any account."""
        return sum(engine.recorder.changes for engine in self.engines())

    def reset(self) -> None:
        """Remove everything."""
        for engine in self.engines():
            engine.reset()

    def release_polls(self) -> None:
        """End all polls without a task: the server stops."""
        for engine in self.engines():
            engine.release_polls()

    def stuck(self, seconds: float) -> str | None:
        """Return why an engine cannot be entered within that many real seconds, or None."""
        for account, engine in self.in_use().items():
            transaction = engine.transaction
            if transaction.lock.acquire(timeout=seconds):
                transaction.lock.release()
            else:
                return f"the state of account {account} is locked{_where(transaction)}"
        return None

    def disown(self) -> None:
        """Refuse all use from now on, in a child process: threads of its parent held locks."""
        self._lock = threading.Lock()
        self._engines = _Disowned()

    def close(self) -> None:
        """Leave the clock and end all polls."""
        self.clock.detach(self)
        self.release_polls()

    # The journal.

    def keep_in(self, journal: Journal) -> None:
        """Keep all state in a journal; there must be no engine yet."""
        assert not self._alive
        self.journal = journal

    def stale(self) -> dict[str, Engine]:
        """Return the engines whose memory is not that of the journal's generation.

        If there is none, new engines begin in this generation.
        """
        assert self.journal is not None
        with self._lock:
            generation = self.journal.generation
            found = {
                account: engine
                for account, engine in self._alive.items()
                if (tracker := engine.recorder.tracker) and tracker.generation != generation
            }
            if not found:
                self._generation = generation
            return found

    def flush(self) -> bool:
        """Wait until all changes so far are settled; return whether they are committed."""
        return self.journal is None or self.journal.flush()

    def together(self) -> AbstractContextManager[None]:
        """Commit all changes within the block at once, or none of them."""
        return nullcontext() if self.journal is None else self.journal.together()

    # Time.

    def clock_changed(self) -> None:
        """Wake the threads that sleep by the clock."""
        if self.journal is not None:
            self.journal.clock_changed()
        if self.on_clock_changed is not None:
            self.on_clock_changed()

    def tick(self) -> None:
        """Fire what is due, and wait until that and the time are committed."""
        for engine in self.engines():
            engine.tick()
        if self.journal is not None:
            self.journal.clock_changed()
            self.journal.flush()

    def next_deadline_ms(self) -> int | None:
        """Return the time of the earliest deadline, None without deadlines."""
        found = [engine.next_deadline_ms() for engine in self.engines()]
        return min((at_ms for at_ms in found if at_ms is not None), default=None)

    def seconds_to_skip(self) -> float | None:
        """Return the real seconds until time may be skipped; None: not before a change.

        Time may be skipped while an execution is open and a poll is held, once nothing has
        changed for the clock's grace, or for its patience if a task is open that a worker
        could still take or answer.
        """
        engines = self.engines()
        with self.clock.moving, _locked(engines):
            return self._seconds_to_skip(engines)

    def skip(self) -> None:
        """Jump to the next deadline and fire it, if time may be skipped now.

        All locks are held between the look and the jump, so that nothing can happen between.
        """
        engines = self.engines()
        with self.clock.moving:
            with _locked(engines):
                found = [entry[0].at_ms for e in engines if (entry := e.deadlines.next())]
                if not found or self._seconds_to_skip(engines) != 0.0:
                    return
                self.clock.set_instant(max(min(found), *(engine.now_ms for engine in engines)))
            self.tick()

    def _seconds_to_skip(self, engines: list[Engine]) -> float | None:
        recorders = [engine.recorder for engine in engines]
        held = any(engine.polls.held for engine in engines)
        if not held or not any(d.open_runs for recorder in recorders for d in recorder.domains()):
            return None
        busy = any(recorder.outstanding for recorder in recorders)
        needed = self.clock.patience_seconds if busy else self.clock.grace_seconds
        if needed is None or self.clock.now_ms() >= LATEST_MS:
            return None
        last_change_at = max(recorder.last_change_at for recorder in recorders)
        return max(0.0, last_change_at + needed - time.monotonic())


class _Disowned(dict[str, Engine]):
    """The engines of an emulator that was made before this process was forked."""

    def get(self, account: str, default: Any = None) -> Any:
        raise RuntimeError(
            "an emulator must be made in the process that uses it: this one was made before fork()"
        )


def _where(transaction: Transaction) -> str:
    """How long a transaction has lasted, and where its thread is."""
    entered = transaction.entered
    if entered is None:
        return ""
    since, thread = entered
    text = f" for {time.monotonic() - since:.1f} s"
    frame = sys._current_frames().get(thread)
    if frame is None:
        return f"{text} by a thread that has ended"
    place = traceback.extract_stack(frame, limit=1)[-1]
    return f"{text}, in {place.name} ({place.filename}:{place.lineno})"


def _locked(engines: list[Engine]) -> ExitStack:
    """Acquire the locks of all engines. Requires ``clock.moving``, so that one thread does."""
    with ExitStack() as locks:
        for engine in engines:
            locks.enter_context(engine.transaction.lock)
        return locks.pop_all()
