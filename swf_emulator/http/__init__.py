"""The HTTP layer: one protocol layer behind two thin hosts, ASGI and WSGI.

`asgi.Application` answers the AWS calls itself and passes everything else to the Flask
application of `wsgi.create_app`, which answers AWS calls too when another WSGI host runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .limits import EdgeLimits, EdgeOptions

if TYPE_CHECKING:
    from .wsgi import create_app

__all__ = ["EdgeLimits", "EdgeOptions", "create_app"]


def __getattr__(name: str) -> Any:
    """Import Flask only when something is served: an emulator in process needs none."""
    if name == "create_app":
        from .wsgi import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
