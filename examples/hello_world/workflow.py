"""Names of the HelloWorld workflow, and their registration."""

from __future__ import annotations

from botocore.client import BaseClient

from examples.registration import (
    register_activity_type,
    register_domain,
    register_workflow_type,
)

DOMAIN = "boto_tutorial"
TASK_LIST = "default"
WORKFLOW_TYPE = {"name": "HelloWorkflow", "version": "1.0"}
ACTIVITY_TYPE = {"name": "HelloWorld", "version": "1.0"}
ACTIVITY_ID = "saying_hi"


def register(swf: BaseClient) -> None:
    register_domain(swf, DOMAIN)
    register_workflow_type(
        swf,
        domain=DOMAIN,
        **WORKFLOW_TYPE,
        defaultTaskList={"name": TASK_LIST},
        defaultExecutionStartToCloseTimeout="3600",
        defaultTaskStartToCloseTimeout="300",
        defaultChildPolicy="TERMINATE",
    )
    register_activity_type(
        swf,
        domain=DOMAIN,
        **ACTIVITY_TYPE,
        defaultTaskList={"name": TASK_LIST},
        defaultTaskScheduleToStartTimeout="300",
        defaultTaskStartToCloseTimeout="3600",
        defaultTaskScheduleToCloseTimeout="3900",
        defaultTaskHeartbeatTimeout="600",
    )
