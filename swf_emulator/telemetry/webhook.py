"""Execution events in EventBridge's format, as SWF sends them, posted to a URL.

::

    engine ─▶ observer (under the lock) ─▶ bounded queue ─▶ one thread ─▶ POST, retried
                                             │ full: dropped, counted, logged

As in SWF, delivery is best effort: in order, with retries, and it never delays the engine. Each
event is one POST of one JSON object.

Source: Developer Guide, "EventBridge for Amazon SWF execution status changes".
"""

from __future__ import annotations

import http.client
import io
import json
import logging
import socket
import threading
import time
import uuid
from collections import deque
from datetime import UTC, datetime
from typing import Any

from ..core.events import Event
from ..core.registry import EVENTS
from ..core.settings import Settings
from ..engine.accounts import Accounts
from ..engine.domains import Run
from ..engine.view import ExecutionRecord, execution_record
from ..protocol.operations.executions import described
from ..urls import web_url

log = logging.getLogger(__name__)

DETAIL_TYPE = "Simple Workflow Execution State Change"

EVENT_TYPES = frozenset(event_type for event_type, rule in EVENTS.items() if rule.told)
"""The types of the events that SWF sends."""

ATTEMPTS_MAX = 8
FIRST_PAUSE_SECONDS = 0.1
PAUSE_SECONDS_MAX = 5.0
ANSWER_SECONDS = 5.0
ANSWER_BYTES_MAX = 65_536
CLOSE_SECONDS = 0.5
RETRIED_STATUSES = (408, 425, 429)

INFO_MEMBERS = ("closeTimestamp", "closeStatus", "parent", "parentExecutionArn", "tagList")
CONFIGURATION_MEMBERS = ("taskPriority", "lambdaRole")


def detail_of(settings: Settings, run: Run) -> dict[str, Any]:
    """``workflowExecutionDetail``: the answer of DescribeWorkflowExecution with null members.

    Timestamps are in milliseconds. ``parentExecutionArn`` is null [inferred: SWF has no ARN for
    an execution].
    """
    detail = described(run, settings)
    info = dict.fromkeys(INFO_MEMBERS) | detail["executionInfo"]
    configuration = dict.fromkeys(CONFIGURATION_MEMBERS) | detail["executionConfiguration"]
    detail = detail | {"executionInfo": info, "executionConfiguration": configuration}
    for members, name in (
        (info, "startTimestamp"),
        (info, "closeTimestamp"),
        (detail, "latestActivityTaskTimestamp"),
    ):
        seconds = members.get(name)
        members[name] = None if seconds is None else round(seconds * 1000)
    return detail


def envelope_of(execution: ExecutionRecord, event: Event, detail: dict[str, Any]) -> dict[str, Any]:
    """The whole event, as EventBridge delivers it."""
    scope = execution.scope
    recorded = datetime.fromtimestamp(event.timestamp_ms / 1000, UTC)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": DETAIL_TYPE,
        "source": "aws.swf",
        "account": scope.account,
        "time": recorded.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": scope.region,
        "resources": [scope.domain_arn(execution.domain)],
        "detail": {
            "eventId": event.event_id,
            "eventType": event.event_type,
            "workflowExecutionDetail": detail,
        },
    }


class _TimedReader(io.RawIOBase):
    """Reads from a socket for ``ANSWER_SECONDS`` in total, however small the pieces are."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._stream = sock.makefile("rb", buffering=0)
        self._until = time.monotonic() + ANSWER_SECONDS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no whole answer within {ANSWER_SECONDS} s")
        self._socket.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """An answer that must be complete in time."""

    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock))


class Webhook:
    """Posts the events of all accounts to a URL. Raises ValueError for an invalid URL."""

    def __init__(self, accounts: Accounts, url: str, *, queue_max: int = 10_000) -> None:
        parts = web_url(url)
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname or "", parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._accounts = accounts
        self._queue_max = queue_max
        self._queue: deque[dict[str, Any]] = deque()
        self._changed = threading.Condition()
        self._closing_at: float | None = None
        self._dropping = 0
        self._connection: http.client.HTTPConnection | None = None
        self.counts = {"delivered": 0, "retried": 0, "dropped": 0, "undeliverable": 0}
        """Events by outcome; ``retried`` counts attempts."""
        self._thread = threading.Thread(target=self._run, name="swf-events", daemon=True)
        self._thread.start()
        accounts.observers.append(self._observe)

    @property
    def waiting(self) -> int:
        """The number of events that wait for delivery."""
        return len(self._queue)

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Stop; waiting events are delivered for at most that many seconds."""
        if self._observe in self._accounts.observers:
            self._accounts.observers.remove(self._observe)
        with self._changed:
            self._closing_at = time.monotonic() + seconds
            self._changed.notify()
        self._thread.join(seconds)
        if self._queue:
            log.warning(
                "%d events were not delivered before the emulator stopped", len(self._queue)
            )

    def _observe(self, run: Run, events: list[Event]) -> None:
        """Called with the engine's lock held."""
        sent = [event for event in events if event.event_type in EVENT_TYPES]
        if not sent:
            return
        execution = execution_record(run)
        detail = detail_of(self._accounts.settings, run)
        with self._changed:
            for event in sent:
                self._put(envelope_of(execution, event, detail))
            self._changed.notify()

    def _put(self, envelope: dict[str, Any]) -> None:
        if len(self._queue) >= self._queue_max:
            if not self._dropping:
                log.warning(
                    "%d events wait for delivery; further events are dropped", self._queue_max
                )
            self._dropping += 1
            self.counts["dropped"] += 1
            return
        if self._dropping:
            log.warning("%d events were dropped; delivery resumes", self._dropping)
            self._dropping = 0
        self._queue.append(envelope)

    def _run(self) -> None:
        while self._wait_for_one():
            envelope = self._queue[0]
            outcome = self._deliver(json.dumps(envelope, separators=(",", ":")).encode())
            if outcome is None:
                break
            self.counts[outcome] += 1
            self._queue.popleft()
        if self._connection is not None:
            self._connection.close()

    def _wait_for_one(self) -> bool:
        """Wait for an event; return False once the webhook is closed and the queue is empty."""
        with self._changed:
            while not self._queue and self._closing_at is None:
                self._changed.wait()
            return bool(self._queue)

    def _deliver(self, body: bytes) -> str | None:
        """Return the outcome of the event; None if the webhook was closed before."""
        pause = FIRST_PAUSE_SECONDS
        for attempt in range(1, ATTEMPTS_MAX + 1):
            problem = self._post(body)
            if problem is None:
                return "delivered"
            if isinstance(problem, int) and not _is_temporary(problem):
                log.warning("the receiver rejected an event with status %d", problem)
                return "undeliverable"
            if attempt == ATTEMPTS_MAX:
                break
            self.counts["retried"] += 1
            if not self._pause(pause):
                return None
            pause = min(2 * pause, PAUSE_SECONDS_MAX)
        log.warning("an event was not delivered in %d attempts: %s", ATTEMPTS_MAX, problem)
        return "undeliverable"

    def _pause(self, seconds: float) -> bool:
        """Wait before the next attempt; return False if the webhook is closed first."""
        with self._changed:
            until = time.monotonic() + seconds
            while True:
                now = time.monotonic()
                if self._closing_at is not None and self._closing_at <= until:
                    return False
                if now >= until:
                    return True
                self._changed.wait(until - now)

    def _post(self, body: bytes) -> int | str | None:
        """Make one attempt; return None on success, else the status or the error."""
        if self._connection is None:
            connect = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = connect(self._host, self._port, timeout=ANSWER_SECONDS)
            self._connection.response_class = _TimedResponse
        connection = self._connection
        try:
            connection.request("POST", self._path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            if len(answer.read(ANSWER_BYTES_MAX)) == ANSWER_BYTES_MAX:
                answer.close()  # rather than read on
                connection.close()
        except (OSError, ValueError, http.client.HTTPException) as error:
            connection.close()
            return f"{type(error).__name__}: {error}"
        return None if 200 <= answer.status < 300 else answer.status


def _is_temporary(status: int) -> bool:
    """Whether another attempt may succeed."""
    return status >= 500 or status in RETRIED_STATUSES
