"""Planted faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutation.__main__ import main
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


def test_facts_are_altered(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(
        'closes("TimerFired", triggers=True, by="Nobody", why=None)\n', encoding="utf-8"
    )
    assert {mutant.change for mutant in mutants(path)} == {
        "'TimerFired' -> 'Nonsense'",
        "triggers=True -> False",
        "by='Nobody' -> 'Nonsense'",
    }


def test_faults_are_planted_counted_and_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("SEEN = [1]\nUNSEEN = [1]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    check = "python -c 'import package; raise SystemExit(package.SEEN != [1])'"
    arguments = ["package", "--jobs", "2", "--command", check]
    assert main(arguments) == 1
    shown = capsys.readouterr().out.splitlines()
    assert sorted(shown[:2]) == [
        "SURVIVES  package/__init__.py:2 1 -> 2",
        "killed    package/__init__.py:1 1 -> 2",
    ]
    assert shown[2:] == [
        "1 of 2 planted faults are killed",
        "survivor: package/__init__.py:2 1 -> 2",
    ]
    assert main([*arguments, "--share", "0.5"]) == 0
    assert main(["package", "--command", "python -c 'raise SystemExit(1)'"]) == 2
    hang = "python -c 'import package, time; time.sleep(9 * (package.SEEN != [1]))'"
    assert main(["package", "--seconds", "1", "--share", "0.5", "--command", hang]) == 0
