"""The obligations of an engine, derived again from the state of all runs and compared.

Deadlines, queued tasks and deliveries follow from what is open in each open execution; the
engine keeps a heap, task lists and a queue in step with it. After every call both must agree.
"""

from __future__ import annotations

from swf_emulator.core.activities import ActivityTask
from swf_emulator.core.decision_slot import DecisionTask
from swf_emulator.core.open_items import OpenItem
from swf_emulator.engine.domains import Domain, Kept, Region, Run
from swf_emulator.engine.engine import Engine
from swf_emulator.engine.task_lists import TaskList, Ticket

Named = dict[int, str]
"""Open items by identity, with a name for people."""


def check_obligations(engine: Engine) -> None:
    """Raise AssertionError unless the engine owes exactly what the state of its runs says."""
    for scope, region in engine.regions.items():
        assert region.scope == scope
        _check_region(region)
        for domain in region.domains.values():
            _check_task_lists(domain)
    _check_deadlines(engine)
    _check_nothing_left_over(engine)


def open_items_of(engine: Engine) -> list[tuple[Run, OpenItem]]:
    """All that is open in open runs, and the retention of closed ones."""
    found: list[tuple[Run, OpenItem]] = []
    for region in engine.regions.values():
        for run in region.runs.values():
            if not run.execution.closed:
                found += [(run, opened) for opened in run.execution.open_items.values()]
            elif run.retention is not None:
                found.append((run, run.retention.item))
    return found


def _name(run: Run, item: OpenItem) -> str:
    return f"{type(item).__name__} {item.event_id} of {run.execution.workflow_id}"


def _check_region(region: Region) -> None:
    for name, domain in region.domains.items():
        assert domain.name == name
        assert domain.region is region
        open_runs = {
            run.execution.workflow_id: run
            for run in region.runs.values()
            if run.domain is domain and not run.execution.closed
        }
        assert dict(domain.open_runs) == open_runs, f"open runs of {name}"
    for run_id, run in region.runs.items():
        assert run.execution.run_id == run_id
        assert region.domains.get(run.domain.name) is run.domain
        if run.execution.closed:
            assert not run.execution.open_items, f"{run_id} is closed and has open items"
            assert not run.execution.named, f"{run_id} is closed and has named items"
            assert run.retention is not None, f"{run_id} is closed and never vanishes"
        else:
            assert run.retention is None, f"{run_id} is open and will vanish"
    sequences = [run.sequence for run in region.runs.values()]
    assert len(set(sequences)) == len(sequences), "two runs with one sequence number"


def _check_deadlines(engine: Engine) -> None:
    kept: Named = {}
    for at_ms, _, _, _, each in engine.deadlines._heap:
        if each.armed_ms == at_ms:
            kept[id(each.item)] = _name(each.run, each.item)
    owed: Named = {}
    for run, item in open_items_of(engine):
        deadline = item.next_deadline()
        if deadline is None:
            continue
        name = owed[id(item)] = _name(run, item)
        marks = run.retention or run.kept[item.event_id]
        assert marks.armed_ms is not None, f"{name} is not armed"
        assert marks.armed_ms <= deadline.at_ms, f"{name} is armed too late"
        assert deadline.at_ms > engine.now_ms, f"{name} is overdue: {deadline}"
    assert kept == owed, f"deadlines kept {kept}, owed {owed}"
    assert len(engine.deadlines) == len(owed)


def _check_task_lists(domain: Domain) -> None:
    owed: dict[tuple[str, str], dict[int, str]] = {}
    for run in domain.region.runs.values():
        if run.domain is not domain or run.execution.closed:
            continue
        for item in run.execution.open_items.values():
            place = item.queued()
            if place is None:
                marks = run.kept[item.event_id]
                assert marks.ticket is None, f"{_name(run, item)} has a place on a list"
                continue
            key = (place.list_kind, place.task_list)
            owed.setdefault(key, {})[id(item)] = _name(run, item)
            ticket = run.kept[item.event_id].ticket
            assert isinstance(ticket, Ticket), f"{_name(run, item)} is on no list"
            assert ticket.live
            assert ticket.kept.run is run
            assert ticket.priority == place.priority
            assert ticket.task_list is domain.task_lists.get(key), f"{key} is not the list in use"
    for key, task_list in domain.task_lists.items():
        assert key == (task_list.list_kind, task_list.name)
        assert not task_list.idle, f"{key} is idle and remembered"
        kept = {
            id(ticket.kept.item): _name(ticket.kept.run, ticket.kept.item)
            for ticket in task_list.tickets()
        }
        assert kept == owed.pop(key, {}), f"tasks on {key}"
        assert task_list.waiting == len(kept)
        assert not (kept and task_list.pollers), f"{key} has a task and a poller for it"
        _check_order(task_list)
    assert not owed, f"tasks on lists that are not remembered: {owed}"


def _check_order(task_list: TaskList[Kept]) -> None:
    """Higher priorities first; within one, first offered, first served."""
    order = []
    for ticket in task_list.tickets():
        task = ticket.kept.item
        assert isinstance(task, ActivityTask | DecisionTask)
        offered = task.offered_ms if isinstance(task, DecisionTask) else task.scheduled_ms
        order.append((-task.priority, offered))
    assert order == sorted(order), f"order on {task_list.list_kind} list {task_list.name}: {order}"


def _check_nothing_left_over(engine: Engine) -> None:
    """Check that everything a call causes is done when it is answered."""
    for run, item in open_items_of(engine):
        assert not item.undelivered, f"{_name(run, item)} is undelivered"
    tasks = sum(opened.is_task for run, opened in open_items_of(engine))
    assert engine.recorder.outstanding == tasks, (
        f"{engine.recorder.outstanding} outstanding tasks, {tasks} open"
    )
    polls = sum(
        len(task_list.pollers)
        for region in engine.regions.values()
        for domain in region.domains.values()
        for task_list in domain.task_lists.values()
    )
    assert engine.polls.held == polls, f"{engine.polls.held} polls held, {polls} on lists"
