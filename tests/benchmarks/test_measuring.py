"""What the benchmark counts, and what it takes for a rate."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks import report
from benchmarks.comparing import Result
from benchmarks.contenders.contender import difference
from benchmarks.contenders.touchstone import Touchstone, TwoLine
from benchmarks.progress import Pace, Sample, StuckError, pace
from benchmarks.workload import CART, ORDER, WITHIN, Step, Workload, funnel
from journey.instant import HOUR, format_instant

START = 1_430_000_000_000


def test_an_order_after_the_deadline_is_a_miss_only_where_there_is_a_deadline() -> None:
    steps = [Step("u", CART, 0), Step("u", ORDER, WITHIN + 1)]
    assert funnel(steps, None) == {"open": 1, "met": 1}
    assert funnel(steps, WITHIN, WITHIN + 1) == {"open": 1, "missed": 1}
    assert funnel(steps, WITHIN, WITHIN) == {"open": 1}


def test_a_cart_is_opened_again_when_the_last_one_is_decided() -> None:
    steps = [Step("u", name, at) for at, name in enumerate([CART, CART, ORDER, ORDER, CART])]
    assert funnel(steps, None) == {"open": 2, "met": 1}


def test_a_difference_names_every_word_that_is_too_few_or_too_many() -> None:
    assert difference(Counter(open=6, met=2), {"open": 3, "met": 1}, 2) is None
    said = difference(Counter(open=5, missed=1), {"open": 3, "met": 0}, 2)
    assert said == "missed: 1 instead of 0; open: 5 instead of 6"


def test_a_rate_leaves_out_the_start_and_the_wait_for_the_last_commit() -> None:
    samples = [Sample(5, 100, 1), Sample(6, 1100, 1.5), Sample(7, 2100, 2), Sample(12, 2200, 2.1)]
    measured = pace(samples, began=1)
    assert (measured.rate, measured.seconds, measured.start_s) == (1000, 2, 4)
    assert measured.cpu_us == pytest.approx(500)


def test_all_in_one_commit_is_no_rate() -> None:
    with pytest.raises(StuckError, match="expected more events"):
        pace([Sample(5, 100, 1)], began=1)


@pytest.fixture
def shop(tmp_path: Path) -> Workload:
    """Give four customers' days, as often as it takes for every partition to have some."""
    lines = []
    for number, names in enumerate([[CART], [CART, ORDER], ["Product Viewed"], [CART, ORDER]]):
        for nth, name in enumerate(names):
            at = START + number * HOUR + nth * (30 if number == 3 else 2) * HOUR
            lines.append((at, _event(f"u{number}", name, at)))
    lines.append((START + 80 * HOUR, _event("u9", "Product Viewed", START + 80 * HOUR)))
    lines.append((START + 90 * HOUR, _event("u9", CART, START + 90 * HOUR)))
    file = tmp_path / "shop.jsonl"
    file.write_text("".join(f"{json.dumps(event, separators=(',', ':'))}\n" for _, event in lines))
    return Workload([str(file)], 200)


def _event(who: str, name: str, at: int) -> dict[str, Any]:
    return {
        "messageId": f"{who}-{at}",
        "type": "track",
        "event": name,
        "userId": who,
        "timestamp": format_instant(at),
        "properties": {"note": "100% wool"},
    }


def test_the_plain_rule_counts_as_the_engine_does(shop: Workload) -> None:
    counted = TwoLine().expected(shop)
    assert {word: n for word, n in counted.items() if n} == Touchstone.expected(TwoLine(), shop)
    assert counted["two-line purchase met"] == 1
    assert counted["two-line purchase missed"] == 2


def test_copies_are_other_customers_with_other_messages(shop: Workload) -> None:
    events = [json.loads(value) for _, _, _, value in shop.values()]
    assert len({event["messageId"] for event in events}) == len(events) == shop.events
    assert len({event["userId"] for event in events}) == shop.customers
    assert events[0]["properties"] == {"note": "100% wool"}
    assert sorted(map(str, shop.values())) == sorted(map(str, shop.in_turn()))


def test_what_failed_is_in_the_report_with_its_reason_and_has_no_rate(tmp_path: Path) -> None:
    found = report.begin(1)
    good, bad = Result("quix", "Quix", "q 1", 10), Result("stock-faust", "Faust", "f 1", 10)
    good.paces, bad.fault = [Pace(50, 2, 1, 1)], "open: 1 instead of 2"
    report.add_results(found, [good, bad])
    text = report.write(found, {"quix": "Quix", "stock-faust": "Faust"}, tmp_path)
    assert json.loads((tmp_path / "results.json").read_text())["rates"] == {"quix": 50}
    assert "| stock-faust | open: 1 instead of 2 |" in text
