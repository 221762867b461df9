"""The files of real events decode, every line, as they are."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from journey.engine import Engine
from tests.journey.histories import MODELS, shipped
from topics import contracts
from topics.decode import EventDecoder
from topics.envelope import topic_for
from topics.fields import take_from_mapping
from topics.parse import parse
from topics.shortcut import Shortcut

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


def lines_of(name: str) -> Iterator[bytes]:
    file = FOLDER / f"{name}.jsonl.gz"
    if not file.exists():
        pytest.skip(f"NOT TESTED: {file.name} is missing; set TOUCHSTONE_DATA to its folder")
    with gzip.open(file) as lines:
        yield from lines


@pytest.mark.parametrize("name", TOPICS)
def test_every_real_event_decodes_and_has_its_topic(name: str) -> None:
    decoder = EventDecoder(FIELDS)
    topics = set()
    for line in lines_of(name):
        decoder.decode(line, 0)
        topics.add(topic_for(parse(line)))
    assert topics == TOPICS[name]


@pytest.mark.parametrize("name", TOPICS)
def test_no_real_event_needs_the_long_way_for_all_shipped_models(name: str) -> None:
    models = (shipped(file.stem) for file in MODELS.glob("*.yaml") if "." not in file.stem)
    paths = Engine(list(models)).fields
    shortcut = Shortcut(paths)
    for number, line in enumerate(lines_of(name)):
        fields = shortcut.fields_of(shortcut.decode(line.decode()))
        if number % 50 == 0:  # the long way is long
            assert fields == take_from_mapping(parse(line), paths)
