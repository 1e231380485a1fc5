"""Metrics for Prometheus (the ``metrics`` extra): of the emulator, and those of AWS/SWF.

Counters follow calls and events as they come; gauges are read from the engine when asked for,
under its lock, at one instant. The documentation has the list, with CloudWatch's names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol as Shape

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..core.events import Event
from ..engine.accounts import Accounts
from ..engine.domains import Run
from ..engine.view import DomainRecord, ListRecord, View
from ..protocol.call import OPERATIONS
from ..protocol.service import CallRecord, Service
from .cloudwatch import CloudWatch

CALL_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 20, 65)
"""Bounds of the buckets: microseconds of work, and up to 60 seconds of a held poll."""

DOMAIN_LABELS = ("account", "region", "domain")
LIST_LABELS = (*DOMAIN_LABELS, "kind", "task_list")


class Delivery(Shape):
    """What delivers events elsewhere, as far as it is counted."""

    counts: dict[str, int]

    @property
    def waiting(self) -> int: ...


class Metrics:
    """Observes one protocol and its engine from now on."""

    def __init__(self, protocol: Service, delivery: Delivery | None = None) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self._calls = Counter(
            "swf_emulator_calls",
            "Calls answered, by operation and fault; without a fault the label is empty.",
            ("operation", "fault"),
            registry=registry,
        )
        self._seconds = Histogram(
            "swf_emulator_call_seconds",
            "Time from request to answer, the time for which a poll is held included.",
            ("operation",),
            buckets=CALL_SECONDS,
            registry=registry,
        )
        self._events = Counter(
            "swf_emulator_events", "Events recorded.", ("event_type",), registry=registry
        )
        self._cloudwatch = CloudWatch(registry)
        registry.register(_State(protocol.accounts, delivery))
        protocol.observers.append(self._called)
        protocol.accounts.observers.append(self._recorded)

    def render(self) -> tuple[bytes, str]:
        """The metrics in Prometheus' text format, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def _called(self, outcome: CallRecord) -> None:
        # What a client makes up must not make up a label.
        operation = outcome.operation if outcome.operation in OPERATIONS else "unknown"
        fault = "" if outcome.fault is None else outcome.fault.code
        self._calls.labels(operation, fault).inc()
        self._seconds.labels(operation).observe(outcome.seconds)
        self._cloudwatch.called(operation, fault)

    def _recorded(self, run: Run, events: list[Event]) -> None:
        for event in events:
            self._events.labels(event.event_type).inc()
            self._cloudwatch.recorded(run, event)


class _State(Collector):
    """The state of all accounts, read when the metrics are collected."""

    def __init__(self, accounts: Accounts, delivery: Delivery | None) -> None:
        self._accounts = accounts
        self._delivery = delivery

    def collect(self) -> Iterator[Metric]:
        yield from self._read()
        if self._delivery is not None:
            yield from _delivered(self._delivery)

    def _read(self) -> list[Metric]:
        held = GaugeMetricFamily(
            "swf_emulator_held_polls", "Polls that wait for a task.", labels=LIST_LABELS
        )
        backlog = GaugeMetricFamily(
            "swf_emulator_backlog_tasks",
            "Tasks scheduled and not started.",
            labels=LIST_LABELS,
        )
        opened = GaugeMetricFamily(
            "swf_emulator_open_executions", "Executions that are open.", labels=DOMAIN_LABELS
        )
        closed = GaugeMetricFamily(
            "swf_emulator_closed_executions",
            "Executions that are closed and within their retention.",
            labels=DOMAIN_LABELS,
        )
        count = 0
        for domains, lists, deadline_count in self._accounts.read(_look):
            count += deadline_count
            for domain in domains:
                where = [*domain.scope, domain.name]
                opened.add_metric(where, domain.open_count)
                closed.add_metric(where, domain.closed_count)
            for each in lists:
                labels = [*each.scope, each.domain, each.list_kind, each.name]
                held.add_metric(labels, len(each.pollers))
                backlog.add_metric(labels, each.waiting)
        deadlines = GaugeMetricFamily(
            "swf_emulator_deadlines",
            "Instants waited for: timeouts, timers, ends of retention.",
            value=count,
        )
        return [held, backlog, opened, closed, deadlines]


def _look(view: View) -> tuple[list[DomainRecord], list[ListRecord], int]:
    return view.domains(), view.task_lists(), view.deadline_count


def _delivered(delivery: Delivery) -> Iterator[Metric]:
    counts = CounterMetricFamily(
        "swf_emulator_webhook_events",
        "Events for the webhook, by what became of them; retried counts attempts.",
        labels=("outcome",),
    )
    for outcome, count in delivery.counts.items():
        counts.add_metric([outcome], count)
    yield counts
    yield GaugeMetricFamily(
        "swf_emulator_webhook_waiting_events", "Events to be delivered.", value=delivery.waiting
    )
