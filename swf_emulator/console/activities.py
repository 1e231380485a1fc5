"""The activities of an execution, newest first: attempts, workers, times."""

from __future__ import annotations

from .events import Entered, row_of
from .execution import axis_of, execution_page, number_of, open_items
from .pages import Data, Entry
from .site import Shown, Site

PAGE = 50


@execution_page("activities", "execution_activities.html", tab=Entry(4, "Activities"))
def show_activities(site: Site, shown: Shown) -> Data:
    """Argument: ``page``."""
    all_spans = site.spans(shown)
    spans = all_spans.of_concept("activity")[::-1]
    pages = max(1, -(-len(spans) // PAGE))
    page = min(number_of("page"), pages)
    items = open_items(site, shown)
    axis = axis_of(site, shown, all_spans, items)
    return {
        "activities": [
            {
                "span": span,
                "waited": span.waited_ms(axis.end_ms),
                "ran": span.ran_ms(axis.end_ms),
                "row": row_of(all_spans, axis, items, Entered(span, False, ())),
            }
            for span in spans[(page - 1) * PAGE : page * PAGE]
        ],
        "count": len(spans),
        "page": page,
        "pages": pages,
    }
