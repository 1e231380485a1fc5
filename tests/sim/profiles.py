"""The length of the simulation: ``SWF_SIM_PROFILE`` is dev (default), ci or nightly."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

PROFILE_VARIABLE = "SWF_SIM_PROFILE"
SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

PROFILES = {
    "dev": settings(
        max_examples=25, stateful_step_count=150, deadline=None, suppress_health_check=SLOW_IS_FINE
    ),
    "ci": settings(
        max_examples=200,
        stateful_step_count=120,
        derandomize=True,
        deadline=None,
        print_blob=True,
        suppress_health_check=SLOW_IS_FINE,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    ),
    "nightly": settings(
        max_examples=5_000,
        stateful_step_count=150,
        deadline=None,
        print_blob=True,
        suppress_health_check=SLOW_IS_FINE,
    ),
}


def profile() -> settings:
    return PROFILES[os.environ.get(PROFILE_VARIABLE, "dev")]
