"""Planted faults."""

from __future__ import annotations

from pathlib import Path

from mutation.faults import mutants

_SOURCE = '''"""A module."""

def due(now: int, at: int, closed: bool) -> list[str]:
    """A docstring."""
    found = []
    if now >= at and not closed:
        found.append("TimerFired")
    return found
'''


def test_each_mutant_differs_in_one_place(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(_SOURCE, encoding="utf-8")
    found = {mutant.change: mutant.source for mutant in mutants(path)}
    assert set(found) == {
        "GtE -> Gt in: now >= at",
        "and <-> or in: now >= at and (not closed)",
        "negated: now >= at and (not closed)",
        "left out: found.append('TimerFired')",
        "'TimerFired' -> 'Nonsense'",
    }
    assert len(set(found.values())) == len(found)
    for source in found.values():
        compile(source, "module.py", "exec")


def test_a_mutant_behaves_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(_SOURCE, encoding="utf-8")
    for mutant in mutants(path):
        names: dict[str, object] = {}
        exec(mutant.source, names)
        due = names["due"]
        assert callable(due)
        answers = [due(now, 5, closed) for now in (4, 5, 6) for closed in (False, True)]
        assert answers != [[], [], ["TimerFired"], [], ["TimerFired"], []], mutant.change


def test_types_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text('Entry = tuple[int, "Run"]\nKinds = ("Run", 1)\n', encoding="utf-8")
    assert [mutant.change for mutant in mutants(path)] == ["'Run' -> 'Nonsense'", "1 -> 2"]
