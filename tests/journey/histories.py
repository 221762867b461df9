"""Histories of one customer, as Hypothesis draws them: few ids and times, so that they collide."""

from __future__ import annotations

from pathlib import Path

import msgspec
from hypothesis import strategies as st

from journey.event import Event
from journey.instant import DAY, HOUR
from journey.language import parse_model
from journey.model import Model

MODELS = Path(__file__).parents[2] / "models"
SUBJECT = "person:u1"

SECOND_MODEL = """
model: second
version: 0.1.0
title: What four-moments does not use of the language
source: the tests
stages: [new, known]
settings: {patience: 26h}
keys: {order: properties.order_id}
signals:
  look: {events: [Product Viewed, Product Added]}
  bought: {events: Order Completed, value: properties.total}
  answer: {events: [CSAT Responded, NPS Responded]}
  trouble: {events: [Payment Failed, Order Refunded]}
  shared: {events: [Product Shared, Form Submitted]}
moments:
  promise:
    title: Kept in time
    opens: {on: look}
    at-risk: {before: 2h}
    met: {on: answer, within: $patience}
    alert:
      at_risk: {severity: warning, title: "Soon", resolves-after: 2d}
      missed: {severity: critical, title: "Missed {value}"}
  afterwards:
    title: Judged after it closed
    stage: known
    key: order
    unmatched: latest
    after-close: true
    opens: {any: [{on: bought}, {count: 2, of: promise.met, within: 9d}]}
    met: {any: [{on: shared}, {quiet: trouble, for: 7d}]}
    missed: {on: trouble}
    alert:
      missed: {severity: info, title: "Order {key}"}
  counted:
    title: Counted by key
    key: order
    opens: {count: 2, of: [answer, trouble], within: 8d}
    at-risk: {on: trouble}
    met: {on: bought}
    lapses: {without: answer, for: 7d}
    alert:
      open: {severity: info, title: "Counted"}
"""


def shipped(name: str) -> Model:
    """Read a model that ships."""
    path = MODELS / f"{name}.yaml"
    return parse_model(path.read_text(encoding="utf-8"), str(path))


_NAMES = [
    ("Product Viewed", 1),
    ("Product Viewed", 1),
    ("Product Added", 3),
    ("Payment Failed", 4),
    ("Order Completed", 5),
    ("Order Refunded", 6),
    ("CSAT Responded", 0),
    ("NPS Responded", 0),
    ("Product Shared", 0),
    ("Form Submitted", 0),
    ("Page", 0),
]
_DELAYS = [0, 0, HOUR, 26 * HOUR, 6 * DAY, 7 * DAY - HOUR, 7 * DAY, 7 * DAY + 1, -HOUR, -60_000]
_DAYS = [0, 1, 2, 7, 8, 9, 15, 31, 38]
_HOURS = [0, 2, 12]


@st.composite
def events(draw: st.DrawFn) -> Event:
    """Draw an event on a grid of hours, some of them late, too late, or ahead of their time."""
    name, rank = draw(st.sampled_from(_NAMES))
    t = draw(st.sampled_from(_DAYS)) * DAY + draw(st.sampled_from(_HOURS)) * HOUR
    fields = {
        "properties.order_id": draw(st.sampled_from([None, "o1", "o2"])),
        "properties.score": draw(st.sampled_from([1, 3, 5, 9])),
        "properties.total": draw(st.sampled_from([10, 20.5])),
        "properties.currency": draw(st.sampled_from([None, "GBP"])),
    }
    return Event(
        subject=SUBJECT,
        message_id=f"m{draw(st.integers(0, 60))}",
        t=t,
        a=t + draw(st.sampled_from(_DELAYS)),
        name=name,
        rank=rank,
        fields={path: value for path, value in fields.items() if value is not None},
    )


_RESTAMPED = [0, HOUR, 23 * HOUR, 24 * HOUR, 24 * HOUR + 1, 40 * HOUR]


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Draw a history in which some messages come again: the same, stamped anew, or changed."""
    originals = draw(st.lists(events(), max_size=25))
    again = draw(st.lists(st.sampled_from(originals), max_size=8)) if originals else []
    copies = [_sent_again(draw, event) for event in again]
    return originals + copies


def _sent_again(draw: st.DrawFn, event: Event) -> Event:
    later = draw(st.sampled_from(_RESTAMPED))
    fields = event.fields | draw(st.sampled_from([{}, {"properties.score": 5}]))
    delay = draw(st.sampled_from(_DELAYS))
    return msgspec.structs.replace(
        event, t=event.t + later, a=event.t + later + delay, fields=fields
    )
