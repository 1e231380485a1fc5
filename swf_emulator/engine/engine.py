"""The engine of one account: everything the account holds, and the order in which it happens.

::

    operation ─▶ Transaction ─▶ Recorder ─▶ core: decide, fold
                     │              │
                     │              └▶ deadlines, task lists, deliveries
                     ▼
                  settle: deliveries ─▶ activity tasks ─▶ deadlines ─▶ decision tasks
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from ..core.activities import ActivityTask
from ..core.decision_slot import DecisionTask
from ..core.open_items import Deadline
from ..core.settings import Settings
from .clock import Clock
from .deadlines import Deadlines
from .deliveries import Deliveries
from .domains import Kept, Region, Retention, Run, Scope
from .functions import LambdaInvoker
from .ids import Ids, Starts
from .invocations import DelayedResult, Invocations
from .polling import Polls
from .recording import Observer, Recorder
from .refusals import Refusals
from .transaction import Transaction, attempt
from .view import ExecutionRecord, View

T = TypeVar("T")


class Engine:
    """One account. A method acquires the lock only if its docstring says so; all others
    require the caller to hold it, by ``with engine.transaction:``.

    ``starts`` and ``observers`` are shared by all accounts of an emulator. An observer gets
    every recorded batch of events, while the lock is held: it must be quick and must not call
    the engine. Its exceptions are logged.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        ids: Ids,
        refusals: Refusals,
        invoker: LambdaInvoker,
        starts: Starts,
        observers: list[Observer],
    ) -> None:
        self.clock = clock
        self.ids = ids
        self.refusals = refusals
        self.deadlines = Deadlines()
        self.transaction = Transaction(clock, self.deadlines, self._settle)
        self.recorder = Recorder(self.transaction, self.deadlines, settings, starts, observers)
        self.polls = Polls(self.transaction, self.recorder)
        self.invocations = Invocations(
            self.transaction, self.recorder, self.deadlines, clock, invoker
        )
        self._deliveries = Deliveries(self.recorder, ids, self.invocations)

    def follow(self, clock: Clock) -> None:
        """Live by another clock from the next transaction on."""
        self.clock = clock
        self.transaction.clock = clock
        self.invocations.clock = clock

    @property
    def settings(self) -> Settings:
        return self.recorder.settings

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.recorder.settings = settings

    @property
    def now_ms(self) -> int:
        """The instant of the present transaction, or of the last one."""
        return self.transaction.now_ms

    @property
    def regions(self) -> dict[Scope, Region]:
        return self.recorder.regions

    @property
    def empty(self) -> bool:
        """Whether the account has no domain, and that is committed. Needs no lock."""
        change = self.recorder.rests_on
        if change is not None and change.outcome is None:
            return False
        return not any(region.domains for region in list(self.regions.values()))

    def region(self, scope: Scope) -> Region:
        """Return a region; an empty one is not remembered before its first domain."""
        return self.recorder.region(scope)

    def read(self, look: Callable[[View], T]) -> T:
        """Return what ``look`` finds at one instant. Acquires the lock.

        ``look`` must not call the engine, nor anything that waits.
        """
        with self.transaction:
            return look(View(self.regions, self.deadlines, self.now_ms))

    def tick(self) -> None:
        """Fire what is due. Acquires the lock."""
        with self.transaction:
            pass

    def take(self, execution: ExecutionRecord, event_id: int, identity: str) -> int | None:
        """Start one open task, unless a worker has it, to answer it by hand.

        Returns the id of the event that started it; None if the task is not open or not
        offered yet. Acquires the lock.
        """
        with self.transaction:
            run = self.region(execution.scope).runs.get(execution.run_id)
            if run is None or run.execution.closed:
                return None
            task = run.execution.open_items.get(event_id)
            if not isinstance(task, ActivityTask | DecisionTask):
                return None
            if task.queued() is not None:
                self.polls.start(run, task, identity)
            return task.started_event_id or None

    def next_deadline_ms(self) -> int | None:
        """Return the time of the earliest deadline, None without deadlines. Acquires the lock."""
        with self.transaction.lock:
            self.deadlines.earlier = False
            entry = self.deadlines.next()
            return None if entry is None else entry[0].at_ms

    def reset(self, scope: Scope | None = None, domain_name: str | None = None) -> None:
        """Remove everything, or one region, or one domain; its polls end. Acquires the lock."""
        with self.transaction:
            if scope is None:
                self.clear()
                return
            for name, domain in list(self.region(scope).domains.items()):
                if domain_name in (None, name):
                    self.polls.end(domain)
                    self.recorder.forget_domain(domain)

    def clear(self) -> None:
        """Remove everything; polls end without a task."""
        self.polls.end_all()
        self.recorder.forget_all()

    def restore(self, regions: list[Region], runs: list[Run], now_ms: int) -> None:
        """Take over domains and folded runs, ordered by ``sequence``, and the time."""
        self.clear()
        self.transaction.now_ms = now_ms
        self.ids.taken = frozenset(run.execution.run_id for run in runs)
        for region in regions:
            self.recorder.add_region(region)
        for run in runs:
            self.recorder.adopt(run)
            self.invocations.resume(run)

    def release_polls(self) -> None:
        """End all polls without a task. Acquires the lock."""
        with self.transaction:
            self.polls.end_all()

    def _settle(self) -> None:
        """Do everything that must happen at this instant.

        Effects on other executions come first, then activity tasks go to polls, then deadlines
        fire. A decision task is handed over last, so that its history holds all of that. A
        step that raises an exception is logged and skipped: other executions continue.
        """
        recorder = self.recorder
        while True:
            if recorder.deliveries:
                attempt("delivery", self._deliveries.deliver_next)
            elif recorder.ready["activity"]:
                self._hand_over("activity")
            elif (entry := self.deadlines.due(self.now_ms)) is not None:
                if not attempt("deadline", partial(self._fire, *entry)):
                    recorder.stall(entry[1].run)
            elif recorder.ready["decision"]:
                self._hand_over("decision")
            else:
                return

    def _hand_over(self, list_kind: str) -> None:
        if not attempt("task hand-over", partial(self.polls.hand_over, list_kind)):
            self.polls.skip(list_kind)

    def _fire(self, deadline: Deadline, kept: Kept) -> None:
        run, item = kept.run, kept.item
        if isinstance(item, Retention):
            self.recorder.forget(run)
        elif isinstance(item, DelayedResult):
            self.deadlines.disarm(kept)
            self.invocations.record(run, item.event_id, item.result)
        else:
            self.recorder.record(run, item.expire(deadline.timeout_type))
