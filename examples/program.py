"""Command lines of the example programs, and their connection to SWF.

A program works with SWF itself and with any endpoint that has its API.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import sys
from collections.abc import Callable, Mapping
from typing import Protocol

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from examples import executions
from examples.history_table import history_table
from examples.polling import Activity, Decide, Shutdown, run_decider, run_worker

DEFAULT_REGION = "us-east-1"

POLL_READ_TIMEOUT = 75
"""Seconds. SWF holds an empty poll for 60 seconds; clients must wait for at least 70."""


class Workflow(Protocol):
    """The contents of a `workflow` module: names, and a function that registers them."""

    DOMAIN: str
    TASK_LIST: str
    WORKFLOW_TYPE: dict[str, str]

    def register(self, swf: BaseClient) -> None: ...


def arguments_parser(description: str | None) -> argparse.ArgumentParser:
    """Make a parser with the options of every program."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--endpoint-url",
        metavar="URL",
        default=os.environ.get("AWS_ENDPOINT_URL_SWF") or os.environ.get("AWS_ENDPOINT_URL"),
        help="the SWF endpoint (default: AWS_ENDPOINT_URL_SWF, then AWS_ENDPOINT_URL, then AWS)",
    )
    parser.add_argument(
        "--region",
        help=f"the region (default: the region configured for AWS, else {DEFAULT_REGION})",
    )
    return parser


def connect(arguments: argparse.Namespace) -> BaseClient:
    """Make a client for SWF.

    Credentials come from the usual sources of AWS's tools. If an endpoint URL is given and no
    credentials are found, placeholders sign the requests. The role of an EC2 instance is then
    not looked up, because that takes seconds outside EC2.
    """
    core = botocore.session.get_session()
    if arguments.endpoint_url:
        core.get_component("credential_provider").remove("iam-role")
    session = boto3.Session(botocore_session=core)
    placeholders = {}
    if arguments.endpoint_url and session.get_credentials() is None:
        placeholders = {"aws_access_key_id": "example", "aws_secret_access_key": "example"}
    return session.client(
        "swf",
        region_name=arguments.region or session.region_name or DEFAULT_REGION,
        endpoint_url=arguments.endpoint_url,
        config=Config(read_timeout=POLL_READ_TIMEOUT),
        **placeholders,
    )


def run(main: Callable[[], int]) -> None:
    """Run a program and exit with its status; an error of SWF or the network is one line."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    try:
        sys.exit(main())
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def decider(description: str | None, workflow: Workflow, decide: Decide) -> int:
    """The program of a decider."""
    parser = arguments_parser(description)
    parser.add_argument(
        "--until-closed", action="store_true", help="stop after the first execution that it closes"
    )
    arguments = parser.parse_args()
    swf = connect(arguments)
    workflow.register(swf)
    run_decider(
        swf,
        decide,
        domain=workflow.DOMAIN,
        task_list=workflow.TASK_LIST,
        identity="decider",
        shutdown=Shutdown.on_signals(),
        finished=lambda task: arguments.until_closed,
    )
    return 0


def worker(
    parser: argparse.ArgumentParser,
    workflow: Workflow,
    make_activities: Callable[[argparse.Namespace], Mapping[str, Activity]],
) -> int:
    """The program of a worker, whose activities may depend on the arguments."""
    parser.add_argument("--count", type=int, metavar="N", help="stop after N activity tasks")
    arguments = parser.parse_args()
    swf = connect(arguments)
    workflow.register(swf)
    done = itertools.count(1)
    run_worker(
        swf,
        make_activities(arguments),
        domain=workflow.DOMAIN,
        task_list=workflow.TASK_LIST,
        identity="worker",
        shutdown=Shutdown.on_signals(),
        finished=lambda task: next(done) == arguments.count,
    )
    return 0


def starter(
    parser: argparse.ArgumentParser,
    workflow: Workflow,
    make_input: Callable[[argparse.Namespace], str | None] = lambda arguments: None,
) -> int:
    """The program of a starter; status 0 unless it waited and the execution did not complete."""
    parser.add_argument("--workflow-id", help="default: a new one")
    parser.add_argument(
        "--wait",
        type=float,
        metavar="SECONDS",
        help="wait until the execution is closed and print its history",
    )
    arguments = parser.parse_args()
    swf = connect(arguments)
    workflow.register(swf)
    execution = executions.start(
        swf,
        workflow.DOMAIN,
        workflow.WORKFLOW_TYPE,
        workflow_id=arguments.workflow_id,
        workflow_input=make_input(arguments),
    )
    if arguments.wait is None:
        return 0
    return wait_and_show(swf, workflow, execution, arguments.wait)


def wait_and_show(
    swf: BaseClient, workflow: Workflow, execution: executions.Execution, seconds: float
) -> int:
    """Wait for the close, print the history and the status; return 0 if it completed, else 1."""
    status = executions.wait_until_closed(swf, workflow.DOMAIN, execution, seconds)
    print(f"\n{history_table(executions.history(swf, workflow.DOMAIN, execution))}\n")
    print(f"{execution['workflowId']}: {status or 'still open'}")
    return 0 if status == "COMPLETED" else 1
