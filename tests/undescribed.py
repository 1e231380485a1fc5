"""Finds what the service model has and the emulator does not describe, and where to describe it.

What is nearest is judged by the words that two names share.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import swf_emulator
from swf_emulator import core
from swf_emulator.core.registry import Concept, DecisionRule, Effect, EventRule, failure_of
from swf_emulator.protocol.call import Operation
from swf_emulator.protocol.model import ServiceModel

Shapes = Mapping[str, dict[str, Any]]


def operations(model: ServiceModel, functions: Mapping[str, Operation]) -> Iterator[str]:
    """A message for each operation that has no function."""
    for name in sorted(model.operations.keys() - functions.keys()):
        like = functions[nearest(name, functions)]
        path = path_of(like.function.__module__)
        reads = ", reads=True" if like.reads else ""
        yield f'{name} has no function. Add to {path}:\n    @operation("{name}"{reads})'
    for name in sorted(functions.keys() - model.operations.keys()):
        yield f"{name} is not in the service model: run tools/build_model.py"


def decisions(shapes: Shapes, described: Mapping[str, DecisionRule]) -> Iterator[str]:
    """A message for each decision type that no concept describes."""
    in_model = shapes["DecisionType"]["enum"]
    for name in sorted(set(in_model) - described.keys()):
        where, constant = place_of(nearest_concept(name, described))
        decided = shapes[f"{name}DecisionAttributes"]["members"]
        failed = shapes[f"{failure_of(name)}EventAttributes"]["members"]
        repeats = "".join(f'"{member}", ' for member in decided if member in failed)
        yield (
            f"{name} is not described. Add to {where}:\n"
            f'    {constant}.decision("{name}", {snake(name)}, repeats=({repeats.rstrip()}))'
        )
    for name in sorted(described.keys() - set(in_model)):
        yield f"{name} is not in the service model: run tools/build_model.py"


def events(
    shapes: Shapes,
    described: Mapping[str, EventRule],
    described_decisions: Collection[str],
) -> Iterator[str]:
    """A message for each event type that no concept describes.

    Refusals are described with their decisions, so those of unknown decisions are left out.
    """
    in_model = shapes["EventType"]["enum"]
    decision_types = shapes["DecisionType"]["enum"]
    refusals = {failure_of(name) for name in decision_types if name not in described_decisions}
    recorded = {rule.decision for rule in described.values() if rule.effect is not Effect.REFUSES}
    for name in sorted(set(in_model) - described.keys() - refusals):
        concept = nearest_concept(name, described)
        where, constant = place_of(concept)
        effect = _usual_effect(name, described, concept)
        cells = [f'"{name}"']
        if effect in (Effect.OPENS, Effect.REQUESTS, Effect.CHANGES):
            cells.append("...")
        if "decisionTaskCompletedEventId" in shapes[f"{name}EventAttributes"]["members"]:
            candidates = [each for each in decision_types if each not in recorded]
            cells.append(f'by="{nearest(name, candidates or decision_types)}"')
        others = ", ".join(each.value for each in Effect if each not in (effect, Effect.REFUSES))
        yield (
            f"{name} is not described. Add to {where} (or with another effect: {others}):\n"
            f"    {constant}.{effect.value}({', '.join(cells)})"
        )
    for name in sorted(described.keys() - set(in_model)):
        yield f"{name} is not in the service model: run tools/build_model.py"


def _usual_effect(event_type: str, described: Mapping[str, EventRule], concept: Concept) -> Effect:
    """The effect of most events that end with the same word."""
    last = words(event_type)[-1]
    found = [rule.effect for name, rule in described.items() if words(name)[-1] == last]
    return max(found, key=found.count, default=Effect.CHANGES if concept.link else Effect.NOTES)


def place_of(concept: Concept) -> tuple[str, str]:
    """The file of a concept's module, and the name of the concept there."""
    for module in core.__all__:
        for name, value in vars(import_module(f"{core.__name__}.{module}")).items():
            if value is concept:
                return path_of(f"{core.__name__}.{module}"), name
    raise LookupError(f"no module of the core has the concept {concept.name}")


def path_of(module: str) -> str:
    file = import_module(module).__file__
    assert file is not None
    assert swf_emulator.__file__ is not None
    return Path(file).relative_to(Path(swf_emulator.__file__).parent.parent).as_posix()


def nearest_concept(
    name: str, described: Mapping[str, EventRule] | Mapping[str, DecisionRule]
) -> Concept:
    """The concept of the described name nearest to ``name``; words of few concepts count more."""
    concepts: dict[str, set[Concept]] = {}
    for other, rule in described.items():
        for stem in stems(other):
            concepts.setdefault(stem, set()).add(rule.concept)

    def similarity(other: str) -> tuple[float, float]:
        common = sum(1 / len(concepts[stem]) for stem in stems(name) & stems(other))
        return common, shared(name, other)

    return described[max(described, key=similarity)].concept


def nearest(name: str, candidates: Collection[str]) -> str:
    return max(candidates, key=lambda candidate: shared(name, candidate))


def shared(name: str, other: str) -> float:
    """The share of words that two names have in common."""
    return len(stems(name) & stems(other)) / len(stems(name) | stems(other))


def stems(name: str) -> set[str]:
    """The first letters of each word: those of ``Restarted`` and ``Restart`` are the same."""
    return {word[:5] for word in words(name)}


def words(name: str) -> list[str]:
    return re.findall("[A-Z][a-z]*", name)


def snake(name: str) -> str:
    return "_".join(words(name)).lower()
