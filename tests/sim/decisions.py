"""Strategies for batches of decisions: valid ones, ones refused by an event, ones refused whole."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from . import names

Decision = dict[str, Any]

seconds = st.sampled_from(["7", "30", "1", "0"])
limits = st.sampled_from(["30", "7", "100", "NONE", "1", "0"])
lifetimes = st.sampled_from(["300", "300", "100", "7", "0"])
priorities = st.sampled_from(["-1", "0", "5"])
task_lists = st.builds(lambda name: {"name": name}, st.sampled_from(names.TASK_LISTS))
tag_lists = st.lists(st.sampled_from(names.TAGS), max_size=2)
policies = st.sampled_from(names.POLICIES)
types = st.sampled_from(names.TYPES)
run_ids = st.sampled_from(["", "no-such-run"])

execution_options: dict[str, SearchStrategy[Any]] = {
    "taskList": task_lists,
    "executionStartToCloseTimeout": lifetimes,
    "taskStartToCloseTimeout": limits,
    "childPolicy": policies,
    "taskPriority": priorities,
    "tagList": tag_lists,
    "lambdaRole": st.just(names.ROLE),
    "input": st.just("in"),
}
"""Settings of a start, a child and a continuation that override their type's defaults."""


@st.composite
def decision(
    draw: DrawFn,
    decision_type: str,
    attributes: dict[str, SearchStrategy[Any]],
    optional: dict[str, SearchStrategy[Any]] | None = None,
) -> Decision:
    member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    members = st.fixed_dictionaries(attributes, optional=optional or {})
    return {"decisionType": decision_type, member: draw(members)}


schedule_activity = decision(
    "ScheduleActivityTask",
    {"activityId": st.sampled_from(names.ACTIVITY_IDS), "activityType": types},
    {
        "taskList": task_lists,
        "taskPriority": priorities,
        "input": st.just("in"),
        "control": st.just("mine"),
        "scheduleToStartTimeout": limits,
        "scheduleToCloseTimeout": limits,
        "startToCloseTimeout": limits,
        "heartbeatTimeout": limits,
    },
)
start_timer = decision(
    "StartTimer",
    {"timerId": st.sampled_from(names.TIMER_IDS), "startToFireTimeout": seconds},
    {"control": st.just("mine")},
)
schedule_lambda = decision(
    "ScheduleLambdaFunction",
    {"id": st.sampled_from(names.LAMBDA_IDS), "name": st.sampled_from(names.FUNCTIONS)},
    {"input": st.just('"in"'), "startToCloseTimeout": st.sampled_from(["1", "NONE"])},
)
start_child = decision(
    "StartChildWorkflowExecution",
    {"workflowId": st.sampled_from(names.WORKFLOW_IDS), "workflowType": types},
    {**execution_options, "control": st.just("mine")},
)
signal = decision(
    "SignalExternalWorkflowExecution",
    {
        "workflowId": st.sampled_from((*names.WORKFLOW_IDS, "nobody")),
        "signalName": st.sampled_from(names.SIGNALS),
    },
    {"runId": run_ids, "input": st.just("in"), "control": st.just("mine")},
)
request_cancel = decision(
    "RequestCancelExternalWorkflowExecution",
    {"workflowId": st.sampled_from((*names.WORKFLOW_IDS, "nobody"))},
    {"runId": run_ids, "control": st.just("mine")},
)
cancel_activity = decision(
    "RequestCancelActivityTask", {"activityId": st.sampled_from(names.ACTIVITY_IDS)}
)
cancel_timer = decision("CancelTimer", {"timerId": st.sampled_from(names.TIMER_IDS)})
marker = decision("RecordMarker", {"markerName": st.just("here")}, {"details": st.just("so")})

work = st.one_of(schedule_activity, start_timer, start_child, schedule_lambda)
"""New work: all of it except a child is incompatible with a close in one response."""
other = st.one_of(signal, request_cancel, cancel_activity, cancel_timer, marker, start_child)
continue_as_new = decision(
    "ContinueAsNewWorkflowExecution",
    {},
    {**execution_options, "workflowTypeVersion": st.sampled_from(["1", "2", "3"])},
)
close = st.one_of(
    continue_as_new,
    continue_as_new,
    decision("CompleteWorkflowExecution", {}, {"result": st.just("done")}),
    decision("FailWorkflowExecution", {}, {"reason": st.just("why")}),
    decision("CancelWorkflowExecution", {}, {"details": st.just("so")}),
)


@st.composite
def batches(draw: DrawFn) -> list[Decision]:
    """Mostly such as keep the execution going; some that close it; some that are refused whole.

    A close is refused if it is not last or comes with new work.
    """
    shape = draw(st.sampled_from(["open", "open", "open", "open", "open", "closing", "wild"]))
    if shape == "closing":
        return [*draw(st.lists(other, max_size=2)), draw(close)]
    choices = st.one_of(work, work, other)
    if shape == "wild":
        choices = st.one_of(work, other, close)
    return draw(st.lists(choices, min_size=1, max_size=4))
