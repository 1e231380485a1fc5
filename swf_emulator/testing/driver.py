"""Run workflows to their end in one thread: decide, work, let time pass, and again.

The order is always the same: a decision task, if one waits; else an activity task; else, when
there is nothing to do, time passes to the next deadline. So a test gives the same history
every time, and whoever forgot something is told what.
"""

from __future__ import annotations

import time
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
"""A decider for every task list, or deciders by the name of their list."""

Workers = Mapping[str, Activity | Mapping[str, Activity]]
"""Functions by the name of the activity type, for every task list; or such mappings by the
name of the list."""

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
    """Decide and work until an execution is closed; returns how it stands then.

    Args:
        deciders: what decides: a function from a decision task to decisions, for every
            decision task list, or a mapping of list names to such functions.
        workers: activity functions by activity type name, or such mappings by list name.
        execution: the workflow id that counts; by default every execution that is open now,
            and the first of them is returned.
        until: ``"closed"``, with all runs that follow by continue-as-new; ``"idle"``, when
            nothing is left to do; or a condition that is asked after every step.
        advance: what time is moved to when there is nothing to do: ``"timers"``, the next
            deadline if it is a timer, or the time-out of a task that was taken and left
            unanswered on purpose (`NO_ANSWER`); ``"all"``, whatever is due next; ``"never"``.
            Under a real clock it is waited for.
        max_tasks: how many tasks are done at most.

    Raises `Stuck` with all that is open when nothing is left to do and the end is not
    reached; what a decider raises, with the history so far as a note; LookupError if nothing
    is open to begin with.
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
                raise Stuck(f"{tasks} tasks and no end: does it ever close?", emulator)
        elif not drive.let_time_pass():
            if until == "idle":
                break
            raise Stuck(f"Nothing is left to do, {_goal(until)}.", emulator, drive.unserved)
    return outcome(emulator, watched[0])


def _condition(
    emulator: Emulator, watched: list[str], until: Literal["closed", "idle"] | Callable[[], bool]
) -> Callable[[], bool]:
    if callable(until):
        return until
    if until == "idle":
        return lambda: False
    return lambda: not any(is_open(emulator, workflow_id) for workflow_id in watched)


def _goal(until: object) -> str:
    return "and the condition does not hold" if callable(until) else "but it is not closed"


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
        opened = self._emulator.accounts.collect(lambda view: view.executions(open_only=True))
        opened.sort(key=lambda execution: execution.sequence)
        return list(dict.fromkeys(execution.workflow_id for execution in opened))

    # Tasks.

    def do_a_task(self) -> bool:
        """Take and answer one task, a decision before an activity; False if there is none."""
        lists = self._emulator.accounts.collect(lambda view: view.task_lists())
        heads = sorted((each.first for each in lists if each.first), key=lambda head: head.order)
        for kind, do in (("decision", self._decide), ("activity", self._work)):
            for head in heads:
                if head.item.kind == kind and self.unserved(head.item) is None:
                    do(head)
                    return True
        return False

    def unserved(self, task: OpenRecord) -> str | None:
        """Why the task is not taken; None if it is."""
        assert task.task_list is not None
        if task.kind == "decision":
            return self._decider(task.task_list)[1]
        return self._activity(task.task_list, task.type_name)[1]

    def _decider(self, task_list: str) -> tuple[Decider | None, str | None]:
        if callable(self._deciders):
            return self._deciders, None
        found = self._deciders.get(task_list)
        return found, None if found else f"nobody polls it (deciders: {_names(self._deciders)})"

    def _activity(self, task_list: str, name: str) -> tuple[Activity | None, str | None]:
        on_list = self._workers.get(task_list)
        if isinstance(on_list, Mapping):
            found = on_list.get(name)
            if found is not None:
                return found, None
            return None, f"its worker has no function for {name!r} (it has {_names(on_list)})"
        anywhere = self._workers.get(name)
        if anywhere is None or isinstance(anywhere, Mapping):
            return None, f"nobody polls it for {name!r} (workers: {_names(self._workers)})"
        return anywhere, None

    def _decide(self, head: QueuedRecord) -> None:
        execution, task_list = head.execution, head.item.task_list
        assert task_list is not None
        swf = _client(self._emulator, execution.scope)
        task = poll_decision(swf, execution.domain, task_list, "decider")
        decider, _ = self._decider(task_list)
        assert decider is not None
        if task is None:
            return
        try:
            decided = decider(task)
            answer_decision(swf, task, decided)
        except Exception as error:
            error.add_note(f"While deciding on {execution.workflow_id}, whose history is\n")
            error.add_note(format_timeline(task["events"]))
            raise
        if decided is NO_ANSWER:
            self._unanswered.add((execution.run_id, head.item.event_id))

    def _work(self, head: QueuedRecord) -> None:
        execution, task_list = head.execution, head.item.task_list
        assert task_list is not None
        swf = _client(self._emulator, execution.scope)
        task = poll_activity(swf, execution.domain, task_list, "worker")
        activity, _ = self._activity(task_list, head.item.type_name)
        assert activity is not None
        if task is not None and not answer_activity(swf, task, activity, Exception):
            self._unanswered.add((execution.run_id, head.item.event_id))

    # Time.

    def let_time_pass(self) -> bool:
        """Move to the next deadline, if that is wanted; False if not, or if there is none."""
        due = self._emulator.accounts.next_due(retention=False)
        if due is None or not self._wanted(due):
            return False
        clock = self._emulator.clock
        if clock.mode != "real":
            clock.advance(max(0, due.at_ms - clock.now_ms()) / 1000)
            return True
        while (seconds := clock.seconds_until(due.at_ms)) is not None and seconds > 0:
            time.sleep(seconds)
        self._emulator.accounts.tick()
        return True

    def _wanted(self, due: Due) -> bool:
        if self._advance != "timers":
            return self._advance == "all"
        task = (due.execution.run_id, due.item.event_id)
        return due.item.kind == "timer" or task in self._unanswered


def _names(mapping: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, sorted(mapping))) or "none"


_clients: WeakKeyDictionary[Emulator, dict[Scope, Any]] = WeakKeyDictionary()


def _client(emulator: Emulator, scope: Scope) -> Any:
    """A client of that account and region, whose polls are answered at once."""
    clients = _clients.setdefault(emulator, {})
    if scope not in clients:
        clients[scope] = emulator.client(
            hold_seconds=0, region_name=scope.region, aws_access_key_id=scope.account
        )
    return clients[scope]
