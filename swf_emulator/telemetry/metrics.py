"""Prometheus metrics (extra: ``metrics``): the emulator's own, and counterparts of AWS/SWF's.

Counters observe calls and events; gauges are read from the engines when the metrics are
collected. docs/operations.md lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
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
from ..engine.view import DomainRecord, ListRecord, View, execution_record
from ..protocol.answers import CallRecord
from ..protocol.call import OPERATIONS
from ..protocol.service import Service
from .cloudwatch import CloudWatch
from .webhook import Webhook

CALL_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1, 5, 20, 65)
"""Upper bounds of the buckets: from microseconds of work to the 60 seconds of a held poll."""

DOMAIN_LABELS = ("account", "region", "domain")
LIST_LABELS = (*DOMAIN_LABELS, "kind", "task_list")


class Metrics:
    """Observes a service and its accounts from now on; ``webhook`` is counted too.

    ``longest_stall`` returns for how many seconds the event loop was delayed at most.
    """

    def __init__(
        self,
        service: Service,
        webhook: Webhook | None = None,
        longest_stall: Callable[[], float] | None = None,
    ) -> None:
        self._accounts = service.accounts
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self._calls = Counter(
            "swf_emulator_calls",
            "Calls answered, by operation and fault; the fault of a success is empty.",
            ("operation", "fault"),
            registry=registry,
        )
        self._seconds = Histogram(
            "swf_emulator_call_seconds",
            "Time from request to answer, including the hold of a poll.",
            ("operation",),
            buckets=CALL_SECONDS,
            registry=registry,
        )
        self._events = Counter(
            "swf_emulator_events", "Events recorded.", ("event_type",), registry=registry
        )
        self._cloudwatch = CloudWatch(registry)
        if longest_stall is not None:
            Gauge(
                "swf_emulator_loop_longest_stall_seconds",
                "Longest delay of a tick of the event loop since the start.",
                registry=registry,
            ).set_function(longest_stall)
        registry.register(_State(service.accounts, webhook))
        service.observers.append(self._called)
        service.accounts.observers.append(self._recorded)

    def render(self) -> tuple[bytes, str]:
        """The metrics in Prometheus' text format, and its content type."""
        domains = self._accounts.collect(lambda view: view.domains())
        self._cloudwatch.keep_only({(*domain.scope, domain.name) for domain in domains})
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def _called(self, call: CallRecord) -> None:
        # Unknown names share one label, so that clients cannot create any number of labels.
        operation = call.operation if call.operation in OPERATIONS else "unknown"
        fault = "" if call.fault is None else call.fault.code
        self._calls.labels(operation, fault).inc()
        self._seconds.labels(operation).observe(call.seconds)
        self._cloudwatch.called(operation, fault)

    def _recorded(self, run: Run, events: list[Event]) -> None:
        execution = execution_record(run)
        for event in events:
            self._events.labels(event.event_type).inc()
            self._cloudwatch.recorded(execution, run.history, event)


class _State(Collector):
    """The state of all accounts, read when the metrics are collected."""

    def __init__(self, accounts: Accounts, webhook: Webhook | None) -> None:
        self._accounts = accounts
        self._webhook = webhook

    def collect(self) -> Iterator[Metric]:
        held = GaugeMetricFamily("swf_emulator_held_polls", "Held polls.", labels=LIST_LABELS)
        backlog = GaugeMetricFamily(
            "swf_emulator_backlog_tasks", "Tasks scheduled and not started.", labels=LIST_LABELS
        )
        opened = GaugeMetricFamily(
            "swf_emulator_open_executions", "Open executions.", labels=DOMAIN_LABELS
        )
        closed = GaugeMetricFamily(
            "swf_emulator_closed_executions",
            "Closed executions whose retention has not ended.",
            labels=DOMAIN_LABELS,
        )
        deadline_count = 0
        for domains, task_lists, count in self._accounts.read(_look):
            deadline_count += count
            for domain in domains:
                where = [*domain.scope, domain.name]
                opened.add_metric(where, domain.open_count)
                closed.add_metric(where, domain.closed_count)
            for each in task_lists:
                labels = [*each.scope, each.domain, each.list_kind, each.name]
                held.add_metric(labels, len(each.pollers))
                backlog.add_metric(labels, each.waiting)
        deadlines = GaugeMetricFamily(
            "swf_emulator_deadlines",
            "Pending deadlines: timeouts, timers, ends of retention.",
            value=deadline_count,
        )
        yield from (held, backlog, opened, closed, deadlines)
        if self._webhook is not None:
            yield from _delivered(self._webhook)


def _look(view: View) -> tuple[list[DomainRecord], list[ListRecord], int]:
    return view.domains(), view.task_lists(), view.deadline_count


def _delivered(webhook: Webhook) -> Iterator[Metric]:
    counts = CounterMetricFamily(
        "swf_emulator_webhook_events",
        "Events for the webhook, by outcome; retried counts attempts.",
        labels=("outcome",),
    )
    for outcome, count in webhook.counts.items():
        counts.add_metric([outcome], count)
    yield counts
    yield GaugeMetricFamily(
        "swf_emulator_webhook_waiting_events",
        "Events that wait for delivery.",
        value=webhook.waiting,
    )
