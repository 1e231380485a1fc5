"""Runs workflows to their end in one thread: decide, work, move the clock, repeat.

The order is fixed, so that a test gives the same history in every run: first a decision task,
else an activity task, else the clock moves to the next deadline.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Literal
from weakref import WeakKeyDictionary

from ..emulator import Emulator
from ..engine.domains import Scope
from ..engine.view import Due, OpenRecord, QueuedRecord
from ..histories import format_timeline
from .diagnosis import Stuck
from .results import ExecutionResult, is_open, outcome
from .workers import (
    MAX_TASKS,
    NO_ANSWER,
    Activity,
    Decider,
    answer_activity,
    answer_decision,
    poll_activity,
    poll_decision,
)

Deciders = Decider | Mapping[str, Decider]
"""A decider for every task list, or a mapping of task list names to deciders."""

Workers = Mapping[str, Activity | Mapping[str, Activity]]
"""A mapping of activity type names to functions, for every task list; or a mapping of task
list names to such mappings."""

Advance = Literal["timers", "all", "never"]


def drive(
    emulator: Emulator,
    deciders: Deciders,
    workers: Workers | None = None,
    *,
    execution: str | None = None,
    until: Literal["closed", "idle"] | Callable[[], bool] = "closed",
    advance: Advance = "timers",
    max_tasks: int = MAX_TASKS,
) -> ExecutionResult:
    """Decide and work until an execution is closed; return its state.

    Args:
        deciders: a function from a decision task to decisions, for every decision task list,
            or a mapping of list names to such functions.
        workers: activity functions by activity type name, or by list name and then type name.
        execution: the workflow id to wait for. By default `drive` waits for all executions
            that are open now, and returns the state of the first.
        until: ``"closed"`` (with all runs that continue it as new), ``"idle"`` (no task is
            left), or a condition that is checked after every step.
        advance: the deadlines to which the clock moves when no task is left. ``"timers"``:
            the next deadline if it is a timer, or the timeout of a task that was left
            unanswered (`NO_ANSWER`). ``"all"``: the next deadline. ``"never"``: none. Under a
            real clock `drive` waits until the deadline.
        max_tasks: the largest number of tasks.

    Raises `Stuck` if no task is left before the end is reached, or after ``max_tasks``;
    exceptions of a decider, with the history as a note; LookupError if no execution is open
    at the start.
    """
    drive = _Drive(emulator, deciders, workers or {}, advance)
    watched = [execution] if execution is not None else drive.open_workflow_ids()
    if not watched:
        raise LookupError("nothing to drive: no execution is open")
    done = _condition(emulator, watched, until)
    tasks = 0
    while not done():
        if drive.do_a_task():
            tasks += 1
            if tasks >= max_tasks and not done():
                raise Stuck(f"Stopped after {tasks} tasks (max_tasks), {_goal(until)}.", emulator)
        elif not drive.let_time_pass():
            if until == "idle":
                break
            raise Stuck(f"No task is left, {_goal(until)}.", emulator, drive.unserved)
    return outcome(emulator, watched[0])


def _condition(
    emulator: Emulator, watched: list[str], until: Literal["closed", "idle"] | Callable[[], bool]
) -> Callable[[], bool]:
    if callable(until):
        return until
    if until == "idle":
        return lambda: False
    remaining = deque(watched)

    def closed() -> bool:
        """Look first at the execution that was open the last time: usually it still is."""
        for _ in watched:
            if is_open(emulator, remaining[0]):
                return False
            remaining.rotate(-1)
        return True

    return closed


def _goal(until: object) -> str:
    if callable(until):
        return "but the condition is not met"
    return "and more are waiting" if until == "idle" else "but the execution is not closed"


class _Drive:
    def __init__(
        self, emulator: Emulator, deciders: Deciders, workers: Workers, advance: Advance
    ) -> None:
        self._emulator = emulator
        self._deciders = deciders
        self._workers = workers
        self._advance = advance
        self._unanswered: set[tuple[str, int]] = set()

    def open_workflow_ids(self) -> list[str]:
        """Return the workflow ids of all open executions, ordered by their starts."""
        opened = self._emulator.accounts.collect(lambda view: view.executions(open_only=True))
        opened.sort(key=lambda execution: execution.sequence)
        return list(dict.fromkeys(execution.workflow_id for execution in opened))

    # Tasks.

    def do_a_task(self) -> bool:
        """Take and answer one task, a decision task first; return False if there is none."""
        lists = self._emulator.accounts.collect(lambda view: view.task_lists())
        heads = sorted((each.first for each in lists if each.first), key=lambda head: head.order)
        for kind, do in (("decision", self._decide), ("activity", self._work)):
            for head in heads:
                if head.item.kind == kind and self.unserved(head.item) is None:
                    do(head)
                    return True
        return False

    def unserved(self, task: OpenRecord) -> str | None:
        """Return why no function takes the task, or None if one does."""
        assert task.task_list is not None
        if task.kind == "decision":
            if self._decider(task.task_list) is None:
                assert isinstance(self._deciders, Mapping)
                return f"it has no decider (deciders: {_names(self._deciders)})"
        elif self._activity(task.task_list, task.type_name) is None:
            known = _names(self._functions(task.task_list))
            return f"no function for {task.type_name!r} (functions: {known})"
        return None

    def _decider(self, task_list: str) -> Decider | None:
        return self._deciders if callable(self._deciders) else self._deciders.get(task_list)

    def _functions(self, task_list: str) -> Mapping[str, Any]:
        """Return the functions for a list; if it has none of its own, those for every list."""
        own = self._workers.get(task_list)
        return own if isinstance(own, Mapping) else self._workers

    def _activity(self, task_list: str, type_name: str) -> Activity | None:
        found: Activity | Mapping[str, Any] | None = self._functions(task_list).get(type_name)
        return None if isinstance(found, Mapping) else found

    def _decide(self, head: QueuedRecord) -> None:
        execution, task_list = head.execution, head.item.task_list
        assert task_list is not None
        decider = self._decider(task_list)
        assert decider is not None
        swf = _client(self._emulator, execution.scope)
        task = poll_decision(swf, execution.domain, task_list, "decider")
        if task is None:
            return
        try:
            decided = decider(task)
            answer_decision(swf, task, decided)
        except Exception as error:
            error.add_note(f"In a decision on {execution.workflow_id}, after these events:")
            error.add_note(format_timeline(task["events"]))
            raise
        if decided is NO_ANSWER:
            self._unanswered.add((execution.run_id, head.item.event_id))

    def _work(self, head: QueuedRecord) -> None:
        execution, task_list = head.execution, head.item.task_list
        assert task_list is not None
        activity = self._activity(task_list, head.item.type_name)
        assert activity is not None
        swf = _client(self._emulator, execution.scope)
        task = poll_activity(swf, execution.domain, task_list, "worker")
        if task is not None and not answer_activity(swf, task, activity, Exception):
            self._unanswered.add((execution.run_id, head.item.event_id))

    # Time.

    def let_time_pass(self) -> bool:
        """Move to the next deadline; return False if there is none or it is not awaited."""
        due = self._emulator.accounts.next_due(retention=False)
        if due is None or not self._awaited(due):
            return False
        clock = self._emulator.clock
        if clock.mode != "real":
            clock.advance(max(0, due.at_ms - clock.now_ms()) / 1000)
            return True
        while (seconds := clock.seconds_until(due.at_ms)) is not None and seconds > 0:
            time.sleep(seconds)
        self._emulator.accounts.sharing.tick()
        return True

    def _awaited(self, due: Due) -> bool:
        if self._advance != "timers":
            return self._advance == "all"
        task = (due.execution.run_id, due.item.event_id)
        return due.item.kind == "timer" or task in self._unanswered


def _names(mapping: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, sorted(mapping))) or "none"


_clients: WeakKeyDictionary[Emulator, dict[Scope, Any]] = WeakKeyDictionary()


def _client(emulator: Emulator, scope: Scope) -> Any:
    """Return a client of that account and region; its polls return at once."""
    clients = _clients.setdefault(emulator, {})
    if scope not in clients:
        clients[scope] = emulator.client(
            hold_seconds=0, region_name=scope.region, aws_access_key_id=scope.account
        )
    return clients[scope]
