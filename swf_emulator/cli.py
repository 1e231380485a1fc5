"""The command ``swf-emulator``."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import click

from ._version import __version__
from .core.settings import Settings
from .engine.clock import SystemClock

PREFIX = "SWF_EMULATOR_"
PORT = 4596


def option(name: str, **attributes: Any) -> Callable[[Any], Any]:
    """An option that can also be given as an environment variable."""
    variable = PREFIX + name.partition("/")[0].replace("-", "_").upper()
    names = [f"--{name}", *attributes.pop("short", ())]
    return click.option(*names, envvar=variable, show_envvar=True, show_default=True, **attributes)


def settings_options(command: Any) -> Any:
    """One option for each setting: quotas and switches."""
    for setting in reversed(fields(Settings)):
        name = setting.name.replace("_", "-").removesuffix("-seconds")
        flag = isinstance(setting.default, bool)
        command = click.option(
            f"--{name}/--no-{name}" if flag else f"--{name}",
            setting.name,
            envvar=PREFIX + name.replace("-", "_").upper(),
            show_envvar=True,
            show_default=True,
            default=setting.default,
            type=None if flag else _number(setting.default),
            help=setting.metadata["help"],
        )(command)
    return command


def _number(default: float) -> click.ParamType[Any]:
    return click.FloatRange(min=0) if isinstance(default, float) else click.IntRange(min=0)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="swf-emulator")
def main() -> None:
    """A faithful local emulator of Amazon Simple Workflow Service."""


@main.command()
@option("host", default="127.0.0.1", help="Address to listen on.")
@option("port", default=PORT, type=click.IntRange(0, 65535), help="Port; 0 takes a free one.")
@option("account", default="123456789012", help="Account of callers whose key names none.")
@option("region", default="us-east-1", help="Region of requests that are not signed.")
@option("speed", default=1.0, help="How many times faster than real time the clock runs.")
@option("seed", type=int, help="Make run ids reproducible.")
@option("lambda-endpoint", help="URL of a Lambda endpoint for Lambda tasks (extra: boto3).")
@option("control/--no-control", default=True, help="Offer the control paths below /_emulator.")
@option("allowed-host", multiple=True, help="A host name to answer to, besides local ones.")
@option("verbose", short=("-v",), is_flag=True, help="Log one line a call.")
@settings_options
def serve(
    host: str,
    port: int,
    account: str,
    region: str,
    speed: float,
    seed: int | None,
    lambda_endpoint: str | None,
    control: bool,
    allowed_host: tuple[str, ...],
    verbose: bool,
    **settings: Any,
) -> None:
    """Serve the emulator over HTTP until interrupted."""
    from .emulator import Emulator
    from .http.options import EdgeOptions
    from .http.server import bind, run, url_of

    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(message)s",
        stream=sys.stderr,
    )
    if not (account.isascii() and account.isdigit() and len(account) == 12):
        raise click.BadParameter("must be 12 digits", param_hint="--account")
    if speed <= 0:
        raise click.BadParameter("must be above 0", param_hint="--speed")
    try:
        listener = bind(host, port)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror or error}"
        ) from None
    emulator = Emulator(
        Settings(**settings),
        clock=SystemClock(speed),
        seed=seed,
        account=account,
        region=region,
        lambda_endpoint_url=lambda_endpoint,
    )
    url = url_of(listener)
    with emulator:
        options = EdgeOptions(control=control, allowed_hosts=allowed_host)
        run(emulator, listener, lambda: _banner(url), options)


def _banner(url: str) -> None:
    click.echo(
        f"swf-emulator {__version__} serves Amazon SWF at {url}\n"
        f"  export AWS_ENDPOINT_URL_SWF={url}\n"
        "Stop with Ctrl-C."
    )
