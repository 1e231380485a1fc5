"""Deciding by hand: a decision task answered in place of a decider, with a dry run of it.

The form holds numbered decisions. Its buttons add, move and remove them; each of them sends
the form and gets it back, so it needs no script. Nothing is recorded before the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ..core import faults
from ..core.decision_tasks import check_batch
from ..core.events import Event, attributes_name
from ..core.faults import Fault
from ..core.registry import DECISIONS, EVENTS, Effect
from ..engine.domains import Scope
from ..engine.history import decode_event
from ..engine.rehearsal import rehearse
from ..engine.view import ExecutionRecord, View
from ..protocol.model import service_model
from ..protocol.recorded_decisions import Batch, batches
from ..protocol.validation import validate
from .actions import events_of
from .by_hand import IDENTITY, task_token
from .execution import PATH, execution_page, open_items
from .forms import Field, fields_of, label_of, parameters_of, strings_of
from .overview import task_lists
from .pages import Data, post
from .site import InputError, Shown, Site, done, rejected
from .spans import Spans
from .words import ICONS, event_icon, gist_of, split_words, title_of

DECISIONS_MAX = 100
BEFORE_MAX = 30
RUNS_MAX = 50
NAMES = {
    "ScheduleActivityTask": ("Activity", "Schedule an activity task"),
    "StartTimer": ("Timer", "Start a timer"),
    "StartChildWorkflowExecution": ("Child", "Start a child execution"),
    "ScheduleLambdaFunction": ("Lambda", "Schedule a Lambda function"),
    "RecordMarker": ("Marker", "Record a marker"),
    "SignalExternalWorkflowExecution": ("Signal another", "Signal another execution"),
    "CompleteWorkflowExecution": ("Complete", "Complete the execution"),
    "FailWorkflowExecution": ("Fail", "Fail the execution"),
    "ContinueAsNewWorkflowExecution": ("Continue as new", "Continue as a new run"),
}
"""The names of the usual decisions, short and long; others are named by their type."""
CLOSING_ICONS = {"CompleteWorkflowExecution": "done", "FailWorkflowExecution": "failed"}
_PLACE = re.compile(
    r"at '(?:decisions\.(\d+)\.member\.)?(?:(\w+?)DecisionAttributes)?\.?([\w.]*)' failed to "
    r"satisfy constraint: ([^;\]]*)"
)


@dataclass(slots=True)
class Card:
    """One decision in the form: its fields with their values, and what is wrong with them."""

    number: int
    decision_type: str
    title: str
    icon: str
    fields: list[Field]
    values: Mapping[str, str]
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Foretold:
    """The events that the answer would record (id, type, icon, gist), and their consequences."""

    events: list[tuple[int, str, str, str]] = field(default_factory=list)
    problem: str = ""
    refused: list[str] = field(default_factory=list)
    waits_for: list[str] = field(default_factory=list)
    unpolled: list[str] = field(default_factory=list)
    status: str = "OPEN"


@execution_page("decide", "execution_decide.html")
def decide_form(site: Site, shown: Shown) -> Data:
    """Arguments: ``like`` (a run id): begin with what that run decided at this point."""
    decisions: list[dict[str, Any]] = []
    batch = None
    if like := request.args.get("like", ""):
        batch = _batch_of(site, shown, like)
        decisions = [] if batch is None else decisions_in(batch)
    context = "" if batch is None else batch.context or ""
    return _form(site, shown, decisions, context)


@post(f"{PATH}/decide")
def decide(site: Site, domain: str, workflow_id: str, run_id: str) -> AnyResponse:
    """Answer in place of a decider, as `answer_activity` does in place of a worker.

    With ``do`` other than ``answer`` the form is only changed and shown again.
    """
    shown = site.execution(domain, workflow_id, run_id)
    decisions = decisions_of(request.form)
    context = request.form.get("executionContext", "")
    parameters: dict[str, Any] = {"decisions": decisions}
    if context:
        parameters["executionContext"] = context
    act, _, argument = request.form.get("do", "answer").partition(":")
    if act != "answer":
        changed = _changed(decisions, act, argument)
        data = {**decide_form.view(site, domain, workflow_id, run_id)}
        data.update(_form(site, shown, changed, context, check=act != "add"))
        return Response(render_template("execution_decide.html", **data))
    try:
        validate("RespondDecisionTaskCompleted", {"taskToken": "-", **parameters})
        check_batch(decisions)
        unknown = faults.unknown_decision_task(shown.record.event_count)
        token = task_token(site.engine, shown.record, "decision", None, unknown)
        site.call("RespondDecisionTaskCompleted", taskToken=token, **parameters)
    except Fault as fault:
        data = {**decide_form.view(site, domain, workflow_id, run_id)}
        data.update(_form(site, shown, decisions, context))
        return rejected(fault, "execution_decide.html", data)
    count = len(decisions)
    return done(f"Answered with {count} decision{'' if count == 1 else 's'}", events_of(shown))


@post(f"{PATH}/decide/check")
def check_decisions(site: Site, domain: str, workflow_id: str, run_id: str) -> AnyResponse:
    """The dry run of a form, for its script: what the answer would record, and what is wrong."""
    shown = site.execution(domain, workflow_id, run_id)
    try:
        decisions, problem = decisions_of(request.form), ""
    except InputError as error:
        decisions, problem = [], str(error)
    context = request.form.get("executionContext", "")
    foretold, problems = _rehearsed(site, shown, decisions, context)
    foretold.problem = problem or foretold.problem
    page = render_template(
        "execution_foretold.html", foretold=foretold, decisions=decisions, **shown.at
    )
    body = {
        "html": page,
        "problems": {
            f"d{number}.{member}": text
            for number, members in problems.items()
            for member, text in members.items()
        },
        "events": foretold.events,
        "problem": foretold.problem,
    }
    return Response(json.dumps(body), mimetype="application/json")


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


def decisions_in(batch: Batch) -> list[dict[str, Any]]:
    """The decisions that a history records, as a decider would send them."""
    return [
        {
            "decisionType": each.decision_type,
            attributes_name(each.decision_type, "Decision"): dict(each.members),
        }
        for each in batch.decisions
    ]


def _changed(decisions: list[dict[str, Any]], act: str, argument: str) -> list[dict[str, Any]]:
    """The decisions after a button of the form: add, remove, up or down."""
    changed = list(decisions)
    if act == "add" and argument in DECISIONS:
        changed.append({"decisionType": argument, attributes_name(argument, "Decision"): {}})
        return changed
    place = int(argument) if argument.isdecimal() else -1
    if not 0 <= place < len(changed):
        return changed
    if act == "remove":
        del changed[place]
    elif act == "up" and place:
        changed.insert(place - 1, changed.pop(place))
    elif act == "down":
        changed.insert(place + 1, changed.pop(place))
    return changed


def _form(
    site: Site,
    shown: Shown,
    decisions: Sequence[dict[str, Any]],
    context: str,
    check: bool = True,
) -> Data:
    """The whole page: what is new, the decisions, and what they would record."""
    domain = shown.record.domain
    spans = site.spans(shown)
    foretold, problems = _rehearsed(site, shown, decisions, context)
    cards = [card(number, each) for number, each in enumerate(decisions) if _known(each)]
    for each in cards:
        each.problems = problems.get(each.number, {}) if check else {}
    odd = [each for each in decisions if not _known(each)]
    suggestions = {
        "ActivityType": _registered(site, domain, "ActivityType"),
        "WorkflowType": _registered(site, domain, "WorkflowType"),
        "TaskList": sorted({each["name"] for each in site.read(task_lists, domain)}),
    }
    news = _news(spans)
    return {
        "cards": cards,
        "kinds": kinds(),
        "suggestions": suggestions,
        "entered": json.dumps(odd, indent=2, ensure_ascii=False) if odd else "",
        "execution_context": context,
        "all_json": json.dumps(list(decisions), indent=2, ensure_ascii=False),
        "news": [
            {
                "event_id": e.event_id,
                "type": e.event_type,
                "icon": event_icon(e),
                "gist": gist_of(e),
            }
            for e in news[-BEFORE_MAX:]
        ],
        "news_count": len(news),
        "news_payloads": _payloads(news),
        "task": _task(site, shown),
        "like": _like(site, shown, spans),
        "foretold": foretold,
        "identity": IDENTITY,
        "count": len(decisions),
    }


def _known(decision: Any) -> bool:
    """Whether a decision has a type that the form knows, and values that its fields can show."""
    decision_type = decision.get("decisionType") if isinstance(decision, dict) else None
    if not isinstance(decision_type, str) or decision_type not in structures():
        return False
    try:
        validate("RespondDecisionTaskCompleted", {"taskToken": "-", "decisions": [decision]})
    except Fault as fault:
        return fault.code != "SerializationException"
    return True


def structures() -> dict[str, str]:
    """The structure of each decision type that the model and the registry know."""
    shapes = service_model().shapes
    names = {name: f"{name}DecisionAttributes" for name in DECISIONS}
    return {name: structure for name, structure in names.items() if structure in shapes}


def kinds() -> list[tuple[str, str, str]]:
    """The decisions that can be added: type, short name, icon; the usual ones first."""
    ranked = sorted(structures(), key=lambda name: (name not in NAMES, [*NAMES, name].index(name)))
    return [(name, _names(name)[0], _icon(name)) for name in ranked]


def _names(decision_type: str) -> tuple[str, str]:
    words = split_words(decision_type).capitalize()
    return NAMES.get(decision_type, (words, words))


def _icon(decision_type: str) -> str:
    if decision_type in CLOSING_ICONS:
        return CLOSING_ICONS[decision_type]
    rule = DECISIONS[decision_type]
    return "again" if rule.closes else ICONS.get(rule.concept.name, "shapes")


def card(number: int, decision: Mapping[str, Any]) -> Card:
    """One decision of the form."""
    decision_type = decision["decisionType"]
    structure = structures()[decision_type]
    attributes = decision.get(attributes_name(decision_type, "Decision")) or {}
    return Card(
        number,
        decision_type,
        _names(decision_type)[1],
        _icon(decision_type),
        fields_of(structure),
        strings_of(structure, attributes),
    )


def _rehearsed(
    site: Site, shown: Shown, decisions: Sequence[dict[str, Any]], context: str
) -> tuple[Foretold, dict[int, dict[str, str]]]:
    """The dry run, and what is wrong with which member of which decision."""
    parameters: dict[str, Any] = {"decisions": list(decisions)}
    if context:
        parameters["executionContext"] = context
    try:
        parameters = validate("RespondDecisionTaskCompleted", {"taskToken": "-", **parameters})
        found = rehearse(site.engine, shown.record, parameters, IDENTITY)
    except Fault as fault:
        problems = problems_in(fault)
        return Foretold(problem=_summary(problems) or fault.message or fault.code), problems
    if found is None:
        return Foretold(problem="There is no decision task to answer."), {}
    foretold = Foretold(status=found.state.status)
    for event in found.events:
        rule = EVENTS[event.event_type]
        icon, _ = event_icon(event)
        foretold.events.append((event.event_id, event.event_type, icon, title_of(event)))
        if rule.effect is Effect.REFUSES:
            cause = str(event.attributes.get("cause", "")).replace("_", " ").lower()
            foretold.refused.append(f"{rule.decision} will fail: {cause}")
    polled = {
        (each["kind"], each["name"])
        for each in site.read(task_lists, shown.record.domain)
        if each["pollers"]
    }
    if found.state.status == "OPEN":
        for item in found.state.open_items:
            if item.kind != "execution":
                foretold.waits_for.append(item.title or split_words(item.kind))
            place = (item.kind, item.task_list)
            if item.task_list is not None and place not in polled:
                foretold.unpolled.append(item.task_list)
    foretold.unpolled = list(dict.fromkeys(foretold.unpolled))
    return foretold, {}


def _summary(problems: dict[int, dict[str, str]]) -> str:
    """The first problem to mend; "" if no member has one."""
    texts = (
        f"Decision {number + 1}: {text}"
        for number, members in problems.items()
        for text in members.values()
    )
    return " ".join(texts)


def problems_in(fault: Fault) -> dict[int, dict[str, str]]:
    """The problems of the members of each decision, from a validation fault."""
    found: dict[int, dict[str, str]] = {}
    for number, _, member, constraint in _PLACE.findall(fault.message or ""):
        if number:
            name = member.partition(".")[0]
            found.setdefault(int(number) - 1, {})[name] = said(name, constraint)
    return found


def said(member: str, constraint: str) -> str:
    """A constraint of the service in words for people."""
    if "must not be null" in constraint:
        return f"{label_of(member)} must be given."
    words = constraint.strip()
    return f"{words[:1].upper()}{words[1:]}."


def _news(spans: Spans) -> list[Event]:
    """The events that the decider has not seen: those after the last started decision task."""
    decisions = [span for span in spans.of_concept("decision") if span.closed and span.started]
    seen = decisions[-1].started if decisions else 0
    return [
        event
        for event_id in range(max(seen + 1, spans.length - 500), spans.length + 1)
        if (event := spans.event(event_id)).event_type not in ("DecisionTaskCompleted",)
    ]


def _payloads(news: Sequence[Event]) -> list[tuple[str, str]]:
    """The payloads of what is new, with the names of their events."""
    return [
        (f"{label_of(member)} of event {event.event_id}", str(event.attributes[member]))
        for event in news[-BEFORE_MAX:]
        for member in ("input", "result", "reason", "details")
        if event.attributes.get(member)
    ][:6]


def _task(site: Site, shown: Shown) -> Data | None:
    """The decision task that is answered."""
    for item in open_items(site, shown).values():
        if item.kind == "decision" and not item.behind:
            return {
                "event_id": item.event_id,
                "since_ms": item.since_ms,
                "task_list": item.task_list,
                "taken": item.taken,
            }
    return None


def _like(site: Site, shown: Shown, spans: Spans) -> Data | None:
    """The last other run of the type that decided at this point, and what it decided first."""
    number = _answered(spans)
    for record in reversed(site.read(_same_type, shown.record)):
        found = _batch_of(site, shown, record.run_id, number)
        if found is not None and found.decisions:
            first = found.decisions[0]
            title = first.members.get("activityId") or first.members.get("timerId") or ""
            return {
                "workflow_id": record.workflow_id,
                "run_id": record.run_id,
                "count": len(found.decisions),
                "first": f"{split_words(first.decision_type)} {title}".strip(),
            }
    return None


def _answered(spans: Spans) -> int:
    return sum(1 for span in spans.of_concept("decision") if span.outcome == "Completed")


def _same_type(view: View, scope: Scope, execution: ExecutionRecord) -> list[ExecutionRecord]:
    wanted = (execution.type_name, execution.type_version)
    found = [
        each
        for each in view.executions(scope, execution.domain)
        if (each.type_name, each.type_version) == wanted and each.run_id != execution.run_id
    ]
    return found[-RUNS_MAX:]


def _batch_of(site: Site, shown: Shown, run_id: str, number: int | None = None) -> Batch | None:
    """The decisions of another run in its decision task of the same number."""
    if number is None:
        number = _answered(site.spans(shown))

    def stored(view: View, scope: Scope) -> list[bytes]:
        record = view.find(scope, run_id)
        return [] if record is None else list(view.history(record)[:5000])

    found = batches([decode_event(each) for each in site.read(stored)])
    return found[number] if number < len(found) else None


def _registered(site: Site, domain: str, shape: str) -> list[str]:
    answer = site.call(f"List{shape}s", domain=domain, registrationStatus="REGISTERED")
    member = shape[0].lower() + shape[1:]
    return [f"{info[member]['name']}/{info[member]['version']}" for info in answer["typeInfos"]]
