from __future__ import annotations

import msgspec
import pytest

from topics import agreement
from topics.agreement import Found
from topics.contracts import (
    CHANGELOG,
    EVENTS_SUPPORT,
    EVENTS_WEB,
    JOURNEYS,
    MODELS,
    REKEYED,
    TRANSITIONS,
    Clock,
    load,
)
from topics.errors import TopicsWrong, WrongClock


def as_agreed(clock: Clock, partitions: int = 4) -> dict[str, Found]:
    return {
        name: Found(topic.partitions_for(partitions), topic.config_for(clock))
        for name, topic in load().items()
    }


def with_setting(found: Found, name: str, value: str) -> Found:
    return msgspec.structs.replace(found, config={**found.config, name: value})


@pytest.mark.parametrize("clock", ["wall", "events"])
@pytest.mark.parametrize("partitions", [1, 4, 32])
def test_what_was_made_by_the_contracts_is_as_agreed(clock: Clock, partitions: int) -> None:
    found = as_agreed(clock, partitions)
    assert agreement.clock_of(found) == clock
    assert agreement.problems(found) == []


def test_an_empty_broker_lacks_every_topic_and_has_no_clock() -> None:
    assert agreement.clock_of({}) is None
    assert len(agreement.problems({})) == len(load())


def test_a_missing_topic_is_named_with_what_to_do() -> None:
    found = as_agreed("wall")
    del found[JOURNEYS]
    assert agreement.problems(found) == [
        "journeys is missing: make the topics with `touchstone topics create`"
    ]


@pytest.mark.parametrize("name", [EVENTS_WEB, CHANGELOG])
def test_another_number_of_partitions_of_a_source_or_the_changelog_is_found(name: str) -> None:
    found = as_agreed("wall")
    found[name] = msgspec.structs.replace(found[name], partitions=8)
    (problem,) = agreement.problems(found)
    assert problem.startswith("partition counts differ")
    assert f"{name} 8" in problem


def test_versions_in_more_than_one_order_are_found() -> None:
    found = as_agreed("wall")
    found[MODELS] = msgspec.structs.replace(found[MODELS], partitions=4)
    assert agreement.problems(found) == [
        "models has 4 partitions, expected 1: make the topics with `touchstone topics create`"
    ]


def test_another_number_of_partitions_of_an_output_is_fine() -> None:
    found = as_agreed("wall")
    found[JOURNEYS] = msgspec.structs.replace(found[JOURNEYS], partitions=8)
    assert agreement.problems(found) == []


@pytest.mark.parametrize(
    ("topic", "setting", "value"),
    [
        (EVENTS_WEB, "retention.ms", "604800000"),
        (JOURNEYS, "cleanup.policy", "delete"),
        (CHANGELOG, "max.compaction.lag.ms", "9223372036854775807"),
        (EVENTS_WEB, "max.message.bytes", "5242880"),
        (TRANSITIONS, "max.message.bytes", "1048588"),
    ],
)
def test_another_setting_is_found_with_the_command_that_mends_it(
    topic: str, setting: str, value: str
) -> None:
    found = as_agreed("wall")
    expected = found[topic].config[setting]
    found[topic] = with_setting(found[topic], setting, value)
    (problem,) = agreement.problems(found)
    assert problem == (
        f"{topic}: {setting} is {value}, expected {expected}: "
        f"kafka-configs.sh --alter --topic {topic} --add-config {setting}={expected}"
    )


def test_sources_of_two_clocks_are_wrong() -> None:
    found = as_agreed("wall")
    found[EVENTS_SUPPORT] = with_setting(found[EVENTS_SUPPORT], agreement.STAMPS, "CreateTime")
    with pytest.raises(TopicsWrong, match=r"events\.support CreateTime"):
        agreement.clock_of(found)
    (problem,) = agreement.problems(found)
    assert problem.startswith("message.timestamp.type is not the same")


def test_the_other_clock_is_refused() -> None:
    with pytest.raises(WrongClock, match="are for --clock wall, not --clock events"):
        agreement.expect_clock(as_agreed("wall"), "events")


@pytest.mark.parametrize("clock", ["wall", "events"])
def test_an_empty_broker_takes_either_clock(clock: Clock) -> None:
    agreement.expect_clock({}, clock)


def test_topics_that_are_there_decide_the_number_of_partitions() -> None:
    assert agreement.partitions_of(as_agreed("wall", 8), None) == 8
    assert agreement.partitions_of(as_agreed("wall", 8), 8) == 8
    with pytest.raises(TopicsWrong, match="have 8 partitions, not 4"):
        agreement.partitions_of(as_agreed("wall", 8), 4)


def test_without_topics_the_wish_decides() -> None:
    assert agreement.partitions_of({}, 12) == 12
    assert agreement.partitions_of({}, None) is None


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        (CHANGELOG, "cleanup.policy", "delete"),
        (JOURNEYS, "cleanup.policy", "compact,delete"),
        (EVENTS_WEB, "cleanup.policy", "compact"),
        (REKEYED, "message.timestamp.type", "LogAppendTime"),
        (REKEYED, "message.timestamp.after.max.ms", "9223372036854775807"),
        (CHANGELOG, "max.message.bytes", "1048588"),
    ],
)
def test_setting_that_does_harm_is_a_fault_with_the_command_that_mends_it(
    name: str, setting: str, value: str
) -> None:
    found = as_agreed("wall")
    found[name] = with_setting(found[name], setting, value)
    expected = load()[name].config_for("wall")[setting]
    [fault] = agreement.faults(found, "wall")
    assert fault == (
        f"{name}: {setting} is {value}, expected {expected}: "
        f"kafka-configs.sh --alter --topic {name} --add-config {setting}={expected}"
    )
    assert fault in agreement.problems(found)


@pytest.mark.parametrize(
    ("setting", "value"), [("retention.ms", "60000"), ("max.message.bytes", "99999999")]
)
def test_setting_that_does_no_harm_is_a_problem_and_no_fault(setting: str, value: str) -> None:
    found = as_agreed("wall")
    found[EVENTS_WEB] = with_setting(found[EVENTS_WEB], setting, value)
    assert agreement.faults(found, "wall") == []
    assert len(agreement.problems(found)) == 1


def test_what_kafka_allows_by_itself_of_stamps_ahead_does_no_harm() -> None:
    found = as_agreed("wall")
    found[REKEYED] = with_setting(found[REKEYED], "message.timestamp.after.max.ms", "3600000")
    assert agreement.faults(found, "wall") == []
    assert len(agreement.problems(found)) == 1


def test_a_broker_too_old_for_a_setting_is_a_fault() -> None:
    found = as_agreed("wall")
    known = {**found[REKEYED].config}
    del known["message.timestamp.after.max.ms"]
    found[REKEYED] = msgspec.structs.replace(found[REKEYED], config=known)
    [fault] = agreement.faults(found, "wall")
    assert fault.endswith("expected Apache Kafka 3.6 or newer")


def test_missing_topic_and_unequal_partitions_are_faults() -> None:
    found = as_agreed("wall")
    del found[TRANSITIONS]
    found[CHANGELOG] = msgspec.structs.replace(found[CHANGELOG], partitions=8)
    missing, counts = agreement.faults(found, "wall")
    assert missing.startswith("transitions is missing")
    assert counts.startswith("partition counts differ")
