"""Ids that depend on what a thing is, never on when or in which order it was computed."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

_encode = msgspec.json.Encoder().encode
_SIZE = 12


def _digest(*parts: str | int | None) -> str:
    # JSON keeps the parts apart: no two lists of parts share an encoding.
    return blake2b(_encode(parts), digest_size=_SIZE).hexdigest()


def moment_instance(
    model: str, subject: str, moment: str, key: str | None, opening: str, opened: int
) -> str:
    """Identify a moment by what opened it: the id and event time of a message."""
    return _digest(model, subject, moment, key, opening, opened)


def stage_instance(model: str, subject: str) -> str:
    """Identify the one stage that a subject has in a model."""
    return _digest(model, subject, "stage")


def transition(instance: str, state: str, at: int, revision: int) -> str:
    """Identify one thing said; the revision keeps A → B → A from repeating an id."""
    return _digest(instance, state, at, revision)


def alert(model: str, moment: str, subject: str, key: str | None) -> str:
    """Give an alert's fingerprint: one a moment, subject and key, however often it fires."""
    return _digest("alert", model, moment, subject, key)


def fingerprint_of(values: object) -> str:
    """Give the fingerprint of plain values: lists, mappings and scalars."""
    return blake2b(_encode(values), digest_size=_SIZE).hexdigest()
