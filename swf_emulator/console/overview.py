"""Data that the API of the service does not show: task lists with their pollers, counts,
deadlines, the clock."""

from __future__ import annotations

from ..engine.accounts import Accounts
from ..engine.domains import Scope
from ..engine.view import ListRecord, OpenRecord, View
from .pages import Data

EFFECTS = {
    "timer": "timer {0.title} fires",
    "decision": "decision task {0.event_id} times out ({0.timeout_type})",
    "lambda": "Lambda task {0.title} times out",
    "execution": "the execution times out",
    "retention": "the retention period of the closed execution ends",
}
"""The effects of deadlines, by the concept of the open item."""


def effect_of(item: OpenRecord) -> str:
    """The effect of the deadline of an open item."""
    text = EFFECTS.get(item.kind, "{0.kind} {0.title} times out ({0.timeout_type})")
    return text.format(item)


def task_lists(view: View, scope: Scope, domain: str | None = None) -> list[Data]:
    """The task lists with a waiting task or poll; those without a poll come first."""
    return sorted(
        map(_task_list, view.task_lists(scope, domain)),
        key=lambda each: (bool(each["pollers"]), -each["waiting"], each["domain"], each["name"]),
    )


def _task_list(found: ListRecord) -> Data:
    first = found.first
    return {
        "domain": found.domain,
        "kind": found.list_kind,
        "name": found.name,
        "waiting": found.waiting,
        "oldest_ms": found.oldest_ms,
        "next_workflow_id": None if first is None else first.execution.workflow_id,
        "next_run_id": None if first is None else first.execution.run_id,
        "pollers": [poller._asdict() for poller in found.pollers],
    }


def domains(view: View, scope: Scope) -> list[Data]:
    """The domains with the numbers of their executions and types."""
    return [
        {
            "name": each.name,
            "status": each.status,
            "open": each.open_count,
            "closed": each.closed_count,
            "workflowTypes": each.workflow_types,
            "activityTypes": each.activity_types,
        }
        for each in view.domains(scope)
    ]


def next_due(accounts: Accounts) -> Data | None:
    """The next deadline of all accounts, and its effect."""
    due = accounts.next_due()
    if due is None:
        return None
    return {
        "at_ms": due.at_ms,
        "effect": effect_of(due.item),
        "domain": due.execution.domain,
        "workflow_id": due.execution.workflow_id,
        "run_id": due.execution.run_id,
    }


def clock_of(accounts: Accounts) -> Data:
    """The clock and the next deadline."""
    clock = accounts.clock
    return {
        "mode": clock.mode,
        "speed": clock.speed,
        "nowMs": clock.now_ms(),
        "next": next_due(accounts),
    }


def state_of(accounts: Accounts) -> str:
    """A string that differs whenever a page may look different."""
    clock = accounts.clock
    stopped = "" if clock.speed else clock.now_ms()
    return f"{accounts.changes} {clock.mode} {clock.speed} {stopped}".rstrip()
