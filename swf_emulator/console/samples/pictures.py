"""Image processing: draw a picture, make it gray and sepia at the same time, have a child
execution make a thumbnail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .crew import Job, Sample
from .png import Picture, drawn, grayscale, sepia
from .reading import Decision, Event, Seen, activity, cancel, complete, decision, fail

WIDTH, HEIGHT = 192, 120


def decide(history: Sequence[Event]) -> list[Decision]:
    """The parent: draw, then both variants, then the thumbnail."""
    seen = Seen(history)
    if seen.cancel_requested:
        return cancel("as asked")
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


def _draw(job: Job) -> Any:
    return drawn(WIDTH, HEIGHT, job.input["seed"]).data_url()


def _grayscale(job: Job) -> Any:
    return Picture.read(job.input).map(grayscale).data_url()


def _sepia(job: Job) -> Any:
    return Picture.read(job.input).map(sepia).data_url()


def _shrink(job: Job) -> Any:
    return Picture.read(job.input).shrunk().data_url()


def _make_input(number: int, choices: Mapping[str, str]) -> Any:
    return {"name": f"picture-{number}", "seed": number}


PICTURES = Sample(
    name="picture",
    title="Image processing",
    text="Draw a small picture, make it gray and sepia side by side, then a child execution "
    "that makes a thumbnail.",
    domain="samples",
    task_list="pictures",
    deciders={"PictureProcessing": decide, "Thumbnail": decide_thumbnail},
    activities={
        "DrawPicture": _draw,
        "MakeGrayscale": _grayscale,
        "MakeSepia": _sepia,
        "ShrinkPicture": _shrink,
    },
    make_input=_make_input,
    tags=("sample", "picture"),
    choices={},
)
