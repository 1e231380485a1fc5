"""The command ``swf-emulator``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .._version import __version__
from ..core.settings import Settings
from ..engine.clock import MODES, Clock
from .options import ConfigurationError, config_option, option, settings_options

if TYPE_CHECKING:
    from ..emulator import Emulator
    from ..telemetry.metrics import Metrics
    from ..telemetry.webhook import Webhook

PORT = 4596


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="swf-emulator")
def main() -> None:
    """A faithful local emulator of Amazon Simple Workflow Service."""


@main.command()
@config_option
@option(
    "host",
    default="127.0.0.1",
    help="Address to listen on. Any but this machine's own has to be given as an address.",
)
@option("port", default=PORT, type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@option("account", default="123456789012", help="Account of callers whose key names none.")
@option("region", default="us-east-1", help="Region of requests that are not signed.")
@option(
    "clock",
    default="real",
    type=click.Choice(MODES),
    help="Real time; a clock that stands still until it is moved; or one that skips to the "
    "next deadline when everybody waits.",
)
@option(
    "speed",
    default=1.0,
    type=click.FloatRange(min=0, min_open=True),
    help="How many times faster than real time the clock runs.",
)
@option("seed", type=int, help="Make run ids reproducible.")
@option(
    "init",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File or directory with what to begin with: domains, types, executions (TOML; YAML "
    "with the extra: yaml). May be repeated.",
)
@option("lambda-endpoint", help="URL of a Lambda endpoint for Lambda tasks (extra: boto3).")
@option("control/--no-control", default=True, help="Offer the control paths below /_emulator.")
@option("console/--no-console", default=True, help="Offer the console for a browser at /.")
@option("allowed-host", multiple=True, help="A host name to answer to, besides local ones.")
@option(
    "metrics/--no-metrics",
    default=False,
    help="Offer metrics for Prometheus at /metrics (extra: metrics).",
)
@option("events-url", help="URL to which execution events are posted as EventBridge has them.")
@option(
    "events-queue",
    default=10_000,
    type=click.IntRange(min=1),
    help="Events that may wait for delivery; those beyond are dropped.",
)
@option("verbose", short=("-v",), is_flag=True, default=False, help="Log one line a call.")
@option(
    "log-format",
    default="text",
    type=click.Choice(["text", "json"]),
    help="Logs for people, or one JSON object a line.",
)
@option(
    "max-connections",
    default=12_000,
    type=click.IntRange(min=1),
    help="Connections at once; those beyond are answered with ThrottlingException.",
)
@option(
    "max-header-bytes",
    default=65_536,
    type=click.IntRange(min=1024),
    help="Size of a request's line and headers.",
)
@option(
    "request-timeout",
    default=20.0,
    type=click.FloatRange(min=0.1),
    help="Seconds within which a request must arrive, and an answer be read.",
)
@option(
    "idle-timeout",
    default=75,
    type=click.IntRange(min=1),
    help="Seconds for which a connection is kept open between requests.",
)
@settings_options
def serve(
    host: str,
    port: int,
    account: str,
    region: str,
    clock: str,
    speed: float,
    seed: int | None,
    init: tuple[Path, ...],
    lambda_endpoint: str | None,
    control: bool,
    console: bool,
    allowed_host: tuple[str, ...],
    metrics: bool,
    events_url: str | None,
    events_queue: int,
    verbose: bool,
    log_format: str,
    max_connections: int,
    max_header_bytes: int,
    request_timeout: float,
    idle_timeout: int,
    **settings: Any,
) -> None:
    """Serve the emulator over HTTP until interrupted."""
    from ..emulator import Emulator
    from ..http.limits import Limits
    from ..http.options import EdgeOptions
    from ..http.server import NotAsked, bind, run, url_of
    from ..telemetry import logs

    if not (account.isascii() and account.isdigit() and len(account) == 12):
        raise click.BadParameter("must be 12 digits", param_hint="--account")
    try:
        emulator = Emulator(
            Settings(**settings),
            clock=Clock(clock, speed=speed),
            seed=seed,
            account=account,
            region=region,
            lambda_endpoint_url=lambda_endpoint,
        )
    except ValueError as error:
        raise ConfigurationError(str(error)) from None
    logs.configure(log_format, verbose, emulator.accounts)
    webhook = _webhook(emulator, events_url, events_queue)
    counted = _metrics(emulator, webhook) if metrics else None
    _seed(emulator, init)
    try:
        listener = bind(host, port)
    except NotAsked as error:
        raise ConfigurationError(f"--host: {error}") from None
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror or error}"
        ) from None
    options = EdgeOptions(
        control=control,
        console=console,
        allowed_hosts=allowed_host,
        limits=Limits(
            connections=max_connections,
            head_bytes=max_header_bytes,
            request_seconds=request_timeout,
            idle_seconds=idle_timeout,
        ),
        metrics=None if counted is None else counted.render,
    )
    url = url_of(listener)
    with emulator:
        run(emulator, listener, lambda: _banner(url), options)
    if webhook is not None:
        webhook.close()


@main.command()
@click.argument("history", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("decider", metavar="MODULE:FUNCTION")
@click.option("--workflow-id", help="The workflow id that tasks tell.")
@click.option("--run-id", help="The run id that tasks tell.")
def replay(history: Path, decider: str, workflow_id: str | None, run_id: str | None) -> None:
    """Show a recorded HISTORY to a decider again and compare its decisions.

    HISTORY is what "aws swf get-workflow-execution-history --output json" prints, or an
    exported history. The function takes a decision task as boto3 gives it and returns
    decisions; its module is looked for here first. The exit status is 1 if it decides
    otherwise than recorded.
    """
    from ..testing.loading import NotFound, load_function
    from ..testing.replayer import Mismatch
    from ..testing.replayer import replay as show_again

    try:
        function = load_function(decider)
    except NotFound as error:
        raise click.BadParameter(str(error), param_hint="MODULE:FUNCTION") from None
    try:
        count = show_again(history, function, workflow_id=workflow_id, run_id=run_id)
    except Mismatch as mismatch:
        click.echo(str(mismatch))
        raise SystemExit(1) from None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="HISTORY") from None
    tasks = "decision task" if count == 1 else "decision tasks"
    click.echo(f"{count} {tasks}: the decider decides as recorded.")


def _webhook(emulator: Emulator, url: str | None, queue_max: int) -> Webhook | None:
    if url is None:
        return None
    from ..telemetry.webhook import Webhook

    try:
        return Webhook(emulator.accounts, url, queue_max=queue_max)
    except ValueError as error:
        raise ConfigurationError(f"--events-url: {error}") from None


def _metrics(emulator: Emulator, webhook: Webhook | None) -> Metrics:
    try:
        from ..telemetry.metrics import Metrics
    except ImportError:
        raise ConfigurationError(
            "--metrics needs the extra: pip install 'swf-emulator[metrics]'"
        ) from None
    return Metrics(emulator.service, webhook)


def _seed(emulator: Emulator, paths: tuple[Path, ...]) -> None:
    from .documents import DocumentError
    from .init_files import seed

    try:
        seed(emulator.service, paths)
    except DocumentError as error:
        raise ConfigurationError(f"--init: {error}") from None


def _banner(url: str) -> None:
    click.echo(
        f"swf-emulator {__version__} serves Amazon SWF at {url}\n"
        f"  export AWS_ENDPOINT_URL_SWF={url}\n"
        "Stop with Ctrl-C."
    )
