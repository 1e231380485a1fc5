"""A dry run of decisions: the events that a response would record now, without recording them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from ..core import decision_tasks
from ..core.events import Attributes, Event
from ..core.execution import Execution
from ..core.record import fold, record
from ..core.registry import EVENTS
from .engine import Engine
from .history import decode_event
from .view import ExecutionRecord, StateRecord, View, state_record
from .world import DomainWorld

RUN_ID = "(a new run id)"


class Rehearsal(NamedTuple):
    """The events that would be recorded, and the state after them."""

    events: list[Event]
    state: StateRecord


class _Unchanged(DomainWorld):
    """The domain of a decision; what a decision looks up changes nothing."""

    def new_run_id(self) -> str:
        return RUN_ID

    def refuses(self, decision_type: str, attributes: Attributes) -> str | None:
        """The cause of a refusal that a test asked for; it is not counted."""
        entry = self._engine.refusals.refusals()["decisions"].get(decision_type)
        return None if entry is None else entry[0]


def rehearse(
    engine: Engine, execution: ExecutionRecord, response: Mapping[str, Any], identity: str
) -> Rehearsal | None:
    """Return what a RespondDecisionTaskCompleted would record; None without a task to answer.

    A task that no decider has is started first, as if ``identity`` polled for it. ``response``
    must be valid. Acquires the lock.

    Fault: ValidationException (close not last, incompatible decisions).
    """
    decision_tasks.check_batch(response.get("decisions", ()))
    history = engine.read(lambda view: _stored(view, execution))
    state = Execution(execution.workflow_id, execution.run_id)
    for stored in history:
        event = decode_event(stored)
        if event.event_type in EVENTS:
            fold(state, event)
    task = state.decision_started or state.decision_waiting
    if state.closed or task is None:
        return None
    with engine.transaction:
        region = engine.regions.get(execution.scope)
        domain = None if region is None else region.domains.get(execution.domain)
        if domain is None:
            return None
        started = () if task.taken else decision_tasks.start(task, identity)
        complete = decision_tasks.complete(state, dict(response), _Unchanged(engine, domain))
        new_events = chain(started, complete)
        events = record(state, new_events, engine.now_ms, engine.settings)
    return Rehearsal(events, state_record(state))


def _stored(view: View, execution: ExecutionRecord) -> Sequence[bytes]:
    return tuple(view.history(execution))
