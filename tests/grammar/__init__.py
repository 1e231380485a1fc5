"""The grammar of an execution's history: which sequences of events Amazon SWF can write.

Written from the documentation of the service alone and sharing nothing with the emulator, so that
the two can judge each other. `check_history` takes the events of one run, oldest first, from the
first to any point between two transactions of the service, as `GetWorkflowExecutionHistory` returns
them (raw JSON or boto3), and raises `AssertionError` naming the first event that cannot stand where
it stands.

What is checked, in this order for every event:

* form: the envelope, exactly one attribute structure, its members against the service model, the
  members that are always present, the values of durations and priorities;
* references: every ``...EventId`` names an earlier event of the right type;
* place: after a close nothing; in the batch of a decision only what the decisions caused; after an
  event that calls for a decision its DecisionTaskScheduled, and none without such a reason;
* meaning: what the event opens or closes was closed or open before, its ids agree with those of the
  events that it refers to, and no clock fires early.

The decision task slot (at most one task started, at most one waiting)::

    IDLE --trigger--> waiting --poll--> started --trigger--> started + waiting
     ^                   ^                 |                        |
     |                   +---- timeout ----+-- completed, timeout --+
     +---------------------- completed ----+
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import activities, decision_tasks, execution, lambdas, others, timers  # noqa: F401  rules
from .form import read_event
from .rules import known_event_types
from .run import Run

__all__ = ["check_history", "known_event_types"]


def check_history(events: Iterable[dict[str, Any]], *, closed: bool | None = None) -> None:
    """Raise AssertionError unless `events` is a history that the service can have written.

    `closed` additionally demands that the last event closes the execution (True) or that no event
    does (False).
    """
    run = Run()
    for position, raw in enumerate(events, start=1):
        run.append(read_event(position, raw))
    run.finish(closed)
