"""Numbers that read, commit, ask and restart in any order while events come anywhere."""

from __future__ import annotations

from collections import Counter

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from journey.engine import EngineSettings
from journey.event import Event, anonymous, person
from journey.instant import DAY, HOUR, MINUTE
from tests.detector.hops.network import COUNT, EVERYTHING, Network
from tests.journey.attribution_oracle import AttributionOracle
from topics.partition import partition_of

DEVICES = ("d1", "d3")
PERSONS = ("u", "v", "u1")
GROUPS = ("acme", "zeta")
NUMBERS = st.integers(0, COUNT - 1)
AGO = st.sampled_from([0, 0, 0, 10 * MINUTE, 20 * MINUTE, HOUR, DAY, 2 * DAY, 4 * DAY, -MINUTE])
LONG_MERGE = EngineSettings(lateness=2 * DAY, merge=4 * DAY)
LONG_LATENESS = EngineSettings(lateness=4 * DAY, merge=2 * DAY)


def home(event: Event) -> int:
    return partition_of(event.subject.partition(":")[2].encode(), COUNT)


class Hops(RuleBasedStateMachine):
    """What may never happen is asserted where it could (see Network); the rest at the end."""

    network_of = Network

    @initialize(settings=st.sampled_from([LONG_MERGE, LONG_LATENESS]))
    def start(self, settings: EngineSettings) -> None:
        self.network = self.network_of(settings)
        self.sent: list[Event] = []

    @rule(
        device=st.sampled_from(DEVICES),
        ago=AGO,
        group=st.sampled_from([None, None, *GROUPS]),
        astray=st.sampled_from([0, 0, 1, 2]),
    )
    def see_a_device(self, device: str, ago: int, group: str | None, astray: int) -> None:
        self._send(anonymous(device), ago, astray, group=group)

    @rule(
        who=st.sampled_from(PERSONS),
        device=st.sampled_from(DEVICES),
        ago=AGO,
    )
    def see_a_person_on_a_device(self, who: str, device: str, ago: int) -> None:
        self._send(person(who), ago, device=device)

    @rule(
        who=st.sampled_from(PERSONS),
        ago=AGO,
        group=st.sampled_from([None, *GROUPS]),
        author=st.sampled_from([None, None, None, *PERSONS]),
    )
    def see_a_person(self, who: str, ago: int, group: str | None, author: str | None) -> None:
        self._send(person(who), ago, group=group, author=author)

    @rule(who=st.sampled_from(PERSONS), was=st.sampled_from([*PERSONS, DEVICES[0]]), ago=AGO)
    def call_by_another_name(self, who: str, was: str, ago: int) -> None:
        self._send(person(who), ago, formerly=was)

    @precondition(lambda self: self.sent)
    @rule(data=st.data(), later=st.sampled_from([0, 0, 20 * MINUTE, -HOUR, DAY]), to=NUMBERS)
    def send_again(self, data: st.DataObject, later: int, to: int) -> None:
        event = data.draw(st.sampled_from(self.sent))
        copy = msgspec.structs.replace(event, t=event.t + later, a=self.network.now)
        self.network.send(copy, to)

    @rule(by=st.sampled_from([1, 1, 10 * MINUTE, HOUR, DAY, 2 * DAY, 3 * DAY]))
    def pass_time(self, by: int) -> None:
        self.network.now += by

    @rule(number=NUMBERS, most=st.sampled_from([1, 2, EVERYTHING]))
    def read_sources(self, number: int, most: int) -> None:
        self.network.read_sources(number, most)

    @rule(number=NUMBERS, most=st.sampled_from([1, 2, EVERYTHING]))
    def read_rekeyed(self, number: int, most: int) -> None:
        self.network.read_rekeyed(number, most)

    @rule(number=NUMBERS)
    def write(self, number: int) -> None:
        self.network.write(number)

    @rule(number=NUMBERS)
    def commit(self, number: int) -> None:
        self.network.commit(number)

    @rule(number=NUMBERS)
    def read_and_commit(self, number: int) -> None:
        """Do what a number does, but for the readers: they get it later."""
        self.network.read_sources(number, EVERYTHING)
        self.network.read_rekeyed(number, EVERYTHING)
        self.network.commit(number)

    @rule(number=NUMBERS, logs=st.sets(NUMBERS, min_size=1))
    def mark(self, number: int, logs: set[int]) -> None:
        self.network.mark(number, logs)

    @rule()
    def do_what_is_at_hand(self) -> None:
        """Read the sources, commit and let readers have it, everywhere."""
        for number in range(COUNT):
            self.network.read_sources(number, EVERYTHING)
            self.network.commit(number)
            self.network.mark(number)

    @rule(number=NUMBERS, steps=st.sampled_from([1, 2, 3, EVERYTHING]))
    def look(self, number: int, steps: int) -> None:
        self.network.look(number, steps)

    @rule()
    def look_everywhere(self) -> None:
        self.network.now += 1
        for number in range(COUNT):
            self.network.look(number)

    @rule(number=NUMBERS)
    def restart(self, number: int) -> None:
        self.network.restart(number)

    @rule()
    def settle(self) -> None:
        self.network.settle()

    def teardown(self) -> None:
        if not hasattr(self, "network"):
            return
        self.network.settle()
        merge = self.network.engine.settings.merge
        expected = Counter(AttributionOracle(self.network.admitted, merge).given())
        assert self.network.journeys() == expected

    def _send(self, subject: str, ago: int, astray: int = 0, **ids: str | None) -> None:
        now = self.network.now
        event = Event(subject, f"m{len(self.sent)}", now - ago, now, "Seen", **ids)  # type: ignore[arg-type]
        self.sent.append(event)
        self.network.send(event, (home(event) + astray) % COUNT)
