"""The options of ``swf-emulator serve``, each described once by a dataclass field.

A field becomes an option of the command, an environment variable and a key of the TOML file
that ``--config`` names: ``--poll-hold 5``, ``SWF_EMULATOR_POLL_HOLD=5``, ``poll-hold = 5``. The
first of these that gives a value wins, and the same checks apply to all. An unknown name is a
startup error in each of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import click
from click.core import ParameterSource

from ..core.settings import DEFAULTS, NUMBER_MAX, QUOTAS, Settings, option_of
from ..engine.clock import MODES, SPEED_MAX
from ..http.limits import EdgeLimits
from .documents import DocumentError, read_toml

T = TypeVar("T")

PREFIX = "SWF_EMULATOR_"

SET_BY_OTHERS = re.compile(rf"{PREFIX}(SERVICE_(HOST|PORT\w*)|PORT_\d+_\w+|NAME|ENV_\w+)")
"""Variables that Kubernetes and Docker set for a service or a link named ``swf-emulator``."""


class ConfigurationError(click.ClickException):
    """An option has an invalid value. The message names its place."""

    exit_code = 2


def option(default: Any, help_text: str, **rules: Any) -> Any:
    """A field of `ServeOptions`.

    ``rules`` may have ``at_least``, ``at_most`` or ``above`` for numbers, ``choices`` for
    strings, and ``short``, a second spelling.
    """
    return field(default=default, metadata={"help": help_text, **rules})


@dataclass(frozen=True, kw_only=True)
class ServeOptions:
    """The options of ``swf-emulator serve``."""

    host: str = option(
        "127.0.0.1",
        "Address to listen on. To listen beyond loopback, give an IP address, not a host name.",
    )
    port: int = option(4596, "Port; 0 picks a free one.", at_least=0, at_most=65535)
    account: str = option(
        "123456789012", "Account id for callers whose access key is not a 12-digit account id."
    )
    region: str = option("us-east-1", "Region of requests that are not signed.")
    clock: str = option(
        "real",
        "real: time passes; virtual: time stops until moved; skip: time jumps to the next "
        "deadline when every client is waiting.",
        choices=MODES,
    )
    speed: float = option(
        1.0, "How many times faster than real time the clock runs.", above=0, at_most=SPEED_MAX
    )
    seed: int | None = option(None, "Make run ids reproducible.")
    data: Path | None = option(
        None,
        "File (SQLite) that keeps all state, also over restarts; without it, state is in memory. "
        "The clock of existing state goes on as it was.",
    )
    init: tuple[Path, ...] = option(
        (),
        "File or directory that defines the initial domains, types and executions (TOML; YAML "
        "with the extra: yaml). May be repeated.",
    )
    lambda_endpoint: str | None = option(
        None, "URL of a Lambda endpoint that runs Lambda tasks (extra: boto3)."
    )
    tls_cert: Path | None = option(None, "Certificate (PEM) to serve HTTPS with; needs --tls-key.")
    tls_key: Path | None = option(None, "Private key (PEM) of the certificate.")
    control: bool = option(True, "Offer the control API below /_emulator.")
    console: bool = option(True, "Offer the console for a browser at /.")
    allowed_host: tuple[str, ...] = option(
        (), "Host name that requests may use, in addition to local names. May be repeated."
    )
    metrics: bool = option(False, "Offer Prometheus metrics at /metrics (extra: metrics).")
    events_url: str | None = option(
        None, "URL that receives execution events by POST, in EventBridge format."
    )
    events_queue: int = option(
        10_000, "Events that may wait for delivery; further ones are dropped.", at_least=1
    )
    verbose: bool = option(False, "Log one line per call.", short="-v")
    log_format: str = option(
        "text", "text: lines for people; json: one JSON object per line.", choices=("text", "json")
    )
    limits: str = option(
        "service",
        "service: the quotas of Amazon SWF; relaxed: none, except those that another option sets.",
        choices=("service", "relaxed"),
    )
    edge_limits: EdgeLimits = field(default_factory=EdgeLimits)
    settings: Settings = DEFAULTS


def takes(options: type[T]) -> Callable[[Callable[[T], None]], Callable[..., None]]:
    """Decorate a command so that it takes its parameters as one instance of a dataclass.

    The command gets ``--config`` and one option per field, those of nested dataclasses included.
    """

    def decorate(function: Callable[[T], None]) -> Callable[..., None]:
        @wraps(function)
        def command(**values: Any) -> None:
            try:
                instance = _instance(options, values | _lifted_quotas(values))
            except ValueError as error:
                raise ConfigurationError(str(error)) from None
            function(instance)

        made: Any = command
        for add in reversed([_CONFIG_OPTION, *_click_options(options)]):
            made = add(made)
        return command

    return decorate


def _lifted_quotas(values: Mapping[str, Any]) -> dict[str, int]:
    """The quotas that ``--limits relaxed`` lifts: those that were not set in any way."""
    if values.get("limits") != "relaxed":
        return {}
    source = click.get_current_context().get_parameter_source
    return {name: NUMBER_MAX for name in QUOTAS if source(name) is ParameterSource.DEFAULT}


def _instance(options: Callable[..., T], values: Mapping[str, Any]) -> T:
    members = {
        name: values[name] if name in values else _instance(value_type, values)
        for name, value_type in get_type_hints(options).items()
    }
    return options(**members)


def _click_options(options: Any) -> Iterator[Callable[[Any], Any]]:
    hints = get_type_hints(options)
    for each in fields(options):
        value_type = hints[each.name]
        if is_dataclass(value_type):
            yield from _click_options(value_type)
        else:
            yield _click_option(each.name, value_type, each.default, each.metadata)


def _click_option(
    field_name: str, value_type: Any, default: Any, rules: Mapping[str, Any]
) -> Callable[[Any], Any]:
    name = option_of(field_name)
    multiple = get_origin(value_type) is tuple
    value_type = next(iter(get_args(value_type)), value_type)
    return click.option(
        f"--{name}/--no-{name}" if value_type is bool else f"--{name}",
        *([rules["short"]] if "short" in rules else ()),
        field_name,
        default=None if multiple else default,
        multiple=multiple,
        type=_click_type(value_type, rules),
        help=rules["help"],
        envvar=variable_of(name),
        show_envvar=True,
        show_default=True,
    )


def _click_type(value_type: Any, rules: Mapping[str, Any]) -> Any:
    if "choices" in rules:
        return click.Choice(rules["choices"])
    if value_type is Path:
        return click.Path(path_type=Path)
    least, most = rules.get("above", rules.get("at_least")), rules.get("at_most")
    if value_type in (int, float) and (least, most) != (None, None):
        number = click.IntRange if value_type is int else click.FloatRange
        return number(least, most, min_open="above" in rules)
    return value_type


def variable_of(name: str) -> str:
    """The environment variable of an option: ``SWF_EMULATOR_POLL_HOLD`` for ``poll-hold``."""
    return PREFIX + name.replace("-", "_").upper()


def named_options(command: click.Command) -> dict[str, click.Option]:
    """The options of a command that have a variable, by name, ordered as in the help."""
    options = [each for each in command.params if isinstance(each, click.Option) and each.envvar]
    return {each.opts[0].removeprefix("--"): each for each in options}


def _read_config(context: click.Context, _: click.Parameter, file: Path | None) -> None:
    """Check the names of all variables, and make the values of a file the defaults."""
    options = named_options(context.command)
    _check_variables(os.environ, options)
    if file is None:
        return
    try:
        if file.suffix != ".toml":
            raise DocumentError(f"{file}: the configuration must be a .toml file")
        values = read_toml(file)
        context.default_map = dict(_defaults(file, values, options, context))
    except DocumentError as error:
        raise ConfigurationError(str(error)) from None


_CONFIG_OPTION = click.option(
    "--config",
    type=click.Path(path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=_read_config,
    help="TOML file; its keys are these option names without the leading dashes.",
    envvar=variable_of("config"),
    show_envvar=True,
)
"""Read before all other options, because it changes their defaults."""


def _check_variables(environment: Mapping[str, str], names: Iterable[str]) -> None:
    """Raise ConfigurationError for an unknown variable with our prefix.

    Variables that an orchestrator sets for a service of our name are ignored, except the one
    that would be taken for the port.
    """
    known = [variable_of(name) for name in names]
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or SET_BY_OTHERS.fullmatch(variable):
            continue
        if variable not in known:
            raise ConfigurationError(f"unknown variable {variable}{_hint(variable, known)}")
    variable = variable_of("port")
    port = environment.get(variable, "")
    if port.startswith("tcp://"):
        raise ConfigurationError(
            f"{variable} must be a port, not {port!r}, which an orchestrator sets for a service "
            "named swf-emulator: rename the service, or set the variable"
        )


def _defaults(
    file: Path,
    values: Mapping[str, Any],
    options: Mapping[str, click.Option],
    context: click.Context,
) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        known = options.get(name)
        if known is None or name == "config":
            raise DocumentError(f"{file}: unknown option {name!r}{_hint(name, options)}")
        assert known.name is not None
        try:
            yield known.name, _converted(known, value, context, file.parent)
        except click.BadParameter as error:
            raise DocumentError(f"{file}: {name}: {error.message}") from None


def _converted(known: click.Option, value: Any, context: click.Context, folder: Path) -> Any:
    """A value of the file as the command gets it. Raises BadParameter."""
    if not known.multiple:
        return _one(known, value, context, folder)
    if not isinstance(value, list):
        raise click.BadParameter("must be a list")
    return [_one(known, each, context, folder) for each in value]


def _one(known: click.Option, value: Any, context: click.Context, folder: Path) -> Any:
    value_type = known.type
    if isinstance(value_type, click.types.BoolParamType):
        if not isinstance(value, bool):
            raise click.BadParameter("must be true or false")
        return value
    number = isinstance(value_type, click.types.IntParamType | click.types.FloatParamType)
    # `read_toml` keeps a number with a fraction as a string.
    if isinstance(value, bool | list | dict) or not (number or isinstance(value, str)):
        raise click.BadParameter("must be a number" if number else "must be a string")
    if isinstance(value_type, click.Path):
        value = str(folder / value)
    return value_type.convert(value, known, context)


def _hint(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
