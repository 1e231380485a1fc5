"""Answers: made, reported, and held until there is a task or a commit.

::

    call ─▶ result ─▶ Answer                        nothing is awaited
               ├────▶ HeldPoll ─── task, time ────▶ Answer
               └────▶ Uncommitted ─── commit ─────▶ Answer
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import orjson

from ..core.faults import Fault
from ..engine.domains import Scope
from ..engine.engine import Engine
from ..engine.journal import Change
from ..engine.limit_log import LimitLog
from ..engine.polling import TaskTaken
from . import errors
from .results import Finished, Waiting

log = logging.getLogger("swf_emulator")

COMMIT_SECONDS_MAX = 86_400.0
"""For how long timers of the transports are set while a commit is awaited."""


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


class Reports:
    """The log and the observers of answered calls. ``limit_log`` notes faults."""

    __slots__ = ("limit_log", "observers")

    def __init__(self, limit_log: LimitLog) -> None:
        self.limit_log = limit_log
        self.observers: list[Callable[[CallRecord], None]] = []
        """Called with every call that was answered, without the lock, in the thread that
        answers. What one of them raises is logged."""

    @property
    def wanted(self) -> bool:
        """Whether anybody looks at the calls."""
        return bool(self.observers) or log.isEnabledFor(logging.INFO)

    def report(self, record: CallRecord) -> None:
        """Log an answered call and pass it to the observers."""
        log.info("%s", record, extra={"call_record": record})
        for observe in self.observers:
            try:
                observe(record)
            except Exception:
                log.exception("an observer of calls failed")


class Answering:
    """The data of one call that its answer needs, from its arrival to its end."""

    __slots__ = (
        "_content_type",
        "_operation",
        "_reports",
        "_request_id",
        "_scope",
        "_started",
        "parameters",
    )

    def __init__(
        self, reports: Reports, request_id: str, operation: str, scope: Scope, content_type: str
    ) -> None:
        self._reports = reports
        self._request_id = request_id
        self._operation = operation
        self._scope = scope
        self._content_type = content_type
        self._started = time.perf_counter()
        self.parameters: Mapping[str, Any] = {}

    def success(self, finished: Finished) -> Answer:
        return self._answer(200, finished.body(), None)

    def failure(self, fault: Fault) -> Answer:
        self._reports.limit_log.failed(fault)
        return self._answer(*errors.render(fault), fault)

    def _answer(self, status: int, body: bytes, fault: Fault | None) -> Answer:
        if self._reports.wanted:
            self._reports.report(
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
        self, engine: Engine, waiting: Waiting, answering: Answering, hold_seconds: float
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

    def __init__(self, answering: Answering, make: Callable[[], Answer], change: Change) -> None:
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
