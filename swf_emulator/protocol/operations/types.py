"""Workflow types and activity types: six operations for each, with one function for both.

Source: API Reference, RegisterActivityType … DescribeWorkflowType. Observed: recorded 2016
(the configuration holds only what was registered).
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from ...core import faults
from ...engine.history import timestamp
from ...engine.types import RegisteredType
from ..call import Call, operation
from ..results import EMPTY, Members, Result

PAGE_MAX = 1000


@operation("RegisterActivityType", type_kind="ActivityType")
@operation("RegisterWorkflowType", type_kind="WorkflowType")
def register_type(call: Call, type_kind: str) -> Result:
    """Register a type.

    Faults: UnknownResourceFault, DomainDeprecatedFault [inferred], TypeAlreadyExistsFault,
    LimitExceededFault.
    """
    defaults = {
        member: value for member, value in call.parameters.items() if member.startswith("default")
    }
    registered = RegisteredType(
        type_kind, call["name"], call["version"], call.get("description"), defaults, call.now_ms
    )
    call.engine.recorder.register_type(call.domain(), registered)
    return EMPTY


@operation("DeprecateActivityType", type_kind="ActivityType")
@operation("DeprecateWorkflowType", type_kind="WorkflowType")
def deprecate_type(call: Call, type_kind: str) -> Result:
    """Deprecate a type. Faults: UnknownResourceFault, TypeDeprecatedFault."""
    registered = call.registered_type(type_kind)
    if registered.deprecated:
        raise faults.type_deprecated(type_kind, registered.name, registered.version)
    call.engine.recorder.deprecate_type(call.domain(), registered)
    return EMPTY


@operation("UndeprecateActivityType", type_kind="ActivityType")
@operation("UndeprecateWorkflowType", type_kind="WorkflowType")
def undeprecate_type(call: Call, type_kind: str) -> Result:
    """Register a deprecated type again. Faults: UnknownResourceFault, TypeAlreadyExistsFault."""
    registered = call.registered_type(type_kind)
    if not registered.deprecated:
        raise faults.type_already_exists(type_kind, registered.name, registered.version)
    call.engine.recorder.undeprecate_type(call.domain(), registered)
    return EMPTY


@operation("DeleteActivityType", type_kind="ActivityType")
@operation("DeleteWorkflowType", type_kind="WorkflowType")
def delete_type(call: Call, type_kind: str) -> Result:
    """Delete a deprecated type. Faults: UnknownResourceFault, TypeNotDeprecatedFault."""
    call.engine.recorder.delete_type(call.domain(), call.registered_type(type_kind))
    return EMPTY


@operation("DescribeActivityType", reads=True, type_kind="ActivityType")
@operation("DescribeWorkflowType", reads=True, type_kind="WorkflowType")
def describe_type(call: Call, type_kind: str) -> Result:
    """Return typeInfo and configuration. Fault: UnknownResourceFault."""
    registered = call.registered_type(type_kind)
    return Members({"typeInfo": _type_info(registered), "configuration": registered.defaults})


@operation("ListActivityTypes", reads=True, type_kind="ActivityType")
@operation("ListWorkflowTypes", reads=True, type_kind="WorkflowType")
def list_types(call: Call, type_kind: str) -> Result:
    """Return typeInfos by name and version, of one ``name`` if it is given.

    Fault: UnknownResourceFault.
    """
    types = call.domain().types[type_kind]
    backwards = call.get("reverseOrder", False)
    start = call.page_start(str, str)
    first = None if start is None else (start[0], start[1])
    keys = types.irange(*((None, first) if backwards else (first, None)), reverse=backwards)
    name = call.get("name")
    found = (types[key] for key in keys if name in (None, key[0]))
    selected = (each for each in found if each.status == call["registrationStatus"])
    size = call.page_size(PAGE_MAX)
    page = list(islice(selected, size + 1))
    members: dict[str, Any] = {"typeInfos": [_type_info(registered) for registered in page[:size]]}
    if len(page) > size:
        members["nextPageToken"] = call.page_token(page[size].name, page[size].version)
    return Members(members)


def _type_info(registered: RegisteredType) -> dict[str, Any]:
    member = registered.kind[0].lower() + registered.kind[1:]
    info: dict[str, Any] = {
        member: {"name": registered.name, "version": registered.version},
        "status": registered.status,
        "creationDate": timestamp(registered.created_ms),
    }
    if registered.description is not None:
        info["description"] = registered.description
    if registered.deprecated_ms is not None:
        info["deprecationDate"] = timestamp(registered.deprecated_ms)
    return info
