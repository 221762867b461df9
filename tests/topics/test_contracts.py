from __future__ import annotations

from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from journey.said import Evidence, Transition
from topics import contracts
from topics.contracts import Example, Topic
from topics.deadletters import LARGEST
from topics.envelope import LONGEST
from topics.errors import BadContract
from topics.wire import encode_transition, transition_headers

CONTRACTS = contracts.load()
SCHEMA_FILES = sorted(file.name for file in resources.files("topics").joinpath("schemas").iterdir())
EXAMPLES = [
    pytest.param(topic, example, id=f"{topic.name}-{number}")
    for topic in CONTRACTS.values()
    for number, example in enumerate(topic.examples)
]
TEXT = resources.files("topics").joinpath("alerts.yaml").read_text("utf-8")


def validate(file: str, value: Any) -> None:
    Draft202012Validator(contracts.schema(file)).validate(value)


def test_every_topic_of_the_product_has_a_contract() -> None:
    constants = {
        *contracts.READ,
        contracts.TRANSITIONS,
        contracts.ALERTS,
        contracts.JOURNEYS,
        contracts.DEAD_LETTERS,
        contracts.CHANGELOG,
        contracts.MODELS,
    }
    assert set(CONTRACTS) == constants


@pytest.mark.parametrize("file", SCHEMA_FILES)
def test_every_schema_is_a_schema(file: str) -> None:
    Draft202012Validator.check_schema(contracts.schema(file))


@pytest.mark.parametrize("file", SCHEMA_FILES)
def test_every_schema_is_used_by_a_topic(file: str) -> None:
    assert any(file in {topic.schema, topic.headers} for topic in CONTRACTS.values())


@pytest.mark.parametrize(("topic", "example"), EXAMPLES)
def test_every_example_keeps_its_schema(topic: Topic, example: Example) -> None:
    if topic.schema:
        validate(topic.schema, example.value)
    if topic.headers:
        validate(topic.headers, example.headers)


@pytest.mark.parametrize("topic", CONTRACTS.values(), ids=CONTRACTS)
def test_every_topic_with_a_schema_has_an_example(topic: Topic) -> None:
    assert topic.examples or not (topic.schema or topic.headers)


@pytest.mark.parametrize("topic", CONTRACTS.values(), ids=CONTRACTS)
def test_every_topic_has_as_many_partitions_as_the_sources_unless_it_is_one_order(
    topic: Topic,
) -> None:
    assert topic.partitions == (1 if topic.name == contracts.MODELS else 4)
    assert topic.partitions_for(8) == (1 if topic.name == contracts.MODELS else 8)


@pytest.mark.parametrize("clock", ["wall", "events"])
def test_what_is_kept_of_customers_is_compacted_within_a_day_on_either_clock(
    clock: contracts.Clock,
) -> None:
    for topic in CONTRACTS.values():
        if topic.kind == "compacted" and topic.name != contracts.MODELS:
            config = topic.config_for(clock)
            assert config["cleanup.policy"] == "compact"
            assert config["max.compaction.lag.ms"] == str(24 * 60 * 60 * 1000)


@pytest.mark.parametrize("clock", ["wall", "events"])
def test_versions_are_stamped_by_the_broker_and_nothing_of_them_is_ever_removed(
    clock: contracts.Clock,
) -> None:
    config = CONTRACTS[contracts.MODELS].config_for(clock)
    assert config["message.timestamp.type"] == "LogAppendTime"
    assert config["cleanup.policy"] == "compact"
    assert config["min.compaction.lag.ms"] == str(2**63 - 1)


def test_arrivals_are_stamped_by_the_broker_on_the_wall_clock() -> None:
    for name in contracts.SOURCES:
        config = CONTRACTS[name].config_for("wall")
        assert config["message.timestamp.type"] == "LogAppendTime"
        assert config["retention.ms"] == str(30 * 24 * 60 * 60 * 1000)


def test_what_bears_the_stamps_of_history_is_kept_for_ever() -> None:
    for name in (*contracts.READ, contracts.DEAD_LETTERS):
        assert CONTRACTS[name].config_for("events")["retention.ms"] == "-1"


def most(topic: str) -> int:
    return int(CONTRACTS[topic].config_for("wall")["max.message.bytes"])


@pytest.mark.parametrize("topic", CONTRACTS)
def test_every_topic_says_how_large_a_message_it_takes(topic: str) -> None:
    assert most(topic) >= 2**20


def test_a_dead_letter_holds_what_a_source_takes_and_the_reasons() -> None:
    assert max(most(name) for name in contracts.SOURCES) < LARGEST
    assert min(most(contracts.DEAD_LETTERS), most(contracts.REKEYED)) >= LARGEST + 2**16


@pytest.mark.parametrize("letter", ["x", "日", "💥", "\x01"])
def test_what_is_said_fits_its_topic_however_long_the_ids_names_and_keys(letter: str) -> None:
    longest = letter * LONGEST
    one = Evidence(longest, longest, "2026-11-20T10:00:00.000Z", longest)
    transition = Transition(
        id="4be0c6f1a2d34857b1c09e6f",
        kind="moment",
        model=longest,
        model_version=longest,
        subject=f"person:{longest}",
        moment=longest,
        stage=None,
        key=longest,
        instance="90cc51d6e3f248a0b7d4125e",
        revision=2**63 - 1,
        from_=longest,
        to=longest,
        at="2026-11-20T10:00:00.000Z",
        deadline="2026-11-20T10:00:00.000Z",
        value=-1.7976931348623157e308,
        currency="EUR",
        reason=longest,
        evidence=(one,) * 100,
        labels={f"{n:02}{longest[2:]}": longest for n in range(100)},
        facts={f"{n:02}{longest[2:]}": longest for n in range(100)},
    )
    headers = sum(len(name) + len(value) for name, value in transition_headers(transition))
    size = len(encode_transition(transition)) + headers + len(transition.subject.encode())
    assert size < most(contracts.TRANSITIONS)
    assert most(contracts.ALERTS) == most(contracts.TRANSITIONS)  # with one subject and key more


def test_an_unknown_key_is_refused_with_the_keys_that_there_are() -> None:
    with pytest.raises(BadContract, match=r"alerts\.yaml: .*`retenton`.*partitions, config"):
        contracts.read("alerts.yaml", TEXT + "\nretenton: 5\n")


def test_a_value_of_the_wrong_type_is_refused_with_its_place() -> None:
    with pytest.raises(BadContract, match=r"alerts\.yaml: Expected `int`.*\$\.partitions"):
        contracts.read("alerts.yaml", TEXT.replace("partitions: 4", "partitions: four"))


def test_a_contract_bears_the_name_of_its_file() -> None:
    with pytest.raises(BadContract, match=r"alarms\.yaml: name is 'alerts'"):
        contracts.read("alarms.yaml", TEXT)
