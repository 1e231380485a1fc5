"""The order in which the tasks of a list are handed out. Source: Developer Guide, "Task lists"."""

from __future__ import annotations

import random
from typing import Any

from swf_emulator.core.open_items import OpenItem
from swf_emulator.engine.task_lists import TaskList, Ticket

NO_RUN: Any = None


def taken(task_list: TaskList) -> list[int]:
    """The event ids of all tasks, as they are handed out one after the other."""
    found = []
    while (ticket := task_list.first()) is not None:
        found.append(ticket.open_items.event_id)
        task_list.withdraw(ticket)
    return found


def offered(task_list: TaskList, priorities: list[int]) -> list[Ticket]:
    return [
        task_list.offer(NO_RUN, OpenItem(event_id), priority)
        for event_id, priority in enumerate(priorities)
    ]


def test_higher_priorities_first_then_first_come_first_served() -> None:
    task_list = TaskList("activity", "L")
    offered(task_list, [0, 5, 0, 5, -5])
    assert [ticket.open_items.event_id for ticket in task_list.tickets()] == [1, 3, 0, 2, 4]
    assert taken(task_list) == [1, 3, 0, 2, 4]


def test_tasks_leave_from_wherever_they_stand() -> None:
    task_list = TaskList("activity", "L")
    tickets = offered(task_list, [0] * 200)
    leaving = random.Random(7).sample(tickets, 150)
    for ticket in leaving:
        task_list.withdraw(ticket)
    assert task_list.waiting == 50
    gone = {ticket.open_items.event_id for ticket in leaving}
    assert taken(task_list) == [number for number in range(200) if number not in gone]
    assert task_list.idle


def test_an_empty_list_has_no_task() -> None:
    task_list = TaskList("decision", "L")
    assert task_list.first() is None
    assert task_list.tickets() == []


def test_tasks_can_be_put_into_another_order() -> None:
    task_list = TaskList("activity", "L")
    first, second, urgent = offered(task_list, [0, 0, 1])
    TaskList.reorder([second, first, urgent])
    assert taken(task_list) == [2, 1, 0]
