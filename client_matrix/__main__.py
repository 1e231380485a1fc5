"""``python -m client_matrix CLIENT --endpoint-url URL``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from client_matrix import environments
from client_matrix.environments import CannotInstall
from client_matrix.stories import STORIES, Client, run_errors, run_story
from client_matrix.with_awscli import AwsCliClient
from client_matrix.with_boto2 import Boto2Client
from client_matrix.with_boto3 import Boto3Client
from client_matrix.with_simpleflow import SimpleflowClient

CANNOT_RUN = 3
"""The exit status when the machine lacks what the client needs."""

CLIENTS: dict[str, Callable[[str, str], Client]] = {
    "boto3": Boto3Client,
    "boto2": Boto2Client,
    "awscli": AwsCliClient,
    "simpleflow": SimpleflowClient,
}
"""Those that are driven from Python, by what this interpreter has installed."""

_PROGRAMS = Path(__file__).parent / "programs"
_ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Installed:
    """A client in an installation of its own."""

    packages: tuple[str, ...]
    client: str = ""
    """One of ``CLIENTS``, run by the interpreter of the installation;"""
    program: str = ""
    """or a program of the folder ``programs``, which needs nothing of ours."""
    versions: tuple[str, ...] = ()
    """Versions of Python that the client runs on, where it is not this one."""


INSTALLED = {
    "boto3-oldest": Installed(("boto3==1.34.0",), client="boto3"),
    "simpleflow": Installed(("simpleflow>=0.35",), client="simpleflow"),
    # botoflow 0.8 is of 2018: it reads a field that botocore 1.8 took away, and that botocore
    # does not run on Python 3.10.
    "botoflow": Installed(
        ("botoflow==0.8", "botocore<1.8"),
        program="botoflow_stories.py",
        versions=("3.9", "3.8", "3.7"),
    ),
    "javascript": Installed(("@aws-sdk/client-swf",), program="javascript_stories.mjs"),
}

NAMES = sorted({*CLIENTS, *INSTALLED})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all stories with one client; the exit status is 1 when one ends wrongly."""
    parser = argparse.ArgumentParser(prog="python -m client_matrix")
    parser.add_argument("client", choices=NAMES)
    parser.add_argument("--endpoint-url", required=True, metavar="URL")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument(
        "--here", action="store_true", help="use what this interpreter has, install nothing"
    )
    options = parser.parse_args(arguments)
    domain = f"clients-{options.client}-{uuid.uuid4().hex[:8]}"
    if options.client in INSTALLED and not options.here:
        try:
            return _run_installed(INSTALLED[options.client], options, domain)
        except CannotInstall as reason:
            print(f"{options.client} cannot run here: {reason}")
            return CANNOT_RUN
    return _run_here(options, domain)


def _run_here(options: argparse.Namespace, domain: str) -> int:
    client = CLIENTS[options.client](options.endpoint_url, options.region)
    client.register(domain)
    failed = 0

    def tell(what: str, problem: str) -> None:
        nonlocal failed
        failed += bool(problem)
        print(f"{options.client} {what}: {problem or 'ok'}")

    for story in STORIES:
        tell(story.name, run_story(client, story))
    for fault, got in run_errors(client, domain).items():
        tell(fault, "" if got == fault else f"got {got!r}")
    if isinstance(client, SimpleflowClient):
        for what, problem in client.models():
            tell(what, problem)
    return 1 if failed else 0


def _run_installed(installed: Installed, options: argparse.Namespace, domain: str) -> int:
    """The same in an installation that has the client."""
    where = ["--endpoint-url", options.endpoint_url, "--region", options.region]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
    if installed.program.endswith(".mjs"):
        modules = environments.node_modules(*installed.packages)
        environment["CLIENT_MODULES"] = str(modules / "node_modules")
        command = ["node", str(_PROGRAMS / installed.program), *where, "--domain", domain]
    else:
        python = environments.python_with(installed.packages, installed.versions)
        if installed.program:
            del environment["PYTHONPATH"]
            command = [str(python), str(_PROGRAMS / installed.program), *where, "--domain", domain]
        else:
            module = ["-m", "client_matrix", installed.client]
            command = [str(python), *module, "--here", *where]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
