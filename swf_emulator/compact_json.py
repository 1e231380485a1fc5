"""JSON as the service writes it: compact, the members of an object in alphabetical order."""

from __future__ import annotations

from typing import Any

import orjson


def encode_json(value: Any) -> bytes:
    """Serialize ``value`` to UTF-8."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
