"""How hard the tests search: little by default, much with ``HYPOTHESIS_PROFILE=thorough``."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def effort(few: int, many: int, **more: Any) -> settings:
    """Return settings with ``few`` examples, or with ``many``; a quick search is reproducible."""
    return settings(
        max_examples=many if THOROUGH else few, derandomize=not THOROUGH, deadline=None, **more
    )
