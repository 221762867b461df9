"""`touchstone model activate` and `model list --broker` on real brokers, of both clocks."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from journey.instant import DAY, HOUR, MINUTE, SECOND, format_instant, parse_instant
from tests.touchstone.sending import LONG_AGO, broker_with_topics, event, send, write
from topics.connection import Connection
from touchstone import activating, stamps
from touchstone.cli import cli

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
CART = str(EXAMPLES / "cart.yaml")
NEXT = str(EXAMPLES / "cart-next.yaml")


@pytest.fixture(scope="module")
def wall() -> Iterator[str]:
    with broker_with_topics("wall") as bootstrap:
        yield bootstrap


@pytest.fixture(scope="module")
def history() -> Iterator[str]:
    with broker_with_topics("events") as bootstrap:
        yield bootstrap


def touchstone(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def activate(bootstrap: str, *arguments: str, models: str = CART) -> Result:
    options = ("--broker", bootstrap, "--models", models)
    return touchstone("model", "activate", *arguments, *options)


def listed(bootstrap: str) -> list[str]:
    result = touchstone("model", "list", "--broker", bootstrap, "--models", CART)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def text(tmp_path: Path, version: str, *changes: tuple[str, str]) -> str:
    """Write another version of the example, and give its path."""
    changed = Path(NEXT).read_text().replace("1.1.0", version)
    for before, after in changes:
        changed = changed.replace(before, after)
    path = tmp_path / f"cart-{version}.yaml"
    path.write_text(changed)
    return str(path)


def version_of(bootstrap: str, version: str) -> list[str]:
    return [row for row in listed(bootstrap) if f"{version}" in row]


pytestmark = pytest.mark.broker


def test_a_version_comes_into_force_as_soon_as_all_workers_can_know(wall: str) -> None:
    before = time.time_ns() // 1_000_000
    result = activate(wall, NEXT, "1.1.0")
    assert result.exit_code == 0, result.output
    said = result.output.split()
    stamp = parse_instant(said[said.index("at") + 1].rstrip(":"))
    assert before + 11 * MINUTE <= stamp <= before + 12 * MINUTE
    assert result.output == (
        f"cart 1.1.0 comes into force at {format_instant(stamp)}: what opened before then finishes "
        "by 1.0.0, what happens from then on opens under 1.1.0.\n"
    )
    assert listed(wall) == [
        "cart  1.0.0  always  in force  A cart is bought in time",
        f"cart  1.1.0  {format_instant(stamp)}  to come  A cart is bought in time",
    ]
    again = activate(wall, NEXT, "1.1.0")
    assert again.exit_code == 2
    assert f"there already, in force from {format_instant(stamp)} on" in again.output


def test_an_instant_too_early_is_refused_with_the_first_that_is_not(
    wall: str, tmp_path: Path
) -> None:
    path = text(tmp_path, "2.0.0")
    now = time.time_ns() // 1_000_000
    result = activate(wall, path, "2.0.0", "--at", format_instant(now + 9 * MINUTE))
    assert result.exit_code == 2
    assert "workers need to know 10 minutes before; expected" in result.output
    earliest = parse_instant(result.output.split(" or later")[0].split()[-1])
    assert now + 10 * MINUTE <= earliest <= now + 11 * MINUTE
    assert version_of(wall, "2.0.0") == []


def test_an_instant_far_ahead_is_taken_as_it_is(wall: str, tmp_path: Path) -> None:
    result = activate(wall, text(tmp_path, "3.0.0"), "3.0.0", "--at", "2100-01-01T00:00:00.250Z")
    assert result.exit_code == 0, result.output
    assert version_of(wall, "3.0.0") == [
        "cart  3.0.0  2100-01-01T00:00:00.250Z  to come  A cart is bought in time"
    ]


def test_what_the_engine_refuses_is_not_written(wall: str, tmp_path: Path) -> None:
    of_accounts = text(tmp_path, "4.0.0", ("title: A cart", "subject: account\ntitle: A cart"))
    result = activate(wall, of_accounts, "4.0.0")
    assert result.exit_code == 2
    assert "expected a model of another name" in result.output
    assert version_of(wall, "4.0.0") == []


def test_a_version_has_one_text(wall: str, tmp_path: Path) -> None:
    result = activate(wall, text(tmp_path, "1.0.0"), "1.0.0")
    assert result.exit_code == 2
    assert "cart 1.0.0 is there already with another text" in result.output


def test_the_version_that_is_named_is_that_of_the_text(wall: str) -> None:
    result = activate(wall, NEXT, "1.2.0")
    assert result.exit_code == 2
    assert "is cart 1.1.0, not 1.2.0" in result.output


def test_a_text_that_is_no_model_is_said_with_its_place(wall: str, tmp_path: Path) -> None:
    result = activate(wall, text(tmp_path, "5.0.0", ("moments:", "momnts:")), "5.0.0")
    assert result.exit_code == 1
    assert "cart-5.0.0.yaml:" in result.output


def test_a_command_whose_clock_is_behind_activates_nothing_and_says_so(
    wall: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a command does that stood still between its look at the clock and its writing."""
    late = time.time_ns() - HOUR * 1_000_000
    monkeypatch.setattr(stamps, "time", SlowClock(late))
    result = activate(wall, text(tmp_path, "6.0.0"), "6.0.0")
    assert result.exit_code == 1
    assert "The version will not come into force: its stamp is" in result.output
    assert "expected it 10 minutes before its stamp" in result.output
    [row] = version_of(wall, "6.0.0")
    assert row.startswith("cart/6.0.0/")
    assert "was refused: its stamp is" in row


class SlowClock:
    """The module `time` of a machine that is late."""

    def __init__(self, ns: int) -> None:
        self._ns = ns

    def time_ns(self) -> int:
        return self._ns


def test_a_model_of_another_name_begins_at_its_stamp(wall: str, tmp_path: Path) -> None:
    basket = text(tmp_path, "1.0.0", ("model: cart", "model: basket"))
    result = activate(wall, basket, "1.0.0", "--at", "2099-01-01T00:00:00Z")
    assert result.exit_code == 0, result.output
    assert "basket 1.0.0 comes into force at 2099-01-01T00:00:00Z: the model begins there" in (
        result.output
    )


def test_a_broker_that_is_not_there_is_one_sentence() -> None:
    for result in (
        activate("127.0.0.1:1", NEXT, "1.1.0"),
        touchstone("model", "list", "--broker", "127.0.0.1:1"),
    ):
        assert result.exit_code == 3
        assert "no Kafka broker answers at 127.0.0.1:1" in result.output


def test_on_the_events_clock_a_stamp_lies_after_all_history_that_was_sent(
    history: str, tmp_path: Path
) -> None:
    sent = [event(number, LONG_AGO + number * MINUTE) for number in range(3)]
    assert send(history, write(tmp_path / "first.jsonl", sent), "--history").returncode == 0
    now = activate(history, NEXT, "1.1.0")
    assert now.exit_code == 2
    assert "say with --at from when on" in now.output
    last = LONG_AGO + 2 * MINUTE
    early = activate(history, NEXT, "1.1.0", "--at", format_instant(last + 5 * MINUTE))
    assert early.exit_code == 2
    assert f"history was sent up to {format_instant(last)}; expected" in early.output
    stamp = format_instant(last + 5 * MINUTE + SECOND)
    assert stamp in early.output
    result = activate(history, NEXT, "1.1.0", "--at", stamp)
    assert result.exit_code == 0, result.output
    assert listed(history)[1] == f"cart  1.1.0  {stamp}  to come  A cart is bought in time"
    more = [event(9, LONG_AGO + DAY)]
    assert send(history, write(tmp_path / "more.jsonl", more), "--history").returncode == 0
    assert listed(history) == [
        "cart  1.0.0  always  replaced  A cart is bought in time",
        f"cart  1.1.0  {stamp}  in force  A cart is bought in time",
    ]


def test_a_version_is_taken_back_where_history_comes_to_its_stamp_meanwhile(
    history: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = text(tmp_path, "7.0.0")
    more = write(tmp_path / "meanwhile.jsonl", [event(11, LONG_AGO + 9 * DAY)])
    write_record = activating._write

    async def write_while_another_sends(
        bootstrap: Connection, key: bytes, value: bytes | None
    ) -> int:
        offset = await write_record(bootstrap, key, value)
        if value is not None:
            assert send(history, more, "--history").returncode == 0
        return offset

    monkeypatch.setattr(activating, "_write", write_while_another_sends)
    result = activate(history, path, "7.0.0", "--at", format_instant(LONG_AGO + 8 * DAY))
    assert result.exit_code == 1
    assert "was taken back; activate it while nothing is sent" in result.output
    assert version_of(history, "7.0.0") == []
