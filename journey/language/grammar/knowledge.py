"""What is known of the customer: facts, scores, and the conditions that ask about them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from journey.language.grammar.base import (
    Duration,
    Keywords,
    Scalar,
    Signals,
    Source,
    Stages,
)
from journey.language.grammar.events import ReadSpec


class FactSpec(Keywords):
    """Something known of the customer: kept up to date by signals, shown, and asked about.

    One of: `latest` (value of a field), `count` of signals (`within` a time if given),
    `distinct` (how many different values), `most` (the most frequent value), `sum` (of values,
    by currency). `until`: signals after which it changes no more.
    """

    latest: Annotated[
        Source | ReadSpec | None,
        Meta(title="path, list, attribute, or read", description="The latest value of this."),
    ] = None
    count: Annotated[Signals | None, Meta(description="How many of these signals came.")] = None
    distinct: Annotated[
        Source | None, Meta(description="How many different values of this there were.")
    ] = None
    most: Annotated[Source | None, Meta(description="The most frequent value of this.")] = None
    sum: Annotated[
        Literal["value"] | None, Meta(description="The signals' values together, by currency.")
    ] = None
    of: Annotated[
        Signals | None, Meta(description="The signals that it is taken from (not for `count`).")
    ] = None
    within: Annotated[
        Duration | None, Meta(description="For `count`: only those of this last time.")
    ] = None
    until: Annotated[
        Signals | None,
        Meta(description="After one of these it stays as it is; that one still counts."),
    ] = None


class ScoreSpec(Keywords):
    """A number that signals and outcomes move, and that time brings back to nought.

    `moves`: how far each moves it, a number or the signal's `polarity`. `by`: a number apart for
    each value of these attributes of the signal (`signal`, `channel`, `about`, `need`).
    """

    moves: Annotated[
        dict[str, float | Literal["polarity"]],
        Meta(description="Signal to how far it moves the score: a number, or `polarity`."),
    ]
    by: Annotated[
        list[Literal["signal", "channel", "about", "need"]],
        Meta(description="A score apart for each value of these attributes of the signal."),
    ] = []
    half_life: Annotated[
        Duration | None, Meta(description="The time in which half of it fades.")
    ] = None
    least: Annotated[float | None, Meta(description="It never falls below this.")] = None
    most: Annotated[float | None, Meta(description="It never rises above this.")] = None


class StateSpec(Keywords):
    """A condition on what is known of the customer: asked when a signal comes or an alert fires.

    Exactly one of `fact`, `score`, `stage`, `open` (a moment with an open instance), `all`, `any`
    or `not` (of other conditions). A score kept `by` something is that of the signal at hand.
    """

    fact: Annotated[
        str | None,
        Meta(
            title="fact",
            description="The fact that is compared; a sum in any one of its currencies.",
        ),
    ] = None
    score: Annotated[str | None, Meta(title="score", description="The score that is compared.")] = (
        None
    )
    stage: Annotated[Stages | None, Meta(description="The customer is in one of these.")] = None
    open: Annotated[str | None, Meta(title="moment", description="This moment is open.")] = None
    all: Annotated[
        list[str] | None,
        Meta(title="list of conditions", description="All of these conditions hold."),
    ] = None
    any: Annotated[
        list[str] | None,
        Meta(title="list of conditions", description="One of these conditions holds."),
    ] = None
    not_: Annotated[
        str | None, Meta(title="condition", description="This condition does not hold.")
    ] = None
    equals: Annotated[
        Scalar | msgspec.UnsetType, Meta(description="The fact or score is this value.")
    ] = msgspec.UNSET
    in_: Annotated[list[Scalar] | None, Meta(description="It is one of these values.")] = None
    exists: Annotated[
        bool | None, Meta(description="The fact is known (`true`), or it is not (`false`).")
    ] = None
    at_least: Annotated[float | None, Meta(description="It is this number or larger.")] = None
    at_most: Annotated[float | None, Meta(description="It is this number or smaller.")] = None
    more_than: Annotated[float | None, Meta(description="It is a larger number.")] = None
    less_than: Annotated[float | None, Meta(description="It is a smaller number.")] = None
    below_others: Annotated[
        float | None,
        Meta(
            description="The score of the signal at hand is so much or more below the mean of the "
            "others: those that differ in the first attribute of `by` alone."
        ),
    ] = None
