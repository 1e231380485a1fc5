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
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

import orjson

from ..core.faults import Fault
from ..engine.accounts import Accounts
from ..engine.domains import Scope
from ..engine.engine import Engine
from ..engine.journal import Change
from ..engine.polling import TaskTaken
from . import errors, operations, validation
from .call import OPERATIONS, Call
from .results import Finished, Waiting

log = logging.getLogger("swf_emulator")

COMMIT_SECONDS_MAX = 86_400.0
"""For how long timers of the transports are set while a commit is awaited."""

AMZ_JSON = "application/x-amz-json-1.0"
PLAIN_JSON = "application/json"

_SCALARS = (str, int, float, bool, type(None))
TARGET_PREFIXES = (
    "SimpleWorkflowService",
    "com.amazonaws.swf.service.model.SimpleWorkflowService",
)
"""What stands before the operation in X-Amz-Target, the second from boto 2."""

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


class Answer(NamedTuple):
    """The bytes that go back. ``fault`` is None for a success."""

    status: int
    content_type: str
    request_id: str
    body: bytes
    fault: Fault | None = None

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers of the HTTP response."""
        headers = [
            ("x-amzn-RequestId", self.request_id),
            ("Content-Type", self.content_type),
            ("Content-Length", str(len(self.body))),
        ]
        if self.status == 413:  # the rest of the body is not read
            headers.append(("Connection", "close"))
        return headers


class CallRecord(NamedTuple):
    """One call and its answer, for observers. ``seconds`` include the time of a hold.

    ``parameters`` is empty if the request was refused before it was understood.
    """

    request_id: str
    operation: str
    scope: Scope
    parameters: Mapping[str, Any]
    fault: Fault | None
    seconds: float
    body: bytes

    def __str__(self) -> str:
        names = (self.parameters.get("domain"), self.parameters.get("workflowId"))
        about = " ".join(str(name) for name in names if name is not None)
        said = "ok" if self.fault is None else f"{self.fault.code}: {self.fault.message}"
        return f"{self.operation or 'no operation'} {about} → {said} ({self.seconds * 1000:.1f} ms)"


class _Answering:
    """What the answer to one call needs, from its arrival to its end."""

    __slots__ = (
        "_content_type",
        "_operation",
        "_request_id",
        "_scope",
        "_service",
        "_started",
        "parameters",
    )

    def __init__(
        self, service: Service, request_id: str, operation: str, scope: Scope, content_type: str
    ) -> None:
        self._service = service
        self._request_id = request_id
        self._operation = operation
        self._scope = scope
        self._content_type = content_type
        self._started = time.perf_counter()
        self.parameters: Mapping[str, Any] = {}

    def success(self, finished: Finished) -> Answer:
        return self._answer(200, finished.body(), None)

    def failure(self, fault: Fault) -> Answer:
        self._service.accounts.limit_log.failed(fault)
        return self._answer(*errors.render(fault), fault)

    def _answer(self, status: int, body: bytes, fault: Fault | None) -> Answer:
        service = self._service
        if service.observers or log.isEnabledFor(logging.INFO):
            service.report(
                CallRecord(
                    self._request_id,
                    self._operation,
                    self._scope,
                    self.parameters,
                    fault,
                    time.perf_counter() - self._started,
                    body,
                )
            )
        return Answer(status, self._content_type, self._request_id, body, fault)


class HeldPoll:
    """A poll that found no task and waits for one, until ``hold_seconds`` are over."""

    __slots__ = ("_answering", "_engine", "_finish", "_poll", "expired", "hold_seconds")

    def __init__(
        self, engine: Engine, waiting: Waiting, answering: _Answering, hold_seconds: float
    ) -> None:
        self._engine = engine
        self._poll = waiting.poll
        self._finish = waiting.answer
        self._answering = answering
        self.hold_seconds = hold_seconds
        self.expired = False
        """Whether it was ended by `expire`, before a task came."""

    def on_answer(self, receive: Callable[[Answer], None]) -> None:
        """Call ``receive`` with the answer, once, from any thread; at once if it is there."""

        def finish(taken: TaskTaken | None, committed: bool = True) -> None:
            receive(
                self._answering.success(self._finish(taken))
                if committed
                else self._answering.failure(errors.internal_failure())
            )

        def wait_for_commit(taken: TaskTaken | None) -> None:
            if taken is None or taken.rests_on is None:
                finish(taken)
            else:
                taken.rests_on.then(partial(finish, taken))

        self._poll.on_result(wait_for_commit)

    def expire(self) -> None:
        """Answer that there is no task, unless one is on its way: the time is over."""
        if self._engine.polls.withdraw(self._poll):
            self.expired = True
            self._poll.resolve(None)

    def abandon(self) -> bool:
        """Take no task any more: the client has gone. Return True if there is no answer to come.

        With the setting ``lose_tasks_of_vanished_pollers`` it may take one until it expires.
        """
        if self._engine.settings.lose_tasks_of_vanished_pollers:
            return False
        self._engine.polls.withdraw(self._poll)
        return True

    def wait(self) -> Answer:
        """Wait in this thread for the answer, for ``hold_seconds`` at most."""
        answers: list[Answer] = []
        answered = threading.Event()

        def receive(answer: Answer) -> None:
            answers.append(answer)
            answered.set()

        self.on_answer(receive)
        if not answered.wait(self.hold_seconds):
            self.expire()
            answered.wait()
        return answers[0]


class Uncommitted(HeldPoll):
    """The answer to a call that rests on a change which is not committed yet.

    It is held as that of a poll is, and cannot be ended before: the commit takes milliseconds,
    or fails.
    """

    __slots__ = ("_change", "_make")

    def __init__(self, answering: _Answering, make: Callable[[], Answer], change: Change) -> None:
        self._answering = answering
        self._make = make
        self._change = change
        self.hold_seconds = COMMIT_SECONDS_MAX
        self.expired = True

    def on_answer(self, receive: Callable[[Answer], None]) -> None:
        """Call ``receive`` with the answer, once, from any thread; at once if it is there."""

        def settled(committed: bool) -> None:
            receive(
                self._make() if committed else self._answering.failure(errors.internal_failure())
            )

        self._change.then(settled)

    def expire(self) -> None:
        """Go on waiting: whether the change is committed is not known."""

    def abandon(self) -> bool:
        """Return True: the client has gone, nobody needs the answer."""
        return True


class HeldCall:
    """A call from this process; if it is a poll that found no task, it may wait for one."""

    __slots__ = ("_call",)

    def __init__(self, call: Answer | HeldPoll) -> None:
        self._call = call

    @property
    def expired(self) -> bool:
        """Whether its time was over before a task came; False if it was released early."""
        return not isinstance(self._call, HeldPoll) or self._call.expired

    def expire(self) -> None:
        """Wait no longer. May be called from any thread, at any time."""
        if isinstance(self._call, HeldPoll):
            self._call.expire()

    def wait(self) -> dict[str, Any]:
        """Return the result, ``{}`` of an operation without output. Raises `Fault`."""
        answer = self._call.wait() if isinstance(self._call, HeldPoll) else self._call
        if answer.fault is not None:
            raise answer.fault
        result: dict[str, Any] = orjson.loads(answer.body) if answer.body else {}
        return result


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
        self.observers: list[Callable[[CallRecord], None]] = []
        """Called with every call that was answered, without the lock, in the thread that
        answers. What one of them raises is logged."""

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
        return _Answering(self, request_id, "", scope, AMZ_JSON).failure(fault)

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
        answering = _Answering(self, engine.ids.request_id(), operation, scope, content_type)
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

    def report(self, record: CallRecord) -> None:
        """Log an answered call and pass it to the observers."""
        log.info("%s", record, extra={"call_record": record})
        for observe in self.observers:
            try:
                observe(record)
            except Exception:
                log.exception("an observer of calls failed")

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
