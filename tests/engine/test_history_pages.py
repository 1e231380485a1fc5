"""Pages of a history put together give the history, in either order and of any size."""

from __future__ import annotations

import pytest

from swf_emulator.core.events import Event
from swf_emulator.engine.history import decode_event, encode_event, page_of, timestamp

HISTORY = [str(event_id).encode() for event_id in range(1, 8)]


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize(("first", "last"), [(1, 7), (3, 7), (1, 5), (3, 5), (4, 4), (1, 1)])
def test_pages_are_the_history(first: int, last: int, size: int, newest_first: bool) -> None:
    wanted = [b"%d" % event_id for event_id in range(first, last + 1)]
    if newest_first:
        wanted.reverse()
    found: list[bytes] = []
    start: int | None = last if newest_first else first
    while start is not None:
        page, start = page_of(HISTORY, first, last, start, size, newest_first)
        assert len(page) == size or start is None
        assert page
        found += page
    assert found == wanted


def test_an_event_comes_back_from_its_bytes() -> None:
    event = Event(
        5, 1_326_592_619_474, "MarkerRecorded", {"markerName": "ä\u2028😀", "details": ""}
    )
    assert decode_event(encode_event(event)) == event


@pytest.mark.parametrize("at_ms", [0, 1, 999, 1_326_592_619_474, 1_767_225_600_000, 2**41 + 7])
def test_instants_keep_their_milliseconds(at_ms: int) -> None:
    assert round(timestamp(at_ms) * 1000) == at_ms
