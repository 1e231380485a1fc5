"""The recorder: the only place where events, notes and changes of domains and types arise.

A *note* is state of a run without an SWF event: a heartbeat, the end of the retention. After
every recording the recorder brings deadlines, task lists and deliveries in line with the open
items that the events have changed. All of these could be derived again from the histories;
the simulation does so after every step and compares.

If there is a journal, the tracker is told of each change here: see `engine.journal`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from functools import partial

from ..core import activities
from ..core.activities import ActivityTask
from ..core.events import Event, NewEvents
from ..core.open_items import OpenItem
from ..core.settings import Settings
from .deadlines import Deadlines
from .domains import Domain, Kept, Region, Run, Scope
from .ids import Starts
from .journal import Change, Tracker
from .task_lists import TaskList
from .transaction import Transaction, attempt
from .types import RegisteredType

Observer = Callable[[Run, list[Event]], None]

Delivery = tuple[Run, OpenItem | Event]
"""A run, and the open item whose effect is outstanding or the event that closed the run."""


class Recorder:
    """Writes the state of one account. All methods require the engine's lock."""

    def __init__(
        self,
        transaction: Transaction,
        deadlines: Deadlines,
        settings: Settings,
        starts: Starts,
        observers: list[Observer],
    ) -> None:
        self._transaction = transaction
        self._deadlines = deadlines
        self._starts = starts
        self._observers = observers
        self.settings = settings
        self.regions: dict[Scope, Region] = {}
        self.on_new_domain: Callable[[], object] | None = None
        """Called after a domain was added."""
        self.tracker: Tracker | None = None
        """Notes what changes, if there is a journal."""
        self.deliveries: deque[Delivery] = deque()
        """The outstanding effects on other executions, in order."""
        self.ready: dict[str, dict[TaskList[Kept], None]] = {"activity": {}, "decision": {}}
        """By kind, the lists that have got a task while polls wait on them."""
        self.outstanding = 0
        """The number of open decision, activity and Lambda tasks."""
        self.changes = 0
        """A number that grows with every change."""
        self.last_change_at = time.monotonic()

    def changed(self) -> None:
        """Count a change."""
        self.changes += 1
        self.last_change_at = time.monotonic()

    def track(self, tracker: Tracker) -> None:
        """Note all changes for a journal from now on."""
        self.tracker = tracker
        self._transaction.submit = tracker.submit

    @property
    def rests_on(self) -> Change | None:
        """The change with which the present state will be committed; None without a journal."""
        tracker = self.tracker
        return None if tracker is None else tracker.change or tracker.submitted

    # Domains and types.

    def region(self, scope: Scope) -> Region:
        """Return a region; an empty one is not remembered before its first domain."""
        return self.regions.get(scope) or Region(scope)

    def domains(self) -> list[Domain]:
        return [domain for region in self.regions.values() for domain in region.domains.values()]

    def register_domain(
        self,
        region: Region,
        name: str,
        description: str | None,
        retention: str,
        tags: dict[str, str],
    ) -> None:
        """Faults: TooManyTagsFault, DomainAlreadyExistsFault, LimitExceededFault."""
        region.register_domain(name, description, retention, tags, self.settings)
        self._remember(region)
        self._note_domain(region.domains[name])

    def add_region(self, region: Region) -> None:
        """Take over a region with its domains."""
        self._remember(region)
        for domain in region.domains.values():
            self._note_domain(domain, types=True)

    def _remember(self, region: Region) -> None:
        self.regions[region.scope] = region
        self.changed()
        if self.on_new_domain is not None:
            self.on_new_domain()

    def _note_domain(self, domain: Domain, *, types: bool = False) -> None:
        if self.tracker is not None:
            self.tracker.domain(domain, types=types)

    def _note_type(self, domain: Domain, registered: RegisteredType) -> None:
        if self.tracker is not None:
            self.tracker.type(domain, registered)

    def deprecate_domain(self, domain: Domain) -> None:
        """Deprecate a domain and its types."""
        domain.deprecate(self._transaction.now_ms)
        self._note_domain(domain, types=True)
        self.changed()

    def undeprecate_domain(self, domain: Domain) -> None:
        """Undeprecate a domain, and its types if the settings demand it."""
        domain.undeprecate(self.settings)
        self._note_domain(domain, types=True)
        self.changed()

    def tag_domain(self, domain: Domain, tags: dict[str, str]) -> None:
        """Replace the tags of a domain."""
        domain.tags = tags
        self._note_domain(domain)
        self.changed()

    def register_type(self, domain: Domain, registered: RegisteredType) -> None:
        """Faults: DomainDeprecatedFault [inferred], TypeAlreadyExistsFault, LimitExceededFault."""
        domain.register_type(registered, self.settings)
        self._note_type(domain, registered)
        self.changed()

    def deprecate_type(self, domain: Domain, registered: RegisteredType) -> None:
        registered.deprecated_ms = self._transaction.now_ms
        self._note_type(domain, registered)
        self.changed()

    def undeprecate_type(self, domain: Domain, registered: RegisteredType) -> None:
        registered.undeprecate()
        self._note_type(domain, registered)
        self.changed()

    def delete_type(self, domain: Domain, registered: RegisteredType) -> None:
        """Fault: TypeNotDeprecatedFault."""
        domain.delete_type(registered)
        self._note_type(domain, registered)
        self.changed()

    # Runs.

    def start(self, domain: Domain, workflow_id: str, run_id: str, new_events: NewEvents) -> None:
        """Start a run with its first events."""
        run = Run(domain, workflow_id, run_id, self._starts.next())
        events = run.record(new_events, self._transaction.now_ms, self.settings)
        if self.tracker is not None:
            self.tracker.started(run)
        domain.region.runs[run_id] = run
        domain.open_runs[workflow_id] = run
        domain.visibility.opened(run)
        self._recorded(run, events)

    def record(self, run: Run, new_events: NewEvents) -> None:
        """Append events to an open run: all of them, or after an exception none."""
        try:
            events = run.record(new_events, self._transaction.now_ms, self.settings)
        except BaseException:
            self._rejoin(run)
            raise
        if run.stalled:
            run.stalled = False
            run.execution.changed_items.extend(run.execution.open_items.values())
        self._recorded(run, events)

    def heartbeat(self, run: Run, task: ActivityTask, details: str | None) -> None:
        """Note that a worker is alive."""
        activities.heartbeat(task, details, self._transaction.now_ms)
        kept = run.kept[task.event_id]
        self._deadlines.arm(kept)
        if self.tracker is not None:
            self.tracker.mark(kept)
        self.changed()

    def adopt(self, run: Run) -> None:
        """Take over a folded run; runs must come in the order of ``sequence``."""
        domain, execution = run.domain, run.execution
        self._starts.count_from(run.sequence)
        if self.tracker is not None:
            self.tracker.started(run)
        domain.region.runs[execution.run_id] = run
        domain.visibility.opened(run)
        # Of all that the fold has touched, only what is still open counts.
        execution.changed_items = [] if execution.closed else list(execution.open_items.values())
        if not execution.closed:
            domain.open_runs[execution.workflow_id] = run
            self._follow(run)
            return
        run.release()
        domain.visibility.closed(run)
        self._retain(run)

    def remembers(self, run: Run) -> bool:
        """Return whether the run still exists: no reset and no end of its retention since."""
        region = run.domain.region
        return (
            self.regions.get(region.scope) is region
            and region.runs.get(run.execution.run_id) is run
        )

    def forget(self, run: Run) -> None:
        """Remove a closed run: its retention has ended."""
        assert run.retention is not None
        self._deadlines.disarm(run.retention)
        run.retention = None
        if self.tracker is not None:
            self.tracker.forgotten(run)
        run.domain.visibility.forgotten(run)
        del run.domain.region.runs[run.execution.run_id]

    def forget_domain(self, domain: Domain) -> None:
        """Remove a domain with everything in it; it must have no polls."""
        region = domain.region
        tracker = self.tracker
        for run in domain.visibility.runs():
            if tracker is not None:
                tracker.forgotten(run)
            for kept in run.kept.values():
                self._release(kept)
            if run.retention is not None:
                self._deadlines.disarm(run.retention)
            del region.runs[run.execution.run_id]
        del region.domains[domain.name]
        if tracker is not None:
            tracker.domain_forgotten(domain)
        self.changed()

    def forget_all(self) -> None:
        """Remove everything; there must be no polls."""
        if self.tracker is not None:
            self.tracker.cleared()
        self.regions = {}
        self._deadlines.clear()
        self.outstanding = 0
        self.changed()

    def stall(self, run: Run) -> None:
        """Suspend the overdue deadlines of a run after an internal error: see `Run`."""
        run.stalled = True
        for kept in (*run.kept.values(), run.retention):
            if kept is not None and self._overdue(kept.item):
                self._deadlines.disarm(kept)

    # What follows from events.

    def _recorded(self, run: Run, events: list[Event]) -> None:
        if self.tracker is not None:
            self.tracker.grown(run, len(events))
        self._follow(run)
        for observe in self._observers:
            attempt("event observer", partial(observe, run, events))
        if run.execution.closed:
            self._closed(run, events[-1])

    def _follow(self, run: Run) -> None:
        """Bring deadlines, task lists and deliveries in line with the changed items.

        What was open when the execution closed is still delivered. A delivery that fails is
        not put back.
        """
        execution = run.execution
        closed = execution.closed
        self.changed()
        changed, execution.changed_items = execution.changed_items, []
        for item in dict.fromkeys(changed):
            kept = run.kept.get(item.event_id)
            alive = execution.open_items.get(item.event_id) is item
            due = alive and item.undelivered and not (kept is not None and kept.delivered)
            if alive and not closed:
                if kept is None:
                    kept = run.kept[item.event_id] = Kept(run, item)
                    self.outstanding += item.is_task
                kept.delivered |= due
                self._attend(kept)
            elif kept is not None:
                self._release(kept)
                del run.kept[item.event_id]
            if due:
                self.deliveries.append((run, item))

    def _rejoin(self, run: Run) -> None:
        """Give the open items of a run that was folded again the marks that they had."""
        opened = run.execution.open_items
        for event_id, kept in run.kept.items():
            kept.item = opened[event_id]
        run.execution.changed_items = list(opened.values())
        self._follow(run)

    def _attend(self, kept: Kept) -> None:
        """Bring deadline and place of an open item in line with its state."""
        if self.tracker is not None:
            self.tracker.mark(kept)
        item, ticket = kept.item, kept.ticket
        place = item.queued()
        if place is None:
            if ticket is not None:
                ticket.task_list.withdraw(ticket)
                kept.ticket = None
        elif ticket is None:
            task_list = kept.run.domain.task_list(place.list_kind, place.task_list)
            kept.ticket = task_list.offer(kept, place.priority)
            if task_list.pollers:
                self.ready[place.list_kind][task_list] = None
        if kept.run.stalled and self._overdue(item):
            self._deadlines.disarm(kept)
        else:
            self._deadlines.arm(kept)

    def _release(self, kept: Kept) -> None:
        """Undo everything that was done for an open item."""
        if self.tracker is not None:
            self.tracker.mark(kept)
        self.outstanding -= kept.item.is_task
        self._deadlines.disarm(kept)
        if kept.ticket is not None:
            kept.ticket.task_list.withdraw(kept.ticket)
            kept.ticket = None

    def _closed(self, run: Run, closing: Event) -> None:
        """Remove a run from the open ones; a run that continues it comes before all else."""
        domain = run.domain
        del domain.open_runs[run.execution.workflow_id]
        domain.visibility.closed(run)
        self._retain(run)
        if run.execution.close_status == "CONTINUED_AS_NEW":
            self.deliveries.appendleft((run, closing))
        else:
            self.deliveries.append((run, closing))

    def _retain(self, run: Run) -> None:
        self._deadlines.arm(run.retain(self.settings.retention_grace_seconds))

    def _overdue(self, item: OpenItem) -> bool:
        deadline = item.next_deadline()
        return deadline is not None and deadline.at_ms <= self._transaction.now_ms
