"""Faults as the service writes them.

Source: recorded bodies; API Reference, "Common errors". Every fault of SWF has the status 400.
"""

from __future__ import annotations

from ..compact_json import encode_json
from ..core.faults import Fault

SWF = "com.amazonaws.swf.base.model"
SERVICE = "com.amazon.coral.service"

NAMESPACES = {
    "ValidationException": "com.amazon.coral.validate",
    "ThrottlingException": "com.amazon.coral.availability",
    "SerializationException": SERVICE,
    "UnknownOperationException": SERVICE,
    "RequestEntityTooLargeException": SERVICE,
    "InternalFailure": SERVICE,
    "AccessDeniedException": SERVICE,
}
STATUSES = {
    "RequestEntityTooLargeException": 413,
    "InternalFailure": 500,
    "AccessDeniedException": 403,
}


def unknown_operation() -> Fault:
    return Fault("UnknownOperationException", None)


def too_large(limit: int) -> Fault:
    return Fault(
        "RequestEntityTooLargeException",
        f"Request size exceeded the limit of {limit} bytes",
        "max_request_bytes",
    )


def foreign_origin() -> Fault:
    """A web page of another site makes the call."""
    return Fault(
        "AccessDeniedException",
        "calls from web pages are only allowed between this machine's addresses and the names "
        "given with --allowed-host: see Host and Origin",
    )


def internal_failure() -> Fault:
    """An internal error of the emulator."""
    return Fault("InternalFailure", None)


def render(fault: Fault) -> tuple[int, bytes]:
    """Return status and body."""
    body = {"__type": f"{NAMESPACES.get(fault.code, SWF)}#{fault.code}"}
    if fault.message is not None:
        body["message"] = fault.message
    return STATUSES.get(fault.code, 400), encode_json(body)
