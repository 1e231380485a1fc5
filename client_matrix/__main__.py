"""``python -m client_matrix [CLIENT ...]``: build the clients, run their stories, report."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from client_matrix import report
from client_matrix.clients import Client, all_clients
from client_matrix.playing import Result, play
from client_matrix.toolchain import BuildFailed, Missing, built
from conformance.endpoint.serving import served


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen clients; return 1 if a story or a build failed, else 0."""
    clients = all_clients()
    parser = argparse.ArgumentParser(prog="python -m client_matrix", description=__doc__)
    parser.add_argument("clients", nargs="*", metavar="CLIENT", help="default: every client")
    parser.add_argument(
        "--serve",
        metavar="COMMAND",
        default=f"{Path(sys.executable).with_name('swf-emulator')} serve --port {{port}}",
        help="starts a fresh endpoint on {port} for each client; default: %(default)s",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results here as well")
    parser.add_argument("--list", action="store_true", help="print the names of the clients")
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(clients))
        return 0
    unknown = set(options.clients) - set(clients)
    if unknown:
        parser.error(f"unknown client {', '.join(sorted(unknown))}; known: {', '.join(clients)}")
    chosen = [clients[name] for name in options.clients or clients]
    results = [_judge(client, shlex.split(options.serve)) for client in chosen]
    print(report.as_text(results))
    if options.json:
        options.json.write_text(report.as_json(results), encoding="utf-8")
    return 1 if any(result.failed for result in results) else 0


def _judge(client: Client, serve: Sequence[str]) -> Result:
    result = Result(client.name, client.title)
    print(f"{client.name}: building", file=sys.stderr)
    begun = time.monotonic()
    try:
        environment = built(client)
    except Missing as reason:
        result.skipped = str(reason)
        return result
    except BuildFailed as problem:
        result.stories = {"build": str(problem)}
        return result
    ready = time.monotonic()
    result.build_seconds = ready - begun
    print(f"{client.name}: running", file=sys.stderr)
    with served(serve) as url:
        play(client, environment, url, result)
    result.run_seconds = time.monotonic() - ready
    return result


if __name__ == "__main__":
    sys.exit(main())
