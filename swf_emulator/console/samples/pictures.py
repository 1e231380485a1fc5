"""Image processing: draw a picture, make it gray and sepia at the same time, then a thumbnail
in a child execution. Pictures are SVG in data URLs."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from .crew import Job, Sample
from .reading import Decision, Event, Seen, activity, cancel, complete, decision, fail

PREFIX = "data:image/svg+xml;base64,"
SIZE, HALF = 'width="192" height="120"', 'width="96" height="60"'
LANDSCAPE = (
    f'<svg xmlns="http://www.w3.org/2000/svg" {SIZE} viewBox="0 0 192 120">'
    '<rect width="192" height="120" fill="#a9cdf0"/>'
    '<circle cx="{sun}" cy="38" r="16" fill="#ffd65c"/>'
    '<path d="M0 {far}q48 -24 96 0t96 0V120H0z" fill="#5c8a78"/>'
    '<path d="M0 {near}q32 12 64 0t64 0t64 0V120H0z" fill="#2e7a43"/></svg>'
)
GRAY = '<feColorMatrix type="saturate" values="0"/>'
SEPIA = (
    '<feColorMatrix values="'
    ".393 .769 .189 0 0  .349 .686 .168 0 0  .272 .534 .131 0 0  0 0 0 1 0"
    '"/>'
)


def decide(history: Sequence[Event]) -> list[Decision]:
    """The parent: draw, then both variants, then the thumbnail."""
    seen = Seen(history)
    if seen.cancel_requested:
        return cancel("as requested")
    if seen.failed:
        return fail("an activity failed", ", ".join(seen.failed))
    if "draw" not in seen.scheduled:
        return [activity("DrawPicture", "draw", seen.input)]
    if "draw" not in seen.results:
        return []
    picture = seen.results["draw"]
    if "grayscale" not in seen.scheduled:
        return [
            activity("MakeGrayscale", "grayscale", picture),
            activity("MakeSepia", "sepia", picture),
        ]
    if not {"grayscale", "sepia"} <= seen.results.keys():
        return []
    child = f"{seen.input['name']}-thumbnail"
    if child not in seen.children:
        return [
            decision("RecordMarker", markerName="variants made", details="grayscale, sepia"),
            decision(
                "StartChildWorkflowExecution",
                workflowType={"name": "Thumbnail", "version": "1"},
                workflowId=child,
                input=json.dumps(seen.results["sepia"]),
                tagList=["sample"],
            ),
        ]
    if seen.children[child] is None:
        return []
    return complete({"picture": seen.input["name"], "variants": ["grayscale", "sepia"]})


def decide_thumbnail(history: Sequence[Event]) -> list[Decision]:
    """The child: one activity, whose result is its own."""
    seen = Seen(history)
    if seen.failed:
        return fail("an activity failed", "shrink")
    if "shrink" in seen.results:
        return [decision("CompleteWorkflowExecution", result=seen.results["shrink"])]
    return [] if "shrink" in seen.scheduled else [activity("ShrinkPicture", "shrink", seen.input)]


def _draw(job: Job) -> str:
    seed = job.input["seed"]
    sun, far, near = 48 + seed * 33 % 96, 70 + seed * 7 % 16, 92 + seed * 5 % 12
    return _url(LANDSCAPE.format(sun=sun, far=far, near=near))


def _filtered(job: Job, effect: str) -> str:
    start, _, drawing = _svg(job.input).partition(">")
    return _url(
        f'{start}><filter id="f">{effect}</filter><g filter="url(#f)">'
        f"{drawing.removesuffix('</svg>')}</g></svg>"
    )


def _shrink(job: Job) -> str:
    return _url(_svg(job.input).replace(SIZE, HALF, 1))


def _url(svg: str) -> str:
    return PREFIX + b64encode(svg.encode()).decode()


def _svg(url: str) -> str:
    return b64decode(url.removeprefix(PREFIX)).decode()


def _make_input(number: int, choices: Mapping[str, str]) -> Any:
    return {"name": f"picture-{number}", "seed": number}


PICTURES = Sample(
    name="picture",
    title="Image processing",
    text="Draw a small picture, make it gray and sepia side by side, then a child execution "
    "that makes a thumbnail.",
    task_list="pictures",
    deciders={"PictureProcessing": decide, "Thumbnail": decide_thumbnail},
    activities={
        "DrawPicture": _draw,
        "MakeGrayscale": lambda job: _filtered(job, GRAY),
        "MakeSepia": lambda job: _filtered(job, SEPIA),
        "ShrinkPicture": _shrink,
    },
    make_input=_make_input,
    choices={},
)
