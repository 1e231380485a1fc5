"""One run of a workflow: its history as bytes, and the live state folded from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from ..core.activities import ActivityTask
from ..core.events import Event, NewEvents
from ..core.execution import Execution
from ..core.open_items import Deadline, OpenItem
from ..core.record import fold, record
from ..core.settings import Settings
from .history import decode_event, encode_event

if TYPE_CHECKING:
    from .catalog import Domain
    from .task_lists import Ticket

DAY_MS = 86_400_000


class Retention(OpenItem):
    """The time for which a closed run stays readable. Not an event: the run just vanishes."""

    __slots__ = ("ends_ms",)
    kind: ClassVar[str] = "retention"

    def __init__(self, ends_ms: int) -> None:
        super().__init__(0)
        self.ends_ms = ends_ms

    def next_deadline(self) -> Deadline | None:
        return Deadline(self.ends_ms, "RETENTION")


class Kept:
    """Something open in the engine's care: when it is due, where it waits, what was done for it.

    ``item`` is replaced when the run is folded anew; the rest stays.
    """

    __slots__ = ("armed_ms", "counted", "delivered", "item", "run", "ticket")

    def __init__(self, run: Run, item: OpenItem) -> None:
        self.run = run
        self.item = item
        self.armed_ms: int | None = None
        self.ticket: Ticket | None = None
        self.counted = False
        self.delivered = False


class Run:
    """A run in the engine's care. ``sequence`` orders runs by their starts.

    ``stalled`` says that a deadline of it failed by a fault of ours: what is overdue rests
    until something is recorded again, lest it stop the deadlines of all others for ever.
    """

    __slots__ = ("domain", "execution", "history", "kept", "retention", "sequence", "stalled")

    def __init__(self, domain: Domain, workflow_id: str, run_id: str, sequence: int) -> None:
        self.domain = domain
        self.sequence = sequence
        self.execution = Execution(workflow_id, run_id)
        self.history: list[bytes] = []
        self.kept: dict[int, Kept] = {}
        self.retention: Kept | None = None
        self.stalled = False

    def record(self, new_events: NewEvents, now_ms: int, settings: Settings) -> list[Event]:
        """Append what a decide function yields: all of it, or after an error nothing."""
        try:
            events = record(self.execution, new_events, now_ms, settings)
            stored = [encode_event(event) for event in events]
        except BaseException:
            self.refold()
            raise
        self.history.extend(stored)
        return events

    def refold(self) -> None:
        """Throw the live state away and fold it anew from the history and the notes."""
        spoiled = self.execution
        self.execution = self.folded()
        before = {
            thing.event_id: thing
            for thing in (*spoiled.changed_items, *spoiled.open_items.values())
        }
        for event_id, pending in self.execution.open_items.items():
            noted = before.get(event_id)
            if isinstance(pending, ActivityTask) and isinstance(noted, ActivityTask):
                pending.heartbeat_ms = noted.heartbeat_ms
                pending.heartbeat_details = noted.heartbeat_details

    def folded(self) -> Execution:
        """The state that the history alone gives."""
        execution = Execution(self.execution.workflow_id, self.execution.run_id)
        for stored in self.history:
            fold(execution, decode_event(stored))
        return execution

    def release(self) -> None:
        """A closed run, once everything has followed from its close, needs only its counts."""
        self.execution.open_items.clear()
        self.execution.named.clear()

    def retain(self, grace_seconds: int) -> None:
        """Start the retention period of the domain: days, or NONE for ever.

        A period of 0 days leaves the run readable for a short grace [inferred].
        """
        period = self.domain.retention
        if period != "NONE":
            length_ms = int(period) * DAY_MS or grace_seconds * 1000
            self.retention = Kept(self, Retention(self.execution.close_ms + length_ms))
