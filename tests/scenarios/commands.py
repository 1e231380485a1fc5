"""The vocabulary of scenarios.

Calls are written by the operation's name, or shorter by an alias of `ALIASES`; members are
positional there, others ``name=value``. The domain is ``d`` unless said otherwise::

    StartWorkflowExecution workflowId=w workflowType=W/1 input=x
    start w input=x

Tasks are remembered: a decision task under the label of its run (and as the last one), an
activity task under its activity id; ``as=name`` gives another name::

    poll-decision [LIST] [as=NAME] [identity=...]
    respond [TASK] [executionContext=...] [taskList=...]   decisions, one a line, indented
    poll-activity [LIST]
    heartbeat|complete|fail|cancel ACTIVITY [result=...]

    hold-decision|hold-activity POLLER [LIST]   a poll that waits
    expire|leave POLLER                         its time is over; its client has gone

Everything else::

    advance 10                         seconds; deadlines on the way fire at their instants
    history w [maximumPageSize=...]    and then next: the last paged call, for its next page
    settings max_open_timers=2         before any call
    refuse decision|operation NAME CAUSE [TIMES]    permit: refuse nothing any more
    lambda NAME returns JSON | raises TEXT | takes SECONDS | repeats LENGTH
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from swf_emulator.protocol.model import service_model
from swf_emulator.protocol.service import Answer

from .decisions import decision
from .notation import tokens_of
from .stage import DOMAIN, Refused, Stage

Lines = Iterator[str]
Command = Callable[[Stage, list[str], tuple[str, ...]], Lines]

COMMANDS: dict[str, Command] = {}


class Alias(NamedTuple):
    """A short form of an operation: its positional members, and members it is given silently."""

    operation: str
    positions: tuple[str, ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()


ALIASES = {
    "domain": Alias(
        "RegisterDomain", ("name",), (("workflowExecutionRetentionPeriodInDays", "NONE"),)
    ),
    "workflow-type": Alias("RegisterWorkflowType", ("name", "version")),
    "activity-type": Alias("RegisterActivityType", ("name", "version")),
    "start": Alias("StartWorkflowExecution", ("workflowId",), (("workflowType", "W/1"),)),
    "signal": Alias("SignalWorkflowExecution", ("workflowId", "signalName")),
    "request-cancel": Alias("RequestCancelWorkflowExecution", ("workflowId", "runId")),
    "terminate": Alias("TerminateWorkflowExecution", ("workflowId", "runId")),
    "describe": Alias("DescribeWorkflowExecution", ("execution",)),
    "history": Alias("GetWorkflowExecutionHistory", ("execution",)),
    "open": Alias("ListOpenWorkflowExecutions", (), (("startTimeFilter", "+0.."),)),
    "closed": Alias("ListClosedWorkflowExecutions"),
    "count-open": Alias("CountOpenWorkflowExecutions", (), (("startTimeFilter", "+0.."),)),
    "count-closed": Alias("CountClosedWorkflowExecutions"),
    "count-decisions": Alias("CountPendingDecisionTasks", ("taskList",)),
    "count-activities": Alias("CountPendingActivityTasks", ("taskList",)),
}
POLLS = {"decision": "PollForDecisionTask", "activity": "PollForActivityTask"}
ANSWERS = {
    "heartbeat": "RecordActivityTaskHeartbeat",
    "complete": "RespondActivityTaskCompleted",
    "fail": "RespondActivityTaskFailed",
    "cancel": "RespondActivityTaskCanceled",
}


def play(stage: Stage, command: tuple[str, ...]) -> Lines:
    """Play one command; yields its answer, what reached held polls, and the new events."""
    name, *tokens = tokens_of(command[0])
    try:
        if name in COMMANDS:
            yield from COMMANDS[name](stage, tokens, command[1:])
        else:
            yield from _call(stage, ALIASES.get(name, Alias(name)), tokens)
    except Refused as refused:
        yield stage.runs.fault(refused.code, refused.message)
    if "emulator" in stage.__dict__:
        events = [stage.runs.event(label, event) for label, event in stage.new_events()]
        arrived, stage.arrived = stage.arrived, []
        for poller, operation, answer in arrived:
            for line in _shown(stage, operation, stage.received(operation, answer)):
                yield f"{poller}: {line}"
        yield from events


def command(name: str) -> Callable[[Command], Command]:
    def register(function: Command) -> Command:
        COMMANDS[name] = function
        return function

    return register


def _members(stage: Stage, alias: Alias, tokens: list[str]) -> dict[str, Any]:
    operation = service_model().operations[alias.operation]
    defaults = [f"{name}={text}" for name, text in alias.defaults]
    members = stage.runs.members(operation.input, defaults)
    members |= stage.runs.members(operation.input, tokens, *alias.positions)
    if "domain" in service_model().shapes[operation.input]["members"]:
        members.setdefault("domain", DOMAIN)
    return members


def _call(stage: Stage, alias: Alias, tokens: list[str]) -> Lines:
    members = _members(stage, alias, tokens)
    yield from _made(stage, alias.operation, members)


def _made(stage: Stage, operation: str, members: dict[str, Any]) -> Lines:
    input_shape = service_model().operations[operation].input
    if "nextPageToken" in service_model().shapes[input_shape]["members"]:
        stage.last_call = (operation, members)
    answer = stage.call(operation, **members)
    stage.next_page_token = answer.get("nextPageToken", stage.next_page_token)
    if operation != "StartWorkflowExecution":
        yield from _shown(stage, operation, answer)


def _shown(stage: Stage, operation: str, answer: dict[str, Any]) -> Lines:
    if operation in POLLS.values():
        yield _task(stage, operation, answer)
        return
    page = {key: value for key, value in answer.items() if key == "nextPageToken"}
    plain = answer.keys() - page.keys()
    if "events" in answer:
        for event in answer["events"]:
            yield stage.runs.event("-", event)
    elif any(isinstance(answer[key], list) for key in plain):
        ((name, elements),) = ((key, answer[key]) for key in plain)
        for element in elements:
            yield f"- {stage.runs.pairs(element)}"
        if not elements:
            yield f"no {name}"
    else:
        for key in sorted(plain):
            value = answer[key]
            if isinstance(value, dict):
                yield f"{key}: {stage.runs.pairs(value)}".rstrip()
        scalars = {key: answer[key] for key in plain if not isinstance(answer[key], dict)}
        if scalars:
            yield stage.runs.pairs(scalars)
    if page:
        yield "more follow"


def _task(stage: Stage, operation: str, answer: dict[str, Any]) -> str:
    """The line for a poll's answer; events of a decision task by their ids alone."""
    shown = dict(answer)
    events = shown.pop("events", None)
    if events is not None:
        shown["events"] = [event["eventId"] for event in events]
    if not answer.get("taskToken"):
        return f"no task {stage.runs.pairs(shown)}"
    del shown["taskToken"]
    kind = "decision" if "events" in answer else "activity"
    execution = answer["workflowExecution"]
    label = stage.runs.name(execution["workflowId"], execution["runId"])
    name = label if kind == "decision" else answer["activityId"]
    stage.tokens[kind, name] = stage.last_token[kind] = answer["taskToken"]
    return f"task {stage.runs.pairs(shown)}"


@command("next")
def next_page(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
    """The last paged call again, with its next page's token and perhaps other members."""
    assert stage.last_call is not None
    operation, members = stage.last_call
    input_shape = service_model().operations[operation].input
    changed = stage.runs.members(input_shape, tokens)
    token = {"nextPageToken": stage.next_page_token}
    return _made(stage, operation, members | token | changed)


def _poll(kind: str) -> Command:
    def poll(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
        names = [token for token in tokens if token.startswith("as=")]
        tokens = [token for token in tokens if not token.startswith("as=")]
        alias = Alias(POLLS[kind], ("taskList",), (("taskList", "L"),))
        yield from _call(stage, alias, tokens)
        for name in names:
            stage.tokens[kind, name.removeprefix("as=")] = stage.last_token[kind]

    return poll


def _hold(kind: str) -> Command:
    def hold(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
        poller, *rest = tokens
        alias = Alias(POLLS[kind], ("taskList",), (("taskList", "L"),))
        answer = stage.hold(poller, POLLS[kind], _members(stage, alias, rest))
        if isinstance(answer, Answer):
            yield from _shown(stage, POLLS[kind], stage.received(POLLS[kind], answer))

    return hold


for _kind in POLLS:
    COMMANDS[f"poll-{_kind}"] = _poll(_kind)
    COMMANDS[f"hold-{_kind}"] = _hold(_kind)


@command("expire")
def expire(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
    """The held poll has waited for as long as polls are held."""
    stage.held.pop(tokens[0]).expire()
    yield from ()


@command("leave")
def leave(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
    """The client of the held poll has closed its connection."""
    stage.held.pop(tokens[0]).abandon()
    yield from ()


@command("respond")
def respond(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
    """RespondDecisionTaskCompleted, for the last decision task polled or for the one named."""
    token = stage.last_token.get("decision", "")
    if tokens and "=" not in tokens[0]:
        token = stage.tokens["decision", tokens.pop(0)]
    operation = "RespondDecisionTaskCompleted"
    members = stage.runs.members(service_model().operations[operation].input, tokens)
    if lines:
        members["decisions"] = [decision(stage.runs, line) for line in lines]
    yield from _made(stage, operation, {"taskToken": token} | members)


def _answer(name: str) -> Command:
    def answer(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
        activity, *rest = tokens
        input_shape = service_model().operations[ANSWERS[name]].input
        members = stage.runs.members(input_shape, rest)
        token = {"taskToken": stage.tokens["activity", activity]}
        yield from _made(stage, ANSWERS[name], token | members)

    return answer


for _name in ANSWERS:
    COMMANDS[_name] = _answer(_name)


@command("advance")
def advance(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
    """Let seconds pass."""
    stage.clock.advance(float(tokens[0]))
    yield from ()


@command("settings")
def settings(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
    """Settle quotas and switches."""
    stage.configure(**dict(token.split("=", 1) for token in tokens))
    yield from ()


@command("refuse")
def refuse(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
    """Have the guard refuse an operation or a decision type, for good or some times."""
    kind, name, reason, *times = tokens
    often = int(times[0]) if times else None
    if kind == "operation":
        stage.refusals.refuse_operation(name, reason, often)
    else:
        stage.refusals.refuse_decision(name, reason, often)
    yield from ()


@command("permit")
def permit(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
    """Let the guard refuse nothing any more."""
    stage.refusals.permit()
    yield from ()


@command("lambda")
def register_lambda(stage: Stage, tokens: list[str], lines: tuple[str, ...]) -> Lines:
    """Let there be a function of that name."""
    name, what, value = tokens

    def function(event: Any) -> Any:
        if what == "raises":
            raise ValueError(value)
        if what == "takes":
            stage.clock.advance(float(value))
            return None
        if what == "repeats":
            return "x" * int(value)
        return event if value == "event" else json.loads(value)

    assert what in ("returns", "raises", "takes", "repeats")
    stage.emulator.register_lambda(name, function)
    yield from ()
