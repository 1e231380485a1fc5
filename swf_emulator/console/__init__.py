"""The console: pages for a browser that show workflows and control them.

::

    pages ──▶ Service.call     everything that AWS has an operation for
      └─────▶ Engine.read      what the API does not show: task lists, pollers, deadlines

The server renders the pages; they update themselves when the engine changes. Each page has a
JSON version. There is no build step, and nothing is loaded from other hosts.
"""

from .blueprint import blueprint

__all__ = ["blueprint"]
