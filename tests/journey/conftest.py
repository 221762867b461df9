"""What the tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from journey import folding, journey
from tests import properties

# `make mutants` runs this folder alone, without the conftest above it.
properties.load()


@pytest.fixture(autouse=True, scope="session")
def _many_checkpoints() -> Iterator[None]:
    """Make checkpoints so often that short histories have some."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (folding, journey):
            patch.setattr(module, "CHECKPOINT_EVERY", 3)
        patch.setattr(folding, "CUT_AT_LEAST", 3)
        yield
