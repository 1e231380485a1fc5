"""From a request to its answer: the order of checks, and which of them need the lock.

::

    size ─▶ JSON ─▶ operation ─▶ types, constraints ─▶ refusals ─▶ operation ─▶ bytes
            └──────────── without the lock ──────────────────┘    with it      without

A call from this process enters after the JSON and takes the same way.

Source: API Reference, "Common errors"; recorded answers. The order is that of other services
on the same framework [inferred].
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, NamedTuple

import orjson

from ..core.faults import Fault
from ..engine.accounts import Accounts
from ..engine.domains import Scope
from ..engine.engine import Engine
from ..engine.journal import Change
from . import errors, operations, validation
from .answers import Answer, Answering, CallRecord, HeldCall, HeldPoll, Reports, Uncommitted
from .call import OPERATIONS, Call
from .results import Waiting

log = logging.getLogger("swf_emulator")

AMZ_JSON = "application/x-amz-json-1.0"
PLAIN_JSON = "application/json"

_SCALARS = (str, int, float, bool, type(None))
TARGET_PREFIXES = (
    "SimpleWorkflowService",
    "com.amazonaws.swf.service.model.SimpleWorkflowService",
)
"""The prefixes of the operation in X-Amz-Target; the second is that of boto 2."""

_REGION = re.compile(r"[A-Za-z0-9-]+")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)

assert operations.__all__, "importing the operations fills the table"


class Request(NamedTuple):
    """The parts of an HTTP request that count. ``size``: body and headers, in bytes."""

    target: str | None
    content_type: str
    authorization: str
    body: bytes
    size: int


class Service:
    """SWF for all accounts: takes requests, answers with bytes.

    ``account`` and ``region`` are those of requests whose signature names none.
    """

    def __init__(
        self, accounts: Accounts, account: str = "123456789012", region: str = "us-east-1"
    ) -> None:
        self.accounts = accounts
        self.account = account
        self.region = region
        self._reports = Reports(accounts.limit_log)

    @property
    def observers(self) -> list[Callable[[CallRecord], None]]:
        """Called with every call that was answered: see `answers.Reports`."""
        return self._reports.observers

    @property
    def engine(self) -> Engine:
        """The engine of the default account."""
        return self.accounts.engine(self.account)

    def handle(
        self,
        request: Request,
        hold_seconds: float | None = None,
        disconnected: Callable[[], bool] | None = None,
    ) -> Answer | HeldPoll:
        """Answer a request. A poll without a task is held for ``hold_seconds``.

        None means as long as the setting says; with 0 a poll is answered at once. A poll gets
        no task if ``disconnected()`` returns True when one is there, unless the setting
        ``lose_tasks_of_vanished_pollers`` is on.
        """
        prefix, _, operation = (request.target or "").rpartition(".")
        return self._serve(
            self.scope_of(request.authorization),
            operation if prefix in TARGET_PREFIXES else "",
            request,
            hold_seconds,
            AMZ_JSON if request.content_type.startswith(AMZ_JSON) else PLAIN_JSON,
            disconnected,
        )

    def answer(self, fault: Fault) -> Answer:
        """Return the answer to a request that is refused before anything is read of it."""
        scope = Scope(self.account, self.region)
        request_id = self.accounts.engine(scope.account).ids.request_id()
        return Answering(self._reports, request_id, "", scope, AMZ_JSON).failure(fault)

    def call(self, scope: Scope, operation: str, /, **members: Any) -> dict[str, Any]:
        """Call an operation from this process; a poll without a task is answered at once.

        Returns the result, ``{}`` of an operation without output. Raises `Fault` as an HTTP
        request would get it, and TypeError for a member that is not a JSON value.
        """
        return self.hold(scope, operation, 0.0, **members).wait()

    def hold(
        self, scope: Scope, operation: str, hold_seconds: float | None, /, **members: Any
    ) -> HeldCall:
        """Begin a call from this process: as `call`, but a poll may be held, as by `handle`."""
        for name, value in members.items():
            _check_json(name, value)
        return HeldCall(self._serve(scope, operation, members, hold_seconds))

    def _serve(
        self,
        scope: Scope,
        operation: str,
        source: Request | dict[str, Any],
        hold_seconds: float | None,
        content_type: str = AMZ_JSON,
        disconnected: Callable[[], bool] | None = None,
    ) -> Answer | HeldPoll:
        """Take the way of the diagram above. ``source`` has the members, as bytes or parsed."""
        accounts = self.accounts
        engine = accounts.engine(scope.account)
        rests_on: Change | None = None
        request_id = engine.ids.request_id()
        answering = Answering(self._reports, request_id, operation, scope, content_type)
        members: Any = source
        try:
            if isinstance(source, Request):
                members = _parse(source, engine.settings.max_request_bytes)
            entry = OPERATIONS.get(operation)
            if entry is None:
                raise errors.unknown_operation()
            parameters = answering.parameters = validation.validate(operation, members)
            if accounts.journal is not None and accounts.journal.failing is not None:
                raise errors.internal_failure()
            refused = engine.refusals.refuses_operation(operation, parameters)
            if refused is not None:
                raise refused
            hold = engine.settings.poll_hold_seconds if hold_seconds is None else hold_seconds
            with engine.transaction:
                if not entry.reads:
                    engine.recorder.changed()
                region = engine.region(scope)
                call = Call(engine, region, operation, parameters, hold > 0, disconnected)
                try:
                    result = entry.function(call, *entry.arguments)
                finally:
                    rests_on = engine.recorder.rests_on
            if isinstance(result, Waiting):
                return HeldPoll(engine, result, answering, hold)
            if rests_on is None or rests_on.outcome:
                return answering.success(result)
            return Uncommitted(answering, partial(answering.success, result), rests_on)
        except Fault as fault:
            if rests_on is None or rests_on.outcome:
                return answering.failure(fault)
            refusal = partial(answering.failure, fault.with_traceback(None))
            return Uncommitted(answering, refusal, rests_on)
        except Exception:
            log.exception("internal error in %s: %.4096r", operation, members)
            return answering.failure(errors.internal_failure())

    def scope_of(self, authorization: str) -> Scope:
        """Return account and region of a request, from the credential scope of its signature.

        A scope of another service names no region: boto 2 takes both from the host name.
        """
        return _credential_scope(authorization.partition(",")[0], self.account, self.region)


@lru_cache
def _credential_scope(credential: str, account: str, region: str) -> Scope:
    """Read the first part of a signature; what it does not name is as given.

    ::

        AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/swf/aws4_request
    """
    key, *scope = credential.partition("Credential=")[2].split("/", 4)
    if scope and _ACCOUNT.fullmatch(key):
        account = key
    if len(scope) > 2 and scope[2] == "swf" and _REGION.fullmatch(scope[1]):
        region = scope[1]
    return Scope(account, region)


def _parse(request: Request, size_max: int) -> Any:
    """Read the JSON of a body. Faults: RequestEntityTooLargeException, SerializationException."""
    if request.size > size_max:
        raise errors.too_large(size_max)
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise validation.not_json() from None


def _check_json(name: str, value: Any) -> None:
    """Raise TypeError, with the name of the member, unless ``value`` can stand in JSON."""
    if isinstance(value, dict):
        for key, member in value.items():
            _check_json(f"{name}.{key}", member)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            _check_json(f"{name}[{index}]", member)
    elif not isinstance(value, _SCALARS):
        raise TypeError(f"{name} must be a JSON value, not of type {type(value).__name__}")
