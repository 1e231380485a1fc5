"""Timers, unique by id among the open ones, and markers, which have no state."""

from __future__ import annotations

from conformance.grammar.form import Event
from conformance.grammar.rules import not_early, rule
from conformance.grammar.run import Run


@rule("TimerStarted")
def _timer_started(run: Run, event: Event) -> None:
    event.require(
        event["timerId"] not in run.timers, f"a timer with the id {event['timerId']!r} is open"
    )
    run.timers[event["timerId"]] = event


@rule("StartTimerFailed")
def _timer_refused(run: Run, event: Event) -> None:
    if event["cause"] == "TIMER_ID_ALREADY_IN_USE":
        event.require(event["timerId"] in run.timers, "no open timer has this id")


@rule("TimerFired")
def _timer_fired(run: Run, event: Event) -> None:
    started = _close_timer(run, event)
    not_early(event, started, started["startToFireTimeout"], "startToFireTimeout")


@rule("TimerCanceled")
def _timer_canceled(run: Run, event: Event) -> None:
    _close_timer(run, event)


def _close_timer(run: Run, event: Event) -> Event:
    started = run.timers.pop(event["timerId"], None)
    if started is None:
        event.fail(f"no timer with the id {event['timerId']!r} is open")
    event.require(event["startedEventId"] == started.id, f"startedEventId must be {started.id}")
    return started


@rule("CancelTimerFailed")
def _timer_cancel_refused(run: Run, event: Event) -> None:
    if event["cause"] == "TIMER_ID_UNKNOWN":
        event.require(event["timerId"] not in run.timers, "a timer with this id is open")


@rule("MarkerRecorded", "RecordMarkerFailed")
def _marker(run: Run, event: Event) -> None:
    """Markers open nothing and have no rule of their own."""
