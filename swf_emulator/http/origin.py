"""Who may use the console and the control paths: nobody who was led there by another site.

Browsers are kept from being misused in two ways. A name that an attacker makes point to this
machine (DNS rebinding) is refused by its ``Host`` header: only addresses, ``localhost``,
names without a dot (a container's) and configured names are answered. A page of another
site that posts here is refused by its ``Origin``, or by what the browser says of the
request's site. The AWS calls need neither: they carry a header that no foreign page can set.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def host_allowed(host: str, allowed: Collection[str]) -> bool:
    """Whether a ``Host`` header names this machine in a way that no attacker can arrange."""
    name = _name_of(host)
    if name is None:
        return False
    if name in allowed or "." not in name or name.endswith(".localhost"):
        return True
    return _is_address(name)


def same_origin(method: str, host: str, origin: str | None, fetch_site: str | None) -> bool:
    """Whether a request comes from our own pages, or from no page at all."""
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
