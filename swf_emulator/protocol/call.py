"""One call of one operation, as the operation's function sees it; and the table of operations."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import Any, NamedTuple, TypeVar

from ..core import faults
from ..core.settings import Settings
from ..engine.domains import Domain, Region
from ..engine.engine import Engine
from ..engine.polling import TaskTaken
from ..engine.types import RegisteredType
from .results import Finished, Members, Result, Waiting
from .tokens import PageToken, request_digest

UNBOUND = ("identity", "maximumPageSize", "nextPageToken")
"""Parameters that may differ between the pages of one request."""


class Call:
    """The validated parameters, the caller's region, and the engine, whose lock is held."""

    __slots__ = ("disconnected", "engine", "may_wait", "operation", "parameters", "region")

    def __init__(
        self,
        engine: Engine,
        region: Region,
        operation: str,
        parameters: dict[str, Any],
        may_wait: bool,
        disconnected: Callable[[], bool] | None,
    ) -> None:
        self.engine = engine
        self.region = region
        self.operation = operation
        self.parameters = parameters
        self.may_wait = may_wait
        """Whether a poll may wait for a task."""
        self.disconnected = disconnected
        """Returns True if the client has disconnected; None if that is not known."""

    def __getitem__(self, member: str) -> Any:
        return self.parameters[member]

    def get(self, member: str, default: Any = None) -> Any:
        return self.parameters.get(member, default)

    @property
    def now_ms(self) -> int:
        return self.engine.now_ms

    @property
    def settings(self) -> Settings:
        return self.engine.settings

    def domain(self) -> Domain:
        """Return the domain that the call names. Fault: UnknownResourceFault."""
        return self.region.domain(self.parameters["domain"])

    def registered_type(self, type_kind: str) -> RegisteredType:
        """Return the type that the call names. Fault: UnknownResourceFault (domain, type)."""
        identity = self.parameters[type_kind[0].lower() + type_kind[1:]]
        return self.domain().known_type(type_kind, identity["name"], identity["version"])

    def poll(self, list_kind: str, answer: Callable[[Call, TaskTaken | None], Finished]) -> Result:
        """Take the next task of the list that the call names, or wait for one.

        ``answer`` makes the result from the task, or from None without one. Faults:
        UnknownResourceFault (domain), LimitExceededFault, ThrottlingException.
        """
        polls, identity = self.engine.polls, self.get("identity")
        domain = self.domain()
        task_list = domain.task_list(list_kind, self["taskList"]["name"])
        domain.recent_polls.note(list_kind, task_list.name, identity, self.now_ms, 0)
        disconnected = None if self.settings.lose_tasks_of_vanished_pollers else self.disconnected
        if task_list.waiting and disconnected is not None and disconnected():
            return answer(self, None)
        taken = polls.take(task_list, identity)
        if taken is None and self.may_wait:
            return Waiting(polls.hold(task_list, identity, disconnected), partial(answer, self))
        return answer(self, taken)

    def no_task(self, **event_ids: int) -> Members:
        """Return the result of a poll that gets no task: event ids of zero."""
        members: dict[str, Any] = event_ids
        if self.settings.empty_poll_task_token:
            members["taskToken"] = ""
        return Members(members)

    # Pages.

    def page_size(self, largest: int) -> int:
        """Return ``maximumPageSize``, at most ``largest``; absent and 0 mean ``largest``."""
        return min(self.parameters.get("maximumPageSize") or largest, largest)

    def page_start(self, *form: type) -> list[Any] | None:
        """Return the position in the page token, None for the first page.

        ``form`` has the types of its parts. Fault: ValidationException, also for the token of
        another request.
        """
        token = self.parameters.get("nextPageToken")
        if token is None:
            return None
        life_seconds = self.settings.page_token_seconds
        position = PageToken.decode(token, self._digest(), self.now_ms, life_seconds)
        if [type(part) for part in position] != [*form]:
            raise faults.invalid_token()
        return position

    def page_token(self, *position: Any, now_ms: int | None = None) -> str:
        """Return the token of the page of this request that begins at ``position``."""
        issued_ms = self.now_ms if now_ms is None else now_ms
        return PageToken(self._digest(), issued_ms, list(position)).encode()

    def _digest(self) -> str:
        bound = {
            member: value for member, value in self.parameters.items() if member not in UNBOUND
        }
        return request_digest(self.operation, *self.region.scope, bound)


class Operation(NamedTuple):
    """What the service does for one operation: see `operation`."""

    function: Callable[..., Result]
    reads: bool = False
    arguments: tuple[Any, ...] = ()


OPERATIONS: dict[str, Operation] = {}

Function = TypeVar("Function", bound=Callable[..., Result])


def operation(
    name: str, *, reads: bool = False, **arguments: Any
) -> Callable[[Function], Function]:
    """Register the decorated function for an operation; it gets the call and ``arguments``.

    ``reads`` says that the operation changes nothing, or nothing but by recording events, as
    a poll does: those the engine counts as changes itself.
    """

    def register(function: Function) -> Function:
        if name in OPERATIONS:
            raise ValueError(f"{name} must have one function, not two")
        bound = signature(function).bind(None, **arguments)
        OPERATIONS[name] = Operation(function, reads, bound.args[1:])
        return function

    return register
