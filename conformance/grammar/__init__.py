"""The grammar of an execution's history: which sequences of events Amazon SWF can write.

It is written from the documentation of the service alone and shares nothing with the emulator, so
that the two can judge each other. `violations` takes the events of one run, oldest first, from the
first to any point between two transactions of the service, as `GetWorkflowExecutionHistory` returns
them (raw JSON or boto3). `check_history` raises `HistoryError` for the first event that cannot be
where it is. The facts of the event types are in ``events.txt``.

What is checked, in this order for every event:

* form: the envelope, exactly one attribute structure, its members against the service model, the
  members that are always present, the values of durations and priorities;
* references: every ``...EventId`` names an earlier event of the right type;
* place: after a close nothing; in the batch of a decision only what the decisions caused; after an
  event that triggers a decision its DecisionTaskScheduled, and none without such a reason;
* meaning: what the event opens or closes was closed or open before, its ids agree with those of the
  events that it refers to, and no clock fires early.

The decision task slot (at most one task started, at most one waiting)::

    IDLE --trigger--> waiting --poll--> started --trigger--> started + waiting
     ^                   ^                 |                        |
     |                   +---- timeout ----+-- completed, timeout --+
     +---------------------- completed ----+
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from conformance.grammar import (  # noqa: F401  each registers its rules
    activities,
    decision_tasks,
    execution,
    lambdas,
    others,
    timers,
)
from conformance.grammar.form import HistoryError, read_event
from conformance.grammar.rules import CHECKS
from conformance.grammar.run import Run
from conformance.grammar.table import EVENTS
from conformance.verdict import Grade

__all__ = ["CHECKS", "RULES", "HistoryError", "Rule", "Violation", "check_history", "violations"]

_PAGES = "API: the ...EventAttributes pages"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the grammar; every violation names one."""

    name: str
    title: str
    source: str
    grade: Grade


RULES = (
    Rule(
        "form",
        "ids are 1, 2, 3 ...; each event has the attributes of its type, as the model has them",
        "API: HistoryEvent; service model",
        Grade.DOCUMENTED,
    ),
    Rule("times", "timestamps never decrease", "recordings", Grade.RECORDED),
    Rule(
        "place",
        "the first event, and only that, is WorkflowExecutionStarted; nothing follows the close",
        "recordings",
        Grade.RECORDED,
    ),
    Rule(
        "references",
        "event ids in attributes name earlier events of the right type",
        _PAGES,
        Grade.DOCUMENTED,
    ),
    Rule(
        "batch",
        "the events of a response directly follow its DecisionTaskCompleted, the close last",
        "recordings",
        Grade.RECORDED,
    ),
    Rule(
        "triggers",
        "DecisionTaskScheduled follows, with the same timestamp, exactly what triggers a decision",
        "recordings; graded by event type in grammar/events.txt",
        Grade.RECORDED,
    ),
    Rule(
        "decision",
        "at most one decision task is started and one waiting, on the list in force",
        "Developer Guide: developing deciders; recordings",
        Grade.RECORDED,
    ),
    Rule(
        "execution",
        "senders and parents are named; a close with a decision task pending is refused",
        _PAGES,
        Grade.DOCUMENTED,
    ),
    Rule(
        "activity",
        "activities start and end once; their ids are unique among the open ones",
        "API: ScheduleActivityTaskDecisionAttributes",
        Grade.DOCUMENTED,
    ),
    Rule(
        "timer",
        "timers end once; their ids are unique among the open ones",
        "API: StartTimerDecisionAttributes",
        Grade.DOCUMENTED,
    ),
    Rule(
        "child", "children start and end once, as the one that was meant", _PAGES, Grade.DOCUMENTED
    ),
    Rule("signal", "a signal to another execution has one outcome", _PAGES, Grade.DOCUMENTED),
    Rule(
        "cancel-request",
        "a cancel request to another execution has one outcome",
        _PAGES,
        Grade.DOCUMENTED,
    ),
    Rule("lambda", "Lambda tasks start and end once", _PAGES, Grade.DOCUMENTED),
    Rule("timeouts", "no timer and no timeout comes early", _PAGES, Grade.DOCUMENTED),
)
_BY_NAME = {rule.name: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule broken by an event."""

    rule: Rule
    event_id: int
    text: str
    grade: Grade


def check_history(events: Iterable[dict[str, Any]], *, closed: bool | None = None) -> None:
    """Raise `HistoryError` unless ``events`` is a history that the service can have written.

    ``closed`` additionally requires that the last event closes the execution (True) or that no
    event does (False).
    """
    run = Run()
    for position, raw in enumerate(events, start=1):
        event = read_event(position, raw)
        in_batch = run.place(event)
        check = CHECKS.get(event.type)
        try:
            if check is not None:
                check(run, event)
        except HistoryError as broken:
            broken.rule = broken.rule or EVENTS[event.type].subject
            raise
        run.settle(event, in_batch)
    run.finish(closed)


def violations(events: Iterable[dict[str, Any]]) -> Iterator[Violation]:
    """The first violation of a history, if there is one: what follows it cannot be judged."""
    try:
        check_history(events)
    except HistoryError as broken:
        rule = _BY_NAME[broken.rule or "place"]
        yield Violation(rule, broken.event_id, broken.reason, broken.grade or rule.grade)
