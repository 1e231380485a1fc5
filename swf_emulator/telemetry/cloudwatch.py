"""Counterparts of the metrics that SWF sends to CloudWatch in the namespace AWS/SWF.

A metric has CloudWatch's name in Prometheus' spelling: WorkflowsCompleted is
``aws_swf_workflows_completed_total``. Times are in seconds, as usual in Prometheus, where
CloudWatch uses milliseconds. The labels are account, region and CloudWatch's dimensions.

Source: Developer Guide, "Amazon SWF metrics for CloudWatch".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram

from ..core.events import Event
from ..core.registry import EVENTS, Effect
from ..engine.history import decode_event
from ..engine.view import ExecutionRecord

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

TIMES = (
    "DecisionTaskScheduleToStartTime",
    "DecisionTaskStartToCloseTime",
    "WorkflowStartToCloseTime",
    "ActivityTaskScheduleToStartTime",
    "ActivityTaskStartToCloseTime",
    "ActivityTaskScheduleToCloseTime",
)


def prometheus_name(name: str) -> str:
    """``aws_swf_workflows_completed`` for WorkflowsCompleted."""
    return "aws_swf_" + re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class CloudWatch:
    """Counts events and calls."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, labels: tuple[str, ...]) -> Counter:
            return Counter(prometheus_name(name), f"AWS/SWF {name}.", labels, registry=registry)

        self._counts = {
            name: counter(name, _label_names(name))
            for name in (*COUNTS.values(), *TIMEOUT_COUNTS.values())
        }
        self._times = {
            name: Histogram(
                f"{prometheus_name(name)}_seconds",
                f"AWS/SWF {name}, in seconds.",
                _label_names(name),
                buckets=TASK_SECONDS,
                registry=registry,
            )
            for name in TIMES
        }
        self._seen: set[tuple[str, tuple[str, ...]]] = set()
        """The series that exist, by metric and labels."""
        self._throttled = counter(
            "ThrottledEvents", ("api_name", "decision_name", "throttling_scope")
        )

    def keep_only(self, domains: Collection[tuple[str, str, str]]) -> None:
        """Drop the series of domains that no longer exist; each is account, region and name."""
        for labels in [labels for labels in self._seen.copy() if labels[1][:3] not in domains]:
            self._seen.remove(labels)
            name, values = labels
            metric = self._counts.get(name) or self._times[name]
            metric.remove(*values)

    def called(self, operation: str, fault: str) -> None:
        """Count an answered call."""
        if fault == "ThrottlingException":
            self._throttled.labels(operation, "", "Account").inc()

    def recorded(self, execution: ExecutionRecord, history: Sequence[bytes], event: Event) -> None:
        """Count a recorded event; ``execution`` is as the events recorded with it left it."""
        rule, attributes = EVENTS[event.event_type], event.attributes
        match rule.concept.name, rule.effect:
            case _, Effect.REFUSES:
                if attributes["cause"].endswith("_RATE_EXCEEDED"):
                    self._throttled.labels("", rule.decision, "Account").inc()
            case "activity", Effect.STARTS | Effect.CLOSES:
                scheduled = _event(history, attributes[rule.link])
                labels = _labels(execution, **scheduled.attributes["activityType"])
                self._task("ActivityTask", rule.effect, labels, scheduled, history, event)
                if rule.effect is Effect.CLOSES:
                    self._took(
                        "ActivityTaskScheduleToCloseTime", labels, scheduled.timestamp_ms, event
                    )
            case "decision", Effect.STARTS | Effect.CLOSES:
                scheduled = _event(history, attributes[rule.link])
                labels = _labels(execution, execution.type_name, execution.type_version)
                self._task("DecisionTask", rule.effect, labels, scheduled, history, event)
            case "execution", Effect.CLOSES:
                labels = _labels(execution, execution.type_name, execution.type_version)
                self._took("WorkflowStartToCloseTime", labels, execution.started_ms, event)
                if event.event_type == "WorkflowExecutionTerminated":
                    labels = (*labels, attributes.get("cause", ""))
                self._count(labels, event)

    def _task(
        self,
        task: str,
        effect: Effect,
        labels: tuple[str, ...],
        scheduled: Event,
        history: Sequence[bytes],
        event: Event,
    ) -> None:
        if effect is Effect.STARTS:
            self._took(f"{task}ScheduleToStartTime", labels, scheduled.timestamp_ms, event)
            return
        self._count(labels, event)
        if event.attributes["startedEventId"]:
            started = _event(history, event.attributes["startedEventId"])
            self._took(f"{task}StartToCloseTime", labels, started.timestamp_ms, event)

    def _count(self, labels: tuple[str, ...], event: Event) -> None:
        concept = EVENTS[event.event_type].concept.name
        timeout = (concept, event.attributes.get("timeoutType", ""))
        name = COUNTS.get(event.event_type) or TIMEOUT_COUNTS.get(timeout)
        if name is not None:
            self._seen.add((name, labels))
            self._counts[name].labels(*labels).inc()

    def _took(self, name: str, labels: tuple[str, ...], since_ms: int, event: Event) -> None:
        self._seen.add((name, labels))
        self._times[name].labels(*labels).observe((event.timestamp_ms - since_ms) / 1000)


def _label_names(name: str) -> tuple[str, ...]:
    if name == "WorkflowsTerminated":
        return (*WORKFLOW, "cause")
    return ACTIVITY if "Activity" in name else WORKFLOW


def _labels(execution: ExecutionRecord, name: str, version: str) -> tuple[str, ...]:
    return (*execution.scope, execution.domain, name, version)


def _event(history: Sequence[bytes], event_id: int) -> Event:
    return decode_event(history[event_id - 1])
