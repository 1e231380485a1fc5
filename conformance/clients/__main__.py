"""``python -m conformance.clients CLIENT --endpoint-url URL``."""

from __future__ import annotations

import argparse
import sys
import uuid
from collections.abc import Callable

from conformance.clients.stories import STORIES, Client, run_errors, run_story
from conformance.clients.with_awscli import AwsCliClient
from conformance.clients.with_boto2 import Boto2Client
from conformance.clients.with_boto3 import Boto3Client

CLIENTS: dict[str, Callable[[str, str], Client]] = {
    "boto3": Boto3Client,
    "boto2": Boto2Client,
    "awscli": AwsCliClient,
}


def main() -> int:
    """Run all stories with one client; the exit status is 1 when one ends wrongly."""
    parser = argparse.ArgumentParser(prog="python -m conformance.clients")
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("--endpoint-url", required=True, metavar="URL")
    parser.add_argument("--region", default="us-east-1")
    options = parser.parse_args()
    client = CLIENTS[options.client](options.endpoint_url, options.region)
    domain = f"clients-{options.client}-{uuid.uuid4().hex[:8]}"
    client.register(domain)
    failed = 0
    for story in STORIES:
        problem = run_story(client, story)
        failed += bool(problem)
        print(f"{options.client} {story.name}: {problem or 'ok'}")
    for fault, got in run_errors(client, domain).items():
        failed += got != fault
        print(f"{options.client} {fault}: {'ok' if got == fault else f'got {got!r}'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
