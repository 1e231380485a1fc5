"""The state of one workflow execution: a fold of its history.

`Execution` is changed only by the folds that the concept modules register; see `record` for
the only way in which events enter it. Decide functions get it as an `ExecutionView`, which
is read-only.

Source: Developer Guide, "Workflow history" and "Tasks"; API Reference, HistoryEvent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from .decision_slot import DecisionTask, TaskListOverride
from .events import Attributes
from .open_items import CHILDREN, OpenItem

OPEN_COUNTS = (
    "openActivityTasks",
    "openChildWorkflowExecutions",
    "openLambdaFunctions",
    "openTimers",
)
"""The members of DescribeWorkflowExecution's ``openCounts``, except openDecisionTasks."""


class ExecutionView(Protocol):
    """An execution, read-only, for decide functions."""

    @property
    def workflow_id(self) -> str: ...
    @property
    def run_id(self) -> str: ...
    @property
    def workflow_type(self) -> Attributes: ...
    @property
    def task_list(self) -> str: ...
    @property
    def task_priority(self) -> str | None: ...
    @property
    def task_timeout(self) -> str: ...
    @property
    def child_policy(self) -> str: ...
    @property
    def lambda_role(self) -> str | None: ...
    @property
    def event_count(self) -> int: ...
    @property
    def closed(self) -> bool: ...
    @property
    def decision_needed(self) -> bool: ...
    @property
    def decision_waiting(self) -> DecisionTask | None: ...
    @property
    def decision_started(self) -> DecisionTask | None: ...
    @property
    def decision_completed_event_id(self) -> int: ...
    @property
    def override(self) -> TaskListOverride | None: ...
    @property
    def open_items(self) -> Mapping[int, OpenItem]: ...
    @property
    def named(self) -> Mapping[tuple[str, str], int]: ...
    @property
    def open_counts(self) -> Mapping[str, int]: ...


class Execution:
    """The live state of one run."""

    __slots__ = (
        "cancel_requested",
        "changed_items",
        "child_policy",
        "close_ms",
        "close_status",
        "continued_run_id",
        "decision_completed_event_id",
        "decision_needed",
        "decision_started",
        "decision_waiting",
        "event_count",
        "execution_timeout",
        "lambda_role",
        "last_event_ms",
        "latest_activity_task_ms",
        "latest_execution_context",
        "named",
        "open_counts",
        "open_items",
        "override",
        "parent",
        "parent_initiated_event_id",
        "previous_started_event_id",
        "run_id",
        "started_ms",
        "tag_list",
        "task_list",
        "task_priority",
        "task_timeout",
        "workflow_id",
        "workflow_type",
    )

    def __init__(self, workflow_id: str, run_id: str) -> None:
        self.workflow_id = workflow_id
        self.run_id = run_id
        self.event_count = 0
        self.last_event_ms = 0

        # From WorkflowExecutionStarted.
        self.workflow_type: Attributes = {}
        self.task_list = ""
        self.task_priority: str | None = None
        self.task_timeout = ""
        self.execution_timeout = ""
        self.child_policy = ""
        self.lambda_role: str | None = None
        self.tag_list: list[str | None] | None = None
        self.parent: Attributes | None = None
        self.parent_initiated_event_id = 0
        self.continued_run_id: str | None = None
        self.started_ms = 0

        self.close_ms = 0
        self.close_status: str | None = None
        self.cancel_requested = False
        self.latest_execution_context: str | None = None
        self.latest_activity_task_ms: int | None = None

        # At most one decision task is started, and at most one more is recorded. The latter
        # is offered to pollers only while no task is started.
        self.decision_started: DecisionTask | None = None
        self.decision_waiting: DecisionTask | None = None
        self.decision_needed = False
        self.decision_completed_event_id = 0
        self.previous_started_event_id = 0
        self.override: TaskListOverride | None = None

        # The open items by the id of the event that opened them, and those ids by the name of
        # the concept and the item's own id.
        self.open_items: dict[int, OpenItem] = {}
        self.named: dict[tuple[str, str], int] = {}
        self.open_counts: dict[str, int] = dict.fromkeys((*OPEN_COUNTS, CHILDREN), 0)

        # What the last events have opened, changed or closed; the engine empties it.
        self.changed_items: list[OpenItem] = []

    @property
    def closed(self) -> bool:
        return self.close_status is not None

    def open_item(self, item: OpenItem, name: tuple[str, str] | None = None) -> None:
        """Add an item that an event opens, also under ``name`` if it has one."""
        self.open_items[item.event_id] = item
        if name is not None:
            item.name = name
            self.named[name] = item.event_id
        if item.count is not None:
            self.open_counts[item.count] += 1
        self.changed_items.append(item)

    def mark_changed(self, item: OpenItem) -> None:
        """Tell the engine that an open item has another deadline, queue or delivery now."""
        self.changed_items.append(item)

    def close_item(self, event_id: int) -> OpenItem:
        """Remove and return the item that this event opened."""
        item = self.open_items.pop(event_id)
        if item.name is not None:
            del self.named[item.name]
        if item.count is not None:
            self.open_counts[item.count] -= 1
        self.changed_items.append(item)
        return item

    def close(self, close_status: str, now_ms: int) -> None:
        """Close the execution. Open items stay: the counts of a closed execution are frozen.

        Source: Developer Guide, "EventBridge events" (an open activity on a timed-out
        execution). Observed: recorded 2017.
        """
        self.close_status = close_status
        self.close_ms = now_ms
        self.changed_items.extend(self.open_items.values())
