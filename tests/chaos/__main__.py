"""`python -m tests.chaos`: play so many rounds, print what they cost and what they found."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from random import randrange

import click

from tests.chaos.faults import FAULTS
from tests.chaos.load import Mix
from tests.chaos.rounds import Plan, Play

KINDS = [fault.kind for fault in FAULTS]


@click.command()
@click.option("--rounds", type=click.IntRange(1), default=12, show_default=True)
@click.option("--seed", type=int, help="Draws the same faults and events again.")
@click.option("--rate", type=float, default=120.0, show_default=True, help="Events a second.")
@click.option("--customers", type=click.IntRange(1), default=400, show_default=True)
@click.option(
    "--misrouted",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Share of events.",
)
@click.option("--actions/--no-actions", default=True, help="Operators act on alerts meanwhile.")
@click.option("--fault", "kinds", type=click.Choice(KINDS), multiple=True, help="Only these.")
@click.option("--store", type=click.Choice(["memory", "disk"]), default="disk", show_default=True)
@click.option("--directory", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", is_flag=True, help="Keep logs and data also when nothing was found.")
@click.argument("events", nargs=-1)
def main(
    rounds: int,
    seed: int | None,
    rate: float,
    customers: int,
    misrouted: float,
    kinds: tuple[str, ...],
    store: str,
    directory: Path | None,
    events: tuple[str, ...],
    *,
    actions: bool,
    keep: bool,
) -> None:
    """Break a deployment in each round and count what it lost, invented, repeated or got wrong.

    EVENTS are files of real events to load it with; without any they are made up.
    """
    seed = randrange(1 << 20) if seed is None else seed
    folder = directory or Path(tempfile.mkdtemp(prefix="touchstone-chaos-"))
    folder.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=folder / "harness.log", level=logging.ERROR)
    plan = Plan(
        rounds=rounds,
        seed=seed,
        mix=Mix(rate=rate, customers=customers, misrouted=misrouted),
        events=events,
        faults=tuple(fault for fault in FAULTS if not kinds or fault.kind in kinds),
        directory=folder,
        disk=store == "disk",
        actions=actions,
    )
    print(f"seed {seed}; logs and data in {folder}", flush=True)
    began, play = time.monotonic(), Play(plan)
    asyncio.run(_run(play))
    _report(play, began)
    if play.found.clean and not keep:
        shutil.rmtree(folder)
    else:
        print(f"kept: {folder}")
    print(play.found.text())
    sys.exit(not play.found.clean)


async def _run(play: Play) -> None:
    """Play; SIGTERM ends it as Ctrl-C does, with everything stopped."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await play.run()
        return
    sys.exit(143)


def _report(play: Play, began: float) -> None:
    print("\nSeconds without output, median and worst of the rounds with that fault alone:")
    print("\n".join(play.silences.lines()))
    print(f"\n{len(play.deaths)} deaths of workers in {time.monotonic() - began:.0f} s:")
    print("\n".join(play.deaths))


if __name__ == "__main__":
    main()
