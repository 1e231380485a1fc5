"""SWF from the emulator and every other service from moto's server, chosen by two variables.

Start both servers on free ports, then create a bucket and register a domain with code that does
not know the endpoints. LocalStack or another emulator of AWS can replace moto.

    pip install swf-emulator 'moto[server]' boto3
    python -m examples.ci.beside_moto
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import boto3


def code_under_test() -> tuple[list[str], list[str]]:
    """Use two services without endpoints; return the names of all buckets and of all domains."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="orders")
    swf = boto3.client("swf")
    swf.register_domain(name="orders", workflowExecutionRetentionPeriodInDays="1")
    domains = swf.list_domains(registrationStatus="REGISTERED")["domainInfos"]
    return (
        [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]],
        [domain["name"] for domain in domains],
    )


@contextmanager
def server(command: Sequence[str], *, announces_on: str) -> Iterator[str]:
    """Start a server and read its URL from its output; stop it at the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", *command],
        text=True,
        **{announces_on: subprocess.PIPE},  # type: ignore[call-overload]
    ) as process:
        try:
            for line in getattr(process, announces_on):
                found = re.search(r"http://127\.0\.0\.1:\d+", line)
                if found is not None:
                    yield found[0]
                    return
            raise RuntimeError(f"{command[0]} did not start")
        finally:
            process.terminate()


def main() -> int:
    moto = ["moto.server", "-H", "127.0.0.1", "-p", "0"]
    emulator = ["swf_emulator", "serve", "--port", "0"]
    with (
        server(moto, announces_on="stderr") as moto_url,
        server(emulator, announces_on="stdout") as emulator_url,
    ):
        os.environ |= {
            "AWS_ENDPOINT_URL": moto_url,
            "AWS_ENDPOINT_URL_SWF": emulator_url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
        buckets, domains = code_under_test()
        print(f"moto at {moto_url} has the buckets {buckets}")
        print(f"swf-emulator at {emulator_url} has the domains {domains}")
    return 0 if (buckets, domains) == (["orders"], ["orders"]) else 1


if __name__ == "__main__":
    sys.exit(main())
