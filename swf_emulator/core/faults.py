"""The faults that SWF answers, and every text that it words.

Sources of the texts: swf-semantics of the documentation folder, "fidelity"; those that no
source gives say so by their plain English.
"""

from __future__ import annotations


class Fault(Exception):
    """The service says no. ``code`` is the fault's name in the model, ``message`` its text if any.

    A call that raises a fault has changed nothing.
    """

    def __init__(self, code: str, message: str | None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def execution_text(workflow_id: str, run_id: str) -> str:
    return f"WorkflowExecution=[workflowId={workflow_id}, runId={run_id}]"


def type_text(kind: str, name: str, version: str) -> str:
    """``kind`` is ``WorkflowType`` or ``ActivityType``."""
    return f"{kind}=[name={name}, version={version}]"


def unknown_domain(name: str) -> Fault:
    return Fault("UnknownResourceFault", f"Unknown domain: {name}")


def unknown_type(kind: str, name: str, version: str) -> Fault:
    return Fault("UnknownResourceFault", f"Unknown type: {type_text(kind, name, version)}")


def unknown_execution(workflow_id: str, run_id: str | None) -> Fault:
    """Unknown, closed or past its retention: the service tells them not apart."""
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


def type_already_exists(kind: str, name: str, version: str) -> Fault:
    return Fault("TypeAlreadyExistsFault", type_text(kind, name, version))


def type_deprecated(kind: str, name: str, version: str) -> Fault:
    return Fault("TypeDeprecatedFault", type_text(kind, name, version))


def type_not_deprecated() -> Fault:
    return Fault(
        "TypeNotDeprecatedFault",
        "The type is currently registered and cannot be deleted in its current state",
    )


def execution_already_started() -> Fault:
    return Fault("WorkflowExecutionAlreadyStartedFault", "")


def default_undefined(member: str) -> Fault:
    """``member`` is the request's name of the setting that neither it nor the type gives."""
    return Fault("DefaultUndefinedFault", member)


def limit_exceeded(what: str, limit: int) -> Fault:
    return Fault("LimitExceededFault", f"{what}: the limit is {limit}")


def too_many_tags(limit: int) -> Fault:
    return Fault("TooManyTagsFault", f"A domain can have at most {limit} tags")


def operation_not_permitted(operation: str) -> Fault:
    return Fault("OperationNotPermittedFault", f"Not permitted: swf:{operation}")


def throttled() -> Fault:
    return Fault("ThrottlingException", "Rate exceeded")


def invalid(text: str) -> Fault:
    """A ValidationException with a text of its own."""
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
