"""The command ``swf-emulator``."""

from __future__ import annotations

import gc
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .._version import __version__, build
from .options import ConfigurationError, ServeOptions, takes

if TYPE_CHECKING:
    from ..emulator import Emulator
    from ..http.loop_watch import LoopWatch
    from ..store.sqlite import SqliteStore
    from ..telemetry.metrics import Metrics
    from ..telemetry.webhook import Webhook

UNREADABLE = 3
"""The exit status of a command whose file cannot be read, unlike that of a usage error."""

COLLECTOR_THRESHOLDS = (5_000, 5, 1_000)
"""The thresholds of the garbage collector of a served emulator, by generation.

Calls leave no cyclic garbage, and a full collection stops the server for 200 ms with the state
of 20,000 executions; with these it comes about once in 100,000 executions or less often.
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(
    __version__, prog_name="swf-emulator", message=f"%(prog)s, version %(version)s ({build()})"
)
def main() -> None:
    """A faithful local emulator of Amazon Simple Workflow Service."""


@main.command()
@takes(ServeOptions)
def serve(options: ServeOptions) -> None:
    """Serve the emulator over HTTP until interrupted."""
    from ..http.limits import EdgeOptions
    from ..http.loop_watch import LoopWatch
    from ..http.server import NonLoopbackHostError, bind, run, url_of
    from ..telemetry import logs
    from ..telemetry.watchdog import Watchdog

    emulator = _emulator(options)
    logs.configure(options.log_format, options.verbose, emulator.accounts)
    webhook = _webhook(emulator, options)
    loop_watch = LoopWatch()
    metrics = _metrics(emulator, webhook, loop_watch) if options.metrics else None
    _apply_init_files(emulator, options.init)
    tls = _tls(options)
    try:
        listener = bind(options.host, options.port)
    except NonLoopbackHostError as error:
        raise ConfigurationError(f"--host: {error}") from None
    except OSError as error:
        place = f"{options.host}:{options.port}"
        raise click.ClickException(f"cannot listen on {place}: {error.strerror or error}") from None
    edge = EdgeOptions(
        control=options.control,
        console=options.console,
        allowed_hosts=options.allowed_host,
        limits=options.edge_limits,
        tls=tls,
        metrics=None if metrics is None else metrics.render,
        loop_watch=loop_watch,
    )
    url = url_of(listener, "http" if edge.tls is None else "https")
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    with emulator, Watchdog(emulator.accounts):
        run(emulator, listener, lambda: _print_banner(url), edge)
    if webhook is not None:
        webhook.close()


@main.command()
@click.argument("history", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("decider", metavar="MODULE:FUNCTION")
@click.option("--workflow-id", help="Workflow id of the decision tasks.")
@click.option("--run-id", help="Run id of the decision tasks.")
def replay(history: Path, decider: str, workflow_id: str | None, run_id: str | None) -> None:
    """Replay a recorded HISTORY through a decider and compare the decisions.

    HISTORY is the output of "aws swf get-workflow-execution-history --output json", or an
    exported history. The function takes a decision task as boto3 returns it and returns
    decisions; its module is looked up in the current directory first. The exit status is 1 if
    the decisions differ from the recorded ones, and 3 if the file is no history.
    """
    from ..testing.loading import NotFound, load_function
    from ..testing.replayer import Mismatch
    from ..testing.replayer import replay as replay_history

    try:
        function = load_function(decider)
    except NotFound as error:
        raise click.BadParameter(str(error), param_hint="MODULE:FUNCTION") from None
    try:
        count = replay_history(history, function, workflow_id=workflow_id, run_id=run_id)
    except Mismatch as mismatch:
        click.echo(str(mismatch))
        raise SystemExit(1) from None
    except (ValueError, RecursionError) as error:
        click.echo(f"Error: {history} must be a recorded history: {error}", err=True)
        raise SystemExit(UNREADABLE) from None
    tasks = "decision task" if count == 1 else "decision tasks"
    click.echo(f"{count} {tasks}: the decider decides as recorded.")


@main.group()
def data() -> None:
    """Look after a file of --data. No emulator may use it meanwhile."""


FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@data.command()
@FILE
def check(file: Path) -> None:
    """Check that FILE is whole: its pages, its rows, and every history."""
    with _loaded(file) as (_, executions):
        click.echo(f"{file} is whole: {executions} executions.")


@data.command()
@FILE
@click.argument("copy", type=click.Path(path_type=Path))
def backup(file: Path, copy: Path) -> None:
    """Check FILE and write its state to COPY, a new file."""
    with _loaded(file) as (store, executions):
        store.copy_to(copy)
        click.echo(f"{copy} has the state of {file}: {executions} executions.")


@data.command()
@FILE
def compact(file: Path) -> None:
    """Check FILE and give the space of what was deleted back."""
    before = file.stat().st_size
    with _loaded(file) as (store, _):
        store.compact()
    click.echo(f"{file} has {file.stat().st_size} bytes now, {before} before.")


@contextmanager
def _loaded(file: Path) -> Iterator[tuple[SqliteStore, int]]:
    """Open and check a file; yield the store and how many executions it has."""
    from ..engine.restoring import folded
    from ..store.errors import StoreError
    from ..store.sqlite import SqliteStore

    store = SqliteStore(file)
    try:
        executions = len(folded(store.load()).runs)
        store.check()
        yield store, executions
    except (StoreError, ValueError, KeyError) as error:
        click.echo(f"Error: {error}", err=True)
        raise SystemExit(UNREADABLE) from None
    finally:
        store.close()


def _emulator(options: ServeOptions) -> Emulator:
    from ..emulator import Emulator
    from ..engine.clock import Clock
    from ..store.errors import StoreError

    if not re.fullmatch("[0-9]{12}", options.account):
        raise click.BadParameter("must be 12 digits", param_hint="--account")
    try:
        clock = Clock(options.clock, speed=options.speed)
    except ValueError as error:
        raise ConfigurationError(f"--speed: {error}") from None
    try:
        return Emulator(
            options.settings,
            clock=clock,
            seed=options.seed,
            account=options.account,
            region=options.region,
            lambda_endpoint_url=options.lambda_endpoint,
            data=options.data,
        )
    except StoreError as error:
        raise click.ClickException(f"--data: {error}") from None
    except ValueError as error:
        raise ConfigurationError(f"--lambda-endpoint: {error}") from None


def _tls(options: ServeOptions) -> tuple[Path, Path] | None:
    """The files of certificate and key, if both are given and fit each other."""
    if options.tls_cert is None and options.tls_key is None:
        return None
    if options.tls_cert is None or options.tls_key is None:
        raise ConfigurationError("--tls-cert and --tls-key must be given together")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(options.tls_cert, options.tls_key)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(
            f"--tls-cert and --tls-key must be a certificate and its key in PEM: {error}"
        ) from None
    return options.tls_cert, options.tls_key


def _webhook(emulator: Emulator, options: ServeOptions) -> Webhook | None:
    if options.events_url is None:
        return None
    from ..telemetry.webhook import Webhook

    try:
        return Webhook(emulator.accounts, options.events_url, queue_max=options.events_queue)
    except ValueError as error:
        raise ConfigurationError(f"--events-url: {error}") from None


def _metrics(emulator: Emulator, webhook: Webhook | None, loop_watch: LoopWatch) -> Metrics:
    try:
        from ..telemetry.metrics import Metrics
    except ImportError:
        raise ConfigurationError(
            "--metrics needs the extra: pip install 'swf-emulator[metrics]'"
        ) from None
    return Metrics(emulator.service, webhook, lambda: loop_watch.longest_seconds)


def _apply_init_files(emulator: Emulator, paths: tuple[Path, ...]) -> None:
    from .documents import DocumentError
    from .init_files import apply_init_files

    try:
        apply_init_files(emulator.service, paths)
    except DocumentError as error:
        raise ConfigurationError(f"--init: {error}") from None


def _print_banner(url: str) -> None:
    click.echo(
        f"swf-emulator {__version__} serves Amazon SWF at {url}\n"
        f"  export AWS_ENDPOINT_URL_SWF={url}\n"
        "Stop with Ctrl-C."
    )
