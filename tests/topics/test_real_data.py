"""The files of real events decode, every line, as they are."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from topics import contracts
from topics.decode import EventDecoder
from topics.envelope import topic_for
from topics.parse import parse

FOLDER = Path(
    os.environ.get("TOUCHSTONE_DATA", Path(__file__).parents[3].joinpath("shared", "data"))
)
TOPICS = {
    "brand_mentions": {contracts.EVENTS_FEEDBACK},
    "incidents": {contracts.EVENTS_SUPPORT},
    "online_retail": {contracts.EVENTS_PURCHASE},
    "retailrocket": {contracts.EVENTS_WEB, contracts.EVENTS_PURCHASE},
}
FIELDS = ("properties.total", "properties.products", "properties.ticket_id", "context.source")


@pytest.mark.parametrize("name", TOPICS)
def test_every_real_event_decodes_and_has_its_topic(name: str) -> None:
    file = FOLDER / f"{name}.jsonl.gz"
    if not file.exists():
        pytest.skip(f"NOT TESTED: {file.name} is missing; set TOUCHSTONE_DATA to its folder")
    decoder = EventDecoder(FIELDS)
    topics = set()
    with gzip.open(file) as lines:
        for line in lines:
            decoder.decode(line, 0)
            topics.add(topic_for(parse(line)))
    assert topics == TOPICS[name]
