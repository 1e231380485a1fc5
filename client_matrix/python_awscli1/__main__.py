"""The stories through the command ``aws swf``, one process a call.

The first argument is the command to run.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from client_matrix.python.stories import play_all

_ERROR = re.compile(r"An error occurred \((\w+)\)")


class CliError(Exception):
    """The command printed an error."""


class AwsCli:
    """The command ``aws``; releases before 2.13 take the endpoint only as an option."""

    def __init__(self, command: str) -> None:
        self.command = command
        os.environ["AWS_PAGER"] = ""

    def call(self, operation: str, **members: Any) -> dict[str, Any]:
        """Run the command of the operation."""
        return self._run(operation, members, [])

    def _run(
        self, operation: str, members: dict[str, Any], options: Sequence[str]
    ) -> dict[str, Any]:
        done = subprocess.run(
            [
                *(self.command, "swf", operation.replace("_", "-"), *options),
                *("--endpoint-url", os.environ["AWS_ENDPOINT_URL_SWF"]),
                *("--output", "json", "--cli-input-json", json.dumps(members)),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise CliError(done.stderr.strip())
        answer: dict[str, Any] = json.loads(done.stdout) if done.stdout.strip() else {}
        return answer

    def pages(self, operation: str, **members: Any) -> Iterator[dict[str, Any]]:
        """Run the command, which reads pages of this size and joins them."""
        size = members.pop("maximumPageSize")
        yield self._run(operation, members, ["--page-size", str(size)])

    def fault(self, call: Callable[[], object]) -> str:
        """Return the code that the error message names."""
        try:
            call()
        except CliError as error:
            found = _ERROR.search(str(error))
            return found[1] if found else str(error)
        return ""

    def version(self) -> str:
        """Return the version that the command prints: ``aws-cli/1.2.3 Python/...``."""
        printed = subprocess.run([self.command, "--version"], capture_output=True, text=True)
        return printed.stdout.partition(" ")[0].removeprefix("aws-cli/")


cli = AwsCli(sys.argv[1])
play_all(cli, cli.version())
