"""A quota that is reached is logged once, with the option that lifts it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from swf_emulator import Emulator, Settings, VirtualClock
from swf_emulator.core.faults import Fault
from swf_emulator.core.settings import QUOTA_OF_CAUSE, QUOTAS, option_of

from .stage import LIST, OURS, Stage

Reach = Callable[[Stage, str], Any]


def register(stage: Stage, _: str) -> None:
    stage.call("RegisterDomain", name="more", workflowExecutionRetentionPeriodInDays="1")


def decide(*decisions: tuple[str, dict[str, Any]]) -> Reach:
    def reach(stage: Stage, workflow_id: str) -> None:
        stage.start(workflow_id)
        task = stage.call("PollForDecisionTask", domain="d", taskList=LIST)
        made = [
            {
                "decisionType": decision_type,
                f"{decision_type[0].lower()}{decision_type[1:]}DecisionAttributes": attributes,
            }
            for decision_type, attributes in decisions
        ]
        stage.call("RespondDecisionTaskCompleted", taskToken=task["taskToken"], decisions=made)

    return reach


TIMER = ("StartTimer", {"timerId": "t", "startToFireTimeout": "9"})


@pytest.mark.parametrize(
    ("settings", "reach", "option"),
    [
        (Settings(max_domains=1), register, "--max-domains"),
        (Settings(max_open_executions=0), Stage.start, "--max-open-executions"),
        (Settings(max_open_timers=0), decide(TIMER), "--max-open-timers"),
        (Settings(max_events=5), decide(TIMER), "--max-events"),
    ],
)
def test_a_quota_is_logged_once(
    caplog: pytest.LogCaptureFixture, settings: Settings, reach: Reach, option: str
) -> None:
    with Emulator(settings, clock=VirtualClock()) as emulator:
        stage = Stage(emulator)
        stage.register()
        assert not caplog.records
        for workflow_id in ("v", "w"):
            with suppress(Fault):
                reach(stage, workflow_id)
    (record,) = caplog.records
    assert f"is reached: {option} raises it, --limits relaxed" in record.getMessage()
    assert record.levelname == "WARNING"


def test_other_faults_log_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with Emulator(clock=VirtualClock()) as emulator:
        stage = Stage(emulator)
        stage.register()
        emulator.service.call(OURS, "ListDomains", registrationStatus="REGISTERED")
        with pytest.raises(Fault):
            stage.call("DescribeDomain", name="unknown")
    assert not caplog.records


def test_every_cause_belongs_to_a_quota() -> None:
    assert set(QUOTA_OF_CAUSE.values()) <= set(QUOTAS)
    assert option_of("poll_hold_seconds") == "poll-hold"
