"""How the example programs reach SWF: the service itself, or any endpoint that speaks its API."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

DEFAULT_REGION = "us-east-1"

POLL_READ_TIMEOUT = 75
"""Seconds. SWF holds an empty poll for 60 s and asks its clients to wait for at least 70."""


def connection_arguments(description: str | None) -> argparse.ArgumentParser:
    """A parser that knows the options which every program has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--endpoint-url",
        metavar="URL",
        default=os.environ.get("AWS_ENDPOINT_URL_SWF") or os.environ.get("AWS_ENDPOINT_URL"),
        help="where SWF answers (default: AWS_ENDPOINT_URL_SWF, AWS_ENDPOINT_URL, else AWS)",
    )
    parser.add_argument(
        "--region",
        help=f"the region (default: what AWS is configured for, else {DEFAULT_REGION})",
    )
    return parser


def connect(arguments: argparse.Namespace) -> BaseClient:
    """A client for SWF.

    Credentials come from where AWS's tools look for them. If there are none and an endpoint URL is
    given, made-up ones are used, since a client must sign its requests with something; the role of
    an EC2 instance is then not looked for, which would take seconds outside of EC2.
    """
    core = botocore.session.get_session()
    if arguments.endpoint_url:
        core.get_component("credential_provider").remove("iam-role")
    session = boto3.Session(botocore_session=core)
    made_up = {}
    if arguments.endpoint_url and session.get_credentials() is None:
        made_up = {"aws_access_key_id": "example", "aws_secret_access_key": "example"}
    return session.client(
        "swf",
        region_name=arguments.region or session.region_name or DEFAULT_REGION,
        endpoint_url=arguments.endpoint_url,
        config=Config(read_timeout=POLL_READ_TIMEOUT),
        **made_up,
    )


def run(main: Callable[[], int]) -> None:
    """Run a program to its exit status; a refusal by SWF or the network is one line, no trace."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    try:
        sys.exit(main())
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
