"""The order in which polls get the tasks of a list. Source: Developer Guide, "Task lists"."""

from __future__ import annotations

import random

from swf_emulator.engine.task_lists import Lists, TaskList, Ticket, arrivals


def made(list_kind: str = "activity") -> TaskList[int]:
    return TaskList({}, list_kind, "L")


def taken(task_list: TaskList[int]) -> list[int]:
    """The tasks, as polls get them one after the other."""
    found = []
    while (ticket := task_list.first()) is not None:
        found.append(ticket.kept)
        task_list.withdraw(ticket)
    return found


def offered(task_list: TaskList[int], priorities: list[int]) -> list[Ticket[int]]:
    return [task_list.offer(number, priority) for number, priority in enumerate(priorities)]


def test_higher_priorities_first_then_first_come_first_served() -> None:
    task_list = made()
    offered(task_list, [0, 5, 0, 5, -5])
    assert [ticket.kept for ticket in task_list.tickets()] == [1, 3, 0, 2, 4]
    assert taken(task_list) == [1, 3, 0, 2, 4]


def test_tasks_leave_from_any_place() -> None:
    task_list = made()
    tickets = offered(task_list, [0] * 200)
    leaving = random.Random(7).sample(tickets, 150)
    for ticket in leaving:
        task_list.withdraw(ticket)
    assert task_list.waiting == 50
    gone = {ticket.kept for ticket in leaving}
    assert taken(task_list) == [number for number in range(200) if number not in gone]
    assert task_list.idle


def test_an_empty_list_has_no_task() -> None:
    task_list = made("decision")
    assert task_list.first() is None
    assert task_list.oldest() is None
    assert task_list.tickets() == []


def test_the_oldest_task_need_not_be_the_first() -> None:
    task_list = made()
    tickets = offered(task_list, [0, 0, 1, 0])
    assert (task_list.first(), task_list.oldest()) == (tickets[2], tickets[0])
    for ticket in (tickets[0], tickets[2]):
        task_list.withdraw(ticket)
    assert (task_list.first(), task_list.oldest()) == (tickets[1], tickets[1])


def test_the_oldest_task_is_known_after_all_others_have_left() -> None:
    task_list = made()
    for ticket in offered(task_list, [5, 5]):
        task_list.withdraw(ticket)
    low = task_list.offer(2, 0)
    high = task_list.offer(3, 5)
    assert (task_list.first(), task_list.oldest()) == (high, low)


def test_tasks_can_be_given_another_order_of_arrival() -> None:
    task_list = made()
    earlier = arrivals(3)
    first, second, urgent = offered(task_list, [0, 0, 1])
    TaskList.reorder(zip([second, first, urgent], earlier, strict=True))
    task_list.offer(3, 0)
    assert taken(task_list) == [2, 1, 0, 3]


def test_a_list_is_remembered_only_while_something_waits_on_it() -> None:
    lists: Lists[int] = {}
    task_list: TaskList[int] = TaskList(lists, "activity", "L")
    assert lists == {}
    task_list.join("a poll")
    ticket = task_list.offer(1, 0)
    assert lists == {("activity", "L"): task_list}
    task_list.leave("a poll")
    assert lists == {("activity", "L"): task_list}
    task_list.withdraw(ticket)
    assert lists == {}
