"""The endpoint under judgement: how to reach it, what it offers, and the domains of a run."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.credentials import Credentials

from conformance.endpoint.wire import Answer, NoAnswer, Wire, receive
from conformance.verdict import CaseAborted, Difference, Grade

_THROTTLED = ("ThrottlingException", "ServiceUnavailable")
_ARRIVED_SECONDS = 0.2
"""After which a poll that was sent counts as waiting."""
_LATE_SECONDS_MAX = 1.0
"""The most by which a timer may be recorded later than its time."""
SOCKETS = "sockets"
"""The capability of every target that is reached over HTTP."""
_LONGEST_BACKOFF_SECONDS = 20.0


class SetupError(Exception):
    """The endpoint cannot be reached, or gives no domain to work in."""


class HeldCall(Protocol):
    """A poll that was sent."""

    def answer(self, seconds: float) -> Answer:
        """Wait for the answer. Raises `NoAnswer` when the time is over."""

    def idle_answer(self, seconds: float) -> Answer:
        """The answer to a poll that finds no task. Raises `NoAnswer` when the time is over."""

    def leave(self) -> None:
        """Close the connection; nothing happens after the answer."""


class _SentCall:
    """A poll on a connection of its own."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection

    def answer(self, seconds: float) -> Answer:
        return receive(self._connection, seconds)

    idle_answer = answer

    def leave(self) -> None:
        self._connection.close()


class Target:
    """One endpoint and one run against it.

    All cases share one domain, except those about domains and whole lists. These register their own
    where ``own_domains`` allows it: SWF never deletes a domain, and an account has 100 of them.
    """

    def __init__(
        self,
        url: str,
        *,
        region: str = "us-east-1",
        credentials: Any = None,
        own_domains: bool = True,
        real: bool = False,
        patience: float = 5.0,
        idle_wait: float | None = None,
    ) -> None:
        self.url = url
        self.region = region
        self.credentials = credentials or Credentials("conformance", "conformance")
        self.wire = Wire(url, region, self.credentials)
        self.own_domains = own_domains
        self.real = real
        self.patience = patience
        self.idle_wait = idle_wait or (75.0 if real else patience)
        """The longest wait for the answer to a poll that finds no task."""
        self.late_seconds = _LATE_SECONDS_MAX
        """The most by which an event may be recorded later than its time."""
        self.call_timeout = 75.0 if real else 15.0
        """The longest wait for the answer to an ordinary call."""
        self.run_id = uuid.uuid4().hex[:8]
        self._lock = threading.Lock()
        self._domains: list[str] = []
        self._capabilities: frozenset[str] | None = None
        self._run_domain: str | None = None
        self._settings: dict[str, Any] = {}
        """Settings as they were before a case changed them."""
        self._sdk: Any = None

    @classmethod
    def aws(cls, region: str, own_domains: bool = False, patience: float = 20.0) -> Target:
        """Amazon SWF itself, with the caller's own credentials."""
        session = boto3.Session(region_name=region)
        credentials = session.get_credentials()
        if credentials is None:
            raise ValueError("no AWS credentials found")
        url = session.client("swf").meta.endpoint_url
        return cls(
            url,
            region=region,
            credentials=credentials,
            own_domains=own_domains,
            real=True,
            patience=patience,
        )

    def call(self, operation: str, body: Any, timeout: float | None = None) -> Answer:
        """One call; throttled calls are repeated with growing pauses."""
        timeout = timeout or self.call_timeout
        pause = 0.2
        while True:
            answer = self.wire.call(operation, body, timeout)
            throttled = answer.fault in _THROTTLED and "refusals" not in self.capabilities
            if not throttled or pause > _LONGEST_BACKOFF_SECONDS:
                return answer
            self.sleep(pause)
            pause *= 2

    @property
    def capabilities(self) -> frozenset[str]:
        """``sockets``, and what ``GET /_emulator/health`` lists beyond SWF.

        The answer is a JSON object; its member ``capabilities`` lists names such as ``clock``,
        ``settings``, ``refusals`` and ``functions``. An endpoint without it has none.
        """
        with self._lock:
            if self._capabilities is None:
                found = {} if self.real else self._health()
                offered = map(str, found.get("capabilities", []))
                self._capabilities = frozenset((SOCKETS, *offered))
            return self._capabilities

    @property
    def name(self) -> str:
        """Its name in a table: the emulator with its version, or the URL."""
        version = "" if self.real else self._health().get("version", "")
        return "Amazon SWF" if self.real else f"swf-emulator {version}" if version else self.url

    @property
    def is_emulator(self) -> bool:
        """Whether it is the emulator of this repository."""
        return not self.real and self.name.startswith("swf-emulator")

    def _health(self) -> dict[str, Any]:
        try:
            answer = self.wire.request("GET", "/_emulator/health", timeout=5.0)
        except (NoAnswer, OSError):
            return {}
        body = answer.body
        return body if answer.status == 200 and isinstance(body, dict) else {}

    def monotonic(self) -> float:
        """Seconds on a clock that never goes back, by which waiting is measured."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass: really, or on the clock of a target in this process."""
        time.sleep(seconds)

    def advance(self, seconds: float) -> None:
        """Move the endpoint's clock. Raises `CaseAborted`."""
        self.command("POST", "clock", {"advance": seconds})

    @contextmanager
    def stopped_clock(self) -> Iterator[None]:
        """Stop the endpoint's clock except for `advance`. Raises `CaseAborted`."""
        before = self.command("GET", "clock")["mode"]
        self.command("POST", "clock", {"mode": "virtual"})
        try:
            yield
        finally:
            self.command("POST", "clock", {"mode": before})

    def hold(self, operation: str, body: Any) -> HeldCall:
        """Send a poll and do not wait for its answer."""
        return _SentCall(self.wire.open_call(operation, body))

    def await_arrival(self) -> None:
        """Wait until a poll that was sent can be expected to be held by the endpoint."""
        self.sleep(_ARRIVED_SECONDS)

    def control(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """A command to an emulator, below ``/_emulator/`` unless the path begins with ``/``."""
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        whole = path if path.startswith("/") else f"/_emulator/{path}"
        return self.wire.request(method, whole, content, headers, 30.0)

    def now(self) -> float:
        """The time of the endpoint in seconds since 1970: an emulator can have its own."""
        if "clock" in self.capabilities:
            answer = self.control("GET", "clock")
            if answer.status == 200 and isinstance(answer.body, dict) and "now" in answer.body:
                return datetime.fromisoformat(str(answer.body["now"])).timestamp()
        return time.time()

    def set(self, **settings: Any) -> None:
        """Change settings of an emulator until `restore`. Raises CaseAborted."""
        before = self.control("GET", "settings")
        if before.status == 200 and isinstance(before.body, dict):
            found = {name: value for name, value in before.body.items() if name in settings}
            self._settings = {**found, **self._settings}
        self.command("POST", "settings", settings)

    def command(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return the answer to a control command. Raises CaseAborted if it is refused."""
        answer = self.control(method, path, body)
        if answer.status >= 300:
            where = f"{method} /_emulator/{path}"
            raise CaseAborted(Difference(where, "success", str(answer), Grade.DOCUMENTED))
        return answer.body

    def restore(self) -> None:
        """Take back what a case has set and refused; a clock that was moved stays ahead."""
        try:
            if "refusals" in self.capabilities:
                self.control("DELETE", "refusals")
            if self._settings:
                self.control("POST", "settings", self._settings)
        except (NoAnswer, OSError, http.client.HTTPException):
            return
        self._settings = {}

    def run_domain(self) -> str:
        """The domain that cases share, registered at the first use."""
        with self._lock:
            if self._run_domain is None:
                name = f"conformance-{self.run_id}"
                body = {
                    "name": name,
                    "workflowExecutionRetentionPeriodInDays": "1",
                    "description": "throw-away domain of the SWF conformance suite",
                }
                try:
                    answer = self.wire.call("RegisterDomain", body)
                except (NoAnswer, OSError) as problem:
                    raise SetupError(f"{self.url} does not answer: {problem}") from problem
                if answer.status != 200:
                    raise SetupError(f"{self.url} registers no domain: {answer}")
                self._run_domain = name
            return self._run_domain

    def remember(self, domain: str) -> None:
        """Note a domain that a case registered, to be deprecated when the run is over."""
        with self._lock:
            self._domains.append(domain)

    def leave(self) -> None:
        """Forget all domains of the run, or deprecate them where that is not offered; hang up."""
        shared = [self._run_domain] if self._run_domain is not None else []
        for domain in [*shared, *self._domains]:
            try:
                if "reset" in self.capabilities:
                    self.control("POST", "reset", {"region": self.region, "domain": domain})
                else:
                    self.call("DeprecateDomain", {"name": domain})
            except (NoAnswer, OSError, http.client.HTTPException):
                break
        self.wire.close_all()
        if self._sdk is not None:
            self._sdk.close()
            self._sdk = None

    def sdk(self) -> Any:
        """A boto3 client without client-side validation and without retries."""
        with self._lock:
            if self._sdk is None:
                self._sdk = boto3.client(
                    "swf",
                    endpoint_url=self.url,
                    region_name=self.region,
                    aws_access_key_id=self.credentials.access_key,
                    aws_secret_access_key=self.credentials.secret_key,
                    aws_session_token=self.credentials.token,
                    config=Config(
                        parameter_validation=False,
                        retries={"total_max_attempts": 1},
                        read_timeout=75,
                        max_pool_connections=64,
                    ),
                )
            return self._sdk
