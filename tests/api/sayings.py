"""What a detector would have said, in the wire format, for tests of those who read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from journey.instant import format_instant
from journey.said import Alert, AlertChange, Evidence, Transition
from services.api.context import Context
from services.api.readmodel.records import change_of
from services.api.readmodel.writer import Place, apply
from topics.contracts import ALERTS, DEAD_LETTERS, JOURNEYS, TRANSITIONS
from topics.deadletters import dead_letter_headers
from topics.wire import encode_alert, encode_transition, encode_view, transition_headers

NOON = 1_795_262_400_000


@dataclass
class Message:
    """A record as a consumer gives it, and as a producer takes it."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]] = field(default_factory=list)
    partition: int = 0
    offset: int = 0
    timestamp: int = NOON


def transition(n: int, **changed: Any) -> Transition:
    """Give the n-th transition: customer n's fmot opens n minutes after noon."""
    plain = Transition(
        id=f"t{n}",
        kind="moment",
        model="four-moments",
        model_version="1.0.0",
        subject=f"person:u{n}",
        moment="fmot",
        stage="decision",
        key=None,
        instance=f"i{n}",
        revision=1,
        from_=None,
        to="open",
        at=format_instant(NOON + n * 60_000),
        deadline=format_instant(NOON + n * 60_000 + 86_400_000),
        value=129.9,
        currency="EUR",
        reason="a cart was filled",
        evidence=(Evidence(f"m{n}", "Product Added", format_instant(NOON), "opened"),),
        labels={"channel": "web"},
        facts={"orders": n, "spent": {"EUR": 84.0}, "firm": None},
    )
    return msgspec.structs.replace(plain, **changed)


def alert(n: int, **changed: Any) -> Alert:
    """Give the n-th alert: customer n's cart is about to be left."""
    at = format_instant(NOON + n * 60_000)
    plain = Alert(
        id=f"a{n}",
        status="firing",
        severity="warning",
        kind="risk",
        model="four-moments",
        moment="fmot",
        subject=f"person:u{n}",
        key=None,
        title="A full cart is being left",
        playbook="Offer help with the checkout",
        team="sales",
        assignee=None,
        count=1,
        value=129.9,
        currency="EUR",
        first_at=at,
        last_at=at,
        snoozed_until=None,
        evidence=(Evidence(f"m{n}", "Product Added", at, "opened"),),
        history=(AlertChange(at, "firing", "no order within 24 h of the cart"),),
        comments=(),
    )
    return msgspec.structs.replace(plain, **changed)


def view(n: int, *, state: str = "open", stage: str = "decision") -> dict[str, Any]:
    """Give customer n's public journey."""
    at = format_instant(NOON + n * 60_000)
    moment = {
        "moment": "fmot",
        "key": None,
        "instance": f"i{n}",
        "state": state,
        "since": at,
        "deadline": None,
        "next": None,
        "paused": False,
        "value": 129.9,
        "currency": "EUR",
        "labels": {"channel": "web"},
    }
    model = {
        "version": "1.0.0",
        "stage": {"name": stage, "since": at},
        "moments": [moment],
        "facts": {"orders": n, "spent": {"EUR": 84.0}, "firm": None},
        "scores": {"interest": {"value": 2.5, "as_of": at}},
    }
    return {
        "subject": f"person:u{n}",
        "clock": at,
        "next_deadline": None,
        "models": {"four-moments": model},
        "alerts": [],
    }


def said(what: Transition | Alert | dict[str, Any]) -> Message:
    """Give the message by which a detector says it."""
    if isinstance(what, Transition):
        headers = transition_headers(what)
        return Message(TRANSITIONS, what.subject.encode(), encode_transition(what), headers)
    if isinstance(what, Alert):
        return Message(ALERTS, what.id.encode(), encode_alert(what))
    return Message(JOURNEYS, what["subject"].encode(), encode_view(what))


def letter(offset: int) -> Message:
    """Give a dead letter."""
    headers = dead_letter_headers(
        topic="events.web",
        partition=1,
        offset=offset,
        stage="decode",
        exception="BadEvent",
        message="no JSON",
        reason="not_json",
    )
    return Message(DEAD_LETTERS, b"u1", b"{", headers, offset=offset)


async def tell(
    context: Context, *messages: Message, positions: dict[Place, int] | None = None
) -> None:
    """Write messages into the read model and hand them to the stream, as the follower does."""
    changes = [change_of(message) for message in messages]
    kept = context.settings.stream_kept
    written = await context.database.write(lambda s: apply(s, changes, positions or {}, kept))
    context.hub.publish(written.entries)
