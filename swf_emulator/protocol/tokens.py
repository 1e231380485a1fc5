"""Task tokens and page tokens: self-contained, and encoded against accidents, not against forgers.

A token holds all that is needed to find its task, or its place in a list; nothing is stored
for it. A checksum detects damage. Tokens begin like the service's own.

Source: API Reference, "TaskToken" (at most 1,024 characters), "PageToken" (2,048, valid for
24 hours).
"""

from __future__ import annotations

import binascii
from base64 import b64encode
from hashlib import blake2b
from typing import Any, NamedTuple
from zlib import crc32

import orjson

from ..compact_json import encode_json
from ..core import faults
from ..engine.polling import TaskTaken

_HEAD = bytes.fromhex("0000002a0000000100000000")
_SUM_BYTES = 4
_WORKFLOW_ID_BYTES_MAX = 500
_TASK_FORMS = ([str, str, int, int, str], [str, str, int, int, type(None)])
_PAGE_FORM = [str, int, list]


class TaskToken(NamedTuple):
    """A started task. ``list_kind`` is ``decision`` or ``activity``.

    ``workflow_id`` is for the message of a fault after the run has vanished; None if it would
    make the token too long.
    """

    list_kind: str
    run_id: str
    scheduled_event_id: int
    started_event_id: int
    workflow_id: str | None

    @classmethod
    def of(cls, list_kind: str, taken: TaskTaken) -> TaskToken:
        """Return the token of a task that was just started."""
        execution, task = taken.run.execution, taken.task
        return cls(
            list_kind,
            execution.run_id,
            task.event_id,
            task.started_event_id,
            execution.workflow_id,
        )

    def encode(self) -> str:
        return _encode(self.facts())

    def facts(self) -> list[Any]:
        """Return the fields, short enough for any token."""
        fits = len(encode_json(self.workflow_id)) <= _WORKFLOW_ID_BYTES_MAX
        return list(self if fits else self._replace(workflow_id=None))

    @classmethod
    def decode(cls, text: str, list_kind: str) -> TaskToken:
        """Read a token of this kind of task. Fault: ValidationException for anything else."""
        return cls.from_facts(_decode(text), list_kind)

    @classmethod
    def from_facts(cls, facts: list[Any], list_kind: str) -> TaskToken:
        """Return the token with these fields: the inverse of `facts`. Fault as of `decode`."""
        if [type(fact) for fact in facts] in _TASK_FORMS and facts[0] == list_kind:
            return cls(*facts)
        raise faults.invalid_token()


class PageToken(NamedTuple):
    """The beginning of a page of one request.

    ``request`` is the digest of what must not change between pages; ``position`` has the form
    that the operation chooses.
    """

    request: str
    issued_ms: int
    position: list[Any]

    def encode(self) -> str:
        return _encode(list(self))

    @classmethod
    def decode(cls, text: str, request: str, now_ms: int, life_seconds: int) -> list[Any]:
        """Return the position.

        Fault: ValidationException for the token of another request and for one too old.
        """
        facts = _decode(text)
        if [type(fact) for fact in facts] != _PAGE_FORM or facts[0] != request:
            raise faults.invalid_token()
        token = cls(*facts)
        if now_ms - token.issued_ms > life_seconds * 1000:
            raise faults.expired_token()
        return token.position


def request_digest(*facts: Any) -> str:
    """Return a short name for the facts to which a page token is bound."""
    return blake2b(encode_json(facts), digest_size=9).hexdigest()


def _encode(facts: list[Any]) -> str:
    payload = encode_json(facts)
    return b64encode(_HEAD + _sum(payload) + payload).decode()


def _decode(text: str) -> list[Any]:
    """Return the facts of a token, none if it is not one."""
    try:
        raw = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return []
    head, checksum, payload = raw[:12], raw[12 : 12 + _SUM_BYTES], raw[12 + _SUM_BYTES :]
    if head != _HEAD or checksum != _sum(payload):
        return []
    facts = orjson.loads(payload)
    return facts if isinstance(facts, list) else []


def _sum(payload: bytes) -> bytes:
    return crc32(payload).to_bytes(_SUM_BYTES, "big")
