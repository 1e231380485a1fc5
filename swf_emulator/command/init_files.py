"""Initial domains, types and executions, read from files.

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

The emulator's own operations apply them, so the usual validation applies. Existing items are
left unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ..core.faults import Fault
from ..engine.domains import Scope
from ..protocol.model import service_model
from ..protocol.service import Service
from .documents import SUFFIXES, DocumentError, read_document

SECTIONS = {
    "workflowTypes": "RegisterWorkflowType",
    "activityTypes": "RegisterActivityType",
    "executions": "StartWorkflowExecution",
}
"""The lists in a domain, with the operations that apply them, in this order."""

IDENTITIES = {
    "RegisterDomain": ("name",),
    "RegisterWorkflowType": ("domain", "name", "version"),
    "RegisterActivityType": ("domain", "name", "version"),
    "StartWorkflowExecution": ("domain", "workflowId"),
}
RETENTION = "workflowExecutionRetentionPeriodInDays"
ALREADY_EXISTS = (
    "DomainAlreadyExistsFault",
    "TypeAlreadyExistsFault",
    "WorkflowExecutionAlreadyStartedFault",
)


class Step(NamedTuple):
    """One call to make; ``place`` is the part of a file that describes it."""

    operation: str
    scope: Scope
    parameters: dict[str, Any]
    place: str

    @property
    def identity(self) -> tuple[str, ...]:
        names = IDENTITIES[self.operation]
        return (self.operation, *self.scope, *(str(self.parameters.get(name)) for name in names))


def apply_init_files(service: Service, paths: Iterable[Path]) -> int:
    """Apply files, or all files in directories; return how many items are new.

    All files are read before anything is applied. Raises DocumentError, also if two files
    define one name differently.
    """
    steps = [step for file in _files(paths) for step in _steps(file, service)]
    first_of: dict[tuple[str, ...], Step] = {}
    for step in steps:
        first = first_of.setdefault(step.identity, step)
        for name, value in step.parameters.items():
            if first.parameters.get(name, value) != value:
                raise DocumentError(
                    f"{step.place}: '{name}' conflicts with its value at {first.place}"
                )
    return sum(_apply(service, step) for step in steps)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
        elif path.suffix in SUFFIXES:
            yield path
        else:
            raise DocumentError(f"{path}: must be a directory or a file {', '.join(SUFFIXES)}")


def _steps(file: Path, service: Service) -> Iterator[Step]:
    document = read_document(file)
    _check_names(document, ("domains",), str(file))
    for place, domain in _tables(document, "domains", f"{file}: "):
        account = str(domain.pop("account", service.account))
        scope = Scope(account, str(domain.pop("region", service.region)))
        sections = {name: domain.pop(name) for name in SECTIONS if name in domain}
        if "name" not in domain:
            raise DocumentError(f"{place}: the domain must have a 'name'")
        yield _step("RegisterDomain", scope, {}, domain, place)
        for section, operation in SECTIONS.items():
            for entry_place, entry in _tables(sections, section, f"{place}."):
                yield _step(operation, scope, {"domain": domain["name"]}, entry, entry_place)


def _tables(
    table: Mapping[str, Any], name: str, prefix: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The tables of a list, which may be absent, each with its place."""
    entries = table.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise DocumentError(f"{prefix}{name}: must be a list of tables")
    for index, entry in enumerate(entries):
        yield f"{prefix}{name}[{index}]", entry


def _step(
    operation: str, scope: Scope, known: dict[str, Any], table: dict[str, Any], place: str
) -> Step:
    model = service_model()
    members = model.shapes[model.operations[operation].input]["members"]
    _check_names(table, sorted(members.keys() - known.keys()), place)
    for name, value in table.items():
        _check_shape(value, members[name], f"{place}.{name}")
    parameters = {name: _strings(value, f"{place}.{name}") for name, value in table.items()}
    return Step(operation, scope, known | parameters, place)


def _check_shape(value: Any, shape_name: str, place: str) -> None:
    """Raise DocumentError for an unknown member at any depth; the service would ignore it."""
    shape = service_model().shapes[shape_name]
    if isinstance(value, dict) and shape["type"] == "structure":
        _check_names(value, sorted(shape["members"]), place)
        for name, each in value.items():
            _check_shape(each, shape["members"][name], f"{place}.{name}")
    elif isinstance(value, list) and shape["type"] == "list":
        for index, each in enumerate(value):
            _check_shape(each, shape["member"], f"{place}[{index}]")


def _check_names(table: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    for name in table:
        if name not in known:
            raise DocumentError(f"{place}: unknown member '{name}'; known: {', '.join(known)}")


def _strings(value: Any, place: str) -> Any:
    """Numbers as the strings of the API, whose durations and priorities are all strings."""
    if isinstance(value, dict):
        return {name: _strings(each, f"{place}.{name}") for name, each in value.items()}
    if isinstance(value, list):
        return [_strings(each, f"{place}[{index}]") for index, each in enumerate(value)]
    if isinstance(value, str | bool):
        return value
    if not isinstance(value, int):
        raise DocumentError(f"{place}: must be a string or a number, not a {type(value).__name__}")
    try:
        return str(value)
    except ValueError:
        raise DocumentError(f"{place}: the number must be shorter") from None


def _apply(service: Service, step: Step) -> bool:
    """Make the call; False if the item already exists."""
    parameters = step.parameters
    if step.operation == "RegisterDomain":
        parameters = {RETENTION: "90", **parameters}
    try:
        service.call(step.scope, step.operation, **parameters)
    except Fault as fault:
        if fault.code in ALREADY_EXISTS:
            return False
        text = f"{step.place}: {step.operation}: {fault.code}: {fault.message or ''}"
        raise DocumentError(text) from None
    return True
