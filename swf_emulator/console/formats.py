"""How values are written on the pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from flask.sansio.app import App
from markupsafe import Markup
from werkzeug.routing import BaseConverter

from .events import tone_of
from .forms import label_of
from .timeline import duration

PICTURE = "data:image/png;base64,"
PICTURE_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
EVENT_ID_MEMBERS = (
    "scheduledEventId",
    "startedEventId",
    "initiatedEventId",
    "decisionTaskCompletedEventId",
    "latestCancelRequestedEventId",
)


class NameConverter(BaseConverter):
    """A name in a path. Browsers resolve ``.`` and ``..``, so those get a ``~`` before them."""

    def to_python(self, value: str) -> str:
        return value.removeprefix("~")

    def to_url(self, value: str) -> str:
        guarded = value in (".", "..") or value.startswith("~")
        return str(super().to_url(f"~{value}" if guarded else value))


class RunIdConverter(BaseConverter):
    """A run id in a path: base64 in the alphabet for URLs."""

    def to_python(self, value: str) -> str:
        return value.replace("-", "+").replace("_", "/")

    def to_url(self, value: str) -> str:
        return str(super().to_url(value.replace("+", "-").replace("/", "_")))


def instant(at_ms: float | None) -> Markup:
    """A moment, in UTC; the page's script says how long ago it is."""
    if at_ms is None:
        return Markup("–")
    moment = moment_of(at_ms)
    day, time = moment.isoformat(" ", timespec="milliseconds")[:23].split()
    return Markup('<time datetime="{}" title="{} {} UTC"><i>{} </i>{}</time>').format(
        iso(at_ms), day, time, day, time
    )


def iso(at_ms: float) -> str:
    """A moment for machines."""
    return moment_of(at_ms).isoformat(timespec="milliseconds")


def moment_of(at_ms: float) -> datetime:
    """The latest moment that a calendar has stands for all later ones."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)


def pretty(value: Any) -> str:
    """JSON indented; a text that is JSON likewise, any other as it is."""
    if isinstance(value, str):
        text = value
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return text
    return json.dumps(value, indent=2, ensure_ascii=False)


def picture(value: Any) -> str | None:
    """The value if it is nothing but a PNG image as a data URL, bare or as a JSON string."""
    text = str(value).strip('"')
    if text.startswith(PICTURE) and PICTURE_CHARACTERS.issuperset(text[len(PICTURE) :]):
        return text
    return None


def lasting(text: Any) -> str:
    """A duration as the API has it: seconds as text, or NONE."""
    if text is None:
        return "–"
    if not str(text).isdecimal():
        return "no limit" if text == "NONE" else str(text)
    return duration(int(text) * 1000)


def status_text(status: str) -> str:
    """``CONTINUED_AS_NEW`` → Continued as new."""
    return status.replace("_", " ").capitalize()


def install(app: App) -> None:
    """Teach an application the filters and the converters."""
    app.url_map.converters["name"] = NameConverter
    app.url_map.converters["run"] = RunIdConverter
    app.jinja_env.filters.update(
        instant=instant,
        iso=iso,
        duration=duration,
        lasting=lasting,
        pretty=pretty,
        picture=picture,
        tone=tone_of,
        label=label_of,
        status=status_text,
    )
    app.jinja_env.globals["EVENT_ID_MEMBERS"] = EVENT_ID_MEMBERS
