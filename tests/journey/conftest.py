"""How long the properties are tried: `quick` in `make test`, `soak` in `make soak`."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from journey import folding

_CALM = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("quick", max_examples=150, deadline=None, suppress_health_check=_CALM)
settings.register_profile("soak", max_examples=10_000, deadline=None, suppress_health_check=_CALM)
settings.load_profile(os.environ.get("TOUCHSTONE_PROPERTIES", "quick"))


@pytest.fixture(autouse=True, scope="session")
def _many_checkpoints() -> Iterator[None]:
    """Make checkpoints so often that short histories have some."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "_CHECKPOINT_EVERY", 3)
        yield
