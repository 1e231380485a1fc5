"""What can be done to an execution: signal, cancel, terminate, and answer its tasks by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from ..core.decision_tasks import check_batch
from ..core.events import attributes_name
from ..core.faults import Fault
from ..core.registry import DECISIONS
from ..protocol.validation import validate
from . import overview as live
from .by_hand import activity_token, decision_token
from .execution import PATH, head
from .forms import Field, fields_of, parameters_of
from .site import Model, NotUnderstood, Site, back, done, refused

STEERING = {
    "signal": ("SignalWorkflowExecution", "Send the signal"),
    "cancel": ("RequestCancelWorkflowExecution", "Request to cancel"),
    "terminate": ("TerminateWorkflowExecution", "Terminate"),
}
LEADS = {
    "signal": "The signal enters the history at once and makes the service ask the decider.",
    "cancel": "This asks the decider to end the execution in good order; it may refuse.",
    "terminate": "This ends the execution at once. The decider is not asked; what becomes of "
    "open children is the child policy's to say.",
}
ANSWERS = {
    "complete": ("RespondActivityTaskCompleted", "Complete the activity"),
    "fail": ("RespondActivityTaskFailed", "Fail the activity"),
    "cancel": ("RespondActivityTaskCanceled", "Cancel the activity"),
    "heartbeat": ("RecordActivityTaskHeartbeat", "Record a heartbeat"),
}
NAMED = ("domain", "workflowId", "runId", "taskToken", "identity")
DECISIONS_MAX = 100


def register(routes: Blueprint, site: Site) -> None:
    """The forms below an execution's path."""
    steer = f"{PATH}/<any(signal, cancel, terminate):action>"
    answer = f"{PATH}/activities/<int:event_id>/<any(complete, fail, cancel, heartbeat):action>"

    @site.page(routes, steer, "execution_action.html")
    def steering_form(domain: str, workflow_id: str, run_id: str, action: str) -> Model:
        return {**head(site, site.run(domain, workflow_id, run_id)), **_steering(action, {})}

    @routes.post(steer)
    def steer_execution(domain: str, workflow_id: str, run_id: str, action: str) -> Response:
        operation, submit = STEERING[action]
        asked = parameters_of(f"{operation}Input", request.form)
        asked |= {"domain": domain, "workflowId": workflow_id, "runId": run_id}
        try:
            site.calls(operation, **asked)
        except Fault as fault:
            shown = head(site, site.run(domain, workflow_id, run_id))
            model = {**shown, **_steering(action, request.form)}
            return refused(fault, "execution_action.html", model)
        return done(f"{submit}: done", _events(domain, workflow_id, run_id))

    @site.page(routes, answer, "execution_action.html")
    def answering_form(
        domain: str, workflow_id: str, run_id: str, event_id: int, action: str
    ) -> Model:
        run = site.run(domain, workflow_id, run_id)
        span = site.story(run).spans.get(event_id)
        if span is None or span.kind != "activity":
            raise NotUnderstood(f"Event {event_id} schedules no activity task")
        return {**head(site, run), **_answering(action, {}), "span": span}

    @routes.post(answer)
    def answer_activity(
        domain: str, workflow_id: str, run_id: str, event_id: int, action: str
    ) -> Response:
        """Answer in the place of a worker; a task that nobody has taken is taken first.

        What the service would refuse anyway takes no task.
        """
        operation, submit = ANSWERS[action]
        run = site.run(domain, workflow_id, run_id)
        asked = parameters_of(f"{operation}Input", request.form)
        try:
            validate(operation, {"taskToken": "-", **asked})
            site.calls(operation, taskToken=activity_token(site.engine, run, event_id), **asked)
        except Fault as fault:
            model = {**head(site, run), **_answering(action, request.form)}
            model["span"] = site.story(run).spans.get(event_id)
            return refused(fault, "execution_action.html", model)
        location = url_for(
            "console.show_activities", domain=domain, workflow_id=workflow_id, run_id=run_id
        )
        return done(f"{submit}: done", back(location))

    @site.page(routes, f"{PATH}/decide", "execution_decide.html")
    def decide_form(domain: str, workflow_id: str, run_id: str) -> Model:
        return _deciding(site, domain, workflow_id, run_id)

    @routes.post(f"{PATH}/decide")
    def decide(domain: str, workflow_id: str, run_id: str) -> Response:
        """Answer in the place of a decider, as `answer_activity` does in that of a worker."""
        run = site.run(domain, workflow_id, run_id)
        asked: dict[str, Any] = {"decisions": decisions_of(request.form)}
        if request.form.get("executionContext"):
            asked["executionContext"] = request.form["executionContext"]
        try:
            validate("RespondDecisionTaskCompleted", {"taskToken": "-", **asked})
            check_batch(asked["decisions"])
            token = decision_token(site.engine, run)
            site.calls("RespondDecisionTaskCompleted", taskToken=token, **asked)
        except Fault as fault:
            model = _deciding(site, domain, workflow_id, run_id)
            model["entered"] = json.dumps(asked["decisions"], indent=2, ensure_ascii=False)
            return refused(fault, "execution_decide.html", model)
        count = len(asked["decisions"])
        return done(f"Answered with {count} decisions", _events(domain, workflow_id, run_id))


def decisions_of(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The decisions of a form: numbered field sets, then those given as JSON.

    The fields of the first decision are ``d0.decisionType`` and ``d0.<member>``. Raises
    NotUnderstood.
    """
    decisions: list[dict[str, Any]] = []
    for number in range(DECISIONS_MAX):
        decision_type = form.get(f"d{number}.decisionType")
        if decision_type in DECISIONS:
            structure = f"{decision_type}DecisionAttributes"
            attributes = parameters_of(structure, form, f"d{number}.")
            member = attributes_name(decision_type, "Decision")
            decisions.append({"decisionType": decision_type, member: attributes})
    text = form.get("json", "").strip()
    if text:
        try:
            more = json.loads(text)
        except ValueError as error:
            raise NotUnderstood(f"The decisions are not JSON: {error}") from None
        decisions += more if isinstance(more, list) else [more]
    return decisions


def _deciding(site: Site, domain: str, workflow_id: str, run_id: str) -> Model:
    run = site.run(domain, workflow_id, run_id)
    queues = live.queues(site.engine, site.scope, domain)
    return {
        **head(site, run),
        "forms": {name: decision_fields(name) for name in DECISIONS},
        "suggestions": {
            "ActivityType": _registered(site, domain, "ActivityType"),
            "WorkflowType": _registered(site, domain, "WorkflowType"),
            "TaskList": sorted({queue.name for queue in queues}),
        },
        "entered": "",
    }


def decision_fields(decision_type: str) -> list[Field]:
    """The fields of one type of decision."""
    return fields_of(f"{decision_type}DecisionAttributes")


def _registered(site: Site, domain: str, kind: str) -> list[str]:
    answer = site.calls(f"List{kind}s", domain=domain, registrationStatus="REGISTERED")
    member = kind[0].lower() + kind[1:]
    return [f"{info[member]['name']}/{info[member]['version']}" for info in answer["typeInfos"]]


def _steering(action: str, values: Mapping[str, str]) -> Model:
    operation, submit = STEERING[action]
    return {
        "fields": fields_of(f"{operation}Input", without=NAMED),
        "values": values,
        "submit": submit,
        "lead": LEADS[action],
        "dangerous": action == "terminate",
    }


def _answering(action: str, values: Mapping[str, str]) -> Model:
    operation, submit = ANSWERS[action]
    return {
        "fields": fields_of(f"{operation}Input", without=NAMED),
        "values": values,
        "submit": submit,
        "lead": "",
        "dangerous": False,
    }


def _events(domain: str, workflow_id: str, run_id: str) -> str:
    return url_for(
        "console.show_events",
        domain=domain,
        workflow_id=workflow_id,
        run_id=run_id,
        order="newest",
    )
