"""Answers as the Python values that botocore's parser makes of them, in less time.

An answer holds only members of the emulator's own model, so if a client's model knows them
all, only lists and structures with timestamps have to be walked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import orjson

from ..protocol.answers import Answer
from ..protocol.model import service_model

Convert = Callable[[Any], Any]
"""Turns a value of JSON into a value of botocore; it may change its argument."""

MINUTES_MAX = 1024


class Results:
    """Parses the answers to one client."""

    def __init__(self, client: Any) -> None:
        from botocore.parsers import DEFAULT_TIMESTAMP_PARSER

        self._parse_timestamp: Convert = client._response_parser._timestamp_parser
        self._default_timestamps = self._parse_timestamp is DEFAULT_TIMESTAMP_PARSER
        self._converts: dict[str, Convert | None] = {}
        self._minutes: dict[int, datetime] = {}

    def parse(self, model: Any, answer: Answer) -> dict[str, Any]:
        """Return the parsed answer to a call that succeeded. ``model``: botocore's operation."""
        parsed: dict[str, Any] = orjson.loads(answer.body) if answer.body else {}
        convert = self._convert_of(model)
        if convert is not None:
            parsed = convert(parsed)
        parsed["ResponseMetadata"] = {
            "RequestId": answer.request_id,
            "HTTPStatusCode": answer.status,
            "HTTPHeaders": {name.lower(): value for name, value in answer.headers()},
            "RetryAttempts": 0,
        }
        return parsed

    def _convert_of(self, model: Any) -> Convert | None:
        try:
            return self._converts[model.name]
        except KeyError:
            shape = model.output_shape
            own = service_model().operations[model.name].output
            convert = None if shape is None or own is None else self._compile(shape, own)
            self._converts[model.name] = convert
            return convert

    def _compile(self, shape: Any, own: str) -> Convert | None:
        """Make the conversion of a shape; None if its values stay as they are.

        ``shape`` is botocore's; ``own`` is the name of the emulator's.
        """
        if shape.type_name == "timestamp":
            return self._timestamp if self._default_timestamps else self._parse_timestamp
        if shape.type_name == "list":
            element = self._compile(shape.member, service_model().shapes[own]["member"])
            return None if element is None else _list_of(element)
        if shape.type_name == "structure":
            return self._structure(shape, service_model().shapes[own]["members"])
        return None

    def _structure(self, shape: Any, own: dict[str, str]) -> Convert | None:
        unknown = own.keys() - shape.members.keys()
        converts = [
            (name, convert)
            for name, member in shape.members.items()
            if name in own and (convert := self._compile(member, own[name])) is not None
        ]
        if not unknown and not converts:
            return None

        def convert_structure(value: dict[str, Any]) -> dict[str, Any]:
            for name in unknown:
                value.pop(name, None)
            for name, convert in converts:
                if name in value:
                    value[name] = convert(value[name])
            return value

        return convert_structure

    def _timestamp(self, seconds: float) -> datetime:
        """Return what botocore makes of a timestamp, from its result for the whole minute."""
        minute = int(seconds // 60)
        start = self._minutes.get(minute)
        if start is None:
            if len(self._minutes) >= MINUTES_MAX:
                self._minutes.clear()
            start = self._minutes[minute] = self._parse_timestamp(minute * 60)
        time = start + timedelta(seconds=seconds - minute * 60)
        return time.replace(fold=1) if start.fold else time


def _list_of(element: Convert) -> Convert:
    return lambda values: [element(value) for value in values]
