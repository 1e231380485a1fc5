"""Internal errors in the middle of a transition, on demand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from swf_emulator.core import record
from swf_emulator.core.events import Event
from swf_emulator.core.execution import Execution
from swf_emulator.engine import domains
from swf_emulator.engine.history import encode_event


class Broken(Exception):
    """The injected fault."""


class Fuse:
    """Blows at the ``at``-th time, counted from 1, and only then."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 0

    @property
    def blown(self) -> bool:
        return self.count >= self.at

    def tick(self) -> None:
        self.count += 1
        if self.count == self.at:
            raise Broken(f"injected at {self.at}")


PLACES = ("encode", "fold", "after fold")
"""Before an event is serialized, before it is folded, and after."""


@contextmanager
def broken(place: str, at: int) -> Iterator[Fuse]:
    """Within the block the ``at``-th event fails at ``place``."""
    fuse = Fuse(at)
    encode, fold = encode_event, record.fold

    def encode_or_break(event: Event) -> bytes:
        fuse.tick()
        return encode(event)

    def fold_or_break(run: Execution, event: Event) -> None:
        if place == "fold":
            fuse.tick()
        fold(run, event)
        if place == "after fold":
            fuse.tick()

    with pytest.MonkeyPatch.context() as patch:
        if place == "encode":
            patch.setattr(domains, "encode_event", encode_or_break)
        else:
            patch.setattr(record, "fold", fold_or_break)
            patch.setattr(domains, "fold", fold_or_break)
        yield fuse


@contextmanager
def ill(workflow_id: str, from_event: int) -> Iterator[Fuse]:
    """Within the block no event of that workflow id from that number on can be folded."""
    fuse = Fuse(0)
    fold = record.fold

    def fold_or_break(run: Execution, event: Event) -> None:
        if run.workflow_id == workflow_id and event.event_id >= from_event:
            fuse.count += 1
            raise Broken(f"{workflow_id} is ill")
        fold(run, event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record, "fold", fold_or_break)
        patch.setattr(domains, "fold", fold_or_break)
        yield fuse
