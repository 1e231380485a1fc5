"""Formats of the values on the pages."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from flask.sansio.app import App
from markupsafe import Markup
from werkzeug.routing import BaseConverter

from .forms import label_of

IMAGE = re.compile(r'"?(data:image/(?:png|svg\+xml);base64,[A-Za-z0-9+/=]*)"?')
UNITS = ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s"))
NOUNS = {"decision": "decision task", "lambda": "Lambda task"}


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


def timestamp(at_ms: float | None) -> Markup:
    """A time, in UTC; the page's script adds how long ago it is."""
    if at_ms is None:
        return Markup("–")
    moment = moment_of(at_ms)
    day, time = moment.isoformat(" ", timespec="milliseconds")[:23].split()
    return Markup('<time datetime="{}" title="{} {} UTC"><i>{} </i>{}</time>').format(
        iso(at_ms), day, time, day, time
    )


def iso(at_ms: float) -> str:
    """A time in ISO 8601."""
    return moment_of(at_ms).isoformat(timespec="milliseconds")


def moment_of(at_ms: float) -> datetime:
    """A time as a datetime; the latest datetime for every later time."""
    try:
        return datetime.fromtimestamp(at_ms / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)


def duration(length_ms: float) -> str:
    """A length of time in at most two units: 250 ms, 1.1 s, 24 s, 3 min 20 s, 2 d 4 h."""
    if length_ms < 1000:
        return f"{round(length_ms)}\u00a0ms"
    seconds = length_ms / 1000
    if seconds < 60:
        text = f"{int(seconds * 10) / 10:g}" if seconds < 10 else f"{int(seconds)}"
        return f"{text}\u00a0s"
    size, unit, small, small_unit = next(each for each in UNITS if seconds >= each[0])
    count, rest = divmod(int(seconds), size)
    rest //= small
    text = f"{count}\u00a0{unit}"
    return f"{text} {rest}\u00a0{small_unit}" if rest else text


def lasting(text: Any) -> str:
    """A duration of the API: seconds as a string, or NONE."""
    if text is None:
        return "–"
    if not str(text).isdecimal():
        return "no limit" if text == "NONE" else str(text)
    return duration(int(text) * 1000)


def pretty(value: Any) -> str:
    """Indented JSON; a string is indented if it is JSON, else unchanged."""
    if isinstance(value, str):
        text = value
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return text
    return json.dumps(value, indent=2, ensure_ascii=False)


def picture(value: Any) -> str | None:
    """The value if it is an image as a data URL and nothing else, bare or as a JSON string."""
    image = IMAGE.fullmatch(str(value))
    return None if image is None else image[1]


def status_text(status: str) -> str:
    """``CONTINUED_AS_NEW`` → Continued as new."""
    return status.replace("_", " ").capitalize()


def noun_of(concept: str) -> str:
    """The noun for an open item of a concept."""
    return NOUNS.get(concept, concept)


def tone_of(event_type: str) -> str:
    """The color of an event type or a close status."""
    if event_type.startswith("DecisionTask") and not event_type.endswith("TimedOut"):
        return "quiet"
    upper = event_type.upper().replace("_", "")
    if upper.endswith(("FAILED", "TIMEDOUT", "TERMINATED")):
        return "bad"
    if upper.endswith(("CANCELED", "CANCELREQUESTED")):
        return "warn"
    if upper.endswith(("COMPLETED", "FIRED", "CONTINUEDASNEW")):
        return "good"
    if upper.endswith(("SIGNALED", "MARKERRECORDED")):
        return "note"
    return "plain"


def install(app: App) -> None:
    """Add the filters and the converters to an application."""
    app.url_map.converters["name"] = NameConverter
    app.url_map.converters["run"] = RunIdConverter
    app.jinja_env.filters.update(
        timestamp=timestamp,
        iso=iso,
        duration=duration,
        lasting=lasting,
        pretty=pretty,
        picture=picture,
        tone=tone_of,
        label=label_of,
        noun=noun_of,
        status=status_text,
    )
