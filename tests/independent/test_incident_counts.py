"""The independent counts on timelines short enough to be counted by hand."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.independent import incident_counts
from tests.independent.incident_counts import Ticket, count

DAY = 86_400_000
FIRST = 1_456_790_400_000  # day 1 of the timelines, 2016-03-01T00:00Z, in ms
WAITING = ("awaiting user info",)
LINE = re.compile(
    r"(?P<day>\d+) (?P<time>\d\d:\d\d(:\S+)?) +(?P<name>[A-Z]\w+( [A-Z]\w+)?)"
    r"( by (?P<author>\w+))?( \[(?P<status>.+)\])?( seq (?P<sequence>\d+))?( #(?P<id>\w+))?"
)


def lines(timeline: str, ticket: str = "T-1", customer: str = "ann") -> list[str]:
    """Make events of `DAY HH:MM Name [by AUTHOR] [[STATUS]] [seq N] [#ID]`, a line each."""
    return [
        _line(place, text.strip(), ticket, customer)
        for place, text in enumerate(timeline.strip().splitlines())
    ]


def _line(place: int, text: str, ticket: str, customer: str) -> str:
    found = LINE.fullmatch(text)
    assert found, f"not a line of a timeline: {text!r}"
    said = found.groupdict()
    sequence = said["sequence"] and int(said["sequence"])
    about = {"author": said["author"], "status": said["status"], "sequence": sequence}
    kept = {name: value for name, value in about.items() if value is not None}
    name = said["name"]
    event = {
        "messageId": said["id"] or f"{ticket}-{place:03}",
        "type": "track",
        "event": name if name == "Order Completed" else f"Ticket {name}",
        "userId": customer,
        "timestamp": f"2016-03-{int(said['day']):02}T{said['time']}Z",
        "properties": {"ticket_id": ticket, **kept},
    }
    return json.dumps(event)


def follow(timeline: str, pause: tuple[str, ...] = ()) -> Ticket:
    return count(lines(timeline), pause).tickets["T-1"]


def silent_on(timeline: str, pause: tuple[str, ...] = ()) -> list[float]:
    """Give the days of the silences, with their fractions."""
    return [1 + (t - FIRST) / DAY for t in follow(timeline, pause).silences]


def test_ten_quiet_days_are_three_silences() -> None:
    quiet = """
        1 00:00 Created
        11 00:00 Solved
    """
    assert silent_on(quiet) == [4, 7, 10]


def test_exactly_72_hours_is_in_time_and_a_moment_more_is_not() -> None:
    in_time = """
        1 09:00 Created
        4 09:00 Replied by agent
        7 09:00 Solved
    """
    late = """
        1 00:00 Created
        4 00:00:00.001 Replied by agent
        7 00:00:00.002 Solved
    """
    assert silent_on(in_time) == []
    assert silent_on(late) == [4, 7 + 1 / DAY]


def test_at_the_limit_the_vendor_is_in_time_also_after_the_customer_at_that_minute() -> None:
    both = """
        1 09:00 Created
        4 09:00 Replied by customer #a
        4 09:00 Replied by agent #b
        5 09:00 Solved
    """
    assert silent_on(both) == []


def test_the_customer_does_not_end_the_vendors_silence() -> None:
    asked = """
        1 00:00 Created by customer
        2 00:00 Replied by customer
        3 00:00 Updated by customer
        5 00:00 Solved
    """
    assert silent_on(asked) == [4]


@pytest.mark.parametrize(
    ("event", "silences"),
    [
        ("Replied by agent", []),
        ("Replied", [4]),
        ("Replied by bot", [4]),
        ("Updated", []),
        ("Reassigned by agent", []),
        ("Status Changed [active]", []),
        ("Status Changed by customer [active]", [4]),
    ],
)
def test_who_speaks_for_the_vendor(event: str, silences: list[float]) -> None:
    assert silent_on(f"1 00:00 Created\n3 00:00 {event}\n5 00:00 Solved") == silences


def test_each_word_of_the_vendor_begins_a_window() -> None:
    spoke = """
        1 00:00 Created
        3 00:00 Updated
        5 00:00 Reassigned
        9 00:00 Updated
        10 00:00 Solved
    """
    assert silent_on(spoke) == [8]


def test_no_time_counts_between_the_solution_and_the_reopening() -> None:
    reopened = """
        1 00:00 Created
        2 00:00 Solved
        7 00:00 Closed
        12 00:00 Updated
        16 00:00 Reopened
        20 00:00 Closed
    """
    assert silent_on(reopened) == [19]
    assert follow(reopened).reopenings == 1


def test_without_created_or_reopened_there_is_no_trouble() -> None:
    assert silent_on("1 00:00 Updated [active]\n9 00:00 Updated [active]") == []


def test_a_reopening_by_the_customer_while_open_begins_nothing() -> None:
    open_already = """
        1 00:00 Created
        3 00:00 Reopened by customer
        5 00:00 Solved
    """
    assert silent_on(open_already) == [4]


def test_what_is_open_at_the_end_counts_up_to_the_last_line_of_any_family() -> None:
    created, later = lines("1 00:00 Created"), lines("7 00:00 Order Completed", "none")
    sooner = lines("6 23:59 Order Completed", "none")
    assert [len(count([*created, *end]).tickets["T-1"].silences) for end in (later, sooner)] == [
        2,
        1,
    ]


def test_in_one_minute_the_life_cycle_goes_before_ids() -> None:
    tied = """
        1 00:00 Solved #a
        1 00:00 Updated #b
        1 00:00 Created #c
        9 00:00 Updated
    """
    assert silent_on(tied) == []


def test_in_one_minute_a_reopening_comes_before_a_solution() -> None:
    tied = """
        1 00:00 Created
        2 00:00 Solved #a
        2 00:00 Reopened #b
        9 00:00 Updated
    """
    assert silent_on(tied) == []


def test_a_sequence_goes_before_the_life_cycle() -> None:
    numbered = """
        1 00:00 Created seq 1
        2 00:00 Solved seq 2
        2 00:00 Reopened seq 3
        6 00:00 Updated seq 4
    """
    assert silent_on(numbered) == [5]


def test_in_one_minute_ids_settle_the_order_of_ordinary_events() -> None:
    tied = """
        1 00:00 Created
        1 00:00 Status Changed [awaiting user info] #{}
        1 00:00 Updated [active] #m
        6 00:00 Solved
    """
    assert silent_on(tied.format("a"), WAITING) == [4]
    assert silent_on(tied.format("z"), WAITING) == []


def test_the_order_of_the_lines_does_not_matter() -> None:
    timeline = lines("1 00:00 Created\n3 00:00 Updated\n7 00:00 Solved\n8 00:00 Reopened")
    assert count(reversed(timeline)) == count(timeline)
    assert count(timeline).tickets["T-1"] == Ticket(1, 0, [FIRST + 5 * DAY])


def test_a_message_within_24_hours_is_a_copy_and_later_a_new_event() -> None:
    copied = """
        1 00:00 Created
        2 00:00 Reassigned #a
        3 00:00 Reassigned #a
        3 00:01 Reassigned #a
        4 00:01 Reassigned #a
    """
    counts = count(lines(copied))
    assert counts.tickets["T-1"].reassignments == 2
    assert (counts.events, counts.copies) == (3, 2)


def test_a_copy_does_not_speak() -> None:
    copied = """
        1 00:00 Created
        2 00:00 Updated #a
        2 12:00 Updated #a
        5 06:00 Solved
    """
    assert silent_on(copied) == [5]


def test_one_id_of_two_customers_is_two_events() -> None:
    ann = lines("1 00:00 Created #a", "T-1", "ann")
    bob = lines("1 00:00 Created #a", "T-2", "bob")
    assert count([*ann, *bob]).copies == 0


def test_a_paused_status_stops_the_clock_and_what_is_left_runs_on() -> None:
    paused = """
        1 00:00 Created
        2 00:00 Status Changed by customer [awaiting user info]
        6 00:00 Status Changed by customer [active]
        9 00:00 Solved
    """
    assert silent_on(paused) == [4, 7]
    assert silent_on(paused, WAITING) == [8]


def test_a_window_that_begins_paused_waits_and_an_event_without_status_leaves_it_so() -> None:
    paused = """
        1 00:00 Created
        2 00:00 Status Changed [awaiting user info]
        9 00:00 Replied by customer
        11 00:00 Replied by customer [active]
        15 00:00 Solved
    """
    assert silent_on(paused, WAITING) == [14]


def test_time_that_ran_out_before_the_pause_has_run_out() -> None:
    ran_out = """
        1 00:00 Created
        4 00:00 Updated by customer [awaiting user info]
        9 00:00 Solved
    """
    assert silent_on(ran_out, WAITING) == [4]


def test_totals_and_the_command_line(tmp_path: Path) -> None:
    timelines = {
        "T-1": "1 00:00 Created\n2 00:00 Reassigned\n2 00:00 Reassigned\n2 00:00 Reassigned",
        "T-2": "1 00:00 Created\n1 01:00 Solved\n2 00:00 Reopened\n2 01:00 Solved\n"
        "3 00:00 Reopened\n3 01:00 Closed",
        "T-3": "1 00:00 Created [awaiting user info]\n9 00:00 Closed",
    }
    file = tmp_path / "tickets.jsonl.gz"
    with gzip.open(file, "wt") as opened:
        for ticket, timeline in timelines.items():
            opened.writelines(f"{line}\n" for line in lines(timeline, ticket))
    # T-1 is silent on days 5 and 8; T-3 on 4 and 7, unless waiting is paused.
    expected = {
        "events": 12,
        "copies": 0,
        "tickets": 3,
        "until": "2016-03-09T00:00:00+00:00",
        "reopened": {"tickets": 1, "reopenings": 2},
        "reassigned": {"tickets_3_or_more": 1, "tickets_by_times": {"0": 2, "3": 1}},
        "silence": {"tickets": 2, "silences": 4},
    }
    assert _run(str(file)) == expected
    expected["silence"] = {"tickets": 1, "silences": 2}
    assert _run(str(file), "--pause", *WAITING) == expected


def _run(*arguments: str) -> object:
    script = incident_counts.__file__
    done = subprocess.run(
        [sys.executable, "-I", script, *arguments], capture_output=True, check=True, text=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("{", "JSONDecodeError"),
        ('{"event": "Ticket Created"}', "timestamp"),
        ('{"event": "Ticket Created", "timestamp": "2016-03-01T00:00:00"}', "offset-naive"),
        (lines("1 00:00 Created")[0].replace("ticket_id", "ticket"), "ticket_id"),
    ],
)
def test_a_line_that_is_no_event_is_named(broken: str, why: str) -> None:
    with pytest.raises(ValueError, match=rf"line 2 is not an event: .*{why}"):
        count([*lines("1 00:00 Created"), broken])
