"""What an operation returns: made under the lock, turned into bytes without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..compact_json import encode_json
from ..engine.task_lists import Poll, TaskTaken


class Empty:
    """An empty body, as of every operation without output."""

    __slots__ = ()

    def body(self) -> bytes:
        return b""


class Members(NamedTuple):
    """An object."""

    members: dict[str, Any]

    def body(self) -> bytes:
        return encode_json(self.members)


class EventsPage(NamedTuple):
    """A page of stored events; ``members`` come after them in the alphabet."""

    events: Sequence[bytes]
    members: dict[str, Any]

    def body(self) -> bytes:
        tail = encode_json(self.members)[1:]
        middle = b"]," if len(tail) > 1 else b"]"
        return b"".join((b'{"events":[', b",".join(self.events), middle, tail))


Finished = Empty | Members | EventsPage


class Waiting(NamedTuple):
    """A poll that waits for a task; ``answer`` makes its result from the task it gets."""

    poll: Poll
    answer: Callable[[TaskTaken | None], Finished]


Result = Finished | Waiting

EMPTY = Empty()
