"""The engine: one lock, one clock, every transition.

::

    request ─▶ transact ─▶ fire what is due ─▶ operation ─▶ settle ─▶ unlock ─▶ wake pollers
                                                  │            │
                                                  ▼            ▼
                                       core: decide, evolve   deliveries, hand-offs, deadlines

`record` is how every event comes to be; from what it has touched the engine keeps deadlines,
task lists and deliveries up to date. They could all be derived again from the state, and a
test does so after every step.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from ..core import activities, decision_tasks, lambdas
from ..core import faults as core_faults
from ..core.activities import ActivityTask
from ..core.decision_tasks import DecisionTask
from ..core.events import Attributes, Event, NewEvents
from ..core.execution import Execution
from ..core.lambdas import LambdaTask
from ..core.pending import Pending
from ..core.settings import DEFAULTS, Settings
from .catalog import Domain, Partition, RegisteredType, Scope
from .clock import Clock, SystemClock
from .deadlines import Deadlines
from .deliveries import deliver, follow_close
from .guard import Guard
from .ids import Ids
from .lambdas import Invocation, LambdaInvoker, Outcome, RegisteredFunctions, Returned
from .runs import Retention, Run
from .tasklists import Poll, TaskList, Ticket

T = TypeVar("T")

RESULT_MAX = 32_768
REASON_MAX = 256


class Engine:
    """All state of one emulator. Everything but `transact` and its like needs the lock."""

    def __init__(
        self,
        settings: Settings = DEFAULTS,
        clock: Clock | None = None,
        ids: Ids | None = None,
        guard: Guard | None = None,
        invoker: LambdaInvoker | None = None,
    ) -> None:
        self.settings = settings
        self.clock: Clock = SystemClock() if clock is None else clock
        self.ids = Ids() if ids is None else ids
        self.guard = Guard() if guard is None else guard
        self.invoker: LambdaInvoker = RegisteredFunctions() if invoker is None else invoker
        self.lock = threading.Lock()
        self.now_ms = self.clock.now_ms()
        self.on_earlier_deadline: Callable[[], None] | None = None
        """Called, without the lock, when something became due earlier than anything before,
        or when a skipping clock must look again."""
        self._announced_ms: int | None = None
        self.changes = 0
        """Counts what has changed, for those who watch."""
        self.last_change_at = time.monotonic()
        self._clear()
        self.clock.attach(self)

    def _clear(self) -> None:
        self.partitions: dict[Scope, Partition] = {}
        self.deadlines = Deadlines()
        self._sequence = 0
        self.outstanding = 0
        """Decision, activity and Lambda tasks that are open: somebody has something to do."""
        self._deliveries: deque[Callable[[], None]] = deque()
        self._ready: dict[str, dict[TaskList, None]] = {"activity": {}, "decision": {}}
        self._answered: list[tuple[Poll, Any]] = []
        self._invocations: list[tuple[Run, LambdaTask, Invocation]] = []

    # Entering and leaving the lock.

    def transact(self, operation: Callable[[], T]) -> T:
        """Run ``operation`` on a settled state, at one instant, and settle what follows.

        A `Fault` that it raises leaves everything as it was, but for what was due anyway.
        """
        with self.lock:
            try:
                self._catch_up()
                try:
                    result = operation()
                finally:
                    self._settle()
            finally:
                answered, self._answered = self._answered, []
                invocations, self._invocations = self._invocations, []
                earlier = self._earlier_deadline()
        for poll, answer in answered:
            poll.resolve(answer)
        for run, task, invocation in invocations:
            self._invoke(run, task, invocation)
        if earlier:
            self.clock_changed()
        return result

    def tick(self) -> None:
        """Fire whatever is due."""
        self.transact(lambda: None)

    def replace_state(self, partitions: dict[Scope, Partition], sequence: int) -> None:
        """Take over domains and types; their runs come by `adopt`. Held polls end empty."""
        self._end_polls()
        answered = self._answered
        self._clear()
        self._answered = answered
        self.partitions = partitions
        self._sequence = sequence
        self.changed()

    def adopt(self, run: Run) -> None:
        """Take a folded run into the engine's care, in the order of ``sequence``."""
        domain, execution = run.domain, run.execution
        domain.partition.runs[execution.run_id] = run
        domain.visibility.opened(run)
        if not execution.closed:
            domain.open_runs[execution.workflow_id] = run
            self._follow(run, [])
            return
        execution.touched.clear()
        run.release()
        domain.visibility.closed(run)
        self._retain(run)

    def clock_changed(self) -> None:
        """Whoever sleeps until a deadline must look again. Called without the lock."""
        if self.on_earlier_deadline is not None:
            self.on_earlier_deadline()

    def seconds_to_skip(self) -> float | None:
        """Real seconds until time may be skipped if nothing happens; None: not before a change.

        Time may be skipped when somebody waits, namely a held poll, and nothing has changed
        for the clock's grace; for its patience, if a task is open that a worker might still
        take or answer.
        """
        with self.lock:
            if not self.held_polls():
                return None
            needed = self.clock.patience_seconds if self.outstanding else self.clock.grace_seconds
            if needed is None:
                return None
            return max(0.0, self.last_change_at + needed - time.monotonic())

    def next_deadline_ms(self) -> int | None:
        """The instant of the earliest deadline, None if nothing will ever be due."""
        with self.lock:
            entry = self.deadlines.next()
            self._announced_ms = None if entry is None else entry[0].at_ms
            return self._announced_ms

    def reset(self, scope: Scope | None = None, domain_name: str | None = None) -> None:
        """Forget everything; what one account has in one region; or one domain of it.

        Held polls there end empty.
        """

        def forget() -> None:
            if scope is None:
                self.replace_state({}, 0)
                return
            domains = self.partition(scope).domains
            for name in list(domains):
                if domain_name in (None, name):
                    self._forget_domain(domains[name])

        self.transact(forget)

    def _forget_domain(self, domain: Domain) -> None:
        for task_list in list(domain.task_lists.values()):
            for poll in list(task_list.pollers):
                self._remove_poll(poll)
                self._answered.append((poll, None))
        partition = domain.partition
        for run in [run for run in partition.runs.values() if run.domain is domain]:
            for pending in run.execution.pending.values():
                self.deadlines.disarm(pending)
                self.outstanding -= pending.outstanding
            if run.retention is not None:
                self.deadlines.disarm(run.retention)
            del partition.runs[run.execution.run_id]
        del partition.domains[domain.name]
        self.changed()

    def release_polls(self) -> None:
        """Answer every held poll as empty, now: the server stops."""
        self.transact(self._end_polls)

    def _end_polls(self) -> None:
        for poll in self.held_polls():
            self._remove_poll(poll)
            self._answered.append((poll, None))

    def held_polls(self) -> list[Poll]:
        """The polls that wait."""
        return [
            poll
            for partition in self.partitions.values()
            for domain in partition.domains.values()
            for task_list in domain.task_lists.values()
            for poll in task_list.pollers
        ]

    def changed(self) -> None:
        """Something has happened."""
        self.changes += 1
        self.last_change_at = time.monotonic()

    def partition(self, scope: Scope) -> Partition:
        """What an account has in a region; an empty one is remembered by its first domain."""
        return self.partitions.get(scope) or Partition(scope)

    # Transitions.

    def start_run(
        self, domain: Domain, workflow_id: str, run_id: str, new_events: NewEvents
    ) -> Run:
        """Bring a run into being with its first events."""
        self._sequence += 1
        run = Run(domain, workflow_id, run_id, self._sequence)
        domain.partition.runs[run_id] = run
        domain.open_runs[workflow_id] = run
        events = run.record(new_events, self.now_ms, self.settings)
        domain.visibility.opened(run)
        self._follow(run, events)
        return run

    def record(self, run: Run, new_events: NewEvents) -> list[Event]:
        """Append events to an open run and take up what follows from them."""
        before = run.execution
        try:
            events = run.record(new_events, self.now_ms, self.settings)
        except BaseException:
            self._forget_pending(before)
            self._follow(run, [])
            raise
        self._follow(run, events)
        return events

    def _follow(self, run: Run, events: list[Event]) -> None:
        """Bring queues, deadlines and deliveries in line with what the events touched."""
        execution = run.execution
        closed = execution.closed
        self.changed()
        touched, execution.touched = execution.touched, []
        for pending in touched:
            alive = not closed and execution.pending.get(pending.event_id) is pending
            self._requeue(run, pending, alive)
            if pending.is_task and pending.outstanding != alive:
                pending.outstanding = alive
                self.outstanding += 1 if alive else -1
            if alive:
                self.deadlines.arm(run, pending)
            else:
                self.deadlines.disarm(pending)
            if pending.undelivered and not pending.dispatched:
                pending.dispatched = True
                self._deliveries.append(partial(deliver, self, run, pending))
        if closed and events:
            self._closed(run, events[-1])

    def _requeue(self, run: Run, pending: Pending, alive: bool) -> None:
        wanted = pending.queued() if alive else None
        ticket = pending.ticket
        if wanted is None:
            if isinstance(ticket, Ticket):
                pending.ticket = None
                ticket.task_list.withdraw(ticket)
                run.domain.drop_if_idle(ticket.task_list)
        elif ticket is None:
            task_list = run.domain.task_list(wanted.kind, wanted.task_list)
            pending.ticket = task_list.offer(run, pending, wanted.priority)
            if task_list.pollers:
                self._ready[wanted.kind][task_list] = None

    def _forget_pending(self, execution: Execution) -> None:
        """After an error: nothing may point to a state that was thrown away."""
        for pending in execution.touched + list(execution.pending.values()):
            self.deadlines.disarm(pending)
            self.outstanding -= pending.outstanding
            pending.outstanding = False
            ticket = pending.ticket
            if isinstance(ticket, Ticket) and ticket.live:
                ticket.task_list.withdraw(ticket)

    def _closed(self, run: Run, closing: Event) -> None:
        domain = run.domain
        del domain.open_runs[run.execution.workflow_id]
        domain.visibility.closed(run)
        self._retain(run)
        self._deliveries.append(partial(follow_close, self, run, closing))

    def _retain(self, run: Run) -> None:
        run.retain(self.settings.retention_grace_seconds)
        if run.retention is not None:
            self.deadlines.arm(run, run.retention)

    # Settling.

    def _catch_up(self) -> None:
        """Let what has become due since the last call happen, each thing at its own instant."""
        now_ms = max(self.now_ms, self.clock.now_ms())
        while (entry := self.deadlines.next()) is not None and entry[0].at_ms <= now_ms:
            self.now_ms = max(self.now_ms, entry[0].at_ms)
            self._settle()
        self.now_ms = now_ms

    def _settle(self) -> None:
        """Do what is to be done at this instant, until nothing is.

        Effects on other executions come first, then activity tasks go to waiting workers,
        then deadlines of this instant fire. A decision task is handed out last, so that its
        history holds all that has happened until now.
        """
        while True:
            if self._deliveries:
                self._deliveries.popleft()()
            elif self._ready["activity"]:
                self._hand_out("activity")
            elif (entry := self.deadlines.next()) is not None and entry[0].at_ms <= self.now_ms:
                self._fire(entry[0].timeout_type, entry[1], entry[2])
            elif self._ready["decision"]:
                self._hand_out("decision")
            else:
                return

    def _fire(self, timeout_type: str, pending: Pending, run: Run) -> None:
        if isinstance(pending, Retention):
            self.forget(run)
        else:
            self.record(run, pending.expire(run.execution, timeout_type))

    def forget(self, run: Run) -> None:
        """A closed run vanishes."""
        if run.retention is not None:
            self.deadlines.disarm(run.retention)
        run.domain.visibility.forgotten(run)
        del run.domain.partition.runs[run.execution.run_id]

    def _hand_out(self, kind: str) -> None:
        """Give the first task of a list that has both to the poller who waits longest."""
        task_list = next(iter(self._ready[kind]))
        ticket = task_list.first()
        if ticket is None or not task_list.pollers:
            del self._ready[kind][task_list]
            return
        poll, _ = task_list.pollers.popitem(last=False)
        answer = self._start(ticket, poll)
        if answer is not None:
            self._answered.append((poll, answer))
        else:
            task_list.pollers[poll] = None
            task_list.pollers.move_to_end(poll, last=False)

    def _start(self, ticket: Ticket, poll: Poll) -> Any:
        """Start the task for the poll and make its answer.

        None if the execution's history was full: then the task is gone with the execution.
        """
        run, task = ticket.run, ticket.pending
        if isinstance(task, DecisionTask):
            self.record(run, decision_tasks.start(task, poll.identity))
        else:
            assert isinstance(task, ActivityTask)
            self.record(run, activities.start(task, poll.identity))
        return None if run.execution.closed else poll.answer(run, task)

    # Polls.

    def poll(
        self,
        domain: Domain,
        kind: str,
        name: str,
        identity: str | None,
        answer: Callable[[Run, Any], Any],
        held: bool,
    ) -> Any:
        """Take the next task of a list, or wait for one.

        Returns what ``answer`` made of the run and the started task; a `Poll` that waits;
        or, if it is not to be ``held``, None. Fault: LimitExceededFault.
        """
        task_list = domain.task_list(kind, name)
        poll = Poll(domain, task_list, identity, answer, self.now_ms)
        while (ticket := task_list.first()) is not None:
            made = self._start(ticket, poll)
            if made is not None:
                return made
        if not held:
            domain.drop_if_idle(task_list)
            return None
        if len(task_list.pollers) >= self.settings.max_pollers:
            raise core_faults.limit_exceeded("Polls on a task list", self.settings.max_pollers)
        domain.task_lists[kind, name] = task_list
        task_list.pollers[poll] = None
        self.changed()
        return poll

    def withdraw(self, poll: Poll) -> bool:
        """The poll waits no longer: its time is over, or its client has gone.

        True if it was still waiting; then it never gets a task. Takes the lock itself.
        """
        with self.lock:
            return self._remove_poll(poll)

    def _remove_poll(self, poll: Poll) -> bool:
        task_list = poll.task_list
        if poll not in task_list.pollers:
            return False
        del task_list.pollers[poll]
        self.changes += 1
        poll.domain.drop_if_idle(task_list)
        return True

    # Lambda.

    def invoke(self, run: Run, task: LambdaTask) -> None:
        """Have the function of a started task invoked once the lock is released."""
        invocation = Invocation(
            task.function_name,
            "{}" if task.input is None else task.input,
            run.execution.lambda_role or "",
            run.domain.partition.scope.region,
        )
        self._invocations.append((run, task, invocation))

    def _invoke(self, run: Run, task: LambdaTask, invocation: Invocation) -> None:
        def work() -> None:
            outcome = self.invoker.invoke(invocation)
            self.transact(lambda: self._invoked(run, task, outcome))

        if self.clock.mode != "virtual":
            threading.Thread(target=work, name="swf-lambda", daemon=True).start()
        else:
            work()

    def _invoked(self, run: Run, task: LambdaTask, outcome: Outcome) -> None:
        execution = run.execution
        if not self._remembers(run) or execution.pending.get(task.event_id) is not task:
            return
        if isinstance(outcome, Returned) and len(outcome.payload) <= RESULT_MAX:
            self.record(run, lambdas.complete(task, outcome.payload))
        elif isinstance(outcome, Returned):
            self.record(run, lambdas.fail(task, "ResultTooLarge", f"limit {RESULT_MAX}"))
        else:
            self.record(
                run, lambdas.fail(task, outcome.reason[:REASON_MAX], outcome.details[:RESULT_MAX])
            )

    def _remembers(self, run: Run) -> bool:
        """Whether the run has outlived resets and its retention."""
        partition = run.domain.partition
        return (
            self.partitions.get(partition.scope) is partition
            and partition.runs.get(run.execution.run_id) is run
        )

    def _earlier_deadline(self) -> bool:
        if self.clock.skips:
            return True
        entry = self.deadlines.next()
        if entry is None or (
            self._announced_ms is not None and self._announced_ms <= entry[0].at_ms
        ):
            return False
        self._announced_ms = entry[0].at_ms
        return True


class DomainWorld:
    """The world of a decision: its domain, as `core.world.World` wants it."""

    def __init__(self, engine: Engine, domain: Domain) -> None:
        self._engine = engine
        self._domain = domain
        self.settings = engine.settings

    def workflow_type(self, name: str, version: str) -> RegisteredType | None:
        return self._domain.find_type("WorkflowType", name, version)

    def activity_type(self, name: str, version: str) -> RegisteredType | None:
        return self._domain.find_type("ActivityType", name, version)

    def open_executions(self) -> int:
        return len(self._domain.open_runs)

    def new_run_id(self) -> str:
        return self._engine.ids.run_id()

    def refuses(self, decision_type: str, attributes: Attributes) -> str | None:
        return self._engine.guard.refuses_decision(self._domain.name, decision_type, attributes)
