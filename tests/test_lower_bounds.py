"""No version that pyproject.toml accepts has a known vulnerability.

`make audit` asks the advisory database; this table needs no network.
"""

from __future__ import annotations

import pytest

from tools.lower_bounds import lower_bounds

FIXED = {
    "flask": ("3.1.3", "GHSA-68rp-wp8r-4726, CVE-2025-47278"),
    "orjson": ("3.9.15", "CVE-2024-27454: deep nesting ends the process"),
    "pyyaml": ("5.4", "CVE-2020-14343"),
    "uvicorn": ("0.11.7", "CVE-2020-7694, CVE-2020-7695"),
}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


@pytest.mark.parametrize("name", FIXED)
def test_the_lowest_version_is_not_vulnerable(name: str) -> None:
    bounds = dict(bound.split("==") for bound in lower_bounds())
    fixed, advisories = FIXED[name]
    assert _numbers(bounds[name]) >= _numbers(fixed), advisories
