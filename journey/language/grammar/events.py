"""What is said of events: conditions on their fields, and the signals that they are."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from journey.language.grammar.base import Conditions, Events, Keywords, Paths, Scalar, Signals


class Condition(Keywords):
    """What a value must be; all that is given must hold. Numbers may be written as strings."""

    equals: Annotated[Scalar | msgspec.UnsetType, Meta(description="It is this value.")] = (
        msgspec.UNSET
    )
    in_: Annotated[list[Scalar] | None, Meta(description="It is one of these values.")] = None
    exists: Annotated[
        bool | None, Meta(description="It is there and not null (`true`), or it is not (`false`).")
    ] = None
    at_least: Annotated[float | None, Meta(description="It is a number, this one or larger.")] = (
        None
    )
    at_most: Annotated[float | None, Meta(description="It is a number, this one or smaller.")] = (
        None
    )
    more_than: Annotated[float | None, Meta(description="It is a larger number.")] = None
    less_than: Annotated[float | None, Meta(description="It is a smaller number.")] = None
    prefix: Annotated[str | None, Meta(description="It is a text that begins so.")] = None
    glob: Annotated[
        str | None, Meta(description="It is a text of this form, with `*`, `?` and `[…]`.")
    ] = None
    not_: Annotated[Condition | None, Meta(description="It does not satisfy this condition.")] = (
        None
    )


Where = dict[str, Condition | Scalar | list[Scalar]]


class EventMatch(Keywords):
    """An event by its name, and what its fields must be (`where`: path to condition or value)."""

    event: Annotated[str, Meta(description="The event's name.")]
    where: Annotated[
        Where,
        Meta(
            description="What its fields must be: a path, and a value, a list of values (one of "
            "them), or a condition."
        ),
    ] = {}


class ReadSpec(Keywords):
    """A value taken from an event: the first of the paths that has one, mapped by `values`.

    With `values` a value that is not among them is none. `else` stands in for none.
    """

    from_: Annotated[Paths, Meta(description="Where the value is.")]
    values: Annotated[
        dict[str, str | int | float | bool] | None,
        Meta(description="What is meant by each value that is found."),
    ] = None
    else_: Annotated[
        str | int | float | bool | None, Meta(description="What is taken where none is found.")
    ] = None


class SignalSpec(Keywords):
    """What an event means.

    `events` by name alone, or `any` of several matches; or `of`: another signal, or what became
    of a moment (`trouble.missed`), where the named conditions hold (`when`).
    """

    events: Annotated[
        Events | None, Meta(description="The events that are this signal, by name.")
    ] = None
    any: Annotated[
        list[EventMatch] | None,
        Meta(description="In place of `events`: the events, each with conditions of its own."),
    ] = None
    where: Annotated[Where, Meta(description="What the fields of all these `events` must be.")] = {}
    of: Annotated[
        Signals | None,
        Meta(
            description="In place of `events`: it happens when one of these does; signals above "
            "it, or what became of moments."
        ),
    ] = None
    when: Annotated[
        Conditions | None, Meta(description="With `of`: the conditions that must hold then.")
    ] = None
    value: Annotated[
        Paths | None,
        Meta(
            description="The amount at stake; its currency is `properties.currency`, else that of "
            "the deployment."
        ),
    ] = None
    channel: Annotated[
        str | ReadSpec | None, Meta(description="Where it came through: a text, or read.")
    ] = None
    polarity: Annotated[
        float | ReadSpec | None,
        Meta(description="How good it is, from -1 (bad) to 1 (good): a number, or read."),
    ] = None
    need: Annotated[
        str | ReadSpec | None, Meta(description="What the customer wants by it: a text, or read.")
    ] = None
    content: Annotated[
        Paths | None, Meta(description="Which content was used: a page, a guide, a video.")
    ] = None
    about: Annotated[
        Paths | None, Meta(description="What it is about: a brand, a product, an author.")
    ] = None
