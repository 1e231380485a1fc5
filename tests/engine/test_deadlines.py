"""The heap of deadlines: order, ties, moved and dead entries."""

from __future__ import annotations

from swf_emulator.core.events import Event
from swf_emulator.core.timers import Timer
from swf_emulator.engine import deadlines
from swf_emulator.engine.deadlines import Deadlines
from swf_emulator.engine.domains import Domain, Kept, Region, Run, Scope

DOMAIN = Domain(Region(Scope("123456789012", "us-east-1")), "d", None, "NONE", {})


def clocked(event_id: int, at_ms: int | None) -> Timer:
    """An item whose deadline is that instant; None: it has none."""
    timer = Timer(Event(event_id, 0, "TimerStarted", {"timerId": "", "startToFireTimeout": "0"}))
    timer.length_ms = at_ms
    return timer


def kept(item: Timer, sequence: int = 1) -> Kept:
    return Kept(Run(DOMAIN, "w", "r", sequence), item)


def drained(heap: Deadlines) -> list[tuple[int, int]]:
    """The deadlines in the order in which they come up: instant and event id."""
    found = []
    while (entry := heap.next()) is not None:
        deadline, due = entry
        found.append((deadline.at_ms, due.item.event_id))
        heap.disarm(due)
    return found


def test_the_earliest_comes_first() -> None:
    heap = Deadlines()
    for event_id, at_ms in enumerate((30, 10, 20), 1):
        heap.arm(kept(clocked(event_id, at_ms)))
    assert len(heap) == 3
    assert drained(heap) == [(10, 2), (20, 3), (30, 1)]
    assert len(heap) == 0


def test_ties_come_in_the_order_of_runs_then_of_events() -> None:
    heap = Deadlines()
    for sequence, event_id in ((2, 5), (1, 9), (2, 3), (1, 7)):
        heap.arm(kept(clocked(event_id, 10), sequence))
    assert drained(heap) == [(10, 7), (10, 9), (10, 3), (10, 5)]


def test_what_has_no_deadline_is_not_armed() -> None:
    heap = Deadlines()
    heap.arm(kept(clocked(1, None)))
    assert len(heap) == 0
    assert heap.next() is None


def test_a_deadline_that_moves_away_is_met_at_its_new_instant() -> None:
    heap = Deadlines()
    beating, other = clocked(1, 10), clocked(2, 15)
    kept_beating = kept(beating)
    heap.arm(kept_beating)
    heap.arm(kept(other))
    beating.length_ms = 20
    heap.arm(kept_beating)
    assert drained(heap) == [(15, 2), (20, 1)]


def test_a_deadline_that_comes_nearer_is_not_missed() -> None:
    heap = Deadlines()
    moved = clocked(1, 20)
    kept_moved = kept(moved)
    heap.arm(kept_moved)
    moved.length_ms = 10
    heap.arm(kept_moved)
    assert len(heap) == 1
    assert drained(heap) == [(10, 1)]


def test_a_deadline_that_goes_is_forgotten() -> None:
    heap = Deadlines()
    going, staying = clocked(1, 10), clocked(2, 20)
    heap.arm(kept(going))
    heap.arm(kept(staying))
    going.length_ms = None
    assert drained(heap) == [(20, 2)]


def test_an_item_armed_again_without_a_deadline_is_disarmed() -> None:
    heap = Deadlines()
    item = clocked(1, 10)
    marks = kept(item)
    heap.arm(marks)
    item.length_ms = None
    heap.arm(marks)
    assert marks.armed_ms is None
    assert len(heap) == 0


def test_what_has_closed_is_disarmed_once() -> None:
    heap = Deadlines()
    closed = kept(clocked(1, 10))
    heap.arm(closed)
    heap.disarm(closed)
    heap.disarm(closed)
    assert len(heap) == 0
    assert heap.next() is None


def test_dead_entries_do_not_pile_up() -> None:
    heap = Deadlines()
    living = [clocked(event_id, 10 + event_id) for event_id in range(10)]
    for item in living:
        heap.arm(kept(item))
    for event_id in range(5 * deadlines.COMPACT_FROM):
        closed = kept(clocked(event_id, 5))
        heap.arm(closed)
        heap.disarm(closed)
    assert len(heap._heap) <= deadlines.COMPACT_FROM + 1
    assert drained(heap) == [(10 + event_id, event_id) for event_id in range(10)]


def test_after_clearing_nothing_is_armed() -> None:
    heap = Deadlines()
    cleared = kept(clocked(1, 10))
    heap.arm(cleared)
    heap.clear()
    assert (len(heap), heap.next()) == (0, None)
    heap.disarm(cleared)
    assert len(heap) == 0
