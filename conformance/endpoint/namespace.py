"""Names for cases that share one domain.

A domain of SWF can never be deleted and an account has 100 of them, so a run against the real
service uses one domain. There every case works under a prefix: workflow ids, task lists and the
names of types are prefixed on the way out and stripped on the way in, and a case need not know.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from conformance.endpoint.wire import Answer
from conformance.model import Shape

_SHAPES = ("WorkflowId", "Name")
"""The shapes that hold those names: workflow ids; names of types and of task lists."""


class Namespace:
    """A prefix; the empty prefix changes nothing."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix

    def outgoing(self, value: Any, target: Shape | None) -> Any:
        """Prefix the names inside a request."""
        if not self.prefix or target is None:
            return value
        if target.type_name == "structure" and isinstance(value, dict):
            return {k: self.outgoing(v, target.members.get(k)) for k, v in value.items()}
        if target.type_name == "list" and isinstance(value, list):
            return [self.outgoing(v, target.member) for v in value]
        if target.name in _SHAPES and isinstance(value, str) and value:
            return self.prefix + value
        return value

    def incoming(self, answer: Answer) -> Answer:
        """Strip the prefix everywhere in an answer."""
        if not self.prefix:
            return answer
        return replace(answer, content=answer.content.replace(self.prefix.encode(), b""))
