"""Workflow types and activity types: the same six operations for either kind.

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
KINDS = ("WorkflowType", "ActivityType")


def _register(call: Call, kind: str) -> Result:
    defaults = {
        member: value for member, value in call.parameters.items() if member.startswith("default")
    }
    registered = RegisteredType(
        kind, call["name"], call["version"], call.get("description"), defaults, call.now_ms
    )
    call.domain().register_type(registered, call.settings)
    return EMPTY


def _deprecate(call: Call, kind: str) -> Result:
    registered = call.registered_type(kind)
    if registered.deprecated:
        raise faults.type_deprecated(kind, registered.name, registered.version)
    registered.deprecated_ms = call.now_ms
    return EMPTY


def _undeprecate(call: Call, kind: str) -> Result:
    registered = call.registered_type(kind)
    if not registered.deprecated:
        raise faults.type_already_exists(kind, registered.name, registered.version)
    registered.deprecated_ms = None
    return EMPTY


def _delete(call: Call, kind: str) -> Result:
    registered = call.registered_type(kind)
    call.domain().delete_type(registered)
    return EMPTY


def _describe(call: Call, kind: str) -> Result:
    registered = call.registered_type(kind)
    return Members({"typeInfo": _type_info(registered), "configuration": registered.defaults})


def _list(call: Call, kind: str) -> Result:
    """By name and version; ``name`` asks for all versions of one name."""
    types = call.domain().types[kind]
    backwards = call.parameters.get("reverseOrder", False)
    start = call.page_start()
    first = None if start is None else (start[0], start[1])
    keys = types.irange(*((None, first) if backwards else (first, None)), reverse=backwards)
    name = call.get("name")
    asked = (
        types[key]
        for key in keys
        if types[key].status == call["registrationStatus"] and name in (None, key[0])
    )
    size = call.page_size(PAGE_MAX)
    page = list(islice(asked, size + 1))
    answer: dict[str, Any] = {"typeInfos": [_type_info(registered) for registered in page[:size]]}
    if len(page) > size:
        answer["nextPageToken"] = call.page_token(page[size].name, page[size].version)
    return Members(answer)


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


@operation("RegisterWorkflowType")
def register_workflow_type(call: Call) -> Result:
    """Faults: UnknownResourceFault, TypeAlreadyExistsFault, LimitExceededFault."""
    return _register(call, "WorkflowType")


@operation("RegisterActivityType")
def register_activity_type(call: Call) -> Result:
    """Faults: UnknownResourceFault, TypeAlreadyExistsFault, LimitExceededFault."""
    return _register(call, "ActivityType")


@operation("DeprecateWorkflowType")
def deprecate_workflow_type(call: Call) -> Result:
    """Faults: UnknownResourceFault, TypeDeprecatedFault."""
    return _deprecate(call, "WorkflowType")


@operation("DeprecateActivityType")
def deprecate_activity_type(call: Call) -> Result:
    """Faults: UnknownResourceFault, TypeDeprecatedFault."""
    return _deprecate(call, "ActivityType")


@operation("UndeprecateWorkflowType")
def undeprecate_workflow_type(call: Call) -> Result:
    """Faults: UnknownResourceFault, TypeAlreadyExistsFault."""
    return _undeprecate(call, "WorkflowType")


@operation("UndeprecateActivityType")
def undeprecate_activity_type(call: Call) -> Result:
    """Faults: UnknownResourceFault, TypeAlreadyExistsFault."""
    return _undeprecate(call, "ActivityType")


@operation("DeleteWorkflowType")
def delete_workflow_type(call: Call) -> Result:
    """Faults: UnknownResourceFault, TypeNotDeprecatedFault."""
    return _delete(call, "WorkflowType")


@operation("DeleteActivityType")
def delete_activity_type(call: Call) -> Result:
    """Faults: UnknownResourceFault, TypeNotDeprecatedFault."""
    return _delete(call, "ActivityType")


@operation("DescribeWorkflowType", reads=True)
def describe_workflow_type(call: Call) -> Result:
    """Fault: UnknownResourceFault."""
    return _describe(call, "WorkflowType")


@operation("DescribeActivityType", reads=True)
def describe_activity_type(call: Call) -> Result:
    """Fault: UnknownResourceFault."""
    return _describe(call, "ActivityType")


@operation("ListWorkflowTypes", reads=True)
def list_workflow_types(call: Call) -> Result:
    """Fault: UnknownResourceFault."""
    return _list(call, "WorkflowType")


@operation("ListActivityTypes", reads=True)
def list_activity_types(call: Call) -> Result:
    """Fault: UnknownResourceFault."""
    return _list(call, "ActivityType")
