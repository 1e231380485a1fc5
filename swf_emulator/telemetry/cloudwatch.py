"""Counterparts of the metrics that SWF sends to CloudWatch under AWS/SWF.

A metric has CloudWatch's name in Prometheus' spelling: WorkflowsCompleted is
``aws_swf_workflows_completed_total``. Times are in seconds, as Prometheus wants them, where
CloudWatch has milliseconds. Labels are the dimensions, with account and region before them.

Source: Developer Guide, "Amazon SWF metrics for CloudWatch".
"""

from __future__ import annotations

import re

from prometheus_client import CollectorRegistry, Counter, Histogram

from ..core.events import Event
from ..core.registry import EVENTS, Effect
from ..engine.domains import Run
from ..engine.history import decode_event

WORKFLOW = ("account", "region", "domain", "workflow_type_name", "workflow_type_version")
ACTIVITY = ("account", "region", "domain", "activity_type_name", "activity_type_version")
TASK_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 86_400)

COUNTED = {
    "execution": ("WorkflowExecution", "Workflows"),
    "decision": ("DecisionTask", "DecisionTasks"),
    "activity": ("ActivityTask", "ActivityTasks"),
}
"""The first words of the closing events of a concept, and those of the metrics that count them."""
COUNTS = {
    event_type: event_type.replace(*COUNTED[rule.concept.name])
    for event_type, rule in EVENTS.items()
    if rule.effect is Effect.CLOSES
    and rule.concept.name in COUNTED
    and (rule.close_status is not None or not event_type.endswith("TimedOut"))
}
TIMEOUT_COUNTS = {
    ("decision", "START_TO_CLOSE"): "StartedDecisionTasksTimedOutOnClose",
    ("activity", "SCHEDULE_TO_CLOSE"): "ScheduledActivityTasksTimedOutOnClose",
    ("activity", "SCHEDULE_TO_START"): "ScheduledActivityTasksTimedOutOnStart",
    ("activity", "START_TO_CLOSE"): "StartedActivityTasksTimedOutOnClose",
    ("activity", "HEARTBEAT"): "StartedActivityTasksTimedOutOnHeartbeat",
}
"""By concept and ``timeoutType``; a decision task that was not started has no metric."""

WORKFLOW_TIMES = (
    "DecisionTaskScheduleToStartTime",
    "DecisionTaskStartToCloseTime",
    "WorkflowStartToCloseTime",
)
ACTIVITY_TIMES = (
    "ActivityTaskScheduleToStartTime",
    "ActivityTaskStartToCloseTime",
    "ActivityTaskScheduleToCloseTime",
)


def spelled(name: str) -> str:
    """``aws_swf_workflows_completed`` for WorkflowsCompleted."""
    return "aws_swf_" + re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class CloudWatch:
    """Counts events and calls."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counts: dict[str, Counter] = {}
        self._times: dict[str, Histogram] = {}
        labels: tuple[str, ...]
        for name in (*COUNTS.values(), *TIMEOUT_COUNTS.values()):
            labels = ACTIVITY if "Activity" in name else WORKFLOW
            if name == "WorkflowsTerminated":
                labels = (*labels, "cause")
            self._counts[name] = _counter(name, labels, registry)
        for name in WORKFLOW_TIMES + ACTIVITY_TIMES:
            labels = ACTIVITY if "Activity" in name else WORKFLOW
            self._times[name] = Histogram(
                f"{spelled(name)}_seconds",
                f"AWS/SWF {name}, in seconds.",
                labels,
                buckets=TASK_SECONDS,
                registry=registry,
            )
        self._throttled = _counter(
            "ThrottledEvents", ("api_name", "decision_name", "throttling_scope"), registry
        )

    def called(self, operation: str, fault: str) -> None:
        """A call was answered."""
        if fault == "ThrottlingException":
            self._throttled.labels(operation, "", "Account").inc()

    def recorded(self, run: Run, event: Event) -> None:
        """An event was recorded: ``run`` is as this event, and those with it, left it."""
        rule = EVENTS[event.event_type]
        match rule.concept.name, rule.effect:
            case "activity", Effect.STARTS | Effect.CLOSES:
                self._activity(run, event)
            case "decision", Effect.STARTS | Effect.CLOSES:
                self._decision(run, event)
            case "execution", Effect.CLOSES:
                self._closed(run, event)
            case _, Effect.REFUSES if event.attributes["cause"].endswith("_RATE_EXCEEDED"):
                self._throttled.labels("", rule.decision, "Account").inc()

    def _activity(self, run: Run, event: Event) -> None:
        attributes = event.attributes
        scheduled = _event(run, attributes["scheduledEventId"])
        labels = _labels(run, scheduled.attributes["activityType"])
        if EVENTS[event.event_type].effect is Effect.STARTS:
            self._took("ActivityTaskScheduleToStartTime", labels, scheduled, event)
            return
        self._count(event, labels)
        self._took("ActivityTaskScheduleToCloseTime", labels, scheduled, event)
        if attributes["startedEventId"]:
            started = _event(run, attributes["startedEventId"])
            self._took("ActivityTaskStartToCloseTime", labels, started, event)

    def _decision(self, run: Run, event: Event) -> None:
        attributes = event.attributes
        labels = _labels(run, run.execution.workflow_type)
        if EVENTS[event.event_type].effect is Effect.STARTS:
            scheduled = _event(run, attributes["scheduledEventId"])
            self._took("DecisionTaskScheduleToStartTime", labels, scheduled, event)
            return
        self._count(event, labels)
        if attributes["startedEventId"]:
            started = _event(run, attributes["startedEventId"])
            self._took("DecisionTaskStartToCloseTime", labels, started, event)

    def _closed(self, run: Run, event: Event) -> None:
        labels = _labels(run, run.execution.workflow_type)
        took = (event.timestamp_ms - run.execution.started_ms) / 1000
        self._times["WorkflowStartToCloseTime"].labels(*labels).observe(took)
        if EVENTS[event.event_type].close_status == "TERMINATED":
            labels = (*labels, event.attributes.get("cause", ""))
        self._counts[COUNTS[event.event_type]].labels(*labels).inc()

    def _count(self, event: Event, labels: tuple[str, ...]) -> None:
        rule, timeout_type = EVENTS[event.event_type], event.attributes.get("timeoutType", "")
        name = TIMEOUT_COUNTS.get((rule.concept.name, timeout_type)) or COUNTS.get(event.event_type)
        if name is not None:
            self._counts[name].labels(*labels).inc()

    def _took(self, name: str, labels: tuple[str, ...], begin: Event, end: Event) -> None:
        seconds = (end.timestamp_ms - begin.timestamp_ms) / 1000
        self._times[name].labels(*labels).observe(seconds)


def _counter(name: str, labels: tuple[str, ...], registry: CollectorRegistry) -> Counter:
    return Counter(spelled(name), f"AWS/SWF {name}.", labels, registry=registry)


def _labels(run: Run, kind: dict[str, str]) -> tuple[str, ...]:
    return (*run.domain.region.scope, run.domain.name, kind["name"], kind["version"])


def _event(run: Run, event_id: int) -> Event:
    return decode_event(run.history[event_id - 1])
