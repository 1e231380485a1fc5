"""One HTTP exchange with an SWF endpoint, seen whole: status, headers and the JSON as sent.

SWF speaks JSON 1.0 over POST to ``/`` with the operation in ``X-Amz-Target`` (Developer Guide,
"Making HTTP requests to Amazon SWF"). The SDK hides status, content type and members it does not
know, so the suite talks HTTP itself and leaves only the signature to botocore.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

TARGET_PREFIX = "SimpleWorkflowService"
CONTENT_TYPE = "application/x-amz-json-1.0"


class NoAnswer(Exception):
    """The endpoint did not answer in time; the connection was given up."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @cached_property
    def body(self) -> Any:
        """The JSON content; ``{}`` for an empty body; None when it is not JSON."""
        if not self.content:
            return {}
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    @property
    def fault(self) -> str | None:
        """The error code as SDKs read it: the part of ``__type`` behind ``#``."""
        if self.status < 300:
            return None
        body = self.body
        kind = body.get("__type", "") if isinstance(body, dict) else ""
        return str(kind).rpartition("#")[2] or f"HTTP {self.status}"

    @property
    def message(self) -> str | None:
        """The message of the error; None without one."""
        body = self.body
        if not isinstance(body, dict):
            return None
        text = body.get("message", body.get("Message"))
        return None if text is None else str(text)

    def __str__(self) -> str:
        text = self.content.decode("utf-8", "replace")
        return f"HTTP {self.status} {text if len(text) < 400 else text[:400] + '...'}"


def receive(connection: http.client.HTTPConnection, seconds: float) -> Answer:
    """Read the answer on a connection and close it. Raises `NoAnswer`."""
    try:
        if connection.sock is not None:
            connection.sock.settimeout(seconds)
        return _read(connection)[0]
    except TimeoutError:
        raise NoAnswer(f"no answer within {seconds} s") from None
    finally:
        connection.close()


def _read(connection: http.client.HTTPConnection) -> tuple[Answer, bool]:
    """The answer, and whether the server closes the connection after it."""
    response = connection.getresponse()
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, headers, response.read()), response.will_close


class Wire:
    """Signed requests to one endpoint; a connection is kept per thread and read timeout."""

    def __init__(self, url: str, region: str, credentials: Any) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"not an HTTP endpoint: {url}")
        self.url = f"{parts.scheme}://{parts.netloc}"
        self.region = region
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._credentials = credentials
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: list[http.client.HTTPConnection] = []

    def call(self, operation: str, body: Any, timeout: float = 75.0) -> Answer:
        """One operation with a JSON body, as the SDK would send it."""
        content = json.dumps(body).encode()
        return self.post(content, self.headers(operation, content), timeout)

    def headers(
        self,
        operation: str,
        content: bytes,
        *,
        prefix: str = TARGET_PREFIX,
        content_type: str = CONTENT_TYPE,
    ) -> dict[str, str]:
        """The signed headers of a request."""
        headers = {"Content-Type": content_type, "X-Amz-Target": f"{prefix}.{operation}"}
        request = AWSRequest("POST", self.url + "/", data=content, headers=headers)
        SigV4Auth(self._credentials, "swf", self.region).add_auth(request)
        return dict(request.headers.items())

    def post(self, content: bytes, headers: Mapping[str, str], timeout: float = 75.0) -> Answer:
        """Any POST to ``/``."""
        return self.request("POST", "/", content, headers, timeout)

    def request(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        headers: Mapping[str, str] | None = None,
        timeout: float = 75.0,
    ) -> Answer:
        """Any request. A kept connection that the server has closed is opened again."""
        connection = getattr(self._local, "connection", None)
        reused = connection is not None
        if connection is None:
            connection = self._connect()
        try:
            return self._exchange(connection, method, path, content, headers, timeout)
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            if not reused:
                raise
            return self._exchange(self._connect(), method, path, content, headers, timeout)
        except TimeoutError:
            self.close()
            raise NoAnswer(f"no answer within {timeout} s") from None
        except (http.client.HTTPException, OSError):
            self.close()
            raise

    def open_call(self, operation: str, body: Any) -> http.client.HTTPConnection:
        """Send a call on a connection of its own; `receive` reads the answer."""
        content = json.dumps(body).encode()
        connection = self._new_connection(75.0)
        connection.request("POST", "/", content, self.headers(operation, content))
        return connection

    def close(self) -> None:
        """Give up this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
        self._local.connection = None

    def close_all(self) -> None:
        """Give up the kept connections of all threads."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        content: bytes,
        headers: Mapping[str, str] | None,
        timeout: float,
    ) -> Answer:
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        else:
            connection.timeout = timeout
        connection.request(method, path, content, dict(headers or {}))
        answer, last = _read(connection)
        if last:
            self.close()
        return answer

    def _connect(self) -> http.client.HTTPConnection:
        connection = self._new_connection(75.0)
        self._local.connection = connection
        with self._lock:
            self._connections.append(connection)
        return connection

    def _new_connection(self, timeout: float) -> http.client.HTTPConnection:
        if self._secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=timeout, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=timeout)
