"""An explanation as a page for people: on a terminal with colours, into a pipe without."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from journey.explaining.explanation import (
    Explanation,
    InstanceExplained,
    Known,
    ModelExplained,
    MomentExplained,
)
from journey.explaining.plain import plain
from journey.explaining.plain import write as written

_STYLES: Final = {
    "open": "cyan",
    "at risk": "yellow",
    "met": "green",
    "missed": "red",
    "lapsed": "dim",
    "firing": "red",
    "kept back": "yellow",
}
_CLOSED_SHOWN: Final = 3
_NOWHERE: Final = "not open"

Line = tuple[int, str, str]
"""How far it is set in, what it begins with (a state, a name), and the rest."""


def write(explanation: Explanation, *, whole: bool) -> None:
    """Print an explanation; with `whole` also what models say that have seen nothing yet."""
    console = Console(highlight=False, soft_wrap=True)
    with console.capture() as text:
        for depth, label, rest in _lines(explanation, whole=whole):
            style = _STYLES.get(label, "bold" if depth <= 1 else "")
            gap = "  " if label and rest else ""
            console.print(Text("  " * depth), Text(label, style), Text(gap + rest), sep="")
    sys.stdout.write(text.get())


def _lines(explanation: Explanation, *, whole: bool) -> Iterator[Line]:
    yield 0, explanation.subject, f"as of {explanation.clock}"
    for model in explanation.models:
        yield 0, "", ""
        if model.stage.name is None and not whole:
            again = f"`--model {model.model}` says what is awaited"
            yield 0, f"{model.model} {model.version}", f"no signal has come; {again}"
        else:
            yield from _model(model)
    yield from _section(
        "What the clock will do",
        [
            f"{one.at}  {one.model} {_named(one.moment, one.key)}: {one.words}"
            for one in explanation.coming
        ],
    )
    yield from _section("Ahead of the clock", explanation.waiting)
    names = ", ".join(explanation.meaningless)
    yield from _section("Means nothing to any model", [names] if names else [])
    yield from _section(
        "Refused", [f"{one.event} ({one.message_id}): {one.why}" for one in explanation.refused]
    )
    yield from _section(
        "Whose the events are",
        [f"{one.events} of {one.first} to {one.last}: {one.why}" for one in explanation.origins],
    )


def _model(model: ModelExplained) -> Iterator[Line]:
    stage = model.stage
    since = "" if stage.since is None else f" since {stage.since}"
    yield 0, f"{model.model} {model.version}", f"stage {written(stage.name)}{since}: {stage.why}"
    for moment in model.moments:
        yield from _moment(moment)
    yield from _known("facts", model.facts)
    yield from _known("scores", model.scores)
    if model.alerts:
        yield 1, "alerts", ""
    for alert in model.alerts:
        where = _named(alert.moment, alert.key)
        yield 2, alert.status, f"{where} since {alert.since}: {alert.title} ({alert.why})"


def _moment(moment: MomentExplained) -> Iterator[Line]:
    yield 1, moment.moment, moment.title
    is_open = {one.instance for one in moment.instances if one.outlook}
    closed = [one for one in moment.instances if one.instance not in is_open]
    left_out = max(len(closed) - _CLOSED_SHOWN, 0)
    if left_out:
        yield 2, "", f"{left_out} earlier ones are left out here; --json has them"
    left = {one.instance for one in closed[:left_out]}
    for instance in moment.instances:
        if instance.instance not in left:
            yield from _instance(instance)
    if moment.unopened:
        yield 2, _NOWHERE, moment.unopened[0]
        yield from ((3, "", why) for why in moment.unopened[1:])


def _instance(one: InstanceExplained) -> Iterator[Line]:
    value = "" if one.value is None else f", {one.value:.2f} {one.currency}"
    key = f" {one.key}" if one.key else ""
    yield 2, one.state.replace("_", " "), f"since {one.since}{key and f', key{key}'}{value}"
    yield 3, "", f"because of {one.why}"
    yield from ((3, "", look.words) for look in one.outlook)
    yield from ((3, "", why) for why in one.nearly)


def _known(title: str, known: Sequence[Known]) -> Iterator[Line]:
    shown = [f"{one.name}{which} {value}" for one in known for which, value in _values(one.value)]
    if shown:
        yield 1, title, ", ".join(shown)


def _values(value: Any) -> Iterator[tuple[str, str]]:
    """Give what is known, and of a score that is kept by something, each number with what by."""
    if isinstance(value, list):
        for one in value:
            by = "/".join(text or "none" for text in one["by"].values())
            yield f" {by}", f"{one['value']:g}"
    elif isinstance(value, dict) and "as_of" in value:
        yield "", f"{value['value']:g}"
    elif value is not None:
        yield "", written(plain(value))


def _section(title: str, texts: Sequence[str]) -> Iterator[Line]:
    if texts:
        yield 0, "", ""
        yield 0, title, ""
        yield from ((1, "", text) for text in texts)


def _named(moment: str, key: str | None) -> str:
    return f"{moment} {key}" if key else moment
