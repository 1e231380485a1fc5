"""Decision tasks: polled, answered, counted.

Source: API Reference, PollForDecisionTask, RespondDecisionTaskCompleted,
CountPendingDecisionTasks. Observed: recorded 2013 (a paged poll's first page).
"""

from __future__ import annotations

from typing import Any

from ...core import decision_tasks, faults
from ...core.decision_slot import DecisionTask
from ...engine.domains import Run
from ...engine.history import page_of
from ...engine.polling import TaskTaken
from ...engine.world import DomainWorld
from ..call import Call, operation
from ..results import EMPTY, EventsPage, Finished, Members, Result
from ..tokens import TaskToken


@operation("PollForDecisionTask", reads=True)
def poll_for_decision_task(call: Call) -> Result:
    """Start the next decision task and return its first page; with a token, a further page.

    Faults: UnknownResourceFault (domain; with a token, the task), LimitExceededFault,
    ThrottlingException, ValidationException (page token).
    """
    call.domain()
    position = call.page_start(list, int)
    if position is None:
        return call.poll("decision", _task)
    facts, start = position
    token = TaskToken.from_facts(facts, "decision")
    run, task = _started(call, token)
    taken = TaskTaken(run, task, run.execution.previous_started_event_id, call.now_ms)
    return _task(call, taken, start)


def _task(call: Call, taken: TaskTaken | None, start: int | None = None) -> Finished:
    """Make the result with the page that begins with event ``start``, or with the first page."""
    if taken is None:
        return call.no_task(previousStartedEventId=0, startedEventId=0)
    run, task, previous, now_ms, _ = taken
    execution = run.execution
    token = TaskToken.of("decision", taken)
    last = task.started_event_id
    first = (previous or 1) if call.get("startAtPreviousStartedEvent", False) else 1
    newest_first = call.get("reverseOrder", False)
    if start is None:
        start = last if newest_first else first
    size = call.page_size(call.settings.max_history_page)
    page, following = page_of(run.history, first, last, start, size, newest_first)
    members: dict[str, Any] = {
        "taskToken": token.encode(),
        "startedEventId": last,
        "previousStartedEventId": previous,
        "workflowExecution": {"workflowId": execution.workflow_id, "runId": execution.run_id},
        "workflowType": execution.workflow_type,
    }
    if following is not None:
        members["nextPageToken"] = call.page_token(token.facts(), following, now_ms=now_ms)
    return EventsPage(page, members)


@operation("RespondDecisionTaskCompleted")
def respond_decision_task_completed(call: Call) -> Result:
    """Complete a started decision task with its decisions.

    Faults, in this order: ValidationException (token), UnknownResourceFault (execution, task),
    ValidationException (close not last, incompatible decisions).
    """
    run, _ = _started(call, TaskToken.decode(call["taskToken"], "decision"))
    decision_tasks.check_batch(call.get("decisions", ()))
    world = DomainWorld(call.engine, run.domain)
    call.engine.recorder.record(run, decision_tasks.complete(run.execution, call.parameters, world))
    return EMPTY


def _started(call: Call, token: TaskToken) -> tuple[Run, DecisionTask]:
    """Return the run and the started task of a token. Fault: UnknownResourceFault."""
    run = open_run_of(call, token)
    task = run.execution.decision_started
    if task is None or task.started_event_id != token.started_event_id:
        raise faults.unknown_decision_task(token.scheduled_event_id)
    return run, task


def open_run_of(call: Call, token: TaskToken) -> Run:
    """Return the open run of a token. Faults: UnknownResourceFault, ValidationException.

    The workflow id in the token distinguishes a vanished run from one that never existed.
    """
    run = call.region.runs.get(token.run_id)
    if run is None:
        if token.workflow_id is None:
            raise faults.invalid_token()
        raise faults.unknown_execution(token.workflow_id, token.run_id)
    if run.execution.closed:
        raise faults.unknown_execution(run.execution.workflow_id, token.run_id)
    return run


@operation("CountPendingDecisionTasks", reads=True)
def count_pending_decision_tasks(call: Call) -> Result:
    """Return the count of tasks that are scheduled, not started. Fault: UnknownResourceFault."""
    return pending_count(call, "decision")


def pending_count(call: Call, list_kind: str) -> Result:
    """Return how many tasks wait on a list: 0 for one that was never used."""
    task_list = call.domain().task_lists.get((list_kind, call["taskList"]["name"]))
    return Members({"count": 0 if task_list is None else task_list.waiting, "truncated": False})
