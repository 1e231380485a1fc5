"""Runs the program of a client against an endpoint and reads what it reports."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from client_matrix.clients import Client
from client_matrix.commands import run

_SECONDS_MAX = 600.0
_LINE = re.compile(r"([a-z0-9-]+): (.*)")


@dataclass(slots=True)
class Result:
    """What came of one client."""

    client: str
    title: str
    version: str = ""
    stories: dict[str, str] = field(default_factory=dict)
    """``ok`` or the problem, by story."""
    skipped: str = ""
    """Why the client was not run, if so."""
    build_seconds: float = 0.0
    run_seconds: float = 0.0

    @property
    def passed(self) -> list[str]:
        """The names of the stories that passed."""
        return [name for name, outcome in self.stories.items() if outcome == "ok"]

    @property
    def failed(self) -> dict[str, str]:
        """The problems, by story."""
        return {name: outcome for name, outcome in self.stories.items() if outcome != "ok"}


def play(client: Client, environment: dict[str, str], url: str, result: Result) -> None:
    """Run the program; put its version and the outcome of each story into the result.

    A program prints ``version: VERSION`` and then ``STORY: ok`` or ``STORY: PROBLEM`` for each
    story. A story without a line failed.
    """
    environment = {
        **environment,
        "AWS_ENDPOINT_URL_SWF": url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "matrix",
        "AWS_SECRET_ACCESS_KEY": "matrix",
        "SWF_DOMAIN": client.name,
    }
    ended = run(client.run, client.folder, environment, _SECONDS_MAX)
    if ended.status is None:
        ending = f"still running after {_SECONDS_MAX:.0f} s"
    else:
        ending = f"exit status {ended.status}: {ended.errors.strip()[-500:]}"
    lines = ended.output.splitlines()
    reported = {found[1]: found[2] for found in map(_LINE.fullmatch, lines) if found}
    result.version = reported.get("version", "unknown")
    result.stories = {
        story: reported.get(story, f"no result; {ending}") for story in client.stories
    }
