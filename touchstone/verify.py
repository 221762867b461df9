"""`touchstone verify`: proof in production.

Folds what the detectors have committed of the source topics, up to the clock committed with
it, and compares what that comes to with what was said: transitions, alerts, journeys.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click
import orjson

from journey.engine import EngineSettings
from journey.model import Model
from topics.cluster import admin
from topics.connection import Connection
from touchstone import options
from touchstone.activated import engine_on
from touchstone.errors import WorkFailed
from touchstone.findings import Findings
from touchstone.interrupting import run, stoppable
from touchstone.modelfiles import models_of
from touchstone.piping import printing
from touchstone.reading import reading
from touchstone.verifying import Verifier

_SHOWN: Final = 10


@click.command("verify")
@options.broker
@options.models
@click.option("--subject", metavar="ID", help="One customer, such as person:u42.")
@click.option("--json", "as_json", is_flag=True, help="Counts and differences as one JSON object.")
def command(
    broker: Connection,
    model_names: tuple[str, ...],
    subject: str | None,
    *,
    as_json: bool,
) -> None:
    """Prove that nothing was lost, repeated, invented or wrong, up to what is committed."""
    with stoppable(), printing():
        findings = run(verified(broker, models_of(model_names), subject))
        _print(findings, as_json=as_json)
    if not findings.clean:
        raise WorkFailed("What was said is not what the events say.")


def _print(findings: Findings, *, as_json: bool) -> None:
    shown = findings.sentences[:_SHOWN]
    if as_json:
        more = {"differences": shown, "notes": findings.notes}
        click.echo(orjson.dumps({**findings.counts(), **more}))
    else:
        for sentence in (*findings.notes, *shown):
            click.echo(sentence)
        click.echo(", ".join(f"{name} {count}" for name, count in findings.counts().items()))


async def verified(
    bootstrap: Connection,
    models: Sequence[Model],
    subject: str | None = None,
    settings: EngineSettings | None = None,
) -> Findings:
    """Compare what was said on a broker, by detectors that were started with these models."""
    async with admin(bootstrap) as client, reading(bootstrap) as reader:
        # What is activated from now on is stamped so much later that no clock read soon is there.
        engine = await engine_on(reader, models, settings or EngineSettings())
        return await Verifier(client, reader, engine).run(subject)
