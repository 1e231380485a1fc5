"""The steps of `Simulation`, with strategies for their arguments."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from swf_emulator import Settings

from . import decisions, names

domains = st.sampled_from((names.DOMAINS[0], names.DOMAINS[0], *names.DOMAINS))
workflow_ids = st.sampled_from(names.WORKFLOW_IDS)
task_lists = st.sampled_from((names.TASK_LISTS[0], names.TASK_LISTS[0], *names.TASK_LISTS))
recent = st.sampled_from([0, 0, 0, 1, 2, 7])

settings = st.builds(
    Settings,
    max_open_executions=st.sampled_from([100, 100, 4, 2]),
    max_events=st.sampled_from([25_000, 25_000, 25_000, 25_000, 40, 15, 8, 5]),
    max_open_activity_tasks=st.sampled_from([100, 100, 2, 1]),
    max_open_timers=st.sampled_from([100, 100, 2, 1]),
    max_open_children=st.sampled_from([100, 100, 1, 0]),
    max_open_lambda_functions=st.sampled_from([100, 1]),
    max_pollers=st.sampled_from([100, 2, 1]),
    max_types=st.sampled_from([100, 3]),
    child_policy_on_every_close=st.booleans(),
    cancel_requested_after_close=st.booleans(),
    decision_task_schedule_to_start=st.booleans(),
    lose_tasks_of_vanished_pollers=st.sampled_from([False, False, True]),
)
"""Limits that strike, but not too often for anything to happen."""

start_options = st.fixed_dictionaries({}, optional=decisions.execution_options)
respond_options: SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {},
        optional={
            "executionContext": st.sampled_from(["", "context"]),
            "taskList": decisions.task_lists,
            "taskListScheduleToStartTimeout": decisions.limits,
        },
    ),
)
ages = st.sampled_from([0, 1, 10, 100, 100_000])
windows = st.fixed_dictionaries({"oldestDate": ages}, optional={"latestDate": ages})
one_filter: SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    workflow_ids.map(lambda name: {"executionFilter": {"workflowId": name}}),
    st.sampled_from(names.TAGS).map(lambda tag: {"tagFilter": {"tag": tag}}),
    st.sampled_from(
        [{"typeFilter": names.FULL}, {"typeFilter": {"name": "full"}}, {"typeFilter": names.BARE}]
    ),
)
close_filter = st.sampled_from(names.CLOSE_STATUSES).map(
    lambda status: {"closeStatusFilter": {"status": status}}
)
paging = st.fixed_dictionaries(
    {}, optional={"maximumPageSize": st.integers(1, 3), "reverseOrder": st.booleans()}
)
history_paging = st.fixed_dictionaries(
    {"maximumPageSize": st.integers(0, 7)}, optional={"reverseOrder": st.booleans()}
)
task_paging = st.fixed_dictionaries(
    {"maximumPageSize": st.integers(0, 7)},
    optional={"reverseOrder": st.booleans(), "startAtPreviousStartedEvent": st.booleans()},
)
time_of_start = windows.map(lambda window: {"startTimeFilter": window})
time_of_close = windows.map(lambda window: {"closeTimeFilter": window})


def merged(*parts: SearchStrategy[dict[str, Any]]) -> SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda given: {k: v for part in given for k, v in part.items()})


@st.composite
def rounds(draw: DrawFn) -> list[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Some answers of a decider: decisions with the response's other members."""
    return draw(st.lists(st.tuples(decisions.batches(), respond_options), min_size=1, max_size=4))


open_query = merged(time_of_start, one_filter, paging)
closed_query = merged(time_of_start | time_of_close, one_filter | close_filter, paging)
queries = st.tuples(st.just(False), open_query) | st.tuples(st.just(True), closed_query)

STEPS: dict[str, dict[str, SearchStrategy[Any]]] = {
    "start": {
        "domain": domains,
        "workflow_id": workflow_ids,
        "type_id": decisions.types,
        "options": start_options,
    },
    "start_and_drive": {"domain": domains, "workflow_id": workflow_ids, "rounds": rounds()},
    "drive": {"domain": domains, "task_list": task_lists, "rounds": rounds()},
    "serve": {
        "domain": domains,
        "task_list": task_lists,
        "verb": st.sampled_from(["Completed", "Failed", "Canceled"]),
    },
    "poll": {
        "kind": st.sampled_from(["Decision", "Activity"]),
        "domain": domains,
        "task_list": task_lists,
        "held": st.sampled_from([True, True, False]),
        "paging": task_paging,
    },
    "end_poll": {"which": recent, "how": st.sampled_from(["expire", "abandon"])},
    "decide": {"which": recent, "batch": decisions.batches(), "options": respond_options},
    "work": {
        "which": recent,
        "verb": st.sampled_from(["Heartbeat", "Heartbeat", "Completed", "Failed", "Canceled"]),
    },
    "intervene": {
        "domain": domains,
        "workflow_id": workflow_ids,
        "how": st.sampled_from(["Signal", "Signal", "RequestCancel", "Terminate"]),
        "run_id": st.sampled_from(["", "", "unknown"]),
    },
    "let_pass": {"seconds": st.sampled_from([None, None, 1, 6.5, 0.001, 0, 25, 300, 90_000])},
    "drift": {"seconds": st.sampled_from([None, None, 0.5, 31])},
    "change_type": {
        "domain": domains,
        "change": st.sampled_from(["Deprecate", "Undeprecate", "Delete", "Register"]),
        "kind": st.sampled_from(["Workflow", "Activity"]),
        "type_id": st.sampled_from([names.NEXT, names.NEXT, names.BARE, names.MISSING]),
    },
    "change_domain": {
        "domain": st.just(names.DOMAINS[1]),
        "change": st.sampled_from(["Deprecate", "Undeprecate"]),
    },
    "reset": {},
}
"""The steps that change something, with the arguments of the methods of that name."""

SELDOM = ("change_domain", "reset")
OFTEN = ("start_and_drive", "drive", "drive", "drive", "serve", "poll")


@st.composite
def scripts(draw: DrawFn) -> list[tuple[str, dict[str, Any]]]:
    """Sequences of steps, as data."""
    steps = st.sampled_from([name for name in (*STEPS, *OFTEN, *OFTEN) if name not in SELDOM])
    length = draw(st.integers(5, 30))
    chosen = [draw(steps) for _ in range(length)]
    return [(name, draw(st.fixed_dictionaries(STEPS[name]))) for name in chosen]
