"""Actions on an execution: signal, cancel, terminate, and answer its tasks by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson
from flask import request, url_for
from werkzeug.wrappers import Response

from ..core import faults
from ..core.decision_tasks import check_batch
from ..core.events import attributes_name
from ..core.faults import Fault
from ..core.registry import DECISIONS
from ..protocol.model import service_model
from ..protocol.validation import validate
from .by_hand import task_token
from .execution import PATH, execution_page, head
from .forms import fields_of, parameters_of
from .overview import task_lists
from .pages import Data, post
from .site import InputError, Shown, Site, back, done, rejected

STEERING = {
    "signal": ("SignalWorkflowExecution", "Send the signal"),
    "cancel": ("RequestCancelWorkflowExecution", "Request to cancel"),
    "terminate": ("TerminateWorkflowExecution", "Terminate"),
}
LEADS = {
    "signal": "The signal is added to the history immediately and triggers a decision.",
    "cancel": "Asks the decider to close the execution; the decider can ignore the request.",
    "terminate": "Ends the execution immediately, without a decision. The child policy "
    "determines what happens to open children.",
}
ANSWERS = {
    "complete": ("RespondActivityTaskCompleted", "Complete the activity"),
    "fail": ("RespondActivityTaskFailed", "Fail the activity"),
    "cancel": ("RespondActivityTaskCanceled", "Cancel the activity"),
    "heartbeat": ("RecordActivityTaskHeartbeat", "Record a heartbeat"),
}
NAMED = ("domain", "workflowId", "runId", "taskToken", "identity")
DECISIONS_MAX = 100

STEER = "<any(signal, cancel, terminate):action>"
ANSWER = "activities/<int:event_id>/<any(complete, fail, cancel, heartbeat):action>"


@execution_page(STEER, "execution_action.html")
def steering_form(site: Site, shown: Shown, action: str) -> Data:
    return _steering(action, {})


@post(f"{PATH}/{STEER}")
def steer_execution(
    site: Site, domain: str, workflow_id: str, run_id: str, action: str
) -> Response:
    shown = site.execution(domain, workflow_id, run_id)
    operation, submit = STEERING[action]
    parameters = parameters_of(f"{operation}Input", request.form)
    parameters |= {"domain": domain, "workflowId": workflow_id, "runId": run_id}
    try:
        site.call(operation, **parameters)
    except Fault as fault:
        data = {**head(site, shown), **_steering(action, request.form)}
        return rejected(fault, "execution_action.html", data)
    return done(f"{submit}: done", _events(shown))


@execution_page(ANSWER, "execution_action.html")
def answering_form(site: Site, shown: Shown, event_id: int, action: str) -> Data:
    span = site.spans(shown).by_id.get(event_id)
    if span is None or span.concept != "activity":
        raise InputError(f"Event {event_id} must be an ActivityTaskScheduled event")
    return {**_form(*ANSWERS[action], {}), "span": span}


@post(f"{PATH}/{ANSWER}")
def answer_activity(
    site: Site, domain: str, workflow_id: str, run_id: str, event_id: int, action: str
) -> Response:
    """Answer in place of a worker; a task that no worker has is started first.

    An answer that SWF would reject does not start the task.
    """
    shown = site.execution(domain, workflow_id, run_id)
    operation, submit = ANSWERS[action]
    parameters = parameters_of(f"{operation}Input", request.form)
    try:
        validate(operation, {"taskToken": "-", **parameters})
        unknown = faults.unknown_activity(event_id)
        token = task_token(site.engine, shown.record, "activity", event_id, unknown)
        site.call(operation, taskToken=token, **parameters)
    except Fault as fault:
        data = {**head(site, shown), **_form(operation, submit, request.form)}
        data["span"] = site.spans(shown).by_id.get(event_id)
        return rejected(fault, "execution_action.html", data)
    return done(f"{submit}: done", back(url_for("console.show_activities", **shown.at)))


@execution_page("decide", "execution_decide.html")
def decide_form(site: Site, shown: Shown) -> Data:
    """One form for each decision type of the model and the registry."""
    domain = shown.record.domain
    shapes = service_model().shapes
    structures = {name: f"{name}DecisionAttributes" for name in DECISIONS}
    return {
        "forms": {
            name: fields_of(structure)
            for name, structure in structures.items()
            if structure in shapes
        },
        "suggestions": {
            "ActivityType": _registered(site, domain, "ActivityType"),
            "WorkflowType": _registered(site, domain, "WorkflowType"),
            "TaskList": sorted({each["name"] for each in site.read(task_lists, domain)}),
        },
        "entered": "",
    }


@post(f"{PATH}/decide")
def decide(site: Site, domain: str, workflow_id: str, run_id: str) -> Response:
    """Answer in place of a decider, as `answer_activity` does in place of a worker."""
    shown = site.execution(domain, workflow_id, run_id)
    parameters: dict[str, Any] = {"decisions": decisions_of(request.form)}
    if request.form.get("executionContext"):
        parameters["executionContext"] = request.form["executionContext"]
    try:
        validate("RespondDecisionTaskCompleted", {"taskToken": "-", **parameters})
        check_batch(parameters["decisions"])
        unknown = faults.unknown_decision_task(shown.record.event_count)
        token = task_token(site.engine, shown.record, "decision", None, unknown)
        site.call("RespondDecisionTaskCompleted", taskToken=token, **parameters)
    except Fault as fault:
        data = decide_form.view(site, domain, workflow_id, run_id)
        data["entered"] = json.dumps(parameters["decisions"], indent=2, ensure_ascii=False)
        return rejected(fault, "execution_decide.html", data)
    count = len(parameters["decisions"])
    return done(f"Answered with {count} decisions", _events(shown))


def decisions_of(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The decisions of a form: numbered field sets, then those given as JSON.

    The fields of the first decision are ``d0.decisionType`` and ``d0.<member>``. Raises
    InputError.
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
            more = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise InputError(f"The decisions must be JSON: {error}") from None
        decisions += more if isinstance(more, list) else [more]
    return decisions


def _registered(site: Site, domain: str, shape: str) -> list[str]:
    answer = site.call(f"List{shape}s", domain=domain, registrationStatus="REGISTERED")
    member = shape[0].lower() + shape[1:]
    return [f"{info[member]['name']}/{info[member]['version']}" for info in answer["typeInfos"]]


def _steering(action: str, values: Mapping[str, str]) -> Data:
    return {
        **_form(*STEERING[action], values),
        "lead": LEADS[action],
        "dangerous": action == "terminate",
    }


def _form(operation: str, submit: str, values: Mapping[str, str]) -> Data:
    fields = fields_of(f"{operation}Input", without=NAMED)
    return {"fields": fields, "values": values, "submit": submit}


def _events(shown: Shown) -> str:
    return url_for("console.show_events", **shown.at, order="newest")
