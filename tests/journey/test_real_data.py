"""Real events, made late, shuffled and repeated: the engine says what the oracle does."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.journey.real_data import customers, differences
from touchstone.modelfiles import engine_of

DATA = Path(os.environ.get("TOUCHSTONE_DATA", Path(__file__).parents[3] / "shared" / "data"))
SAMPLE = 30
FEW_ENOUGH = 150


@pytest.mark.skipif(not DATA.is_dir(), reason="the real data is not beside this checkout")
@pytest.mark.parametrize("name", ["retailrocket", "online_retail", "incidents", "brand_mentions"])
def test_on_real_events_all_models_agree_with_the_oracle(name: str) -> None:
    engine = engine_of([])
    found = customers([str(DATA / f"{name}.jsonl.gz")], engine)
    usual = sorted(one for one, events in found.items() if len(events) < FEW_ENOUGH)
    for at, subject in enumerate(random.Random(name).sample(usual, SAMPLE)):
        assert not list(differences(engine, subject, found[subject], at))
