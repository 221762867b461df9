"""What is said: the difference between the fold's last words and the last words said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, cast

import msgspec

from journey import identity
from journey.alerts import evidence
from journey.instant import format_instant
from journey.journey import Journey, Spoken
from journey.said import Transition
from journey.word import RETRACTED, Word


def speak(journey: Journey, words: Iterable[Word]) -> list[Transition]:
    """Say words that came in order: each is new."""
    return [_say(journey, word) for word in words]


def differences(journey: Journey) -> list[Word]:
    """Give the words that make what has been said agree with the live fold, in a fixed order."""
    words = journey.live.words
    changed = [
        word
        for instance, word in words.items()
        if (known := journey.spoken.get(instance)) is None or _differs(known.word, word)
    ]
    withdrawn = [
        _retraction(known.word)
        for instance, known in journey.spoken.items()
        if instance not in words and known.word.to != RETRACTED
    ]
    return sorted([*changed, *withdrawn], key=lambda word: (word.at, word.instance))


def _differs(said: Word, word: Word) -> bool:
    """Compare what they say, not what Python thinks equal: `true` is not 1."""
    if said is word:
        return False
    return said != word or repr((said.value, said.facts)) != repr((word.value, word.facts))


def _retraction(word: Word) -> Word:
    return msgspec.structs.replace(
        word, to=RETRACTED, reason="what opened it no longer stands", firing=None
    )


def _say(journey: Journey, word: Word) -> Transition:
    before = journey.spoken.get(word.instance)
    revision = before.revision + 1 if before else 1
    journey.take_up(Spoken(word, revision))
    # By position: with names this alone would take twice as long.
    return Transition(
        identity.transition(word.instance, word.to, word.at, revision),
        cast("Literal['moment', 'stage']", word.kind),
        word.model,
        word.version,
        journey.subject,
        word.moment,
        word.stage,
        word.key,
        word.instance,
        revision,
        before.word.to if before else None,
        word.to,
        format_instant(word.at),
        None if word.deadline is None else format_instant(word.deadline),
        word.value,
        word.currency,
        word.reason,
        evidence(word.evidence),
        dict(word.labels),
        dict(word.facts),
    )
