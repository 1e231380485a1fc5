"""The filters with which the templates of an execution draw and word what the pages give them."""

from __future__ import annotations

from flask.sansio.app import App

from .bars import draw, draw_folds
from .formats import moment_of
from .payloads import tree, visible
from .words import duration_since

STATUS_ICONS = {
    "OPEN": ("open", "accent"),
    "STUCK": ("stuck", "warn"),
    "COMPLETED": ("done", "good"),
    "FAILED": ("failed", "bad"),
    "TIMED_OUT": ("late", "warn"),
    "TERMINATED": ("stopped", "soft"),
    "CANCELED": ("off", "soft"),
    "CONTINUED_AS_NEW": ("again", "soft"),
}
"""The icon and the tone of each status."""


def status_icon(status: str) -> str:
    """The icon of a status."""
    return STATUS_ICONS.get(status, ("open", ""))[0]


def status_tone(status: str) -> str:
    """The tone of a status."""
    return STATUS_ICONS.get(status, ("", "soft"))[1]


def clock_ms(at_ms: float) -> str:
    """The time of day with milliseconds."""
    return moment_of(at_ms).strftime("%H:%M:%S.%f")[:-3]


def moment(at_ms: float, now_ms: float) -> str:
    """The time of day, with the date unless it is today."""
    at, now = moment_of(at_ms), moment_of(now_ms)
    text = at.strftime("%H:%M:%S")
    if at.date() == now.date():
        return text
    if abs(at.year - now.year) == 0:
        return f"{at.day} {at.strftime('%b')} {text}"
    return f"{at.day} {at.strftime('%b %Y')} {text}"


def install(app: App) -> None:
    """Add the filters to an application."""
    app.jinja_env.filters.update(
        tree=tree,
        visible=visible,
        offset=duration_since,
        draw_bar=draw,
        draw_folds=draw_folds,
        status_icon=status_icon,
        status_tone=status_tone,
        clock_ms=clock_ms,
        moment=moment,
        without_empty=lambda query: {name: each for name, each in query.items() if each},
    )
