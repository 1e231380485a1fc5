"""The stories through simpleflow's mapper: models, query sets, a decider and a worker.

simpleflow writes every text as JSON (``"hello"`` with the quotes); what comes from it is read so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from client_matrix.stories import (
    ACTIVITIES,
    DECISIONS,
    FLOW,
    WORK,
    Decider,
    Decision,
    Event,
    WorkFailed,
)

_MAPPER = "simpleflow.swf.mapper"
_TEXTS = ("input", "result", "details", "reason")


class SimpleflowClient:
    """simpleflow: its package ``swf`` until 0.33, ``simpleflow.swf.mapper`` since."""

    def __init__(self, url: str, region: str) -> None:
        os.environ.update(
            AWS_ENDPOINT_URL_SWF=url,
            AWS_DEFAULT_REGION=region,
            AWS_ACCESS_KEY_ID="conformance",
            AWS_SECRET_ACCESS_KEY="conformance",
            AWS_MAX_ATTEMPTS="1",
        )
        self.actors: Any = _modules("actors.decider", "actors.worker")
        self.models_: Any = _modules("models.domain", "models.workflow", "models.activity")
        self.querysets: Any = _modules("querysets.domain", "querysets.workflow")
        self.decisions: Any = _modules(
            "models.decision.task", "models.decision.timer", "models.decision.workflow"
        )
        self.errors: Any = import_module(f"{_MAPPER}.exceptions")
        self.domain: Any = None

    def register(self, domain: str) -> None:
        """Save the domain and both types."""
        made = self.models_["Domain"](domain, description="simpleflow", retention_period="1")
        made.save()
        self.domain = made
        self._flow().save()
        self.models_["ActivityType"](
            made,
            **WORK,
            task_list=ACTIVITIES,
            task_heartbeat_timeout="NONE",
            task_schedule_to_close_timeout="60",
            task_schedule_to_start_timeout="60",
            task_start_to_close_timeout="60",
        ).save()

    def _flow(self, **given: str) -> Any:
        return self.models_["WorkflowType"](
            self.domain,
            **{**FLOW, **given},
            task_list=DECISIONS,
            execution_timeout="600",
            decision_tasks_timeout="60",
            description="simpleflow",
        )

    def start(self, workflow_id: str, input: str) -> str:
        """Start an execution by the model of its type."""
        return str(self._flow().start_execution(workflow_id=workflow_id, input=input).run_id)

    def _execution(self, workflow_id: str) -> Any:
        return self.models_["WorkflowExecution"](self.domain, workflow_id)

    def signal(self, workflow_id: str, name: str, input: str) -> None:
        """Signal an execution by its model."""
        self._execution(workflow_id).signal(name, input=input)

    def cancel(self, workflow_id: str) -> None:
        """Ask an execution to cancel by its model."""
        self._execution(workflow_id).request_cancel()

    def decide(self, decider: Decider) -> None:
        """Take one decision task with the actor and answer it with built decisions."""
        actor = self.actors["Decider"](self.domain, DECISIONS)
        task = actor.poll(identity="simpleflow")
        events = [_read(event.raw) for event in task.history.events]
        actor.complete(task.token, [self._built(decision) for decision in decider(events)])

    def _built(self, decision: Decision) -> Any:
        kind = decision["decisionType"]
        given = next(value for name, value in decision.items() if name != "decisionType")
        build = self.decisions
        if kind == "ScheduleActivityTask":
            work = self.models_["ActivityType"](self.domain, **WORK)
            made = build["ActivityTaskDecision"]()
            made.schedule(given["activityId"], work, input=given["input"], task_list=ACTIVITIES)
        elif kind == "StartTimer":
            made = build["TimerDecision"]()
            made.start(given["timerId"], given["startToFireTimeout"])
        elif kind == "StartChildWorkflowExecution":
            made = build["ChildWorkflowExecutionDecision"]()
            made.start(self._flow(), given["workflowId"], input=given["input"], task_list=DECISIONS)
        elif kind == "CompleteWorkflowExecution":
            made = build["WorkflowExecutionDecision"]()
            made.complete(given["result"])
        else:
            made = build["WorkflowExecutionDecision"]()
            made.cancel(given["details"])
        return made

    def work(self, worker: Callable[[str], str]) -> None:
        """Take one activity task with the actor and answer it."""
        actor = self.actors["ActivityWorker"](self.domain, ACTIVITIES, identity="simpleflow")
        task = actor.poll()
        actor.heartbeat(task.task_token, "begun")
        try:
            result = worker(_plain(task.activity_task.input))
        except WorkFailed as failure:
            actor.fail(task.task_token, reason=str(failure))
        else:
            actor.complete(task.task_token, result)

    def history(self, workflow_id: str, run_id: str) -> list[Event]:
        """The whole history by the model of the execution."""
        execution = self.models_["WorkflowExecution"](self.domain, workflow_id, run_id=run_id)
        return [_read(event.raw) for event in execution.history().events]

    def error_code(self, call: Callable[[], object]) -> str:
        """The fault that simpleflow's own exception stands for."""
        typed = {
            self.errors.AlreadyExistsError: "DomainAlreadyExistsFault",
            self.errors.DoesNotExistError: "UnknownResourceFault",
            self.errors.WorkflowExecutionAlreadyStartedError: (
                "WorkflowExecutionAlreadyStartedFault"
            ),
        }
        try:
            call()
        except self.errors.SWFError as error:
            return typed.get(type(error), repr(error))
        return ""

    def describe_unknown_domain(self) -> None:
        """Fetch a domain that does not exist."""
        self.querysets["DomainQuerySet"]().get("no-such-domain")

    def models(self) -> Iterator[tuple[str, str]]:
        """(what, '' or what came instead): models against what the endpoint has of them."""

        def check(what: str, expected: object, got: object) -> tuple[str, str]:
            return what, "" if got == expected else f"expected {expected!r}, got {got!r}"

        made = self.models_["Domain"](self.domain.name, description="changed", retention_period="1")
        nowhere = self.models_["Domain"]("no-such-domain")
        yield check("Domain.exists", [True, False], [made.exists, nowhere.exists])
        yield check("Domain.changes", ["description"], made.changes.differing_fields())
        yield check("Domain.upstream", self.domain.name, made.upstream().name)
        names = [domain.name for domain in self.querysets["DomainQuerySet"]().all()]
        yield check("DomainQuerySet.all", True, self.domain.name in names)
        types = self.querysets["WorkflowTypeQuerySet"](self.domain)
        retired = self._flow(name="retired")
        retired.save()
        retired.delete()
        for status, expected in (("REGISTERED", ["flow"]), ("DEPRECATED", ["retired"])):
            found = [kind.name for kind in types.filter(registration_status=status)]
            yield check(f"WorkflowTypeQuerySet.filter {status}", expected, found)
        yield check("WorkflowType.exists", True, self._flow().exists)
        yield check("WorkflowType.upstream", "DEPRECATED", retired.upstream().status)
        executions = self.querysets["WorkflowExecutionQuerySet"](self.domain)
        opened = {run.workflow_id for run in executions.all(status="OPEN")}
        yield check("WorkflowExecutionQuerySet.all", {"twice"}, opened)


def _modules(*names: str) -> dict[str, Any]:
    """Everything public of some modules of the mapper."""
    found: dict[str, Any] = {}
    for name in names:
        found.update(vars(import_module(f"{_MAPPER}.{name}")))
    return found


def _read(event: dict[str, Any]) -> Event:
    """An event with the texts that simpleflow wrote as JSON."""
    result: Event = {}
    for member, value in event.items():
        if isinstance(value, dict):
            value = {k: _plain(v) if k in _TEXTS else v for k, v in value.items()}
        result[member] = value
    return result


def _plain(text: Any) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
