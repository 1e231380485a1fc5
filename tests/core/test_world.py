"""The engine's world is what decisions may ask about."""

from __future__ import annotations

from swf_emulator.core.world import RegisteredType, World
from swf_emulator.engine.types import RegisteredType as Registered
from swf_emulator.engine.world import DomainWorld


def members(protocol: type) -> set[str]:
    return {name for name in vars(protocol) if not name.startswith("_")}


def test_the_engine_answers_every_question() -> None:
    assert members(World) - {"settings"} <= set(dir(DomainWorld))
    assert members(RegisteredType) <= set(dir(Registered))
