"""SWF's faults and their messages.

The sources of the messages are in docs/fidelity-notes.md, "The wire". A message without a
source is in plain English.
"""

from __future__ import annotations


class Fault(Exception):
    """The service rejects a call, which then has changed nothing.

    ``code`` is the name of the fault, ``message`` its text or None, ``quota`` the name of the
    setting whose number it enforces, if it does.
    """

    def __init__(self, code: str, message: str | None, quota: str | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.quota = quota


def execution_text(workflow_id: str, run_id: str) -> str:
    return f"WorkflowExecution=[workflowId={workflow_id}, runId={run_id}]"


def type_text(shape: str, name: str, version: str) -> str:
    """The text for a type; ``shape`` is ``WorkflowType`` or ``ActivityType``."""
    return f"{shape}=[name={name}, version={version}]"


def unknown_domain(name: str) -> Fault:
    return Fault("UnknownResourceFault", f"Unknown domain: {name}")


def unknown_type(shape: str, name: str, version: str) -> Fault:
    return Fault("UnknownResourceFault", f"Unknown type: {type_text(shape, name, version)}")


def unknown_execution(workflow_id: str, run_id: str | None) -> Fault:
    """The execution is unknown, closed or past its retention: the message is the same."""
    if run_id is None:
        text = f"Unknown execution, workflowId = {workflow_id}"
    else:
        text = f"Unknown execution: {execution_text(workflow_id, run_id)}"
    return Fault("UnknownResourceFault", text)


def unknown_decision_task(scheduled_event_id: int) -> Fault:
    return Fault(
        "UnknownResourceFault", f"Unknown decision task, scheduledEventId = {scheduled_event_id}"
    )


def unknown_activity(scheduled_event_id: int) -> Fault:
    return Fault(
        "UnknownResourceFault", f"Unknown activity, scheduledEventId = {scheduled_event_id}"
    )


def domain_already_exists(name: str) -> Fault:
    return Fault("DomainAlreadyExistsFault", name)


def domain_deprecated(name: str) -> Fault:
    return Fault("DomainDeprecatedFault", name)


def type_already_exists(shape: str, name: str, version: str) -> Fault:
    return Fault("TypeAlreadyExistsFault", type_text(shape, name, version))


def type_deprecated(shape: str, name: str, version: str) -> Fault:
    return Fault("TypeDeprecatedFault", type_text(shape, name, version))


def type_not_deprecated() -> Fault:
    return Fault(
        "TypeNotDeprecatedFault",
        "The type is currently registered and cannot be deleted in its current state",
    )


def execution_already_started() -> Fault:
    return Fault("WorkflowExecutionAlreadyStartedFault", "Already Started")


def default_undefined(member: str) -> Fault:
    """``member`` is the name, in the request, of a setting that has no value and no default."""
    return Fault("DefaultUndefinedFault", member)


def limit_exceeded(name: str, quota: str, limit: int) -> Fault:
    """``quota`` is the name of the setting that holds the limit."""
    return Fault("LimitExceededFault", f"{name}: the limit is {limit}", quota)


def too_many_tags(limit: int) -> Fault:
    return Fault("TooManyTagsFault", f"A domain can have at most {limit} tags", "max_domain_tags")


def operation_not_permitted(operation: str) -> Fault:
    return Fault("OperationNotPermittedFault", f"Not permitted: swf:{operation}")


def throttled(quota: str | None = None) -> Fault:
    return Fault("ThrottlingException", "Rate exceeded", quota)


def invalid(text: str) -> Fault:
    """A ValidationException with this message."""
    return Fault("ValidationException", text)


def invalid_token() -> Fault:
    return invalid("Invalid token")


def expired_token() -> Fault:
    return invalid("Specified token has exceeded its maximum lifetime")


def close_not_last() -> Fault:
    return invalid("Close must be last decision in list")


def incompatible_with_close() -> Fault:
    return invalid("Specified decision is incompatible with close decision")


def exclusive_filters(shapes: list[str]) -> Fault:
    """``shapes`` are the shape names of the filters, not their member names."""
    return invalid(
        f"Cannot specify more than one exclusive filters in the same query: [{', '.join(shapes)}]"
    )


def two_time_filters() -> Fault:
    return invalid("Cannot specify both a startTimeFilter and a closeTimeFilter")


def no_time_filter() -> Fault:
    return invalid("Must specify time filter")
