"""Outcomes as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from conformance.case import Outcome


def render(outcomes: Sequence[Outcome], endpoint: str) -> str:
    """One object: the endpoint, the counts and every outcome."""
    data = {
        "endpoint": endpoint,
        "counts": dict(Counter(o.verdict.value for o in outcomes)),
        "outcomes": [{**o.as_data(), "trace": o.trace} for o in outcomes],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
