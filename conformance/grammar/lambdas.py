"""Lambda tasks: scheduled, started, closed once, unique by id among the open ones."""

from __future__ import annotations

from conformance.grammar.form import Event
from conformance.grammar.rules import not_early, rule
from conformance.grammar.run import Lambda, Run

LAMBDA_TIMEOUT_DEFAULT = "900"


@rule("LambdaFunctionScheduled")
def _lambda_scheduled(run: Run, event: Event) -> None:
    event.require(
        not _lambda_is_open(run, event["id"]), f"a Lambda task with the id {event['id']!r} is open"
    )
    run.lambdas[event.id] = Lambda(event)


def _lambda_is_open(run: Run, lambda_id: str) -> bool:
    return any(task.scheduled["id"] == lambda_id for task in run.lambdas.values())


@rule("ScheduleLambdaFunctionFailed")
def _lambda_refused(run: Run, event: Event) -> None:
    if event["cause"] == "ID_ALREADY_IN_USE":
        event.require(_lambda_is_open(run, event["id"]), "no open Lambda task has this id")


@rule("LambdaFunctionStarted")
def _lambda_started(run: Run, event: Event) -> None:
    _unstarted_lambda(run, event).started = event


@rule("StartLambdaFunctionFailed")
def _lambda_not_started(run: Run, event: Event) -> None:
    del run.lambdas[_unstarted_lambda(run, event).scheduled.id]


def _unstarted_lambda(run: Run, event: Event) -> Lambda:
    task = run.lambdas.get(event["scheduledEventId"])
    if task is None:
        event.fail(f"Lambda task {event['scheduledEventId']} is closed already")
    event.require(task.started is None, "the Lambda task is started already")
    return task


@rule("LambdaFunctionCompleted", "LambdaFunctionFailed", "LambdaFunctionTimedOut")
def _lambda_closed(run: Run, event: Event) -> None:
    task = run.lambdas.pop(event["scheduledEventId"], None)
    if task is None or task.started is None:
        event.fail(f"Lambda task {event['scheduledEventId']} is not started or closed already")
    event.require(
        event["startedEventId"] == task.started.id, f"startedEventId must be {task.started.id}"
    )
    if event.type == "LambdaFunctionTimedOut":
        given = task.scheduled.get("startToCloseTimeout", "NONE")
        timeout = LAMBDA_TIMEOUT_DEFAULT if given == "NONE" else given
        not_early(event, task.started, timeout, "startToCloseTimeout")
