"""Credits: a testimonial, referral or review that somebody sees is its author's good deed."""

from __future__ import annotations

from journey.event import Event

CREDIT = "Credit Received"


def credit_of(event: Event, author: str) -> Event:
    """Make the event that credits an author (a typed subject) with what `event` is about.

    It says when and by which kind of event, and nothing of the reader.
    """
    return Event(
        subject=author,
        message_id=event.message_id,
        t=event.t,
        a=event.a,
        name=CREDIT,
        fields={"properties.of": event.name},
    )
