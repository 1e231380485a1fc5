"""Names of the two-task workflow, and their registration."""

from __future__ import annotations

from botocore.client import BaseClient

from examples.registration import (
    register_activity_type,
    register_domain,
    register_workflow_type,
)

DOMAIN = "TEST_SWF"
TASK_LIST = "TestTasks"
WORKFLOW_TYPE = {"name": "TestWorkflow", "version": "1.0"}
TASK_A = {"name": "Test_Task_A", "version": "1.0"}
TASK_B = {"name": "Test_Task_B", "version": "1.0"}


def register(swf: BaseClient) -> None:
    register_domain(swf, DOMAIN)
    register_workflow_type(
        swf,
        domain=DOMAIN,
        **WORKFLOW_TYPE,
        defaultTaskList={"name": TASK_LIST},
        defaultExecutionStartToCloseTimeout="600",
        defaultTaskStartToCloseTimeout="30",
        defaultChildPolicy="TERMINATE",
    )
    for task in (TASK_A, TASK_B):
        register_activity_type(
            swf,
            domain=DOMAIN,
            **task,
            defaultTaskList={"name": TASK_LIST},
            defaultTaskScheduleToStartTimeout="120",
            defaultTaskStartToCloseTimeout="30",
            defaultTaskScheduleToCloseTimeout="150",
            defaultTaskHeartbeatTimeout="NONE",
        )
