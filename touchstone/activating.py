"""Activating a version of a model for all workers of a deployment, and what is active there.

On the wall clock the stamp has to come after the record by the notice that workers need: the
command leaves a margin, and every reader decides by the broker's stamp on the record, so that a
command that was slow activates nothing. On the events clock the stamp has to come after all
history that was sent.
"""

from __future__ import annotations

import getpass
import os
import time
from collections.abc import Sequence

import click
import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from journey.engine import EngineSettings
from journey.errors import ActivationError
from journey.instant import format_instant
from journey.lines import ALWAYS, Activation, Line, lines_of
from journey.model import Model
from topics.activations import ModelRecord
from topics.connection import Connection
from topics.contracts import MODELS
from topics.reach import why_refused
from touchstone.activated import Activated, read_activated
from touchstone.errors import Missing, WorkFailed
from touchstone.reading import Reader, reading
from touchstone.stamps import earliest_in_history, stamp_for


class Version(msgspec.Struct, frozen=True):
    """A version that somebody wants in force, from `at` (ms) on; None is as soon as may be."""

    model: Model
    text: str
    at: int | None = None


async def activate(
    bootstrap: Connection, version: Version, base: Sequence[Model], settings: EngineSettings
) -> str:
    """Activate a version on a deployment that was started with `base`; say what will happen.

    Raises UsageError where it cannot come into force then, WorkFailed where it does not.
    """
    async with reading(bootstrap) as reader:
        before = await read_activated(reader, base, settings)
        _require_new(version.model, before.models)
        of_history = reader.clock() == "events"
        stamp = await stamp_for(bootstrap, version.at, settings, of_history=of_history)
        line = _line_with(before, Activation(version.model, stamp))
        record = _record(version, stamp)
        offset = await _write(bootstrap, record.key, record.encode())
        await _require_heard(reader, base, settings, offset)
        if of_history and await earliest_in_history(bootstrap, settings) > stamp:
            await _write(bootstrap, record.key, None)
            raise WorkFailed(
                f"History was sent meanwhile and has come up to {record.stamp}, so the version "
                "was taken back; activate it while nothing is sent."
            )
    return _sentence(line, stamp)


def _require_new(model: Model, known: Sequence[Model | Activation]) -> None:
    for one in known:
        activation = one if isinstance(one, Activation) else Activation(one)
        there = activation.model
        if (there.name, there.version) != (model.name, model.version):
            continue
        if there.fingerprint != model.fingerprint:
            raise click.UsageError(
                f"{model.name} {model.version} is there already with another text; expected a "
                "text that differs to have a version of its own."
            )
        since = activation.stamp
        when = "always" if since == ALWAYS else f"from {format_instant(since)} on"
        raise click.UsageError(
            f"{model.name} {model.version} is there already, in force {when}; a version is "
            "activated once."
        )


def _line_with(before: Activated, activation: Activation) -> Line:
    """Give the model's line with the version in it. Raises UsageError where it does not fit."""
    try:
        lines = lines_of([*before.models, activation])
    except ActivationError as error:
        raise click.UsageError(f"{error}.") from error
    return next(line for line in lines if line.name == activation.model.name)


def _record(version: Version, stamp: int) -> ModelRecord:
    model = version.model
    return ModelRecord(
        model=model.name,
        version=model.version,
        stamp=format_instant(stamp),
        fingerprint=model.fingerprint,
        text=version.text,
        by=_user(),
        written=format_instant(_now()),
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return f"user {os.getuid()}"


async def _write(bootstrap: Connection, key: bytes, value: bytes | None) -> int:
    """Write a record and give its offset."""
    producer = AIOKafkaProducer(**bootstrap.client_settings(), acks="all", enable_idempotence=True)
    try:
        await producer.start()
        written = await producer.send_and_wait(MODELS, value, key, partition=0)
    except KafkaError as error:
        raise await why_refused(bootstrap, error) or Missing(
            f"The Kafka broker at {bootstrap} does not take the version ({error}): see that it "
            "runs, then look with `touchstone model list --broker` whether it is there."
        ) from error
    finally:
        await producer.stop()
    offset: int = written.offset
    return offset


async def _require_heard(
    reader: Reader, base: Sequence[Model], settings: EngineSettings, offset: int
) -> None:
    """Read the record back as every worker does. Raises WorkFailed where it counts for nothing."""
    after = await read_activated(reader, base, settings)
    [heard] = [one for one in after.heard if one.offset == offset]
    if heard.refusal is not None:
        raise WorkFailed(f"The version will not come into force: {heard.refusal}.")


def _sentence(line: Line, stamp: int) -> str:
    place = line.at(stamp)
    model = line.versions[place]
    when = f"{model.name} {model.version} comes into force at {format_instant(stamp)}"
    if place == 0:
        return f"{when}: the model begins there, with what happens from then on."
    before = line.versions[place - 1].version
    return (
        f"{when}: what opened before then finishes by {before}, what happens from then on opens "
        f"under {model.version}."
    )


def _now() -> int:
    return time.time_ns() // 1_000_000
