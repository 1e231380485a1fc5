"""The engines of an emulator: one for each account, since accounts share nothing in SWF.

No thread ever holds the locks of two engines, with one exception: `Followers.skip` holds those
of all engines that share a clock to look and to set the clock, and changes nothing else. Code
that needs several accounts reads one after the other.

Accounts share a clock, settings, refusals and functions until one gets its own: see `own`.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import chain
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from ..core.settings import Settings
from .clock import Clock
from .engine import Engine
from .followers import Followers
from .journal import Journal, Tracker
from .limit_log import LimitLog
from .own_world import OwnWorld
from .recording import Observer
from .transaction import Transaction
from .view import Due, View

T = TypeVar("T")

EMPTY_MAX = 1_000
"""The number of engines without a domain that are kept."""


def is_account(text: str) -> bool:
    """Whether a text is an account id: 12 digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()


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
        self._own: dict[str, OwnWorld] = {}
        self._lock = Lock()
        self.clock = clock
        """The clock of all accounts that have none of their own."""
        self.observers = observers
        self.journal: Journal | None = None
        self._generation = -1
        """The generation of the journal's state that engines without any rows have, too."""
        self.limit_log = LimitLog()
        observers.append(self.limit_log.recorded)
        self.on_clock_changed: Callable[[Followers], None] | None = None
        """Called, without locks, when a thread that sleeps by the clock must look again."""
        self.sharing = Followers(clock, self._engines_sharing, self._clock_changed, self._ticked)

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
                if account in self._own:
                    self._own[account].furnish(engine, self._settings)
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

    # Accounts with a world of their own.

    def own(self, account: str) -> OwnWorld:
        """Return the world of an account; from the first call on the account has its own.

        Its clock begins as a copy of the shared one.
        """
        engine = self.engine(account)
        with self.clock.moving, self._lock:
            world = self._own.get(account)
            if world is not None:
                return world
            clock = self.clock.copy()
            world = OwnWorld(
                Followers(
                    clock, lambda: self._engines_of(account), self._clock_changed, self._ticked
                ),
                engine.refusals,
                engine.invocations.invoker,
            )
            self._own[account] = world
            world.furnish(engine, self._settings)
        clock.wake()
        return world

    def find_own(self, account: str) -> OwnWorld | None:
        """Return the world of an account, None if it shares that of the others."""
        return self._own.get(account)

    def names_of_own(self) -> list[str]:
        """Return the accounts that have worlds of their own, sorted."""
        with self._lock:
            return sorted(self._own)

    def followers(self, account: str | None) -> Followers:
        """Return the engines that share the clock of an account; None: the shared clock."""
        world = None if account is None else self._own.get(account)
        return self.sharing if world is None else world.followers

    def forget(self, account: str) -> None:
        """Remove an account's state and its own world; its polls end."""
        with self._lock:
            engine = self._alive.pop(account, None)
            world = self._own.pop(account, None)
            self._engines.pop(account, None)
        if engine is not None:
            engine.recorder.on_new_domain = lambda: None
            engine.reset()
        if world is not None:
            world.followers.close()

    def clocks(self) -> list[Clock]:
        """Return the shared clock and those of accounts that have their own."""
        with self._lock:
            return [self.clock, *(world.clock for world in self._own.values())]

    def _engines_sharing(self) -> list[Engine]:
        with self._lock:
            if not self._own:
                return list(self._engines.values())
            return [each for name, each in self._engines.items() if name not in self._own]

    def _engines_of(self, account: str) -> list[Engine]:
        engine = self._engines.get(account)
        return [] if engine is None else [engine]

    def _ticked(self) -> None:
        """Wait until what a clock has fired and the time are committed."""
        if self.journal is not None:
            self.journal.clock_changed()
            self.journal.flush()

    def _clock_changed(self, followers: Followers) -> None:
        if self.journal is not None:
            self.journal.clock_changed()
        if self.on_clock_changed is not None:
            self.on_clock_changed(followers)

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
        """The settings of all accounts that have none of their own."""
        return self._settings

    def settings_of(self, account: str | None) -> Settings:
        """Return the settings of an account; None: those that accounts share."""
        world = None if account is None else self._own.get(account)
        return self._settings if world is None else world.settings(self._settings)

    def configure(self, account: str | None = None, /, **changes: Any) -> Settings:
        """Change settings by their names in `Settings`; return all settings.

        With an account, of that account only; without, of all accounts, except those that an
        account has changed for itself. Raises TypeError for an unknown name, ValueError for a
        value out of bounds.
        """
        if account is not None:
            replace(self._settings, **changes)
            world = self.own(account)
            with self._lock:
                world.changes.update(changes)
                engine = self._alive.get(account)
                if engine is not None:
                    engine.settings = world.settings(self._settings)
                return world.settings(self._settings)
        with self._lock:
            self._settings = replace(self._settings, **changes)
            for name, engine in self._alive.items():
                own = self._own.get(name)
                engine.settings = self._settings if own is None else own.settings(self._settings)
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
            elif not _is_younger(transaction, seconds):
                return f"the state of account {account} is locked{_where(transaction)}"
        return None

    def disown(self) -> None:
        """Refuse all use from now on, in a child process: threads of its parent held locks."""
        self._lock = threading.Lock()
        self._engines = _Disowned()

    def close(self) -> None:
        """Leave all clocks and end all polls."""
        self.sharing.close()
        for world in list(self._own.values()):
            world.followers.close()
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


class _Disowned(dict[str, Engine]):
    """The engines of an emulator that was made before this process was forked."""

    def get(self, account: str, default: Any = None) -> Any:
        raise RuntimeError(
            "an emulator must be made in the process that uses it: this one was made before fork()"
        )


def _is_younger(transaction: Transaction, seconds: float) -> bool:
    """Whether the present transaction began less than that long ago: others came before it."""
    entered = transaction.entered
    return entered is not None and time.monotonic() - entered[0] < seconds


def _where(transaction: Transaction) -> str:
    """The age of a transaction, and the line that its thread runs."""
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
