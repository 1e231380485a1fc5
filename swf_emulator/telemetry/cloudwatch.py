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
from ..engine.domains import Run
from ..engine.history import decode_event

WORKFLOW = ("account", "region", "domain", "workflow_type_name", "workflow_type_version")
ACTIVITY = ("account", "region", "domain", "activity_type_name", "activity_type_version")
TASK_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 86_400)

WORKFLOW_COUNTS = {
    "WorkflowExecutionCompleted": "WorkflowsCompleted",
    "WorkflowExecutionFailed": "WorkflowsFailed",
    "WorkflowExecutionCanceled": "WorkflowsCanceled",
    "WorkflowExecutionContinuedAsNew": "WorkflowsContinuedAsNew",
    "WorkflowExecutionTimedOut": "WorkflowsTimedOut",
    "WorkflowExecutionTerminated": "WorkflowsTerminated",
    "DecisionTaskCompleted": "DecisionTasksCompleted",
}
ACTIVITY_COUNTS = {
    "ActivityTaskCompleted": "ActivityTasksCompleted",
    "ActivityTaskFailed": "ActivityTasksFailed",
    "ActivityTaskCanceled": "ActivityTasksCanceled",
}
TIMEOUT_COUNTS = {
    ("DecisionTaskTimedOut", "START_TO_CLOSE"): "StartedDecisionTasksTimedOutOnClose",
    ("ActivityTaskTimedOut", "SCHEDULE_TO_CLOSE"): "ScheduledActivityTasksTimedOutOnClose",
    ("ActivityTaskTimedOut", "SCHEDULE_TO_START"): "ScheduledActivityTasksTimedOutOnStart",
    ("ActivityTaskTimedOut", "START_TO_CLOSE"): "StartedActivityTasksTimedOutOnClose",
    ("ActivityTaskTimedOut", "HEARTBEAT"): "StartedActivityTasksTimedOutOnHeartbeat",
}
"""By event type and ``timeoutType``; a decision task that was not started has no metric."""

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
CLOSED_TASKS = ("Completed", "Failed", "Canceled", "TimedOut")


def spelled(name: str) -> str:
    """``aws_swf_workflows_completed`` for WorkflowsCompleted."""
    return "aws_swf_" + re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class CloudWatch:
    """Counts events and calls."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._counts: dict[str, Counter] = {}
        self._times: dict[str, Histogram] = {}
        timeouts = TIMEOUT_COUNTS.values()
        labels: tuple[str, ...]
        for name in (*WORKFLOW_COUNTS.values(), *ACTIVITY_COUNTS.values(), *timeouts):
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
        kind, attributes = event.event_type, event.attributes
        if kind.startswith("ActivityTask") and "scheduledEventId" in attributes:
            self._activity(run, event)
        elif kind.startswith("DecisionTask") and "scheduledEventId" in attributes:
            self._decision(run, event)
        elif kind in WORKFLOW_COUNTS:
            self._closed(run, event)
        elif attributes.get("cause", "").endswith("_RATE_EXCEEDED"):
            self._throttled.labels("", kind.removesuffix("Failed"), "Account").inc()

    def _activity(self, run: Run, event: Event) -> None:
        kind, attributes = event.event_type, event.attributes
        scheduled = _event(run, attributes["scheduledEventId"])
        labels = _labels(run, scheduled.attributes["activityType"])
        if kind == "ActivityTaskStarted":
            self._took("ActivityTaskScheduleToStartTime", labels, scheduled, event)
        elif kind.removeprefix("ActivityTask") in CLOSED_TASKS:
            self._count(event, ACTIVITY_COUNTS, labels)
            self._took("ActivityTaskScheduleToCloseTime", labels, scheduled, event)
            if attributes["startedEventId"]:
                started = _event(run, attributes["startedEventId"])
                self._took("ActivityTaskStartToCloseTime", labels, started, event)

    def _decision(self, run: Run, event: Event) -> None:
        attributes = event.attributes
        labels = _labels(run, run.execution.workflow_type)
        if event.event_type == "DecisionTaskStarted":
            scheduled = _event(run, attributes["scheduledEventId"])
            self._took("DecisionTaskScheduleToStartTime", labels, scheduled, event)
            return
        self._count(event, WORKFLOW_COUNTS, labels)
        if attributes["startedEventId"]:
            started = _event(run, attributes["startedEventId"])
            self._took("DecisionTaskStartToCloseTime", labels, started, event)

    def _closed(self, run: Run, event: Event) -> None:
        labels = _labels(run, run.execution.workflow_type)
        took = (event.timestamp_ms - run.execution.started_ms) / 1000
        self._times["WorkflowStartToCloseTime"].labels(*labels).observe(took)
        if event.event_type == "WorkflowExecutionTerminated":
            labels = (*labels, event.attributes.get("cause", ""))
        self._counts[WORKFLOW_COUNTS[event.event_type]].labels(*labels).inc()

    def _count(self, event: Event, names: dict[str, str], labels: tuple[str, ...]) -> None:
        kind = event.event_type
        name = names.get(kind) or TIMEOUT_COUNTS.get(
            (kind, event.attributes.get("timeoutType", ""))
        )
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
