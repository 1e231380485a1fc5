"""What an emulator begins with: domains, types and executions from files.

A file lists domains; each member is the one of that name in the API's request::

    [[domains]]
    name = "orders"

      [[domains.workflowTypes]]
      name = "Order"
      version = "1.0"
      defaultTaskList.name = "orders"

      [[domains.executions]]
      workflowId = "order-1"
      workflowType = { name = "Order", version = "1.0" }

Everything is done by the emulator's own operations, so the same rules hold and the same
faults come. What is there already stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..core.faults import Fault
from ..engine.domains import Scope
from ..protocol.model import service_model
from ..protocol.service import Service
from .documents import SUFFIXES, Document, DocumentError, Place, read_document

SECTIONS = {
    "workflowTypes": "RegisterWorkflowType",
    "activityTypes": "RegisterActivityType",
    "executions": "StartWorkflowExecution",
}
"""The lists in a domain, in the order in which they are done."""

IDENTITIES = {
    "RegisterDomain": ("name",),
    "RegisterWorkflowType": ("domain", "name", "version"),
    "RegisterActivityType": ("domain", "name", "version"),
    "StartWorkflowExecution": ("domain", "workflowId"),
}
RETENTION = "workflowExecutionRetentionPeriodInDays"
THERE_ALREADY = (
    "DomainAlreadyExistsFault",
    "TypeAlreadyExistsFault",
    "WorkflowExecutionAlreadyStartedFault",
)

_MEMBER = re.compile(r" at '([A-Za-z]+)")


class Step(NamedTuple):
    """One call to be made, and the part of a file that asks for it."""

    operation: str
    account: str
    region: str
    parameters: dict[str, Any]
    document: Document
    place: Place

    @property
    def identity(self) -> tuple[str, ...]:
        names = IDENTITIES[self.operation]
        own = [str(self.parameters.get(name)) for name in names]
        return (self.operation, self.account, self.region, *own)

    def error(self, text: str) -> DocumentError:
        """``text`` may name a member; then the line is that member's."""
        member = _MEMBER.search(text)
        place = (*self.place, member[1][0].lower() + member[1][1:]) if member else self.place
        return self.document.error(f"{self.operation}: {text}", *place)


def seed(protocol: Service, paths: Iterable[Path]) -> int:
    """Do what files, or all files in directories, ask for; how many things are new.

    All files are read before anything is done. Raises DocumentError, which names file and
    line, also if two files want different things under one name.
    """
    steps = [step for file in _files(paths) for step in _steps(read_document(file), protocol)]
    seen: dict[tuple[str, ...], Step] = {}
    for step in steps:
        first = seen.setdefault(step.identity, step)
        for name, value in step.parameters.items():
            if first.parameters.get(name, value) != value:
                where = first.document.where(*first.place)
                raise step.error(f"'{name}' is not what it is at {where}")
    return sum(_done(protocol, step) for step in steps)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
        elif path.suffix in SUFFIXES:
            yield path
        else:
            raise DocumentError(f"{path}: not a directory, nor a file {', '.join(SUFFIXES)}")


def _steps(document: Document, protocol: Service) -> Iterator[Step]:
    _refuse_unknown(document, (), document.value, ("domains",))
    for index, domain in _tables(document, (), document.value, "domains"):
        place: Place = ("domains", index)
        owner = _text(domain, "account", protocol.account), _text(domain, "region", protocol.region)
        own = {
            name: value
            for name, value in domain.items()
            if name not in SECTIONS and name not in ("account", "region")
        }
        if "name" not in own:
            raise document.error("the domain has no 'name'", *place)
        _refuse_unknown(document, place, own, _members("RegisterDomain"))
        yield Step("RegisterDomain", *owner, _texts(own), document, place)
        for section, operation in SECTIONS.items():
            for at, entry in _tables(document, place, domain, section):
                here = (*place, section, at)
                _refuse_unknown(document, here, entry, _members(operation) - {"domain"})
                parameters = {"domain": own["name"], **_texts(entry)}
                yield Step(operation, *owner, parameters, document, here)


def _tables(
    document: Document, place: Place, table: dict[str, Any], name: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The tables of a list, which may be absent."""
    entries = table.get(name, [])
    if not isinstance(entries, list):
        raise document.error(f"'{name}' must be a list of tables", *place, name)
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise document.error(f"'{name}' must be a list of tables", *place, name, index)
        yield index, entry


def _refuse_unknown(
    document: Document, place: Place, table: dict[str, Any], known: Iterable[str]
) -> None:
    for name in table:
        if name not in known:
            expected = ", ".join(sorted(known))
            raise document.error(f"unknown member '{name}'; known: {expected}", *place, name)


def _members(operation: str) -> set[str]:
    model = service_model()
    return set(model.shapes[model.operations[operation].input]["members"])


def _text(table: dict[str, Any], name: str, default: str) -> str:
    return str(table.get(name, default))


def _texts(value: Any) -> Any:
    """Numbers as the texts that the API wants: all its durations and priorities are texts."""
    if isinstance(value, dict):
        return {name: _texts(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_texts(each) for each in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _done(protocol: Service, step: Step) -> bool:
    """Make the call; False if the thing was there already."""
    parameters = step.parameters
    if step.operation == "RegisterDomain":
        parameters = {RETENTION: "NONE", **parameters}
    try:
        protocol.call(Scope(step.account, step.region), step.operation, **parameters)
    except TypeError as error:
        raise step.error(str(error)) from None
    except Fault as fault:
        if fault.code in THERE_ALREADY:
            return False
        raise step.error(f"{fault.code}: {fault.message or ''}") from None
    return True
