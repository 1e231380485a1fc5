"""boto3 clients wired to an emulator in the same process, through botocore's event hooks.

::

    client ─▶ validate, serialize ─▶ before-call ─▶ wire ─▶ Service ─▶ result ─▶ client
                                          │
                                          └▶ sign, prepare ─▶ before-send ─▶ wire ─▶ …

The short way answers before the request is signed. The full way follows when it makes a
difference: other code has hooks further down, or botocore may retry the call.
"""

from __future__ import annotations

from .clients import make_client, redirected
from .transport import EmulatorClosed, Transport

__all__ = ["EmulatorClosed", "Transport", "make_client", "redirected"]
