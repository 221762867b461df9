"""Histories of one customer, as Hypothesis draws them: few ids and times, so that they collide.

Names, fields and times come from the text of the models that the history is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from hypothesis import strategies as st

from journey.event import Event
from journey.instant import DAY, HOUR
from journey.language import parse_model
from journey.language.document import Document
from journey.language.duration import parse_span
from journey.language.settings import settled
from journey.model import Model
from topics import catalogue

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


def text_of(name: str) -> str:
    """Give the text of a model that ships."""
    return (MODELS / f"{name}.yaml").read_text(encoding="utf-8")


def shipped(name: str) -> Model:
    """Read a model that ships."""
    return parse_model(text_of(name), f"{name}.yaml")


SHIPPED = sorted(
    path.stem for path in MODELS.glob("*.yaml") if not path.stem.endswith(".scenarios")
)
"""The names of all models that ship."""


class Vocabulary(NamedTuple):
    """What events are drawn from: names with their rank, values by path, spans of time in ms.

    `paths` are those that are read from events of a name, besides those `anywhere`.
    """

    names: list[tuple[str, int]]
    values: dict[str, list[Any]]
    spans: list[int]
    paths: dict[str, list[str]]
    anywhere: list[str]


def vocabulary_of(models: Sequence[Model], texts: Sequence[str]) -> Vocabulary:
    """Gather what means something to models: what their texts compare with, and how long."""
    known = catalogue.load()
    read = [settled(Document(text, "m.yaml")) for text in texts]
    names = sorted({name for model in models for name in model.events})
    values: dict[str, list[Any]] = {
        path: [None, "x", "y", 1, 2.5, 7] for model in models for path in sorted(model.paths)
    }
    values |= {path: [None, "k1", "k2"] for path in values if path.endswith(("_id", ".id", ".k"))}
    values["properties.currency"] = [None, "GBP"]
    for path, value in _compared(read):
        values.setdefault(path, [None]).append(value)
    paths: dict[str, set[str]] = {}
    for signal in (one for model in read for one in model["signals"].values()):
        said = set(_texts(signal))
        for name in said & set(names):
            paths.setdefault(name, set()).update(said & values.keys())
    rest = [{**model, "signals": {}} for model in read]
    return Vocabulary(
        [*((name, known.rank(name)) for name in names), ("Page", 0)],
        values,
        sorted(set(_spans(read))),
        {name: sorted(found) for name, found in paths.items()},
        sorted(set(_texts(rest)) & values.keys()),
    )


def _texts(value: Any) -> Iterator[str]:
    """Give all texts in a value, keys too."""
    if isinstance(value, dict):
        yield from (key for key in value if isinstance(key, str))
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def _compared(value: Any) -> Iterator[tuple[str, Any]]:
    """Give what fields are compared with or mapped from, by path."""
    if isinstance(value, list):
        for one in value:
            yield from _compared(one)
    if isinstance(value, dict):
        for path, wanted in value.get("where", {}).items():
            yield from ((path, one) for one in _literals(wanted))
        if isinstance(value.get("from"), str):
            yield from ((value["from"], one) for one in value.get("values") or ())
        for one in value.values():
            yield from _compared(one)


def _literals(wanted: Any) -> Iterator[Any]:
    """Give the values in a condition, and those beside its limits."""
    if isinstance(wanted, dict):
        for key, one in wanted.items():
            yield from _literals(one)
            if key in {"at-least", "more-than"}:
                yield one + 1
            if key in {"at-most", "less-than"}:
                yield one - 1
    elif isinstance(wanted, list):
        for one in wanted:
            yield from _literals(one)
    else:
        yield wanted


def _spans(value: Any) -> Iterator[int]:
    """Give all durations in a model, in ms."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _spans(one)
    elif isinstance(value, str) and value[:1].isdigit():
        try:
            yield parse_span(value).ms
        except ValueError:
            return


_DELAYS = [0, 0, HOUR, 26 * HOUR, 6 * DAY, 7 * DAY - HOUR, 7 * DAY, 7 * DAY + 1, -HOUR, -60_000]
_STARTS = [0, HOUR, 2 * HOUR, 9 * HOUR, 17 * HOUR, DAY, 401 * DAY]


@st.composite
def events(draw: st.DrawFn, vocabulary: Vocabulary) -> Event:
    """Draw an event, often at a deadline, and some late, too late, or ahead of their time."""
    name, rank = draw(st.sampled_from(vocabulary.names))
    t = draw(st.sampled_from(_STARTS))
    t += sum(draw(st.lists(st.sampled_from([HOUR, *vocabulary.spans]), max_size=4)))
    paths = {*vocabulary.anywhere, *vocabulary.paths.get(name, ()), "properties.currency"}
    drawn = {path: draw(st.sampled_from(vocabulary.values[path])) for path in sorted(paths)}
    return Event(
        subject=SUBJECT,
        message_id=f"m{draw(st.integers(0, 60))}",
        t=t,
        a=t + draw(st.sampled_from(_DELAYS)),
        name=name,
        rank=rank,
        fields={path: value for path, value in drawn.items() if value is not None},
    )


_RESTAMPED = [0, HOUR, 23 * HOUR, 24 * HOUR, 24 * HOUR + 1, 40 * HOUR]


@st.composite
def histories(draw: st.DrawFn, vocabulary: Vocabulary) -> list[Event]:
    """Draw a history in which some messages come again: the same, stamped anew, or changed."""
    fewest = draw(st.sampled_from([0, 8, 16]))
    originals = draw(st.lists(events(vocabulary), min_size=fewest, max_size=25))
    again = draw(st.lists(st.sampled_from(originals), max_size=8)) if originals else []
    return originals + [draw(_sent_again(event, vocabulary)) for event in again]


@st.composite
def _sent_again(draw: st.DrawFn, event: Event, vocabulary: Vocabulary) -> Event:
    t = event.t + draw(st.sampled_from(_RESTAMPED))
    path, values = draw(st.sampled_from(sorted(vocabulary.values.items())))
    value = draw(st.sampled_from([event.fields.get(path), *values]))
    fields = event.fields | {path: value}
    return msgspec.structs.replace(
        event,
        t=t,
        a=t + draw(st.sampled_from(_DELAYS)),
        fields={at: one for at, one in fields.items() if one is not None},
    )
