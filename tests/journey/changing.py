"""A model that uses much of the language, in three versions that differ in what they can."""

from __future__ import annotations

FIRST = """
model: changing
version: 1.0.0
title: As it was first
source: the tests
stages:
  new:
  looking: {enters: {on: look}}
  known: {enters: {on: [bought, promise.met], from: any}}
  lost: {enters: {on: trouble, from: [looking, known]}}
settings: {patience: 26h}
keys: {order: properties.order_id}
signals:
  look: {events: [Product Viewed, Product Added]}
  bought: {events: Order Completed, value: properties.total}
  answer:
    events: [CSAT Responded, NPS Responded]
    polarity: {from: properties.score, values: {1: -1, 3: 0, 5: 0.5, 9: 1}}
  trouble: {events: [Payment Failed, Order Refunded]}
  shared: {events: [Product Shared, Form Submitted]}
  keen: {of: [look, promise.met], when: [fond]}
  settled: {of: [answer, shared], when: [at-home]}
facts:
  orders: {count: bought}
  lately: {count: look, within: 8d, until: trouble}
  last: {latest: properties.order_id, of: bought}
scores:
  bond: {moves: {bought: 2, promise.missed: -1, answer: polarity}, half-life: 7d}
  each: {moves: {look: 1, trouble: -1}, by: [signal]}
conditions:
  fond: {score: bond, at-least: 1}
  at-home: {stage: [known]}
  waiting: {open: promise}
moments:
  promise:
    title: Kept in time
    opens: {on: look}
    at-risk: {before: 2h}
    met: {on: [answer, bought], within: $patience}
    tells: [orders, lately, last]
    alert:
      at_risk: {severity: warning, title: "Soon", resolves-after: 2d}
      missed: {severity: critical, title: "Missed {value}"}
  windows:
    title: One after the other
    key: order
    unmatched: latest
    opens: {on: bought}
    every: {on: [answer, promise.met], within: 7d, at-risk-before: 2d}
    ends: {on: shared}
    clock: {pause: {on: look, until: answer}}
    labels: {order: properties.order_id}
    tells: [lately]
  afterwards:
    title: Judged after it closed
    unmatched: latest
    after-close: true
    key: order
    opens: {any: [{on: trouble}, {count: 2, of: promise.met, within: 9d}]}
    met: {any: [{on: settled}, {quiet: trouble, for: 7d}]}
    missed: {on: shared}
    alert:
      missed: {severity: info, title: "Order {key}", unless: [waiting], at-most-every: 5d}
  counted:
    title: Counted by key
    key: order
    opens: {count: 2, of: [answer, trouble], within: 8d}
    at-risk: {on: trouble}
    met: {on: bought}
    lapses: {without: answer, for: 7d}
    alert:
      open: {severity: info, title: "Counted", unless: [fond]}
  stepped:
    title: One step after the other
    opens: {sequence: [look, [bought, keen], [shared, answer]], within: 9d}
    met: {on: windows.missed, within: 20d}
  silent:
    title: Not seen again
    opens: {without: look, for: 7d, since: [bought, answer]}
    met: {on: look, within: 5d}
"""


def _changed(text: str, changes: dict[str, str]) -> str:
    for was, becomes in changes.items():
        assert was in text, was
        text = text.replace(was, becomes)
    return text


def _without(text: str, moment: str) -> str:
    """Leave a moment out."""
    head, found, rest = text.partition(f"\n  {moment}:\n")
    assert found, moment
    lines = rest.splitlines(keepends=True)
    while lines and lines[0].startswith("    "):
        del lines[0]
    return head + "\n" + "".join(lines)


NEXT = _changed(
    _without(FIRST, "stepped"),
    {
        "version: 1.0.0": "version: 2.0.0",
        "patience: 26h": "patience: 7d",
        "known: {enters: {on: [bought, promise.met], from: any}}": (
            "regular: {enters: {on: [bought, answer, promise.met], from: any}}"
        ),
        "from: [looking, known]": "from: [looking, regular]",
        "at-home: {stage: [known]}": "at-home: {stage: [regular]}",
        "events: [Product Viewed, Product Added]": "events: [Product Added, Page]",
        "opens: {count: 2, of: [answer, trouble], within: 8d}": (
            "opens: {count: 3, of: [answer, trouble, look], within: 31d}"
        ),
        "    after-close: true\n": "",
        "within: 7d, at-risk-before: 2d": "within: 2d",
        "for: 7d, since": "for: 2d, since",
        "orders: {count: bought}": "orders: {sum: value, of: bought}",
        "lately: {count: look, within: 8d, until: trouble}": "lately: {count: look}",
        "each: {moves: {look: 1, trouble: -1}, by: [signal]}": "each: {moves: {look: 1}}",
        "half-life: 7d": "half-life: 2d",
        "score: bond, at-least: 1": "score: bond, at-least: 2",
        "\nmoments:\n": (
            "\nmoments:\n"
            "  anew:\n"
            "    title: Not there before\n"
            "    opens: {on: [shared, bought]}\n"
            "    met: {on: look, within: 2d}\n"
        ),
    },
)

THIRD = _changed(
    _without(_without(FIRST, "windows"), "stepped"),
    {
        "model: changing\nversion: 1.0.0": "model: changing\nversion: 3.0.0",
        "patience: 26h": "patience: 3h",
        "key: order\n    opens: {count: 2": "opens: {count: 2",
        "lately: {count: look, within: 8d, until: trouble}": (
            "lately: {most: properties.order_id, of: [look, bought]}"
        ),
    },
)
