"""Outcomes as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from conformance.case import CaseResult


def render(results: Sequence[CaseResult], endpoint: str) -> str:
    """One object: the endpoint, the counts and every result."""
    data = {
        "endpoint": endpoint,
        "counts": dict(Counter(o.verdict.value for o in results)),
        "results": [{**o.as_data(), "trace": o.trace} for o in results],
    }
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
