"""The history of the boto 2 tutorial's hello workflow, as the service wrote it in 2013."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

from conformance.grammar import check_history

Event = dict[str, Any]

_CASE = Path(__file__).parents[2] / "conformance/recordings/boto-tutorial-hello-history.json"
RECORDED: list[Event] = json.loads(_CASE.read_text())["response"]["events"]


def assert_is_recorded_hello(events: list[Event]) -> None:
    """Compare event by event and attribute by attribute.

    Of the timestamps, which of them are equal. Of the attributes, all but one that the service has
    written only since about 2018: `scheduleToStartTimeout` NONE in DecisionTaskScheduled.
    """
    check_history(events, closed=True)
    events = copy.deepcopy(events)
    for event in events:
        if event["eventType"] == "DecisionTaskScheduled":
            attributes = event["decisionTaskScheduledEventAttributes"]
            assert attributes.pop("scheduleToStartTimeout") == "NONE"
    assert [_timeless(event) for event in events] == [_timeless(event) for event in RECORDED]
    for (_, recorded), (before, after) in zip(pairwise(RECORDED), pairwise(events), strict=True):
        if recorded["eventTimestamp"] == RECORDED[recorded["eventId"] - 2]["eventTimestamp"]:
            assert after["eventTimestamp"] == before["eventTimestamp"], after


def _timeless(event: Event) -> Event:
    return {name: value for name, value in event.items() if name != "eventTimestamp"}
