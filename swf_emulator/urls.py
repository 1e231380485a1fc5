"""URLs that the emulator is to connect to, checked before the first attempt."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def web_url(url: str) -> SplitResult:
    """Return the parts of an http or https URL. Raises ValueError unless a client can use it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError as error:
        raise ValueError(f"{url!r} is not an http or https URL: {error}") from None
    plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in ("http", "https") or not host or port == 0 or not plain:
        raise ValueError(f"{url!r} is not an http or https URL")
    return parts
