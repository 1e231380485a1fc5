"""From a request to its answer: the order of checks, and what is done when.

::

    size ─▶ JSON ─▶ operation ─▶ types, constraints ─▶ guard ─▶ engine ─▶ bytes
            └─────────── without the lock ──────────┘           lock     without

Source: API Reference, "Common errors"; recorded answers. The order is that of other services
on the same framework [inferred].
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from ..core.faults import Fault
from ..engine.accounts import Accounts
from ..engine.domains import Scope
from ..engine.engine import Engine
from ..engine.task_lists import Poll
from . import errors, operations, validation
from .call import OPERATIONS, Call
from .results import Result, Waiting

log = logging.getLogger("swf_emulator")

AMZ_JSON = "application/x-amz-json-1.0"
PLAIN_JSON = "application/json"

READ_ONLY = ("Count", "Describe", "Get", "List", "Poll")
"""How the names of operations begin that change nothing but by starting a task."""

CHANGING = frozenset(name for name in OPERATIONS if not name.startswith(READ_ONLY))

_KEY = re.compile(r"Credential=([^/\s,]+)/")
_REGION = re.compile(r"Credential=[^/\s,]+/\d{8}/([A-Za-z0-9-]+)/swf/")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)

assert operations.__all__, "the table of operations is filled by importing them"


class Request(NamedTuple):
    """What the protocol looks at. ``size`` counts the body and the headers, in bytes."""

    target: str | None
    content_type: str
    authorization: str
    body: bytes
    size: int


class Answer(NamedTuple):
    """What goes back. ``fault`` is the fault's code, None for a success."""

    status: int
    content_type: str
    request_id: str
    body: bytes
    fault: str | None = None

    def headers(self) -> list[tuple[str, str]]:
        return [
            ("x-amzn-RequestId", self.request_id),
            ("Content-Type", self.content_type),
            ("Content-Length", str(len(self.body))),
        ]


class CallRecord(NamedTuple):
    """One call and its answer, for those who watch. ``seconds`` include the time of a hold.

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


class HeldPoll:
    """A poll that found no task and waits for one, or for the end of its time."""

    __slots__ = ("_engine", "_finish", "_poll", "hold_seconds")

    def __init__(
        self, engine: Engine, poll: Poll, finish: Callable[[Any], Answer], hold_seconds: float
    ) -> None:
        self._engine = engine
        self._poll = poll
        self._finish = finish
        self.hold_seconds = hold_seconds

    def on_answer(self, receive: Callable[[Answer], None]) -> None:
        """Call ``receive`` with the answer, once, from any thread; at once if it is there."""
        self._poll.then(lambda result: receive(self._finish(result)))

    def set_disconnect_check(self, disconnected: Callable[[], bool]) -> None:
        """Skip this poll at the hand-over if ``disconnected()`` returns True at that moment.

        No effect with the setting ``lose_tasks_of_vanished_pollers``.
        """
        if not self._engine.settings.lose_tasks_of_vanished_pollers:
            self._poll.gone = disconnected

    def expire(self) -> None:
        """The time is over: answer that there is no task, unless one is on its way."""
        if self._engine.withdraw(self._poll):
            self._poll.resolve(None)

    def abandon(self) -> bool:
        """The client has gone: never take a task for it. True if nothing is waited for now.

        With the setting ``lose_tasks_of_vanished_pollers`` it may take one until it expires.
        """
        if self._engine.settings.lose_tasks_of_vanished_pollers:
            return False
        self._engine.withdraw(self._poll)
        return True

    def wait(self) -> Answer:
        """Wait in this thread, for ``hold_seconds`` at most."""
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


class Service:
    """Answers requests from one engine.

    ``account`` and ``region`` serve requests that name none in their signature.
    """

    def __init__(
        self,
        engine: Engine,
        account: str = "123456789012",
        region: str = "us-east-1",
        accounts: Accounts | None = None,
    ) -> None:
        self._accounts = accounts
        self.engine = engine
        self.account = account
        self.region = region
        self.observers: list[Callable[[CallRecord], None]] = []
        """Told of every answered call, without the lock, in the thread that answers. What one
        of them raises is logged."""

    def handle(self, request: Request, hold_seconds: float | None = None) -> Answer | HeldPoll:
        """Answer a request, or hold it: for the setting's time, or for ``hold_seconds``.

        With 0 nothing is ever held: a poll without a task is answered at once.
        """
        started = time.perf_counter()
        operation = (request.target or "").rpartition(".")[2]
        request_id = self.engine.ids.request_id()
        content_type = AMZ_JSON if request.content_type.startswith(AMZ_JSON) else PLAIN_JSON
        parameters: dict[str, Any] = {}

        def answered(status: int, body: bytes, fault: Fault | None = None) -> Answer:
            if self.observers or log.isEnabledFor(logging.INFO):
                seconds = time.perf_counter() - started
                scope = self.scope_of(request.authorization)
                self._tell(
                    CallRecord(request_id, operation, scope, parameters, fault, seconds, body)
                )
            code = None if fault is None else fault.code
            return Answer(status, content_type, request_id, body, code)

        hold = self.engine.settings.poll_hold_seconds if hold_seconds is None else hold_seconds
        try:
            parameters = self._parameters(request, operation)
            scope = self.scope_of(request.authorization)
            result = self._operate(scope, operation, parameters, hold > 0)
            if isinstance(result, Waiting):
                make = result.answer
                return HeldPoll(
                    self._engine_of(scope),
                    result.poll,
                    lambda taken: answered(200, make(taken).body()),
                    hold,
                )
            return answered(200, result.body())
        except Fault as fault:
            return answered(*errors.render(fault), fault)
        except Exception:
            log.exception("%s failed inside the emulator: %r", operation, request.body[:4096])
            ours = errors.internal_failure()
            return answered(*errors.render(ours), ours)

    def _engine_of(self, scope: Scope) -> Engine:
        return self.engine if self._accounts is None else self._accounts.engine(scope.account)

    def _tell(self, outcome: CallRecord) -> None:
        log.info("%s", outcome, extra={"outcome": outcome})
        for observe in self.observers:
            try:
                observe(outcome)
            except Exception:
                log.exception("an observer of calls failed")

    def _parameters(self, request: Request, operation: str) -> dict[str, Any]:
        limit = self.engine.settings.max_request_bytes
        if request.size > limit:
            raise errors.too_large(limit)
        return self._checked(operation, _parse(request.body))

    def _checked(self, operation: str, value: Any) -> dict[str, Any]:
        if operation not in OPERATIONS:
            raise errors.unknown_operation()
        parameters = validation.validate(operation, value)
        refused = self.engine.refusals.refuses_operation(operation, parameters)
        if refused is not None:
            raise refused
        return parameters

    def _operate(
        self, scope: Scope, operation: str, parameters: dict[str, Any], held: bool
    ) -> Result:
        engine = self.engine
        if self._accounts is not None:
            engine = self._accounts.engine(scope.account)
        with engine.transaction:
            if operation in CHANGING:
                engine.changed()
            call = Call(engine, engine.region(scope), operation, parameters, held)
            return OPERATIONS[operation](call)

    def call(self, scope: Scope, operation: str, /, **members: Any) -> dict[str, Any]:
        """Call an operation in this process; a poll is answered at once. Raises `Fault`.

        The same checks and faults as over HTTP; those who watch calls are told.
        """
        started, body, fault = time.perf_counter(), b"", None
        parameters: dict[str, Any] = {}
        try:
            parameters = self._checked(operation, members)
            result = self._operate(scope, operation, parameters, False)
            assert not isinstance(result, Waiting)
            body = result.body()
        except Fault as refused:
            fault = refused
            raise
        finally:
            if self.observers or log.isEnabledFor(logging.INFO):
                seconds = time.perf_counter() - started
                request_id = self.engine.ids.request_id()
                self._tell(
                    CallRecord(request_id, operation, scope, parameters, fault, seconds, body)
                )
        answer: dict[str, Any] = orjson.loads(body) if body else {}
        return answer

    def scope_of(self, authorization: str) -> Scope:
        """Account and region of a request, from the credential scope of its signature.

        A scope of another service names no region: boto 2 takes both from the host name.
        """
        return _credential_scope(authorization.partition(",")[0], self.account, self.region)


@lru_cache
def _credential_scope(credential: str, account: str, region: str) -> Scope:
    """What the first part of a signature names, with these where it names nothing."""
    key, named = _KEY.search(credential), _REGION.search(credential)
    if key is not None and _ACCOUNT.fullmatch(key[1]):
        account = key[1]
    return Scope(account, region if named is None else named[1])


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise validation.not_json() from None
