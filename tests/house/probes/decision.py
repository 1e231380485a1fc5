"""A fourteenth decision, RestartTimer, wherever a decision type shows."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from prometheus_client import CollectorRegistry

from swf_emulator import Emulator, VirtualClock
from swf_emulator.console.spans import Story
from swf_emulator.http.asgi import create_app
from swf_emulator.telemetry import webhook
from swf_emulator.testing import drive, replay
from tools import support_table

DOMAIN = "probe"
FLOW = {"name": "flow", "version": "1"}


def decision(decision_type: str, **attributes: str) -> dict[str, Any]:
    member = f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes"
    return {"decisionType": decision_type, member: attributes}
