"""The activities of an execution, newest first: attempts, workers, times."""

from __future__ import annotations

from .execution import execution_page, number_of
from .pages import Data, Entry
from .site import Shown, Site

PAGE = 100


@execution_page("activities", "execution_activities.html", tab=Entry(3, "Activities"))
def show_activities(site: Site, shown: Shown) -> Data:
    spans = site.spans(shown).of_concept("activity")[::-1]
    pages = max(1, -(-len(spans) // PAGE))
    page = min(number_of("page"), pages)
    end_ms = shown.record.closed_ms or site.accounts.clock.now_ms()
    return {
        "activities": [
            {"span": span, "waited": span.waited_ms(end_ms), "ran": span.ran_ms(end_ms)}
            for span in spans[(page - 1) * PAGE : page * PAGE]
        ],
        "page": page,
        "pages": pages,
    }
