"""Damaged copies of a JSON document: as few changes as can matter, anywhere in it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

JUNK: list[Any] = [
    *(None, True, False, 0, 1, -1, 3, 2**31, 2**63, 2**70, 0.5, 1e308, float("nan")),
    *("", "x", "0", "1", "5", "-1", "NONE", "99999999", "w1", "main", "\ud800", "arn", "x" * 300),
    *([], {}, [None], [[]], {"name": "main"}, {"name": ""}, {"5": 0}),
    *("COMPLETED", "TimerFired", "DecisionTaskStarted", "WorkflowExecutionStarted"),
]

Slot = tuple[Any, Any]
"""A container, and a key or an index in it."""


def slots(value: Any) -> Iterator[Slot]:
    """Every place of a document."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, key
            yield from slots(each)


@st.composite
def damaged(draw: DrawFn, document: Any) -> Any:
    """Return a copy of the document with one to three changes."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        places = list(slots(document))
        if not places:
            break
        index = st.integers(0, len(places) - 1)
        container, key = places[draw(index)]
        change: Callable[..., None] = draw(st.sampled_from(CHANGES))
        change(draw, container, key, places[draw(index)])
    return document


def _remove(draw: DrawFn, container: Any, key: Any, other: Slot) -> None:
    del container[key]


def _replace(draw: DrawFn, container: Any, key: Any, other: Slot) -> None:
    container[key] = copy.deepcopy(draw(st.sampled_from(JUNK)))


def _copy_from_elsewhere(draw: DrawFn, container: Any, key: Any, other: Slot) -> None:
    container[key] = copy.deepcopy(other[0][other[1]])


def _shift_number(draw: DrawFn, container: Any, key: Any, other: Slot) -> None:
    value = container[key]
    if type(value) in (int, float):
        container[key] = value + draw(st.sampled_from([-3, -1, 1, 2, 1000, 10**9]))
    elif isinstance(value, str) and value.isdecimal():
        container[key] = str(int(value) + draw(st.sampled_from([1, 100])))


def _rename(draw: DrawFn, container: Any, key: Any, other: Slot) -> None:
    if isinstance(container, dict):
        container[draw(st.sampled_from(["", "name", "1", "5", "7"]))] = container.pop(key)
    else:
        container.insert(key, copy.deepcopy(container[key]))


def _swap(draw: DrawFn, container: Any, key: Any, other: Slot) -> None:
    if isinstance(container, list):
        place = draw(st.integers(0, len(container) - 1))
        container[key], container[place] = container[place], container[key]
    else:
        _remove(draw, container, key, other)


CHANGES = (_remove, _replace, _copy_from_elsewhere, _shift_number, _rename, _swap)
