"""`touchstone explain`: why a customer's moments are as they are, and why not otherwise."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import click
import msgspec

from journey.engine import Engine
from journey.event import ACCOUNT, ANONYMOUS, PERSON, person
from journey.explaining import Explanation, explain
from journey.instant import format_instant, parse_instant
from touchstone import lines, options
from touchstone.concerning import Concerning, concerning, nearest
from touchstone.errors import WorkFailed
from touchstone.explanationpage import write
from touchstone.interrupting import stoppable
from touchstone.modelfiles import engine_of, shipped
from touchstone.piping import printing


@click.command("explain")
@click.argument("subject")
@click.option(
    "--file",
    "files",
    metavar="FILE",
    multiple=True,
    required=True,
    help="Events as JSON lines; may be given again.",
)
@click.option("--at", metavar="TIME", help="As of this instant (RFC 3339), by what had arrived.")
@options.models
@click.option("--moment", metavar="NAME", help="One moment, in the models that have it.")
@click.option("--json", "as_json", is_flag=True, help="The explanation as JSON.")
def command(
    subject: str,
    files: tuple[str, ...],
    at: str | None,
    model_names: tuple[str, ...],
    moment: str | None,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Say why each of a customer's moments is in its state, and why the others are not.

    SUBJECT is a user id, or typed: person:u42, anon:d7, account:acme.
    """
    _require_models(model_names)
    engine = engine_of(model_names)
    _require_moment(engine, moment)
    clock = None if at is None else _instant(at)
    if lines.STDIN in files:
        raise click.UsageError("explain reads its files twice and cannot read standard input.")
    with stoppable(), printing():
        explanation = explained(engine, _typed(subject), files, clock, moment)
        if as_json:
            sys.stdout.buffer.write(msgspec.json.encode(explanation) + b"\n")
        else:
            write(explanation, whole=bool(model_names or moment))


def explained(
    engine: Engine, subject: str, files: Sequence[str], at: int | None, moment: str | None
) -> Explanation:
    """Fold what concerns a subject up to an instant (ms) or the last arrival, and explain it.

    Raises WorkFailed where there is nothing of the subject.
    """
    found = concerning(files, engine, subject, at)
    if not found.events:
        raise WorkFailed(_unknown(subject, files, at, found))
    journey = engine.open(subject)
    for event in found.events:
        if engine.refusal(event) is None:
            engine.take(journey, event)
    engine.advance(journey, found.last if at is None else at)
    return explain(engine, journey, found.events, moment=moment, whose=found.attribution.why)


def _typed(subject: str) -> str:
    return subject if subject.startswith((PERSON, ANONYMOUS, ACCOUNT)) else person(subject)


def _instant(text: str) -> int:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise click.UsageError(f"--at: {error}.") from error


def _require_models(names: Sequence[str]) -> None:
    for name in names:
        if name not in shipped() and not Path(name).exists():
            raise click.UsageError(
                f"There is no model {name}; {_expected(name, list(shipped()))}, or a YAML file."
            )


def _require_moment(engine: Engine, name: str | None) -> None:
    known = sorted({moment.name for model in engine.models for moment in model.moments})
    if name is not None and name not in known:
        raise click.UsageError(f"There is no moment {name}; {_expected(name, known)}.")


def _expected(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=3) or known
    return f"expected {' or '.join(near)}"


def _unknown(subject: str, files: Sequence[str], at: int | None, found: Concerning) -> str:
    """Say that there is no event of a subject, and who may have been meant."""
    by = "" if at is None else f" that had arrived by {format_instant(at)}"
    owners = [one for one in found.attribution.subjects if not one.startswith(ACCOUNT)]
    if owners:
        return f"There is no event of {subject}{by}: what it did belongs to {' and '.join(owners)}."
    near = nearest(files, subject, at)
    known = f"the nearest known are {', '.join(near)}" if near else "subjects look like person:u42"
    return f"There is no event of {subject}{by}; {known}."
