"""How long properties are tried: `fast`, `quick` or `soak`, as the make targets say."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]
_EXAMPLES = {"fast": 40, "quick": 150, "soak": 10_000}
_EXAMPLES_OF_MANY = {"fast": 15, "quick": 60}
_MUTANTS = 100


def load() -> None:
    """Take the profile that TOUCHSTONE_PROPERTIES names; `quick` where it names none."""
    for name, count in _EXAMPLES.items():
        settings.register_profile(
            name, max_examples=count, deadline=None, suppress_health_check=_CALM
        )
    # One counter-example is enough there, the same every time, and nobody looks at it.
    settings.register_profile(
        "mutants",
        settings.get_profile("fast"),
        max_examples=_MUTANTS,
        phases=[Phase.explicit, Phase.generate],
        derandomize=True,
        database=None,
    )
    settings.load_profile(_profile())


def of_many() -> settings:
    """Give how long to try a property on each of many setups: less on each, more in all."""
    return settings(max_examples=_EXAMPLES_OF_MANY.get(_profile(), settings().max_examples))


def _profile() -> str:
    return os.environ.get("TOUCHSTONE_PROPERTIES", "quick")
