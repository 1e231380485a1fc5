"""The connection of one botocore client: to a transport, or to the network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..protocol.answers import Answer
from ..protocol.service import Request
from .results import Results

if TYPE_CHECKING:
    from .transport import Transport

SERVICE = "swf"
HOOKS = ("request-created", "choose-signer", "before-sign", "response-received", "needs-retry")
"""The events of botocore between ``before-call`` and ``after-call``, without ``before-send``."""
LIBRARIES = ("boto3", "botocore", "swf_emulator")
SIZE_MAX = 1_000_000
"""A longer body takes the full way, where the size of the signed headers is known."""


class Wire:
    """Answers the requests of a client in place of the network, while it has a transport."""

    def __init__(self, client: Any) -> None:
        self.transport: Transport | None = None
        self._events = client.meta.events
        self._results = Results(client)
        self._answered = threading.local()
        self._hooks_seen: Any = None
        self._hooked = False
        self._events.register_last(f"before-call.{SERVICE}", self.before_call)
        self._events.register_first(f"before-send.{SERVICE}", self.before_send)

    def before_call(
        self, model: Any, params: Any, request_signer: Any, context: Any, **_: Any
    ) -> Any:
        """Answer a serialized request of botocore; None lets it go the full way.

        A fault goes the full way, where botocore may retry the call: it has its answer already.
        """
        self._answered.answer = None
        if self.transport is None or self.transport.full or len(params["body"]) > SIZE_MAX:
            return None
        authorization = _authorization(request_signer, context)
        if authorization is None or self._other_hooks(model.name):
            return None
        answer = self.transport.answer(_request(params["headers"], params["body"], authorization))
        if answer.fault is not None:
            self._answered.answer = answer
            return None
        return _response(params["url"], answer), self._results.parse(model, answer)

    def before_send(self, request: Any, **_: Any) -> Any:
        """Answer a prepared request of botocore; None lets it go to the network."""
        if self.transport is None:
            return None
        answer: Answer | None = getattr(self._answered, "answer", None)
        self._answered.answer = None
        if answer is None:
            headers = request.headers
            authorization = _text(headers.get("Authorization"))
            answer = self.transport.answer(_request(headers, request.body or b"", authorization))
        return _response(request.url, answer)

    def _other_hooks(self, operation: str) -> bool:
        """Return whether code outside botocore takes part after ``before-call``.

        botocore makes a new lookup cache whenever a handler is registered or removed.
        """
        emitter = getattr(self._events, "_emitter", self._events)
        if self._hooks_seen is not emitter._lookup_cache:
            self._hooks_seen = emitter._lookup_cache
            self._hooked = any(
                _module_of(handler).partition(".")[0] not in LIBRARIES
                for event in HOOKS
                for handler in emitter._handlers.prefix_search(f"{event}.{SERVICE}.{operation}")
            )
        return self._hooked


def _authorization(request_signer: Any, context: Any) -> str | None:
    """Return the part of a signature that SWF's scope is read from; None without credentials."""
    from botocore import UNSIGNED

    if UNSIGNED in (context["client_config"].signature_version, context.get("auth_type")):
        return ""
    credentials = request_signer._credentials
    if credentials is None:
        return None
    region = context.get("signing", {}).get("region") or request_signer.region_name
    return f"Credential={credentials.access_key}/20120125/{region}/{SERVICE}/aws4_request"


def _module_of(handler: Any) -> str:
    return getattr(handler, "__module__", None) or type(handler).__module__


class _Raw(BytesIO):
    """A body with the method that botocore uses of urllib3's."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def _response(url: str, answer: Answer) -> Any:
    from botocore.awsrequest import AWSResponse

    return AWSResponse(url, answer.status, dict(answer.headers()), _Raw(answer.body))


def _request(headers: Any, body: bytes | str, authorization: str) -> Request:
    content = body.encode() if isinstance(body, str) else body
    return Request(
        _text(headers.get("X-Amz-Target")),
        _text(headers.get("Content-Type")),
        authorization,
        content,
        len(content) + sum(len(name) + len(value) + 4 for name, value in headers.items()),
    )


def _text(header: str | bytes | None) -> str:
    if header is None:
        return ""
    return header.decode("latin-1") if isinstance(header, bytes) else header


_wires: WeakKeyDictionary[Any, Wire] = WeakKeyDictionary()


def wire_of(client: Any) -> Wire:
    """Return the wire of a client, which gets one at the first call."""
    wire = _wires.get(client)
    if wire is None:
        wire = _wires[client] = Wire(client)
    return wire
