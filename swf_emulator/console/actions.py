"""Actions on an execution: signal, cancel, terminate, and answer its activities by hand."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request, url_for
from werkzeug.wrappers import Response

from ..core import faults
from ..core.faults import Fault
from ..protocol.validation import validate
from .by_hand import task_token
from .execution import PATH, execution_page, head
from .forms import fields_of, parameters_of
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
STEERED = {
    "signal": "The signal {signalName} was sent to {workflowId}",
    "cancel": "{workflowId} was asked to cancel",
    "terminate": "{workflowId} was terminated",
}
"""The message after the action."""
ANSWERS = {
    "complete": ("RespondActivityTaskCompleted", "Complete the activity", "was completed"),
    "fail": ("RespondActivityTaskFailed", "Fail the activity", "was failed"),
    "cancel": ("RespondActivityTaskCanceled", "Cancel the activity", "was canceled"),
    "heartbeat": ("RecordActivityTaskHeartbeat", "Record a heartbeat", "has a heartbeat"),
}
NAMED = ("domain", "workflowId", "runId", "taskToken", "identity")

STEER = "<any(signal, cancel, terminate):action>"
ANSWER = "activities/<int:event_id>/<any(complete, fail, cancel, heartbeat):action>"


@execution_page(STEER, "execution_action.html")
def steering_form(site: Site, shown: Shown, action: str) -> Data:
    """Arguments: the members of the operation, to begin with."""
    return _steering(action, request.args)


@post(f"{PATH}/{STEER}")
def steer_execution(
    site: Site, domain: str, workflow_id: str, run_id: str, action: str
) -> Response:
    shown = site.execution(domain, workflow_id, run_id)
    operation, _ = STEERING[action]
    parameters = parameters_of(f"{operation}Input", request.form)
    parameters |= {"domain": domain, "workflowId": workflow_id, "runId": run_id}
    try:
        site.call(operation, **parameters)
    except Fault as fault:
        data = {**head(site, shown), **_steering(action, request.form)}
        return rejected(fault, "execution_action.html", data)
    return done(STEERED[action].format(**parameters), events_of(shown))


@execution_page(ANSWER, "execution_action.html")
def answering_form(site: Site, shown: Shown, event_id: int, action: str) -> Data:
    span = site.spans(shown).by_id.get(event_id)
    if span is None or span.concept != "activity":
        raise InputError(f"Event {event_id} must be an ActivityTaskScheduled event")
    return {**_answering(action, {}), "span": span}


@post(f"{PATH}/{ANSWER}")
def answer_activity(
    site: Site, domain: str, workflow_id: str, run_id: str, event_id: int, action: str
) -> Response:
    """Answer in place of a worker; a task that no worker has is started first.

    An answer that SWF would reject does not start the task.
    """
    shown = site.execution(domain, workflow_id, run_id)
    operation, _, said = ANSWERS[action]
    parameters = parameters_of(f"{operation}Input", request.form)
    span = site.spans(shown).by_id.get(event_id)
    try:
        validate(operation, {"taskToken": "-", **parameters})
        unknown = faults.unknown_activity(event_id)
        token = task_token(site.engine, shown.record, "activity", event_id, unknown)
        site.call(operation, taskToken=token, **parameters)
    except Fault as fault:
        data = {**head(site, shown), **_answering(action, request.form), "span": span}
        return rejected(fault, "execution_action.html", data)
    name = f"Activity {event_id}" if span is None else span.name
    return done(f"{name} {said} by hand", back(url_for("console.show_activities", **shown.at)))


def events_of(shown: Shown) -> str:
    """The address of the events of an execution, the newest ones first."""
    return url_for("console.show_events", **shown.at, order="newest")


def _steering(action: str, values: Mapping[str, str]) -> Data:
    operation, submit = STEERING[action]
    return {
        **_form(operation, submit, values),
        "action": action,
        "lead": LEADS[action],
        "dangerous": action == "terminate",
    }


def _answering(action: str, values: Mapping[str, str]) -> Data:
    operation, submit, _ = ANSWERS[action]
    return {**_form(operation, submit, values), "action": action, "dangerous": action == "fail"}


def _form(operation: str, submit: str, values: Mapping[str, str]) -> Data:
    fields = fields_of(f"{operation}Input", without=NAMED)
    return {"fields": fields, "values": values, "submit": submit}
