"""The endpoint as boto3 sees it: typed errors, paginators, dates."""

from __future__ import annotations

import datetime
import uuid

from botocore.exceptions import ClientError

from conformance.context import FLOW, Context
from conformance.endpoint.target import SOCKETS
from conformance.procedures.registry import case
from conformance.verdict import Grade

_SOURCE = "boto3: exceptions and paginators of the service model"


@case(
    "sdk",
    "boto3 raises the typed exception of a fault",
    _SOURCE,
    Grade.DOCUMENTED,
    given="nothing",
    needs=SOCKETS,
)
def typed_exception(ctx: Context) -> None:
    client = ctx.target.sdk()
    name = f"none-{uuid.uuid4().hex}"
    try:
        answer = client.describe_domain(name=name)
    except client.exceptions.UnknownResourceFault as fault:
        error = fault.response["Error"]
        expected = {"Code": "UnknownResourceFault", "Message": f"Unknown domain: {name}"}
        ctx.expect(error == expected, "the error", expected, error)
        status = fault.response["ResponseMetadata"]["HTTPStatusCode"]
        ctx.expect(status == 400, "the status", 400, status)
    except ClientError as other:
        ctx.expect(False, "describe_domain", "UnknownResourceFault", repr(other))
    else:
        ctx.expect(False, "describe_domain", "UnknownResourceFault", answer)


@case("sdk", "boto3 reads timestamps as dates", _SOURCE, Grade.DOCUMENTED, needs=SOCKETS)
def dates(ctx: Context) -> None:
    run_id = ctx.start()
    execution = {"workflowId": ctx.namespace.prefix + "w", "runId": run_id}
    client = ctx.target.sdk()
    info = client.describe_workflow_execution(domain=ctx.domain, execution=execution)
    started = info["executionInfo"]["startTimestamp"]
    ctx.expect(isinstance(started, datetime.datetime), "startTimestamp", "a date", started)
    age = abs(ctx.target.now() - started.timestamp())
    with ctx.graded(Grade.INFERRED):
        ctx.expect(age < 3600, "startTimestamp", "now, give or take", started)


@case(
    "sdk",
    "boto3's paginator collects a whole history",
    _SOURCE,
    Grade.DOCUMENTED,
    needs=SOCKETS,
)
def paginator(ctx: Context) -> None:
    run_id = ctx.start()
    for number in range(5):
        ctx.must(
            "SignalWorkflowExecution", {"workflowId": "w", "signalName": f"s{number}", "input": "i"}
        )
    client = ctx.target.sdk()
    pages = client.get_paginator("get_workflow_execution_history").paginate(
        domain=ctx.domain,
        execution={"workflowId": ctx.namespace.prefix + "w", "runId": run_id},
        maximumPageSize=2,
    )
    sizes: list[int] = []
    ids: list[int] = []
    for page in pages:
        sizes.append(len(page["events"]))
        ids += [event["eventId"] for event in page["events"]]
    ctx.expect(ids == list(range(1, 8)), "event ids", "1 to 7", ids)
    ctx.expect(max(sizes) <= 2, "page sizes", "at most 2", sizes)


@case(
    "sdk",
    "boto3 sends what it validates: a whole workflow by its client",
    _SOURCE,
    Grade.DOCUMENTED,
    needs=SOCKETS,
)
def whole_workflow(ctx: Context) -> None:
    client = ctx.target.sdk()
    prefix = ctx.namespace.prefix
    run_id = client.start_workflow_execution(
        domain=ctx.domain,
        workflowId=prefix + "w",
        workflowType={**FLOW, "name": prefix + FLOW["name"]},
        input="hello",
    )["runId"]
    ctx.see_run("w", run_id)
    task = client.poll_for_decision_task(
        domain=ctx.domain, taskList={"name": prefix + "decisions"}, identity="boto3"
    )
    first = task["events"][0]
    got = first["workflowExecutionStartedEventAttributes"].get("input")
    ctx.expect(got == "hello", "input of the first event", "hello", got)
    client.respond_decision_task_completed(
        taskToken=task["taskToken"],
        decisions=[
            {
                "decisionType": "CompleteWorkflowExecution",
                "completeWorkflowExecutionDecisionAttributes": {"result": "done"},
            }
        ],
    )
    kinds = [event["eventType"] for event in ctx.history()]
    expected = [
        "WorkflowExecutionStarted",
        "DecisionTaskScheduled",
        "DecisionTaskStarted",
        "DecisionTaskCompleted",
        "WorkflowExecutionCompleted",
    ]
    ctx.expect(kinds == expected, "history", expected, kinds)
