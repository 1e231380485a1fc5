"""What is open knows its next deadline; of clocks that end together the first named counts."""

from __future__ import annotations

import pytest

from swf_emulator.core.durations import milliseconds
from swf_emulator.core.events import Event
from swf_emulator.core.execution import Execution
from swf_emulator.core.external import ExternalRequest
from swf_emulator.core.open_items import Deadline, OpenItem, earliest


@pytest.mark.parametrize(
    ("clocks", "deadline"),
    [
        ([], None),
        ([(0, None, "a")], None),
        ([(5, 10, "a")], Deadline(15, "a")),
        ([(0, None, "a"), (5, 0, "b")], Deadline(5, "b")),
        ([(0, 20, "a"), (5, 10, "b")], Deadline(15, "b")),
        ([(0, 10, "a"), (5, 10, "b")], Deadline(10, "a")),
        ([(0, 15, "a"), (5, 10, "b")], Deadline(15, "a")),
    ],
)
def test_the_earliest_of_some_clocks(
    clocks: list[tuple[int, int | None, str]], deadline: Deadline | None
) -> None:
    assert earliest(*clocks) == deadline


@pytest.mark.parametrize(
    ("duration", "length_ms"),
    [("NONE", None), ("0", 0), ("007", 7_000), ("31536000", 31_536_000_000)],
)
def test_durations(duration: str, length_ms: int | None) -> None:
    assert milliseconds(duration) == length_ms


def test_by_itself_an_open_thing_waits_for_nothing() -> None:
    pending = OpenItem(5)
    assert pending.next_deadline() is None
    assert pending.queued() is None
    assert not pending.undelivered


def test_what_has_no_clock_cannot_expire() -> None:
    with pytest.raises(NotImplementedError, match="OpenItem has no clock START_TO_CLOSE"):
        OpenItem(5).expire("START_TO_CLOSE")


def test_each_request_to_another_execution_says_how_it_arrives() -> None:
    request = ExternalRequest(Event(5, 0, "", {"workflowId": "v"}))
    with pytest.raises(NotImplementedError):
        request.arrival(Execution("w", "r"))
