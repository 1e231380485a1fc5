"""The command line of a starter, the same for every workflow."""

from __future__ import annotations

import argparse
from typing import Any

from botocore.client import BaseClient

from examples import executions
from examples.history_table import history_table


def add_starter_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workflow-id", help="default: one that was not used before")
    parser.add_argument(
        "--wait",
        type=float,
        metavar="SECONDS",
        help="wait for the end and print the history; exit status 0 only if it completed",
    )


def start_and_wait(
    swf: BaseClient,
    arguments: argparse.Namespace,
    domain: str,
    workflow_type: dict[str, str],
    **more: Any,
) -> int:
    """Start an execution as the arguments say; the exit status of the program."""
    execution = executions.start(
        swf, domain, workflow_type, workflow_id=arguments.workflow_id, **more
    )
    print(f"started {execution['workflowId']}, run {execution['runId']}", flush=True)
    if arguments.wait is None:
        return 0
    status = executions.wait_until_closed(swf, domain, execution, arguments.wait)
    print(history_table(executions.history(swf, domain, execution)))
    print(f"{execution['workflowId']}: {status or 'still open'}")
    return 0 if status == "COMPLETED" else 1
