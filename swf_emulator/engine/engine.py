"""The engine: one lock, one clock, every transition.

::

    request ─▶ transact ─▶ fire what is due ─▶ operation ─▶ settle ─▶ unlock ─▶ tell pollers
                                                  │            │
                                                  ▼            ▼
                                       core: decide, evolve   deliveries, hand-offs, deadlines

`record` is how every event comes to be; from what it has touched the engine keeps deadlines,
task lists and deliveries up to date. They could all be derived again from the state, and a
test does so after every step.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from ..core import activities, decision_tasks
from ..core.activities import ActivityTask
from ..core.decision_slot import DecisionTask
from ..core.events import Event, NewEvents
from ..core.lambdas import LambdaTask
from ..core.open_items import Deadline, OpenItem
from ..core.settings import DEFAULTS, Settings
from .clock import Clock, SystemClock
from .deadlines import Deadlines
from .deliveries import deliver, follow_close
from .domains import Domain, Kept, Region, Retention, Run, Scope
from .functions import LambdaInvoker, RegisteredFunctions
from .ids import Ids
from .invocations import Invocations, LateAnswer
from .polling import Handoff
from .refusals import Refusals
from .task_lists import Poll, TaskTaken, Ticket
from .view import View

log = logging.getLogger(__name__)

T = TypeVar("T")

Observer = Callable[[Run, list[Event]], None]


class Transaction:
    """One hold of the lock: catch up, do something, settle; then what is left to be done.

    The engine has one, entered again and again; it cannot be entered within itself.
    """

    __slots__ = ("_engine",)

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> None:
        self._engine.lock.acquire()
        try:
            self._engine._catch_up()
        except BaseException:
            self._leave()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            self._engine._settle()
        finally:
            self._leave()

    def _leave(self) -> None:
        engine = self._engine
        aftermath, engine._aftermath = engine._aftermath, []
        if engine.deadlines.earlier or engine.clock.skips:
            engine.deadlines.earlier = False
            aftermath.append(engine.clock_changed)
        engine.lock.release()
        for step in aftermath:
            _guarded("what follows a call", step)


class Engine:
    """All state of one emulator. Methods say so if they take the lock; others need it held."""

    def __init__(
        self,
        settings: Settings = DEFAULTS,
        clock: Clock | None = None,
        ids: Ids | None = None,
        refusals: Refusals | None = None,
        invoker: LambdaInvoker | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = SystemClock() if clock is None else clock
        self.ids = Ids() if ids is None else ids
        self.refusals = Refusals() if refusals is None else refusals
        self.invocations = Invocations(self, RegisteredFunctions() if invoker is None else invoker)
        self.lock = threading.Lock()
        self.now_ms = self.clock.now_ms()
        self._aftermath: list[Callable[[], object]] = []
        """What is to be done once the lock is released."""
        self.transaction = Transaction(self)
        self.handoff = Handoff(self._start, self._tell)
        self.on_earlier_deadline: Callable[[], None] | None = None
        """Called, without the lock, when something became due earlier than anything before,
        or when a skipping clock must look again."""
        self.observers: list[Observer] = []
        """Told of every recorded batch of events, with the lock held: they must be quick, and
        must not call the engine. What one of them raises is logged."""
        self.changes = 0
        """Counts what has changed, for those who watch."""
        self.last_change_at = time.monotonic()
        self._deliveries: deque[Callable[[], None]] = deque()
        self._forget_all()
        self.clock.attach(self)

    def _forget_all(self) -> None:
        self.regions: dict[Scope, Region] = {}
        self.deadlines = Deadlines()
        self.sequence = 0
        self.outstanding = 0
        """Decision, activity and Lambda tasks that are open: somebody has something to do."""

    # Entering and leaving the lock.

    def transact(self, operation: Callable[[], T]) -> T:
        """Run ``operation`` on a settled state, at one instant, and settle what follows.

        A `Fault` that it raises leaves everything as it was, but for what was due anyway.
        Takes the lock; pollers are told and functions invoked after it is released.
        """
        with self.transaction:
            return operation()

    def read(self, look: Callable[[View], T]) -> T:
        """What ``look`` finds at one instant. Takes the lock."""
        return self.transact(lambda: look(View(self)))

    def tick(self) -> None:
        """Fire whatever is due. Takes the lock."""
        self.transact(lambda: None)

    def next_deadline_ms(self) -> int | None:
        """The instant of the earliest deadline, None if nothing will be due. Takes the lock."""
        with self.lock:
            self.deadlines.earlier = False
            entry = self.deadlines.next()
            return None if entry is None else entry[0].at_ms

    def clock_changed(self) -> None:
        """Whoever sleeps until a deadline must look again. Called without the lock."""
        if self.on_earlier_deadline is not None:
            self.on_earlier_deadline()

    def seconds_to_skip(self) -> float | None:
        """Real seconds until time may be skipped if nothing happens; None: not before a change.

        Time may be skipped while an execution is open, when somebody waits, namely a held
        poll, and nothing has changed for the clock's grace; for its patience, if a task is
        open that a worker might still take or answer. Takes the lock.
        """
        with self.lock:
            return self._seconds_to_skip()

    def _seconds_to_skip(self) -> float | None:
        if not self.handoff.held or not any(domain.open_runs for domain in self.domains()):
            return None
        needed = self.clock.patience_seconds if self.outstanding else self.clock.grace_seconds
        if needed is None:
            return None
        return max(0.0, self.last_change_at + needed - time.monotonic())

    def skip(self) -> None:
        """Jump to the next deadline and fire it, if time may be skipped now. Takes the lock.

        Nobody can come between the look and the jump.
        """
        with self.clock.moving:
            with self.lock:
                entry = self.deadlines.next()
                if entry is None or self._seconds_to_skip() != 0.0:
                    return
                self.clock.set_instant(max(entry[0].at_ms, self.now_ms))
            self.tick()

    def changed(self) -> None:
        """Something has happened."""
        self.changes += 1
        self.last_change_at = time.monotonic()

    # What there is.

    def region(self, scope: Scope) -> Region:
        """What an account has in a region; an empty one is remembered by its first domain."""
        return self.regions.get(scope) or Region(scope)

    def domains(self) -> list[Domain]:
        """The domains of all accounts and regions."""
        return [domain for region in self.regions.values() for domain in region.domains.values()]

    def replace_state(self, regions: dict[Scope, Region], sequence: int) -> None:
        """Take over domains and types; their runs come by `adopt`. Held polls end empty."""
        self.end_polls()
        self._forget_all()
        self.regions = regions
        self.sequence = sequence
        self.changed()

    def adopt(self, run: Run) -> None:
        """Take a folded run into the engine's care, in the order of ``sequence``."""
        domain, execution = run.domain, run.execution
        domain.region.runs[execution.run_id] = run
        domain.visibility.opened(run)
        if not execution.closed:
            domain.open_runs[execution.workflow_id] = run
            self._follow(run)
            return
        execution.changed_items.clear()
        run.release()
        domain.visibility.closed(run)
        self._retain(run)

    def reset(self, scope: Scope | None = None, domain_name: str | None = None) -> None:
        """Forget everything; what one account has in one region; or one domain of it.

        Held polls there end empty. Takes the lock.
        """

        def forget() -> None:
            if scope is None:
                self.replace_state({}, 0)
                return
            domains = self.region(scope).domains
            for name in list(domains):
                if domain_name in (None, name):
                    self._forget_domain(domains[name])

        self.transact(forget)

    def _forget_domain(self, domain: Domain) -> None:
        self.handoff.end(domain)
        region = domain.region
        for run in [run for run in region.runs.values() if run.domain is domain]:
            self._detach(run)
            self._release_retention(run)
            del region.runs[run.execution.run_id]
        del region.domains[domain.name]
        self.changed()

    def release_polls(self) -> None:
        """Answer every held poll as empty, now: the server stops. Takes the lock."""
        self.transact(self.end_polls)

    def end_polls(self) -> None:
        for domain in self.domains():
            self.handoff.end(domain)

    # Transitions.

    def start_run(
        self, domain: Domain, workflow_id: str, run_id: str, new_events: NewEvents
    ) -> None:
        """Bring a run into being with its first events."""
        run = Run(domain, workflow_id, run_id, self.sequence + 1)
        events = run.record(new_events, self.now_ms, self.settings)
        self.sequence = run.sequence
        domain.region.runs[run_id] = run
        domain.open_runs[workflow_id] = run
        domain.visibility.opened(run)
        self._taken(run, events)

    def record(self, run: Run, new_events: NewEvents) -> None:
        """Append events to an open run and take up what follows from them."""
        try:
            events = run.record(new_events, self.now_ms, self.settings)
        except BaseException:
            self._rejoin(run)
            raise
        if run.stalled:
            run.stalled = False
            run.execution.changed_items.extend(run.execution.open_items.values())
        self._taken(run, events)

    def _taken(self, run: Run, events: list[Event]) -> None:
        """The events are in the history: everything else follows from them."""
        self._follow(run)
        for observe in self.observers:
            _guarded("an observer of events", partial(observe, run, events))
        if run.execution.closed:
            self._closed(run, events[-1])

    def _follow(self, run: Run) -> None:
        """Bring queues, deadlines and deliveries in line with what the folds touched."""
        execution = run.execution
        closed = execution.closed
        self.changed()
        touched, execution.changed_items = execution.changed_items, []
        for item in dict.fromkeys(touched):
            kept = run.kept.get(item.event_id)
            alive = not closed and execution.open_items.get(item.event_id) is item
            if kept is None:
                if not alive and not item.undelivered:
                    continue
                kept = run.kept[item.event_id] = Kept(run, item)
            self._attend(kept, alive and not (run.stalled and self._overdue(item)), alive)
            if not alive:
                del run.kept[item.event_id]

    def _attend(self, kept: Kept, due: bool, alive: bool) -> None:
        item = kept.item
        self.handoff.requeue(kept, alive)
        if item.is_task and kept.counted != alive:
            kept.counted = alive
            self.outstanding += 1 if alive else -1
        if due:
            self.deadlines.arm(kept)
        else:
            self.deadlines.disarm(kept)
        if item.undelivered and not kept.delivered:
            kept.delivered = True
            self._deliveries.append(partial(deliver, self, kept.run, item))

    def _rejoin(self, run: Run) -> None:
        """After an error the run was folded anew: what is open keeps its marks and its place."""
        opened = run.execution.open_items
        for event_id, kept in list(run.kept.items()):
            if event_id in opened:
                kept.item = opened[event_id]
            else:
                self._attend(kept, False, False)
                del run.kept[event_id]
        self._follow(run)

    def _detach(self, run: Run) -> None:
        """Nothing may point to this run any more: it is forgotten."""
        for kept in run.kept.values():
            self.deadlines.disarm(kept)
            self.outstanding -= kept.counted
            if kept.ticket is not None:
                kept.ticket.task_list.withdraw(kept.ticket)
        run.kept.clear()

    def _closed(self, run: Run, closing: Event) -> None:
        """The next run takes the closed one's place before anything else is delivered."""
        domain = run.domain
        del domain.open_runs[run.execution.workflow_id]
        domain.visibility.closed(run)
        self._retain(run)
        follow = partial(follow_close, self, run, closing)
        if closing.event_type == "WorkflowExecutionContinuedAsNew":
            self._deliveries.appendleft(follow)
        else:
            self._deliveries.append(follow)

    def _retain(self, run: Run) -> None:
        run.retain(self.settings.retention_grace_seconds)
        if run.retention is not None:
            self.deadlines.arm(run.retention)

    def _release_retention(self, run: Run) -> None:
        if run.retention is not None:
            self.deadlines.disarm(run.retention)

    # Settling.

    def _catch_up(self) -> None:
        """Let what has become due since the last call happen, each thing at its own instant."""
        now_ms = self.clock.now_ms()
        if now_ms <= self.now_ms:
            now_ms = self.now_ms
        while (entry := self.deadlines.due(now_ms)) is not None:
            self.now_ms = max(self.now_ms, entry[0].at_ms)
            self._settle()
        self.now_ms = now_ms

    def _settle(self) -> None:
        """Do what is to be done at this instant, until nothing is.

        Effects on other executions come first, then activity tasks go to waiting workers,
        then deadlines of this instant fire. A decision task is handed out last, so that its
        history holds all that has happened until now.

        A step that fails by a fault of ours is logged and left out; it must not keep the
        others, of other executions, from being done.
        """
        handoff = self.handoff
        while True:
            if self._deliveries:
                _guarded("a delivery", self._deliveries.popleft())
            elif handoff.ready("activity"):
                self._hand_out("activity")
            elif (entry := self.deadlines.due(self.now_ms)) is not None:
                if not _guarded("a deadline", partial(self._fire, *entry)):
                    self._rest(entry[1].run)
            elif handoff.ready("decision"):
                self._hand_out("decision")
            else:
                return

    def _hand_out(self, kind: str) -> None:
        if not _guarded("handing out a task", partial(self.handoff.hand_out, kind)):
            self.handoff.give_up(kind)

    def _rest(self, run: Run) -> None:
        """After an error: see `Run.stalled`."""
        run.stalled = True
        for kept in (*run.kept.values(), run.retention):
            if kept is not None and self._overdue(kept.item):
                self.deadlines.disarm(kept)

    def _overdue(self, pending: OpenItem) -> bool:
        deadline = pending.next_deadline()
        return deadline is not None and deadline.at_ms <= self.now_ms

    def _fire(self, deadline: Deadline, kept: Kept) -> None:
        run, item = kept.run, kept.item
        if isinstance(item, Retention):
            self._release_retention(run)
            run.domain.visibility.forgotten(run)
            del run.domain.region.runs[run.execution.run_id]
        elif isinstance(item, LateAnswer):
            self.deadlines.disarm(kept)
            self.invocations.answer(run, item.task, item.outcome)
        else:
            self.record(run, item.expire(deadline.timeout_type))

    # Polls.

    def poll(
        self,
        domain: Domain,
        kind: str,
        name: str,
        identity: str | None,
        held: bool,
    ) -> TaskTaken | Poll | None:
        """Take the next task of a list, or wait for one: see `Handoff.poll`."""
        poll = Poll(domain, domain.task_list(kind, name), identity, self.now_ms)
        settings = self.settings
        result = self.handoff.poll(poll, held, settings.max_pollers, settings.max_held_polls)
        if result is poll:
            self.changed()
        return result

    def withdraw(self, poll: Poll) -> bool:
        """The poll waits no longer: its time is over, or its client has gone.

        True if it was still waiting; then it never gets a task. Takes the lock.
        """
        with self.lock:
            self.changes += 1
            return self.handoff.withdraw(poll)

    def _tell(self, poll: Poll, answer: Any) -> None:
        self._aftermath.append(partial(poll.resolve, answer))

    def invoke(self, run: Run, task: LambdaTask) -> None:
        """Have the function of a started task invoked."""
        self._aftermath.append(partial(self.invocations.invoke, run, task))

    def _start(self, ticket: Ticket, identity: str | None) -> TaskTaken | None:
        run, task = ticket.kept.run, ticket.kept.item
        previous = run.execution.previous_started_event_id
        if isinstance(task, DecisionTask):
            self.record(run, decision_tasks.start(task, identity))
        else:
            assert isinstance(task, ActivityTask)
            self.record(run, activities.start(task, identity))
        return None if run.execution.closed else TaskTaken(run, task, previous, self.now_ms)

    def remembers(self, run: Run) -> bool:
        """Whether the run has outlived resets and its retention."""
        region = run.domain.region
        return (
            self.regions.get(region.scope) is region
            and region.runs.get(run.execution.run_id) is run
        )


def _guarded(what: str, step: Callable[[], object]) -> bool:
    """Do one step; a fault of ours in it is logged, and False returned."""
    try:
        step()
    except Exception:
        log.exception("%s failed inside the emulator", what)
        return False
    return True
