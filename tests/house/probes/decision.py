"""A fourteenth decision, RestartTimer, wherever a decision type shows."""

from __future__ import annotations

from typing import Any

DOMAIN = "probe"
FLOW = {"name": "flow", "version": "1"}


def decision(decision_type: str, **attributes: str) -> dict[str, Any]:
    member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    return {"decisionType": decision_type, member: attributes}
