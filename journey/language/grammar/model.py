"""A whole model: its stages, calendars, settings and all that it names."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from journey.language.grammar.base import Keywords, Names, Scalar, Signals, Source, Stages
from journey.language.grammar.events import EventMatch


class EntersSpec(Keywords):
    """What brings a customer to a stage: a signal, coming `from` some stages.

    Without `from` only from an earlier stage; `from: any` also from a later one.
    """

    on: Annotated[Signals, Meta(description="One of these signals brings a customer there.")]
    from_: Annotated[
        Stages | None, Meta(description="The stages that it may be from, or `any`.")
    ] = None


class StageSpec(Keywords):
    """A stage of the journey and what brings a customer there, besides moments that name it."""

    enters: Annotated[
        EntersSpec | None, Meta(description="The signals that bring a customer there.")
    ] = None


class CalendarSpec(Keywords):
    """When a business is open: hours by the day in a time zone, but not on a country's holidays.

    `hours` are by day or days (`sat`, `mon-fri`), as `09:00-12:00, 13:00-17:30`; a country is
    written as its ISO code, with a subdivision where that has its own holidays (`NL`, `DE-BY`).
    """

    zone: Annotated[str, Meta(description="The time zone, such as `Europe/Amsterdam`.")]
    hours: Annotated[
        dict[str, str],
        Meta(
            title="days to hours",
            description="When it is open, such as `09:00-12:30, 13:00-17:30`; days that are not "
            "named are closed.",
        ),
    ]
    holidays: Annotated[
        Names | None,
        Meta(title="country, or list", description="The countries on whose holidays it is closed."),
    ] = None


class ModelSpec(Keywords):
    """A whole model: one file. All that it names is explained below."""

    model: Annotated[str, Meta(description="The model's name.")]
    version: Annotated[
        str, Meta(description="Of the form `1.2.0`; it changes with whatever changes what is said.")
    ]
    title: Annotated[str, Meta(description="For people.")]
    source: Annotated[str, Meta(description="On whose idea or promise it rests.")]
    stages: Annotated[
        list[str] | dict[str, Any],
        Meta(
            description="Where a customer can be, in order: a list of names, or name to stage. "
            "The first is that of a customer's first signal."
        ),
    ]
    signals: Annotated[dict[str, Any], Meta(description="Name to signal.")]
    moments: Annotated[dict[str, Any], Meta(description="Name to moment.")]
    subject: Annotated[
        Literal["person", "account"], Meta(description="Whose journeys it is about.")
    ] = "person"
    settings: Annotated[
        dict[str, Scalar],
        Meta(
            title="name to value",
            description="What differs from firm to firm, a duration, a number or a text; used as "
            "`$name`.",
        ),
    ] = {}
    keys: Annotated[
        dict[str, Source],
        Meta(description="Name to where it is: what tells the instances of a moment apart."),
    ] = {}
    calendars: Annotated[dict[str, Any], Meta(description="Name to calendar.")] = {}
    facts: Annotated[dict[str, Any], Meta(description="Name to fact.")] = {}
    scores: Annotated[dict[str, Any], Meta(description="Name to score.")] = {}
    conditions: Annotated[dict[str, Any], Meta(description="Name to condition.")] = {}
    sectors: Annotated[
        dict[str, dict[str, list[EventMatch]]],
        Meta(description="By sector and signal: more events that are the signal in that sector."),
    ] = {}
