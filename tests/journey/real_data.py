"""The engine against the oracle on real events, made late, shuffled and repeated.

`make oracle` takes every customer of the files given; `test_real_data.py` a sample.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from journey.engine import Engine
from journey.event import Event
from journey.instant import DAY, HOUR
from journey.replaying import last_words
from journey.said import Transition
from tests.journey.oracle import Oracle
from touchstone.lines import read
from touchstone.modelfiles import engine_of
from touchstone.outgoing import HistoryDecoder

_NOT_COMPARED = ("id", "revision", "from")
_RUN_ON = 40 * DAY
_OFTEN = 7
"""Every how many events a journey is cut, written and read again."""


def customers(files: Sequence[str], engine: Engine) -> dict[str, list[Event]]:
    """Read the events of files by customer."""
    decoder = HistoryDecoder(engine.fields)
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for file in files:
        for piece in read(file):
            for line in piece.lines:
                event = decoder.decode(line)
                found[event.subject].append(event)
    return found


def differences(engine: Engine, subject: str, events: Sequence[Event], seed: int) -> Iterator[str]:
    """Say how the engine's last words on a customer differ from the oracle's."""
    arriving = list(_disordered(events, random.Random(seed)))
    clock = arriving[-1].a + _RUN_ON
    said = _fold(engine, subject, arriving, clock)
    expected: dict[str, dict[str, object]] = {}
    for model in engine.models:
        expected |= Oracle([(model, None)], engine.settings, subject).fold(arriving, clock)
    for instance in expected.keys() | said.keys():
        if expected.get(instance) != said.get(instance):
            yield f"{subject} {instance}: {said.get(instance)}; expected {expected.get(instance)}"


def _disordered(events: Iterable[Event], rng: random.Random) -> list[Event]:
    """Let a third come late, some by days, and a tenth come again."""
    found: list[Event] = []
    for event in events:
        late = rng.choice((0, 0, 0, HOUR, DAY, 7 * DAY - 1)) if rng.random() < 1 / 3 else 0
        found.append(msgspec.structs.replace(event, a=event.t + late))
        if rng.random() < 0.1:
            found.append(msgspec.structs.replace(event, a=event.t + late + rng.randrange(HOUR)))
    return [one for one in sorted(found, key=lambda one: one.a) if one.a - one.t <= 7 * DAY]


def _fold(
    engine: Engine, subject: str, arriving: Sequence[Event], clock: int
) -> dict[str, dict[str, object]]:
    journey, said = engine.open(subject), list[Transition]()
    for at, event in enumerate(arriving, 1):
        said += engine.step(journey, event, event.a).transitions
        if at % _OFTEN == 0:
            said += engine.advance(journey, event.a).transitions
            engine.cut(journey)
            journey = engine.decode(subject, engine.encode(journey))
    said += engine.advance(journey, clock).transitions
    words = last_words(said)
    return {one: _comparable(word) for one, word in words.items() if word.to != "retracted"}


def _comparable(word: Transition) -> dict[str, object]:
    form: dict[str, object] = msgspec.json.decode(msgspec.json.encode(word))
    return {name: value for name, value in form.items() if name not in _NOT_COMPARED}


def main(files: Sequence[str]) -> int:
    """Compare every customer of the files; give the number of those that differ."""
    engine = engine_of([])
    found = customers(files, engine)
    wrong = 0
    for at, (subject, events) in enumerate(found.items()):
        first = next(differences(engine, subject, events, at), None)
        if first is not None:
            wrong += 1
            print(first, flush=True)
    count = sum(map(len, found.values()))
    print(
        f"{len(found)} customers with {count} events, {len(engine.models)} models: {wrong} differ"
    )
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) > 0)
