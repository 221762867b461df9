"""Every subject gets exactly its events, whatever interleaves; no clock passes one under way."""

from __future__ import annotations

from collections import Counter

from hypothesis import settings

from journey.event import Event, anonymous, person
from journey.instant import HOUR, MINUTE
from services.detector.hops.messages import Give, Message, Tell, Withdraw
from tests.detector.hops.machine import LONG_MERGE, Hops, home
from tests.detector.hops.network import EVERYTHING, Network

TestHops = Hops.TestCase
TestHops.settings = settings(max_examples=3 * settings().max_examples)


def see(network: Network, subject: str, message_id: str, **ids: str) -> None:
    """Let something be seen now, where it belongs, and let everybody go on until all is done."""
    event = Event(subject, message_id, network.now, network.now, "Seen", **ids)  # type: ignore[arg-type]
    network.send(event, home(event))
    network.settle()


def owners(network: Network) -> dict[str, list[str]]:
    """Give the message ids in each journey."""
    found: dict[str, list[str]] = {}
    for subject, message_id, *_ in sorted(network.journeys()):
        found.setdefault(subject, []).append(message_id)
    return found


def said(network: Network) -> list[Message]:
    return [message for log in network.rekeyed for message, _ in log.records]


def test_an_event_is_given_to_a_person_who_shows_an_id_as_late_as_journeys_wait() -> None:
    network = Network(LONG_MERGE)
    seen = network.now
    see(network, anonymous("d1"), "first")
    network.now += 1
    see(network, anonymous("d1"), "second")
    network.now = seen + LONG_MERGE.merge + 1
    network.settle()
    network.now = seen + LONG_MERGE.merge + 2
    see(network, person("u"), "login", device="d1")
    assert owners(network) == {"anon:d1": ["first"], "person:u": ["login", "second"]}


def test_links_of_one_hour_are_told_once() -> None:
    network = Network(LONG_MERGE)
    for at in range(3):
        see(network, person("u"), f"m{at}", device="d1")
        network.now += MINUTE
    network.now += HOUR
    see(network, person("u"), "later", device="d1")
    told = [one.link.message_id for one in said(network) if isinstance(one, Tell)]
    assert told == ["m0", "later"]


def test_what_becomes_anothers_is_withdrawn_along_the_way_that_it_went() -> None:
    network = Network(LONG_MERGE)
    see(network, anonymous("d1"), "view", group="acme")
    network.now += HOUR
    see(network, person("v"), "login", device="d1")
    assert owners(network)["account:acme"] == ["login", "view"]
    # It happened between the two, and comes late.
    between = Event(
        person("u"), "earlier", network.now - 30 * MINUTE, network.now, "Seen", device="d1"
    )
    network.send(between, home(between))
    network.settle()
    assert owners(network)["person:u"] == ["earlier", "view"]
    assert owners(network)["person:v"] == ["login"]
    assert owners(network)["account:acme"] == ["earlier", "view"]
    kinds = Counter(type(one) for one in said(network))
    assert kinds[Withdraw] > 0


def test_a_number_that_is_restarted_within_a_commit_says_nothing_twice() -> None:
    network = Network(LONG_MERGE)
    see(network, person("u"), "login", device="d1")
    view = Event(anonymous("d1"), "view", network.now, network.now, "Seen")
    network.send(view, home(view))
    network.read_sources(home(view), EVERYTHING)
    network.write(home(view))
    network.restart(home(view))
    network.settle()
    assert owners(network) == {"person:u": ["login", "view"]}
    decided = [one for log in network.rekeyed for _, one in log.read(0, log.high_watermark)]
    given = [one for one in decided if isinstance(one, Give)]
    assert [one.item.event.message_id for one in given] == ["view"]


def test_aliases_in_a_circle_end_at_its_least_subject() -> None:
    network = Network(LONG_MERGE)
    see(network, person("u"), "u-was-v", formerly="v")
    see(network, person("v"), "v-was-u", formerly="u")
    network.now += MINUTE
    see(network, person("v"), "view")
    assert set(owners(network)) == {"person:u"}
