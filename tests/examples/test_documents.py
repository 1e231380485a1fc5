"""The examples in docs/testing.md are the tests of this folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "testing.md"
EXAMPLE = re.compile(r"<!-- example: (\S+) (\S+) -->\n(?:\n```python\n(.*?)\n```\n)?", re.DOTALL)


def region(path: str, name: str) -> str:
    """Return the lines of a file between ``# [name]`` and ``# [/name]``."""
    text = (ROOT / path).read_text(encoding="utf-8")
    found = re.search(rf"# \[{name}\]\n(.*?)\n*# \[/{name}\]", text, re.DOTALL)
    assert found is not None, f"{path} has no [{name}]"
    return found[1].strip("\n")


def renewed(text: str) -> str:
    """Return the page with the examples of the files."""
    return EXAMPLE.sub(
        lambda found: (
            f"<!-- example: {found[1]} {found[2]} -->\n\n"
            f"```python\n{region(found[1], found[2])}\n```\n"
        ),
        text,
    )


def test_the_guide_shows_what_runs() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == renewed(text), "run python -m tests.examples.test_documents"


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("*.py")), ids=lambda p: p.name)
def test_every_marked_region_is_in_the_guide(path: Path) -> None:
    shown = {(found[1], found[2]) for found in EXAMPLE.finditer(PAGE.read_text(encoding="utf-8"))}
    marked = re.findall(r"^# \[(\w+)\]$", path.read_text(encoding="utf-8"), re.MULTILINE)
    for name in marked:
        assert (str(path.relative_to(ROOT)), name) in shown


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
