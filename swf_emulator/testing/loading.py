"""Functions that a command line names as ``module:function``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


class NotFound(Exception):
    """The function does not exist. The message names the missing part."""


def load_function(name: str) -> Callable[..., Any]:
    """Return the function ``module:function`` or ``module:object.method``. Raises `NotFound`.

    The current directory is searched first. Exceptions of the imported module are not caught.
    """
    module_name, colon, path = name.partition(":")
    if not (module_name and colon and path):
        raise NotFound(f"{name!r} must have the form module:function")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise
        raise NotFound(f"unknown module {error.name!r}") from None
    for part in path.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise NotFound(f"{module_name!r} has no {path!r}") from None
    if not callable(found):
        raise NotFound(f"{name} must be a function")
    function: Callable[..., Any] = found
    return function
