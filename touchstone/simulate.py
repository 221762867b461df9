"""`touchstone simulate`: a small company whose customers' events go to Kafka."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterable
from contextlib import suppress

import click
import orjson

from topics import broker as topics_broker
from topics import envelope
from topics.connection import Connection
from touchstone import options
from touchstone.company.events import Arrival, Company
from touchstone.producing import Sender, connected

_LONGEST_PAST_DAYS = 6
"""A day less than events may be late, as some of them are delayed besides."""


@click.command("simulate")
@click.option(
    "--customers",
    type=click.IntRange(1),
    default=400,
    show_default=True,
    help="How many there are.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0, min_open=True),
    default=3.0,
    show_default=True,
    help="Events a second, once the past has been sent.",
)
@click.option(
    "--days",
    type=click.FloatRange(0, _LONGEST_PAST_DAYS),
    default=4.0,
    show_default=True,
    help="How many days of the past to send first.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="What the customers do follows from it."
)
@click.option(
    "--speed",
    type=click.FloatRange(min=1),
    default=1.0,
    show_default=True,
    help="Customers' pauses are so many times shorter than people's.",
)
@options.broker
def command(
    customers: int, rate: float, days: float, seed: int, speed: float, broker: Connection
) -> None:
    """Be a company: its customers look around, buy or leave, answer surveys and complain.

    First the past, at once; then live events, until Ctrl-C or SIGTERM. Some events arrive
    late, out of order or twice. For a deployment on the wall clock.
    """
    start = time.time_ns() // 1_000_000
    company = Company(customers=customers, seed=seed, start=start, speed=speed)
    asyncio.run(_until_stopped(company, broker, days, rate))


async def _until_stopped(company: Company, broker: Connection, days: float, rate: float) -> None:
    task = asyncio.ensure_future(_run(company, broker, days, rate))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


async def _run(company: Company, broker: Connection, days: float, rate: float) -> None:
    if await topics_broker.deployment_clock(broker) == "events":
        raise click.UsageError(
            f"The deployment at {broker} is on the events clock, which only history moves: "
            "simulate on one that was created with --clock wall."
        )
    async with connected(broker) as sender:
        past = company.past(days)
        await _send(sender, past)
        await sender.flush()
        click.echo(f"Sent {len(past):,} events of the past {days:g} days; now live.")
        for arrival in company.live(rate):
            await asyncio.sleep(arrival[0] / 1000 - time.time())
            await _send(sender, [arrival])
            sender.push()


async def _send(sender: Sender, arrivals: Iterable[Arrival]) -> None:
    for at, _, event in arrivals:
        topic, key = envelope.topic_for(event), envelope.routing_key(event)
        await sender.event(topic, key, orjson.dumps(event), at)
