"""Refusals by permission and by rate: for targets that offer refusals.

On the real service these depend on the policies of the account (Developer Guide, swf-dev-iam-api)
and on token buckets (swf-dg-limits). The cases set what a target that offers ``refusals`` refuses.
"""

from __future__ import annotations

from functools import partial

from conformance import model
from conformance.case import Case
from conformance.context import Context
from conformance.endpoint.wire import NoAnswer
from conformance.generated import samples
from conformance.verdict import Grade

SECTION = "permissions"
_SOURCE = "Developer Guide, swf-dev-iam-api and swf-dg-limits"
_NOT_PERMITTED = "OPERATION_NOT_PERMITTED"
_NO_LAMBDA = "LAMBDA_SERVICE_NOT_AVAILABLE_IN_REGION"
_PATIENCE = 0.5
"""The longest wait for the call after a refused one: a poll would be held."""
_RATES = {
    "ScheduleActivityTaskFailed": "ACTIVITY_CREATION_RATE_EXCEEDED",
    "StartTimerFailed": "TIMER_CREATION_RATE_EXCEEDED",
    "StartChildWorkflowExecutionFailed": "CHILD_CREATION_RATE_EXCEEDED",
    "SignalExternalWorkflowExecutionFailed": "SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_RATE_EXCEEDED",
    "RequestCancelExternalWorkflowExecutionFailed": (
        "REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_RATE_EXCEEDED"
    ),
    "ContinueAsNewWorkflowExecutionFailed": "CONTINUE_AS_NEW_WORKFLOW_EXECUTION_RATE_EXCEEDED",
    "ScheduleLambdaFunctionFailed": "LAMBDA_FUNCTION_CREATION_RATE_EXCEEDED",
}


def _denied_call(operation: str, ctx: Context) -> None:
    fault = "OperationNotPermittedFault"
    ctx.target.command("POST", "refusals", {"operation": operation, "code": fault})
    answer = ctx.call(operation, samples.minimal(operation, ctx.domain))
    ctx.expect(answer.fault == fault, operation, f"fault {fault}", answer)


def _throttled_call(operation: str, ctx: Context) -> None:
    fault = "ThrottlingException"
    refusal = {"operation": operation, "code": fault, "times": 1}
    ctx.target.command("POST", "refusals", refusal)
    answer = ctx.call(operation, samples.minimal(operation, ctx.domain))
    ctx.expect(
        (answer.fault, answer.message) == (fault, "Rate exceeded"),
        operation,
        f"{fault}: Rate exceeded",
        answer,
    )
    try:
        again = ctx.call(operation, samples.minimal(operation, ctx.domain), timeout=_PATIENCE)
    except NoAnswer:
        return  # a poll, which is held
    ctx.expect(again.fault != fault, f"{operation} again", f"no {fault}", again)


def _refused_decision(event_type: str, cause: str, ctx: Context) -> None:
    decision_type = event_type.removesuffix("Failed")
    ctx.target.command("POST", "refusals", {"decision": decision_type, "cause": cause})
    ctx.start()
    member = model.decision_member(decision_type)
    attributes = samples.sample(model.shape("Decision").members[member])
    ctx.decide({"decisionType": decision_type, member: attributes})
    holder = model.attributes_member(event_type)
    causes = [e[holder]["cause"] for e in ctx.history() if e["eventType"] == event_type]
    ctx.expect(causes == [cause], f"{event_type} events", [cause], causes)


def _decision_cases() -> list[Case]:
    result = []
    for event_type, cause in model.causes():
        if cause not in (_NOT_PERMITTED, _NO_LAMBDA, _RATES.get(event_type)):
            continue
        covers = {f"cause/{event_type}/{cause}"}
        if event_type == "RecordMarkerFailed":
            members = model.event_attributes(event_type).members
            covers |= {f"event/{event_type}.{name}/present" for name in members}
        result.append(
            Case(
                name=f"{event_type}.{cause}",
                section=SECTION,
                title=f"{event_type} with cause {cause}",
                source=f"API: {event_type}EventAttributes; {_SOURCE}",
                grade=Grade.DOCUMENTED,
                run=partial(_refused_decision, event_type, cause),
                needs=frozenset(("refusals",)),
                covers=frozenset(covers),
                origin="generated/permissions.py",
                shape=cause,
            )
        )
    return result


def _call_case(operation: str, denied: bool) -> Case:
    covers = f"op/{operation}/OperationNotPermittedFault" if denied else f"throttled/{operation}"
    return Case(
        name=f"{operation}.{'denied' if denied else 'throttled'}",
        section=SECTION,
        title=f"{operation} is refused {'without permission' if denied else 'above its rate'}",
        source=_SOURCE if denied else f"{_SOURCE}; text: simpleflow issue 108",
        grade=Grade.DOCUMENTED if denied else Grade.RECORDED,
        run=partial(_denied_call if denied else _throttled_call, operation),
        needs=frozenset(("refusals",)),
        own_domain=operation == "DeprecateDomain",
        covers=frozenset((covers,)),
        origin="generated/permissions.py",
        shape="denied" if denied else "throttled",
    )


def cases() -> list[Case]:
    """Two cases an operation, one for each such cause of a failed decision."""
    calls = [_call_case(op, denied) for op in model.operations() for denied in (True, False)]
    return [*calls, *_decision_cases()]
