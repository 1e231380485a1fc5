"""The suite's table of event types and the core's registry say the same, each on its own."""

from __future__ import annotations

from conformance.grammar import table
from swf_emulator.core.registry import DECISIONS, EVENTS, Effect, EventRule
from swf_emulator.protocol import operations

assert operations.__all__, "importing the operations fills the registry"

FILE = "conformance/grammar/events.txt"


def line_of(event_type: str, rule: EventRule) -> str:
    """The line of the table for an event type, as the registry has it; without the grade."""
    decision = rule.decision
    words = [event_type, rule.concept.name.replace(" ", "-"), rule.effect.value, rule.link or "-"]
    if decision and rule.effect is not Effect.REFUSES:
        words.append(f"by={decision}")
    if rule.triggers:
        words.append("triggers")
    if decision and not DECISIONS[decision].beside_close:
        words.append("excludes-close")
    return " ".join(words)


def test_the_table_agrees_with_the_registry() -> None:
    text = table.PATH.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    written = {line.split()[0]: " ".join(line.split()[:-1]) for line in lines}
    registered = {event_type: line_of(event_type, rule) for event_type, rule in EVENTS.items()}
    missing = [line for name, line in registered.items() if name not in written]
    assert not missing, f"add to {FILE}, each with a grade:\n" + "\n".join(missing)
    extra = written.keys() - registered.keys()
    assert not extra, f"the registry has no such events; remove from {FILE}: {sorted(extra)}"
    differing = [
        f"{FILE} has     {written[name]}\nthe registry is {line}"
        for name, line in registered.items()
        if written[name] != line
    ]
    assert not differing, "one of the two is wrong:\n" + "\n".join(differing)
