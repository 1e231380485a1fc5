"""The console: pages for a browser, in which workflows are seen and steered.

::

    pages ──▶ calls ──▶ protocol          what AWS has an operation for
      └─────▶ live state of the engine    what the API does not tell: queues, pollers, deadlines

The pages are rendered on the server and update themselves when the engine changes; each has
a twin in JSON. There is no build step and nothing is loaded from elsewhere.
"""

from .blueprint import blueprint

__all__ = ["blueprint"]
