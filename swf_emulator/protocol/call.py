"""One call of one operation, as the operation's function sees it; and the table of functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.settings import Settings
from ..engine.domains import Domain, Region
from ..engine.engine import Engine
from ..engine.task_lists import TaskTaken
from ..engine.types import RegisteredType
from .results import Finished, Members, Result, Waiting
from .tokens import PageToken, request_digest

NOT_BOUND = ("identity", "maximumPageSize", "nextPageToken")
"""Parameters that may differ between the pages of one request."""


class Call:
    """The validated parameters, the caller's region, and the engine whose lock is held."""

    __slots__ = ("engine", "held", "operation", "parameters", "region")

    def __init__(
        self,
        engine: Engine,
        region: Region,
        operation: str,
        parameters: dict[str, Any],
        held: bool,
    ) -> None:
        self.engine = engine
        self.region = region
        self.operation = operation
        self.parameters = parameters
        self.held = held
        """Whether a poll may wait."""

    def __getitem__(self, member: str) -> Any:
        return self.parameters[member]

    def get(self, member: str) -> Any:
        return self.parameters.get(member)

    @property
    def now_ms(self) -> int:
        return self.engine.now_ms

    @property
    def settings(self) -> Settings:
        return self.engine.settings

    def domain(self) -> Domain:
        """The domain that the call names. Fault: UnknownResourceFault."""
        return self.region.domain(self.parameters["domain"])

    def registered_type(self, kind: str) -> RegisteredType:
        """The type that the call names. Fault: UnknownResourceFault, for domain or type."""
        asked = self.parameters[kind[0].lower() + kind[1:]]
        return self.domain().known_type(kind, asked["name"], asked["version"])

    def poll(
        self, kind: str, answer: Callable[[TaskTaken], Finished], empty: dict[str, Any]
    ) -> Result:
        """The next task of the list that the call names; or the poll waits for one."""
        found = self.engine.poll(
            self.domain(), kind, self["taskList"]["name"], self.get("identity"), self.held
        )
        token = {"taskToken": ""} if self.settings.empty_poll_task_token else {}
        nothing = Members(empty | token)
        if found is None:
            return nothing
        if isinstance(found, TaskTaken):
            return answer(found)
        return Waiting(found, lambda taken: nothing if taken is None else answer(taken))

    # Pages.

    def page_size(self, largest: int) -> int:
        """At most ``largest``; 0 or nothing asked means just that."""
        return min(self.parameters.get("maximumPageSize") or largest, largest)

    def page_start(self) -> list[Any] | None:
        """The position in the page token, None for the first page.

        Fault: ValidationException, also for the token of another request.
        """
        token = self.parameters.get("nextPageToken")
        if token is None:
            return None
        life_seconds = self.settings.page_token_seconds
        return PageToken.decode(token, self._digest(), self.now_ms, life_seconds)

    def page_token(self, *position: Any, now_ms: int | None = None) -> str:
        """The token with which this request goes on from there."""
        made_ms = self.now_ms if now_ms is None else now_ms
        return PageToken(self._digest(), made_ms, list(position)).encode()

    def _digest(self) -> str:
        bound = {
            member: value for member, value in self.parameters.items() if member not in NOT_BOUND
        }
        return request_digest(self.operation, *self.region.scope, bound)


Function = Callable[[Call], Result]

OPERATIONS: dict[str, Function] = {}


def operation(name: str) -> Callable[[Function], Function]:
    """Register the function of an operation."""

    def register(function: Function) -> Function:
        if name in OPERATIONS:
            raise ValueError(f"two functions for the operation {name}")
        OPERATIONS[name] = function
        return function

    return register
