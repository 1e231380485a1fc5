"""Identifiers as a port: unpredictable by default, reproducible with a seed."""

from __future__ import annotations

import random
from base64 import b64encode


class Ids:
    """Makes run ids and request ids. With a seed, the same ones in the same order."""

    def __init__(self, seed: int | None = None) -> None:
        self._bits = random.Random(seed).getrandbits

    def run_id(self) -> str:
        """A run id as SWF has made them since 2015: ``22`` and 44 characters of base64."""
        return "22" + b64encode(self._bits(256).to_bytes(32, "big")).decode()

    def request_id(self) -> str:
        """A UUID of version 4."""
        bits = self._bits(128) & ~(0xF000 << 64 | 0xC << 60) | (0x4000 << 64) | (0x8 << 60)
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
