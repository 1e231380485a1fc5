"""Order processing: verify, charge (fails at first, is retried), wait for a person, ship.

::

    verify ─▶ charge ─▶ ask ─▶ signal "approval"? ─ approved ─▶ ship ─▶ done
               ▲  │ failed                 │ no, or no answer in time
               └──┘ after a timer          └────────────────▶ refund ─▶ done
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .crew import ActivityFailed, Job, Sample
from .reading import Decision, Event, Seen, activity, cancel, complete, decision, fail

RETRY_SECONDS = 5
CHARGES_MAX = 3
ANSWER_SECONDS = 900
SIGNAL = "approval"
DEADLINE = "answer-in-time"


def decide(history: Sequence[Event]) -> list[Decision]:
    """The next decisions, from the whole history."""
    seen = Seen(history)
    order = seen.input
    if seen.cancel_requested:
        return cancel(f"order {order['order']} was canceled")
    if "verify" not in seen.scheduled:
        return [activity("VerifyOrder", "verify", order)]
    if "verify" not in seen.results:
        return [] if seen.waits_for("verify") else fail("not verified", "see the activity")
    if "charge" not in seen.results:
        return _charge(seen, order)
    if "ask" not in seen.scheduled:
        return [
            decision("RecordMarker", markerName="charged", details=seen.results["charge"]),
            activity("AskForApproval", "ask", order),
            decision("StartTimer", timerId=DEADLINE, startToFireTimeout=str(ANSWER_SECONDS)),
        ]
    if SIGNAL not in seen.signals and DEADLINE not in seen.fired:
        return []
    return _settle(seen, order)


def _charge(seen: Seen, order: Mapping[str, Any]) -> list[Decision]:
    """Charge; after a failure, wait a little and charge again."""
    tried = seen.scheduled.get("charge", 0)
    if seen.waits_for("charge"):
        return []
    if tried >= CHARGES_MAX:
        return fail("not charged", f"the card was declined {tried} times")
    pause = f"retry-{tried}"
    if tried and pause not in seen.timers:
        return [decision("StartTimer", timerId=pause, startToFireTimeout=str(RETRY_SECONDS))]
    if seen.running(pause):
        return []
    attempt = {**order, "attempt": tried + 1}
    return [activity("ChargeCreditCard", "charge", attempt)]


def _settle(seen: Seen, order: Mapping[str, Any]) -> list[Decision]:
    """Ship an approved order, refund any other."""
    answer = seen.signals.get(SIGNAL)
    approved = answer is not None and "no" not in answer.lower()
    step, name = ("ship", "ShipOrder") if approved else ("refund", "RefundCreditCard")
    if step not in seen.scheduled:
        stop = [decision("CancelTimer", timerId=DEADLINE)] if seen.running(DEADLINE) else []
        return [*stop, activity(name, step, order)]
    if seen.waits_for(step):
        return []
    if step not in seen.results:
        return fail(f"{step} failed", "see the activity")
    outcome = "shipped" if approved else ("declined" if answer is not None else "not answered")
    result = json.loads(seen.results[step])
    return complete({"order": order["order"], "outcome": outcome, **result})


def _verify(job: Job) -> Any:
    if job.input["amount"] <= 0:
        raise ActivityFailed("nothing to pay", json.dumps(job.input))
    return {"items": len(job.input["items"]), "amount": job.input["amount"]}


def _charge_card(job: Job) -> Any:
    if job.input["attempt"] == 1:
        raise ActivityFailed("card network unreachable", "HTTP 503, try again later")
    return f"charged {job.input['amount']} {job.input['currency']}"


def _ask(job: Job) -> Any:
    """Ask a person; approve an automatic order."""
    if job.input["approval"] == "automatic":
        job.call(
            "SignalWorkflowExecution",
            domain=job.domain,
            **job.execution,
            signalName=SIGNAL,
            input="yes, below the limit",
        )
    return f"asked ({job.input['approval']})"


def _ship(job: Job) -> Any:
    return {"parcel": f"P{job.input['order']:06d}", "carrier": "snail mail"}


def _refund(job: Job) -> Any:
    return {"refunded": job.input["amount"], "currency": job.input["currency"]}


def _make_input(number: int, choices: Mapping[str, str]) -> Any:
    return {
        "order": 1000 + number,
        "items": ["kettle", "two cups"],
        "amount": 42.5,
        "currency": "EUR",
        "approval": "automatic" if choices.get("approval") == "automatic" else "by a person",
    }


ORDERS = Sample(
    name="order",
    title="Order processing",
    text="Verify, charge (fails at first, is retried after a timer), wait for a person's "
    "signal “approval”, ship.",
    task_list="orders",
    deciders={"OrderProcessing": decide},
    activities={
        "VerifyOrder": _verify,
        "ChargeCreditCard": _charge_card,
        "AskForApproval": _ask,
        "ShipOrder": _ship,
        "RefundCreditCard": _refund,
    },
    make_input=_make_input,
    choices={
        "approval": (("person", "I approve by signal"), ("automatic", "approve automatically")),
    },
)
