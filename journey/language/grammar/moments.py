"""A moment of truth, and the alerts about it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from journey.language.grammar.base import Conditions, Duration, Keywords, Source
from journey.language.grammar.endings import (
    AtRiskSpec,
    ClockSpec,
    EndsSpec,
    EverySpec,
    LapsesSpec,
    MetSpec,
    MissedSpec,
    OpensSpec,
)


class AlertSpec(Keywords):
    """Who should know when an instance comes into a state, and how bad it is.

    It does not fire while one of the conditions `unless` holds, nor for the same customer again
    within `at-most-every`.
    """

    severity: Annotated[Literal["info", "warning", "critical"], Meta(description="How bad it is.")]
    title: Annotated[
        str,
        Meta(
            description="For people; `{value}`, `{currency}`, `{key}`, `{subject}`, and the "
            "moment's labels and told facts are filled in."
        ),
    ]
    kind: Annotated[Literal["risk", "opportunity", "incident"], Meta(description="What it is.")] = (
        "risk"
    )
    team: Annotated[str | None, Meta(description="Who should know.")] = None
    playbook: Annotated[str | None, Meta(description="The name of what to do.")] = None
    unless: Annotated[
        Conditions | None, Meta(description="It does not fire while one of these holds.")
    ] = None
    at_most_every: Annotated[
        Duration | None, Meta(description="It fires for one customer only once in this time.")
    ] = None
    resolves_after: Annotated[
        Duration, Meta(description="How long it fires if nothing else resolves it.")
    ] = "7d"


class MomentSpec(Keywords):
    """A moment of truth: when it opens, what meets it, what misses it, who should know.

    `met`, or `every` and `ends` for a chain. `labels`: values that its events carry, the latest
    of each (`agent: properties.agent`). `tells`: facts that its transitions carry.
    """

    title: Annotated[str, Meta(description="For people.")]
    opens: Annotated[OpensSpec, Meta(description="What opens an instance.")]
    met: Annotated[MetSpec | None, Meta(description="What meets it, and by when.")] = None
    every: Annotated[
        EverySpec | None,
        Meta(description="In place of `met`: what is expected in time, again and again."),
    ] = None
    ends: Annotated[EndsSpec | None, Meta(description="With `every`: what ends the chain.")] = None
    stage: Annotated[
        str | None,
        Meta(title="stage", description="The stage to which its opening brings the customer."),
    ] = None
    in_stage: Annotated[
        str | None,
        Meta(
            title="stage",
            description="In place of `stage`: the stage that it belongs to and is counted under; "
            "its opening brings nobody there.",
        ),
    ] = None
    key: Annotated[
        str | None,
        Meta(
            title="key",
            description="One of the model's `keys`: each of its values has its own instance.",
        ),
    ] = None
    unmatched: Annotated[
        Literal["ignored", "latest"],
        Meta(
            description="A signal whose key has no open instance is ignored, or goes to the latest."
        ),
    ] = "ignored"
    after_close: Annotated[
        bool,
        Meta(
            description="Whether signals may still change what is closed: one that names a key "
            "the last instance of that key, any other the one that was opened last."
        ),
    ] = False
    at_once: Annotated[
        bool,
        Meta(
            description="Whether the event that opens an instance may also close it or put it at "
            "risk."
        ),
    ] = False
    clock: Annotated[
        ClockSpec | None, Meta(description="How the time to its deadline is counted.")
    ] = None
    missed: Annotated[
        MissedSpec | None, Meta(description="What misses it, besides its deadline.")
    ] = None
    lapses: Annotated[
        LapsesSpec | None, Meta(description="When it comes to nothing: neither met nor missed.")
    ] = None
    at_risk: Annotated[AtRiskSpec | None, Meta(description="What puts it at risk.")] = None
    labels: Annotated[
        dict[str, Source],
        Meta(description="Name to where it is taken from: what its events say, such as a team."),
    ] = {}
    tells: Annotated[
        list[str],
        Meta(title="list of facts", description="The facts that are told with everything it says."),
    ] = []
    alert: Annotated[
        dict[Literal["open", "at_risk", "missed", "lapsed"], AlertSpec],
        Meta(
            description="The alerts, by the state that fires them: `open`, `at_risk`, `missed` or "
            "`lapsed`."
        ),
    ] = {}
