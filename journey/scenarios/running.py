"""Runs a scenario: a customer of its own, the engine, and the clock that the steps say."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from journey.engine import Engine
from journey.event import Event
from journey.instant import format_instant
from journey.scenarios.reading import Scenario
from journey.scenarios.report import Failure
from journey.scenarios.standing import Standing
from journey.scenarios.steps import Arrival, Step

_SOMEBODY = "somebody"

Decode = Callable[[bytes, int], Event]
"""Makes an event of a message's value and its arrival (ms), as a detector does."""


def run(scenario: Scenario, engine: Engine, decode: Decode) -> list[Failure]:
    """Let a scenario happen; give what differs at the first step where something does.

    The engine has the scenario's model and no other. `decode` reads the paths in
    `engine.fields` out of a JSON event of the Segment specification.
    """
    (model,) = engine.models
    journey = engine.open(scenario.subject)
    seen: tuple[Event, ...] = ()
    for number, step in enumerate(scenario.steps, 1):
        event = None
        if step.arrival is not None:
            event = decode(_message(scenario.subject, step.arrival), step.at)
            event = msgspec.structs.replace(event, subject=scenario.subject)
        refused = None if event is None else engine.refusal(event)
        if event is None or refused is not None:
            engine.advance(journey, step.at)
        else:
            engine.step(journey, event, step.at)
            engine.advance(journey, step.at)
            seen = (*seen, event)
        failures = _failures(
            scenario,
            number,
            step,
            Standing(engine, model, scenario.days, journey, seen, refused),
        )
        if failures:
            return failures
    return []


def _failures(scenario: Scenario, number: int, step: Step, standing: Standing) -> list[Failure]:
    return [
        Failure(
            source=scenario.source,
            line=step.line,
            scenario=scenario.title,
            step=number,
            at=scenario.days.write(step.at),
            what=what,
            difference=difference,
        )
        for what, expectation in step.expected
        if (difference := expectation.difference(standing)) is not None
    ]


def _message(subject: str, arrival: Arrival) -> bytes:
    """Write an arrival as the message that a source topic would carry.

    What belongs to an account is done by one of its people, and names the account.
    """
    kind, _, name = subject.partition(":")
    content = dict(arrival.content)
    if kind == "account":
        content["context"] = {"groupId": name, **content.get("context", {})}
        name = arrival.who or _SOMEBODY
    return msgspec.json.encode(
        {
            "messageId": arrival.message_id,
            "type": "track",
            "event": arrival.name,
            "anonymousId" if kind == "anon" else "userId": name,
            "timestamp": format_instant(arrival.happened),
            **content,
        }
    )
