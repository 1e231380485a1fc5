"""Protect the console and the control API from cross-site requests.

A name that an attacker makes resolve to this machine (DNS rebinding) is rejected by the ``Host``
header, which must be an IP address, ``localhost``, a name without a dot (a container's) or a
configured name. A cross-site POST is rejected by its ``Origin`` or ``Sec-Fetch-Site`` header.
AWS calls need no such check: they carry a header that no cross-site page can set.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def host_allowed(host: str, allowed: Collection[str]) -> bool:
    """Whether a ``Host`` header names this machine in a way that no attacker can forge."""
    name = _name_of(host)
    if name is None:
        return False
    if name in allowed or "." not in name or name.endswith(".localhost"):
        return True
    return _is_address(name)


def same_origin(method: str, host: str, origin: str | None, fetch_site: str | None) -> bool:
    """Whether a request comes from one of our own pages, or from no page."""
    if fetch_site is not None and method not in SAFE_METHODS:
        return fetch_site in ("same-origin", "none")
    if origin is None:
        return True
    return method in SAFE_METHODS or urlsplit(origin).netloc == host


def _name_of(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
