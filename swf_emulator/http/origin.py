"""Protect the emulator from web pages of other sites.

A name that an attacker makes resolve to this machine (DNS rebinding) is rejected by the ``Host``
header, which must be an IP address, ``localhost``, a name without a dot (a container's) or a
configured name. A cross-site POST is rejected by its ``Origin`` or ``Sec-Fetch-Site`` header.

SDKs call under any name, such as that of a container or a Kubernetes service; but they send no
``Origin``. An AWS call that carries one comes from a web page, and its ``Host`` and ``Origin``
must both name this machine.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def host_allowed(host: str, allowed: Collection[str]) -> bool:
    """Whether a ``Host`` header names this machine in a way that no attacker can forge."""
    name = _name_of(f"//{host}")
    if name is None:
        return False
    if _configured(name, allowed) or "." not in name or name.endswith(".localhost"):
        return True
    return _address(name) is not None


def same_origin(method: str, host: str, origin: str | None, fetch_site: str | None) -> bool:
    """Whether a request comes from one of our own pages, or from no page."""
    if fetch_site is not None and method not in SAFE_METHODS:
        return fetch_site in ("same-origin", "none")
    if origin is None or method in SAFE_METHODS:
        return True
    return origin.lower() in (f"http://{host.lower()}", f"https://{host.lower()}")


def site_problem(
    method: str, host: str, origin: str | None, fetch_site: str | None, allowed: Collection[str]
) -> str | None:
    """Return why a request for the console or the control API is rejected, None if it is not."""
    if not host_allowed(host, allowed):
        return f"Host {host!r} is not allowed (see --allowed-host)"
    if not same_origin(method, host, origin, fetch_site):
        return "cross-site requests are not allowed"
    return None


def page_may_call(host: str, origin: str, bound: str, allowed: Collection[str]) -> bool:
    """Whether the web page at ``origin`` may call the AWS API under the name ``host``.

    ``bound`` is the address at which the call has arrived.
    """
    names = (_name_of(f"//{host}"), _name_of(origin))
    return all(name is not None and _is_ours(name, bound, allowed) for name in names)


def _is_ours(name: str, bound: str, allowed: Collection[str]) -> bool:
    if (
        name == bound
        or _configured(name, allowed)
        or name == "localhost"
        or name.endswith(".localhost")
    ):
        return True
    address = _address(name)
    return address is not None and address.is_loopback


def _configured(name: str, allowed: Collection[str]) -> bool:
    return name in (each.lower() for each in allowed)


def _name_of(url: str) -> str | None:
    """The host name in a URL, in small letters; None if there is none that can be decoded."""
    try:
        name = urlsplit(url).hostname
        if name is not None:
            name.encode("ascii").decode("idna")
    except ValueError:
        return None
    return name


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None
