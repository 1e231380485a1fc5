"""Markers: notes of a decider in the history. They open and trigger nothing.

Events: MarkerRecorded, RecordMarkerFailed (only for OPERATION_NOT_PERMITTED).

Source: API Reference, RecordMarkerDecisionAttributes.
"""

from __future__ import annotations

from .events import Attributes, NewEvent, NewEvents, pick
from .execution import ExecutionView
from .registry import Concept
from .world import World

MARKER = Concept("marker", "markers", label=("markerName",))


def record_marker(run: ExecutionView, attributes: Attributes, world: World) -> NewEvents:
    """Record a marker; names may repeat."""
    yield NewEvent(
        "MarkerRecorded",
        {
            **pick(attributes, "markerName", "details"),
            "decisionTaskCompletedEventId": run.decision_completed_event_id,
        },
    )


MARKER.decision("RecordMarker", record_marker, repeats=("markerName",))
MARKER.notes("MarkerRecorded", by="RecordMarker")
