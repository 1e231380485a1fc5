"""Results of operations: made while the engine's lock is held, turned into bytes after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..compact_json import encode_json
from ..engine.polling import Poll, TaskTaken


class Empty:
    """No output: an empty body."""

    __slots__ = ()

    def body(self) -> bytes:
        return b""


class Members(NamedTuple):
    """A JSON object."""

    members: dict[str, Any]

    def body(self) -> bytes:
        return encode_json(self.members)


class EventsPage(NamedTuple):
    """A JSON object with stored events; ``members`` must sort after ``events``."""

    events: Sequence[bytes]
    members: dict[str, Any]

    def body(self) -> bytes:
        tail = encode_json(self.members)[1:]
        middle = b"]," if len(tail) > 1 else b"]"
        return b"".join((b'{"events":[', b",".join(self.events), middle, tail))


Finished = Empty | Members | EventsPage


class Waiting(NamedTuple):
    """A poll that waits; ``answer`` makes the result from its task, or from None without one."""

    poll: Poll
    answer: Callable[[TaskTaken | None], Finished]


Result = Finished | Waiting

EMPTY = Empty()
