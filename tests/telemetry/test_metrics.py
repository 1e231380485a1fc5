"""The Prometheus metrics, and the counterparts of SWF's CloudWatch metrics."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from prometheus_client.parser import text_string_to_metric_families

from swf_emulator import Emulator, VirtualClock
from swf_emulator.http import EdgeOptions
from swf_emulator.http.server import BackgroundServer
from swf_emulator.telemetry.cloudwatch import prometheus_name
from swf_emulator.telemetry.metrics import Metrics
from swf_emulator.telemetry.webhook import Webhook
from tests.waiting import wait_until

Samples = dict[str, dict[tuple[str, ...], float]]
WHERE = ("123456789012", "us-east-1", "d")
DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "operations.md"


def samples(text: str) -> Samples:
    """Samples by name and by label values, which are ordered by the labels' names."""
    found: Samples = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


@pytest.fixture
def metrics(virtual: Emulator) -> Metrics:
    return Metrics(virtual.service)


def read(metrics: Metrics) -> Samples:
    body, content_type = metrics.render()
    assert content_type.startswith("text/plain; version=")
    return samples(body.decode())


def start(swf: Any, workflow_id: str = "w") -> None:
    swf.start_workflow_execution(
        domain="d",
        workflowId=workflow_id,
        workflowType={"name": "wt", "version": "1"},
        taskList={"name": "t"},
        taskStartToCloseTimeout="60",
        executionStartToCloseTimeout="600",
        childPolicy="TERMINATE",
    )


def register(swf: Any) -> None:
    swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    swf.register_workflow_type(domain="d", name="wt", version="1")
    swf.register_activity_type(
        domain="d",
        name="at",
        version="2",
        defaultTaskList={"name": "a"},
        defaultTaskHeartbeatTimeout="30",
        defaultTaskScheduleToStartTimeout="100",
        defaultTaskScheduleToCloseTimeout="200",
        defaultTaskStartToCloseTimeout="150",
    )


def decide(swf: Any, *decisions: dict[str, Any]) -> None:
    task = swf.poll_for_decision_task(domain="d", taskList={"name": "t"})
    swf.respond_decision_task_completed(taskToken=task["taskToken"], decisions=list(decisions))


def schedule(activity_id: str) -> dict[str, Any]:
    return {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityType": {"name": "at", "version": "2"},
            "activityId": activity_id,
        },
    }


COMPLETE = {"decisionType": "CompleteWorkflowExecution"}


def take(swf: Any) -> str:
    token: str = swf.poll_for_activity_task(domain="d", taskList={"name": "a"})["taskToken"]
    return token


def test_calls_by_operation_and_fault(metrics: Metrics, swf: Any) -> None:
    register(swf)
    with pytest.raises(ClientError):
        swf.describe_domain(name="unknown")
    found = read(metrics)
    assert found["swf_emulator_calls_total"] == {
        ("", "RegisterDomain"): 1,
        ("", "RegisterWorkflowType"): 1,
        ("", "RegisterActivityType"): 1,
        ("UnknownResourceFault", "DescribeDomain"): 1,
    }
    assert found["swf_emulator_call_seconds_count"]["RegisterDomain",] == 1


def test_unknown_operations_share_one_label(endpoint: str, emulator: Emulator) -> None:
    metrics = Metrics(emulator.service)
    for name in ("Foo", "Bar"):
        request = urllib.request.Request(endpoint, b"{}", {"X-Amz-Target": f"X.{name}"})
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        caught.value.close()
    assert read(metrics)["swf_emulator_calls_total"] == {
        ("UnknownOperationException", "unknown"): 2
    }


def test_gauges_show_the_current_state(metrics: Metrics, swf: Any) -> None:
    register(swf)
    start(swf, "first")
    start(swf, "second")
    decide(swf, schedule("a1"), schedule("a2"))
    take(swf)
    found = read(metrics)
    account, region, domain = WHERE
    assert found["swf_emulator_backlog_tasks"] == {
        (account, domain, "decision", region, "t"): 1,
        (account, domain, "activity", region, "a"): 1,
    }
    assert found["swf_emulator_open_executions"] == {(account, domain, region): 2}
    assert found["swf_emulator_closed_executions"] == {(account, domain, region): 0}
    assert found["swf_emulator_deadlines"] == {(): 4}
    decide(swf, COMPLETE)
    assert read(metrics)["swf_emulator_closed_executions"] == {(account, domain, region): 1}


def test_metrics_cover_all_accounts(metrics: Metrics, virtual: Emulator, swf: Any) -> None:
    other = virtual.client(aws_access_key_id="999988887777")
    for client in (swf, other):
        register(client)
        start(client)
    found = read(metrics)
    assert found["swf_emulator_open_executions"] == {
        (account, "d", "us-east-1"): 1 for account in ("123456789012", "999988887777")
    }
    assert found["swf_emulator_events_total"]["WorkflowExecutionStarted",] == 2
    assert found["swf_emulator_deadlines"] == {(): 2}


def test_held_polls(emulator: Emulator, endpoint: str, client: Any) -> None:
    metrics = Metrics(emulator.service)
    emulator.configure(poll_hold_seconds=60)
    client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
    poll = threading.Thread(
        target=lambda: client.poll_for_activity_task(domain="d", taskList={"name": "a"})
    )
    poll.start()
    wait_until(lambda: emulator.service.engine.polls.held == 1)
    account, region, domain = WHERE
    found = read(metrics)["swf_emulator_held_polls"]
    assert found == {(account, domain, "activity", region, "a"): 1}
    emulator.accounts.release_polls()
    poll.join()
    assert "swf_emulator_held_polls" not in read(metrics)


def test_events_by_type(metrics: Metrics, swf: Any) -> None:
    register(swf)
    start(swf)
    decide(swf, schedule("a1"))
    swf.respond_activity_task_completed(taskToken=take(swf))
    decide(swf, COMPLETE)
    assert read(metrics)["swf_emulator_events_total"] == {
        ("WorkflowExecutionStarted",): 1,
        ("DecisionTaskScheduled",): 2,
        ("DecisionTaskStarted",): 2,
        ("DecisionTaskCompleted",): 2,
        ("ActivityTaskScheduled",): 1,
        ("ActivityTaskStarted",): 1,
        ("ActivityTaskCompleted",): 1,
        ("WorkflowExecutionCompleted",): 1,
    }


def metric(found: Samples, name: str, suffix: str) -> float:
    """The only sample of the metric with this CloudWatch name."""
    (value,) = found[prometheus_name(name) + suffix].values()
    return value


def test_cloudwatch_times_of_a_workflow(metrics: Metrics, swf: Any, clock: VirtualClock) -> None:
    register(swf)
    start(swf)
    clock.advance(3)
    task = swf.poll_for_decision_task(domain="d", taskList={"name": "t"})
    clock.advance(4)
    swf.respond_decision_task_completed(taskToken=task["taskToken"], decisions=[schedule("a1")])
    clock.advance(5)
    token = take(swf)
    clock.advance(6)
    swf.respond_activity_task_completed(taskToken=token)
    decide(swf, COMPLETE)
    found = read(metrics)
    assert metric(found, "DecisionTaskScheduleToStartTime", "_seconds_sum") == 3
    assert metric(found, "DecisionTaskStartToCloseTime", "_seconds_sum") == 4
    assert metric(found, "DecisionTasksCompleted", "_total") == 2
    assert metric(found, "ActivityTaskScheduleToStartTime", "_seconds_sum") == 5
    assert metric(found, "ActivityTaskStartToCloseTime", "_seconds_sum") == 6
    assert metric(found, "ActivityTaskScheduleToCloseTime", "_seconds_sum") == 11
    assert metric(found, "ActivityTasksCompleted", "_total") == 1
    assert metric(found, "WorkflowStartToCloseTime", "_seconds_sum") == 18
    assert metric(found, "WorkflowsCompleted", "_total") == 1
    account, region, domain = WHERE
    assert list(found[prometheus_name("WorkflowsCompleted") + "_total"]) == [
        (account, domain, region, "wt", "1")
    ]
    assert list(found[prometheus_name("ActivityTasksCompleted") + "_total"]) == [
        (account, "at", "2", domain, region)
    ]


def test_the_series_of_a_domain_end_with_it(
    metrics: Metrics, virtual: Emulator, swf: Any, clock: VirtualClock
) -> None:
    register(swf)
    start(swf)
    decide(swf, COMPLETE)
    completed = prometheus_name("WorkflowsCompleted") + "_total"
    assert completed in read(metrics)
    virtual.reset()
    assert completed not in read(metrics)
    assert not [name for name in read(metrics) if name.startswith("aws_swf_") and "seconds" in name]


@pytest.mark.parametrize(
    ("taken", "seconds", "name"),
    [
        (False, 100, "ScheduledActivityTasksTimedOutOnStart"),
        (True, 30, "StartedActivityTasksTimedOutOnHeartbeat"),
    ],
)
def test_activity_timeouts(
    metrics: Metrics, swf: Any, clock: VirtualClock, taken: bool, seconds: int, name: str
) -> None:
    register(swf)
    start(swf)
    decide(swf, schedule("a1"))
    if taken:
        take(swf)
    clock.advance(seconds)
    found = read(metrics)
    assert metric(found, name, "_total") == 1
    assert metric(found, "ActivityTaskScheduleToCloseTime", "_seconds_count") == 1
    assert (prometheus_name("ActivityTaskStartToCloseTime") + "_seconds_count" in found) == taken


def test_ends_of_workflows(metrics: Metrics, swf: Any, clock: VirtualClock) -> None:
    register(swf)
    for workflow_id in ("terminated", "timed-out"):
        start(swf, workflow_id)
    swf.terminate_workflow_execution(domain="d", workflowId="terminated")
    swf.poll_for_decision_task(domain="d", taskList={"name": "t"})
    clock.advance(600)
    found = read(metrics)
    assert metric(found, "WorkflowsTerminated", "_total") == 1
    assert metric(found, "WorkflowsTimedOut", "_total") == 1
    assert metric(found, "StartedDecisionTasksTimedOutOnClose", "_total") == 1
    (labels,) = found[prometheus_name("WorkflowsTerminated") + "_total"]
    assert "OPERATOR_INITIATED" in labels


def test_throttled_calls_and_decisions(metrics: Metrics, virtual: Emulator, swf: Any) -> None:
    register(swf)
    start(swf)
    virtual.refusals.refuse_decision("ScheduleActivityTask", "ACTIVITY_CREATION_RATE_EXCEEDED")
    decide(swf, schedule("a1"))
    virtual.refusals.refuse_operation("CountPendingDecisionTasks", times=1)
    hasty = virtual.client(config=Config(retries={"max_attempts": 0}))
    with pytest.raises(ClientError, match="Rate exceeded"):
        hasty.count_pending_decision_tasks(domain="d", taskList={"name": "t"})
    assert read(metrics)[prometheus_name("ThrottledEvents") + "_total"] == {
        ("CountPendingDecisionTasks", "", "Account"): 1,
        ("", "ScheduleActivityTask", "Account"): 1,
    }


def test_the_route_is_optional(emulator: Emulator, endpoint: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{endpoint}/metrics")
    with caught.value as refused:
        assert refused.code in (404, 405)
    options = EdgeOptions(metrics=Metrics(emulator.service).render)
    with (
        BackgroundServer(emulator, options=options) as server,
        urllib.request.urlopen(f"{server.url}/metrics") as answer,
    ):
        assert "process_resident_memory_bytes" in samples(answer.read().decode())


def test_outcomes_of_webhook_events(virtual: Emulator, swf: Any) -> None:
    webhook = Webhook(virtual.accounts, "http://127.0.0.1:1/", queue_max=1)
    metrics = Metrics(virtual.service, webhook)
    register(swf)
    start(swf, "first")
    start(swf, "second")
    found = read(metrics)
    assert found["swf_emulator_webhook_events_total"]["dropped",] == 1
    assert found["swf_emulator_webhook_waiting_events"] == {(): 1}
    webhook.close(0)


def test_every_metric_is_documented(metrics: Metrics) -> None:
    body, _ = metrics.render()
    documented = DOCUMENT.read_text()
    names = {
        line.split()[2]
        for line in body.decode().splitlines()
        if line.startswith(("# TYPE swf_emulator_", "# TYPE aws_swf_"))
    }
    missing = {name for name in names if f"`{name}`" not in documented}
    assert not {name for name in missing if not name.endswith("_created")}
