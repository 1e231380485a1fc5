"""One execution as its history shows it so far, and where an event can be placed in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from conformance.grammar.form import Event, HistoryError
from conformance.grammar.table import (
    CLOSE_REFUSED,
    CLOSED_BY_DECISION,
    CLOSING,
    DECISION_REFUSED,
    DECISION_TAKEN,
    EVENTS,
    MAY_BE_ZERO,
    REFUSED_LATER,
    TRIGGERS,
    referred_type,
)


@dataclass(slots=True)
class Activity:
    scheduled: Event
    started: Event | None = None
    cancel_requested: Event | None = None


@dataclass(slots=True)
class Lambda:
    scheduled: Event
    started: Event | None = None


@dataclass(slots=True)
class Batch:
    """The events that one accepted response of the decider brings."""

    completed: Event
    trigger: Event | None = None
    close: Event | None = None
    types: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Run:
    history: list[Event] = field(default_factory=list)
    closed_by: Event | None = None
    # The decision task slot.
    waiting: Event | None = None
    started: Event | None = None
    batch: Batch | None = None
    due: Event | None = None
    task_lists: set[tuple[str, str]] = field(default_factory=set)
    # What is open, by the event that opened it.
    activities: dict[int, Activity] = field(default_factory=dict)
    timers: dict[str, Event] = field(default_factory=dict)
    initiated: dict[int, Event] = field(default_factory=dict)
    children: dict[int, Event] = field(default_factory=dict)
    lambdas: dict[int, Lambda] = field(default_factory=dict)

    def event(self, event_id: int) -> Event:
        return self.history[event_id - 1]

    @property
    def start(self) -> Event:
        return self.history[0]

    @property
    def original_list(self) -> tuple[str, str]:
        return self.start["taskList"]["name"], "NONE"

    @property
    def pending(self) -> bool:
        """A decision task waits, or will at the end of the batch."""
        return self.waiting is not None or bool(self.batch and self.batch.trigger)

    def place(self, event: Event) -> bool:
        """Put an event where it stands; True if it belongs to the batch of a decision."""
        self._check_order(event)
        self._check_references(event)
        if _hits_event_limit(event):
            self.batch = self.due = None
        in_batch = self._check_batch(event)
        self._check_due(event)
        self.history.append(event)
        return in_batch

    def settle(self, event: Event, in_batch: bool) -> None:
        """Note what follows from an event that was placed and checked."""
        if self.batch and in_batch:
            self.batch.types.add(event.type)
        if event.type in CLOSING:
            self.closed_by = event
        elif event.type in TRIGGERS:
            if self.batch and in_batch:
                self.batch.trigger = self.batch.trigger or event
            elif self.waiting is None:
                self.due = event

    def finish(self, closed: bool | None) -> None:
        if not self.history:
            raise HistoryError("event 1", 1, "a history has at least WorkflowExecutionStarted")
        last = self.history[-1]
        if not self.closed_by:
            self._end_batch()
            if self.due:
                self._fail_due(self.due, "DecisionTaskScheduled must follow, but the history ends")
        if closed is not None:
            last.require(
                (self.closed_by is not None) == closed,
                "the execution should be closed" if closed else "the execution should be open",
                "place",
            )

    def _fail_due(self, trigger: Event, reason: str) -> NoReturn:
        trigger.fail(reason, "triggers", EVENTS[trigger.type].grade)

    def _check_order(self, event: Event) -> None:
        if self.closed_by:
            closed_by = f"event {self.closed_by.id} {self.closed_by.type}"
            event.fail(f"nothing may follow {closed_by}", "place")
        is_first = not self.history
        event.require(
            is_first == (event.type == "WorkflowExecutionStarted"),
            "the first event, and only that, is WorkflowExecutionStarted",
            "place",
        )
        if self.history:
            event.require(
                event.at_ms >= self.history[-1].at_ms,
                f"is older than event {self.history[-1].id}",
                "times",
            )

    def _check_references(self, event: Event) -> None:
        for member, value in event.attributes.items():
            if not member.endswith("EventId"):
                continue
            wanted = referred_type(event.type, member)
            rule = "references"
            if wanted is None:
                event.require(value >= 0, f"{member} must not be negative", rule)
            elif value == 0:
                event.require((event.type, member) in MAY_BE_ZERO, f"{member} must not be 0", rule)
            else:
                earlier = 1 <= value < event.id
                event.require(earlier, f"{member} {value} is not an earlier event", rule)
                found = self.event(value).type
                reason = f"{member} {value} is a {found}, must be a {wanted}"
                event.require(found == wanted, reason, rule)

    def _check_batch(self, event: Event) -> bool:
        """Tell whether the event belongs to the batch of a decision; close the batch if not."""
        batch = self.batch
        if not _is_decided(event):
            self._end_batch()
            return False
        if batch is None or event["decisionTaskCompletedEventId"] != batch.completed.id:
            event.fail("must follow its DecisionTaskCompleted directly", "batch")
        event.require(
            event.at_ms == batch.completed.at_ms,
            f"must have the timestamp of event {batch.completed.id} DecisionTaskCompleted",
            "batch",
        )
        if batch.close:
            close = f"event {batch.close.id}"
            event.fail(f"comes after the closing decision of its batch, {close}", "batch")
        return True

    def _end_batch(self) -> None:
        batch, self.batch = self.batch, None
        if batch is None:
            return
        if batch.trigger and self.waiting is None:
            self.due = batch.trigger

    def _check_due(self, event: Event) -> None:
        due, self.due = self.due, None
        if event.type != "DecisionTaskScheduled":
            if due:
                name = f"event {due.id} {due.type}"
                reason = f"DecisionTaskScheduled must come first, for {name}"
                event.fail(reason, "triggers", EVENTS[due.type].grade)
        elif due is None:
            event.fail(
                "the event before triggers no decision, or a task is waiting already",
                "triggers",
                EVENTS[self.history[-1].type].grade,
            )
        else:
            same_time = event.at_ms == due.at_ms
            reason = f"must have the timestamp of event {due.id} {due.type}"
            event.require(same_time, reason, "triggers", EVENTS[due.type].grade)


def _is_decided(event: Event) -> bool:
    if event.type in REFUSED_LATER:
        return bool(event["initiatedEventId"] == 0)
    return event.type in DECISION_TAKEN | DECISION_REFUSED | CLOSE_REFUSED | CLOSED_BY_DECISION


def _hits_event_limit(event: Event) -> bool:
    """Return True for the event that ends a history at its limit.

    Whether the decision task that was due comes before it is not known.
    """
    return bool(event.get("cause") == "EVENT_LIMIT_EXCEEDED")
