"""Print the lowest versions that pyproject.toml accepts, as constraints for pip.

The constraints cover the emulator's dependencies and extras, not the development tools.

Usage: python tools/lower_bounds.py > constraints.txt
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).parent.parent / "pyproject.toml"
EXTRAS = ("boto3", "metrics", "yaml")

_BOUND = re.compile(r"^([a-z0-9-]+)>=([0-9.]+)")


def lower_bounds() -> list[str]:
    """``name==version`` for each dependency. Raises ValueError for one without a bound."""
    project = tomllib.loads(PROJECT.read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in EXTRAS:
        wanted += project["optional-dependencies"][extra]
    found = []
    for requirement in wanted:
        bound = _BOUND.match(requirement)
        if bound is None:
            raise ValueError(f"{requirement!r} has no lower bound")
        found.append(f"{bound[1]}=={bound[2]}")
    return found


if __name__ == "__main__":
    print("\n".join(lower_bounds()))
