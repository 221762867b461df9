"""Ids that depend on what a thing is, never on when or in which order it was computed."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

_encode = msgspec.json.Encoder().encode
_OF_NOTHING = blake2b(digest_size=12)


def moment_instance(
    model: str, subject: str, moment: str, key: str | None, opening: str, opened: int
) -> str:
    """Identify a moment by what opened it: the id and event time of a message."""
    return fingerprint_of((model, subject, moment, key, opening, opened))


def stage_instance(model: str, subject: str) -> str:
    """Identify the one stage that a subject has in a model."""
    return fingerprint_of((model, subject, "stage"))


def transition(instance: str, state: str, at: int, revision: int) -> str:
    """Identify one thing said; the revision keeps A → B → A from repeating an id."""
    return fingerprint_of((instance, state, at, revision))


def alert(model: str, moment: str, subject: str, key: str | None) -> str:
    """Give an alert's fingerprint: one a moment, subject and key, however often it fires."""
    return fingerprint_of(("alert", model, moment, subject, key))


def fingerprint_of(values: object) -> str:
    """Give the fingerprint of plain values: lists, mappings and scalars."""
    # JSON keeps the parts apart: no two lists of parts share an encoding.
    digest = _OF_NOTHING.copy()  # sooner than to set one up
    digest.update(_encode(values))
    return digest.hexdigest()
