"""The page of task lists: what waits on them, and who polls them."""

from __future__ import annotations

from . import overview
from .pages import Data, Entry, page
from .site import Site


@page("/task-lists", "task_lists.html", bar=Entry(6, "Task lists", "t"))
def show_task_lists(site: Site) -> Data:
    return {"queues": site.read(overview.task_lists)}
