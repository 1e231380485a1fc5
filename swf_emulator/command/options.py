"""Options by one name in three places: command line, environment, file; the first one wins.

``--poll-hold 5``, ``SWF_EMULATOR_POLL_HOLD=5`` and, in the TOML file that ``--config`` names,
``poll-hold = 5``. Each value passes the same checks wherever it stands. What is not an option
stops the start, also in a file and in the environment: a misspelt name must not go unnoticed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from ..core.settings import Settings
from .documents import Document, DocumentError, read_document

PREFIX = "SWF_EMULATOR_"

ORCHESTRATED = re.compile(rf"{PREFIX}(SERVICE_(HOST|PORT\w*)|PORT_\d+_\w+|NAME|ENV_\w+)")
"""What Kubernetes and Docker set by themselves for a service or a link ``swf-emulator``."""


class ConfigurationError(click.ClickException):
    """The configuration cannot be used; the text says where and why."""

    exit_code = 2


def variable_of(name: str) -> str:
    """The environment variable of an option: ``SWF_EMULATOR_POLL_HOLD`` for ``poll-hold``."""
    return PREFIX + name.replace("-", "_").upper()


def option(name: str, **attributes: Any) -> Callable[[Any], Any]:
    """An option that can also be given in the environment and in the configuration file.

    ``name`` may be a switch, ``console/--no-console``; ``short`` lists further spellings.
    """
    variable = variable_of(name.partition("/")[0])
    names = [f"--{name}", *attributes.pop("short", ())]
    return click.option(*names, envvar=variable, show_envvar=True, show_default=True, **attributes)


def settings_options(command: Any) -> Any:
    """One option for each setting of the emulated service: quotas and switches."""
    for setting in reversed(fields(Settings)):
        name = setting.name.replace("_", "-").removesuffix("-seconds")
        flag = isinstance(setting.default, bool)
        command = option(
            f"{name}/--no-{name}" if flag else name,
            short=(setting.name,),
            default=setting.default,
            type=None if flag else _number(setting.default),
            help=setting.metadata["help"],
        )(command)
    return command


def _number(default: float) -> click.ParamType[Any]:
    return click.FloatRange(min=0) if isinstance(default, float) else click.IntRange(min=0)


def config_option(command: Any) -> Any:
    """``--config FILE``: read before all other options, which it gives defaults."""
    return option(
        "config",
        type=click.Path(path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=_configure,
        help="TOML file with options under their names here, without the dashes before them.",
    )(command)


def _configure(context: click.Context, _: click.Parameter, file: Path | None) -> None:
    parameters = named_options(context.command)
    refuse_unknown_variables(os.environ, _of_all_commands(context))
    if file is None:
        return
    try:
        document = read_document(file)
        if file.suffix != ".toml":
            raise DocumentError(f"{file}: the configuration is a .toml file")
        context.default_map = dict(_defaults(document, context, parameters))
    except DocumentError as error:
        raise ConfigurationError(str(error)) from None


def named_options(command: click.Command) -> dict[str, click.Option]:
    """The options of a command by their long names, in the order of the help."""
    options = [each for each in command.params if isinstance(each, click.Option)]
    return {name_of(each): each for each in options if each.envvar is not None}


def _of_all_commands(context: click.Context) -> list[str]:
    """A variable may be meant for another command than the one that runs."""
    root = context.find_root().command
    commands = list(root.commands.values()) if isinstance(root, click.Group) else []
    return [name for command in (context.command, *commands) for name in named_options(command)]


def name_of(each: click.Option) -> str:
    return next(name for name in each.opts if name.startswith("--")).removeprefix("--")


def refuse_unknown_variables(environment: Mapping[str, str], names: Iterable[str]) -> None:
    """Raises ConfigurationError for a variable that begins like ours and is none.

    Variables that an orchestrator sets for a service of our name are left alone, but for the
    one that would be taken for the port.
    """
    known = [variable_of(name) for name in names]
    for variable in sorted(environment):
        if not variable.startswith(PREFIX) or ORCHESTRATED.fullmatch(variable):
            continue
        if variable not in known:
            hint = _hint(variable, known)
            raise ConfigurationError(f"{variable} is set, but there is no such option{hint}")
    port = environment.get(variable_of("port"), "")
    if port.startswith("tcp://"):
        raise ConfigurationError(
            f"{variable_of('port')} is {port!r}, as an orchestrator sets it for a service named "
            "swf-emulator: rename the service, or set the variable to the port to listen on"
        )


def _defaults(
    document: Document, context: click.Context, parameters: Mapping[str, click.Option]
) -> Iterator[tuple[str, Any]]:
    for name, value in document.value.items():
        parameter = parameters.get(name)
        if parameter is None or name == "config":
            hint = _hint(name, parameters)
            raise document.error(f"there is no option {name!r}{hint}", name)
        assert parameter.name is not None
        try:
            yield parameter.name, _checked(parameter, value, context, document.file.parent)
        except click.BadParameter as error:
            raise document.error(f"{name}: {error.message}", name) from None


def _checked(parameter: click.Option, value: Any, context: click.Context, folder: Path) -> Any:
    """The value as the command gets it. Raises BadParameter."""
    kind = parameter.type
    if parameter.multiple:
        if not isinstance(value, list):
            raise click.BadParameter("a list is expected")
        return [_one(kind, each, parameter, context, folder) for each in value]
    return _one(kind, value, parameter, context, folder)


def _one(
    kind: click.ParamType[Any],
    value: Any,
    parameter: click.Option,
    ctx: click.Context,
    folder: Path,
) -> Any:
    if isinstance(kind, click.types.BoolParamType):
        if not isinstance(value, bool):
            raise click.BadParameter("true or false is expected")
        return value
    number = isinstance(kind, click.types.IntParamType | click.types.FloatParamType)
    # A fraction comes as the text that stands in the file: see `read_document`.
    if isinstance(value, bool | list | dict) or (not number and not isinstance(value, str)):
        raise click.BadParameter(f"a {'number' if number else 'text'} is expected")
    if isinstance(kind, click.Path):
        value = str(folder / value)
    return kind.convert(value, parameter, ctx)


def _hint(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
