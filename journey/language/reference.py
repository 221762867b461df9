"""The model language as a page of documentation, from the grammar and examples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from journey.language import grammar
from journey.language.grammar import Keywords
from journey.language.parts import NAMED

MAPPINGS: Final[Mapping[str, type[Keywords]]] = {
    "model": grammar.ModelSpec,
    "stage": grammar.StageSpec,
    "enters": grammar.EntersSpec,
    "signal": grammar.SignalSpec,
    "event-match": grammar.EventMatch,
    "condition": grammar.Condition,
    "read": grammar.ReadSpec,
    "fact": grammar.FactSpec,
    "score": grammar.ScoreSpec,
    "state": grammar.StateSpec,
    "moment": grammar.MomentSpec,
    "opens": grammar.OpensSpec,
    "met": grammar.MetSpec,
    "every": grammar.EverySpec,
    "ends": grammar.EndsSpec,
    "missed": grammar.MissedSpec,
    "lapses": grammar.LapsesSpec,
    "at-risk": grammar.AtRiskSpec,
    "clock": grammar.ClockSpec,
    "pause": grammar.PauseSpec,
    "alert": grammar.AlertSpec,
    "calendar": grammar.CalendarSpec,
}
"""The mappings in the order of the page; the names are those of their examples."""

_TITLES: Final[Mapping[str, str]] = {
    "event-match": "Event",
    "condition": "Condition on a field",
    "read": "Value that is read",
    "state": "Condition on the customer",
}
_NAMES = {kind: name for name, kind in MAPPINGS.items()}
_WORDS = {str: "text", bool: "`true` or `false`", int: "number", float: "number"}
_INTRODUCTION = """\
# The model language, word by word

<!-- Made by `make reference` from journey/language/grammar/ and docs/reference/examples/. -->

[How to write a model](../model-language.md) is the place to start; here every word is explained.

- A **path** is the way to a field from the event's root: `properties.total`, `traits.plan`,
  `context.channel`. Where several paths are given, the first that has a value counts.
- An **attribute** is what a signal says of itself: `signal.channel`, `signal.need`,
  `signal.polarity`, `signal.content`, `signal.about`.
- A **duration** is a number and its unit: `90s`, `30min`, `24h`, `7d`, `2w`, `2 weeks`; in the
  hours of a calendar: `8 business hours`.
- A **setting** (`$cart-patience`, `$looks`) may stand for any duration, number or other value; only
  titles and the names of events are taken as they are.
- Where a **signal** is expected, what became of a moment may stand as well: `purchase.missed`,
  with one of `open`, `at_risk`, `met`, `missed` and `lapsed`. In a moment's own rules it must be
  a moment further up in the file.

- A **moment** opens for one customer, and for one value of its key where it has one: that is an
  **instance**. It is `open`, perhaps `at_risk`, and ends as `met`, `missed` or `lapsed`.

The first example is a whole model. Every other one is a part that is added to it, or that stands in
place of what has the same name there.
"""


def model_reference(examples: Mapping[str, str]) -> str:
    """Write the page (Markdown); `examples` are YAML texts by the name of their mapping."""
    parts = [_INTRODUCTION]
    for name, kind in MAPPINGS.items():
        parts += ["\n".join(_section(name, kind)), f"```yaml\n{examples[name]}```\n"]
    return "\n".join(parts)


def _section(name: str, kind: type[Keywords]) -> Iterator[str]:
    yield f"## {_title(name)}\n"
    about = (kind.__doc__ or "").strip()
    yield "\n".join(line.strip() for line in about.splitlines()) + "\n"
    places = ", ".join(_places(kind))
    if places:
        yield f"Stands under {places}.\n"
    yield "| keyword | says | value | default |"
    yield "|---|---|---|---|"
    hints = get_type_hints(kind, include_extras=True)
    for field in msgspec.structs.fields(kind):
        hint = hints[field.name]
        if kind is grammar.ModelSpec and field.name in NAMED:
            # The grammar leaves these open, because the reader takes them one by one.
            hint = _closed(hint, NAMED[field.name])
        cells = (f"`{field.encode_name}`", _said(hint), _kind_of(hint), _default(field))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _title(name: str) -> str:
    return _TITLES.get(name) or name.replace("-", " ").capitalize()


def _places(kind: type[Keywords]) -> Iterator[str]:
    """Say where a mapping may stand."""
    for word, named in NAMED.items():
        if named is kind:
            yield f"`{word}` of the {_link('model', 'model')}, by name"
    for name, parent in MAPPINGS.items():
        for field in msgspec.structs.fields(parent):
            hint = get_type_hints(parent)[field.name]
            if parent is not kind and kind in _within(hint):
                yield f"`{field.encode_name}` of {_link(name, _title(name).lower())}"


def _closed(hint: Any, named: type[Keywords]) -> Any:
    """Put what is named in place of what a mapping leaves open."""
    inner, *metas = get_args(hint)
    form = dict[str, named]  # type: ignore[valid-type]
    others = [one for one in get_args(inner) if get_origin(one) is list]
    return Annotated[Union[(*others, form)], *metas]


def _within(hint: Any) -> list[Any]:
    return [hint, *(found for one in get_args(hint) for found in _within(one))]


def _said(hint: Any) -> str:
    """Give the sentence that the grammar says of a keyword."""
    return next((one.description for one in get_args(hint)[1:] if one.description), "")


def _kind_of(hint: Any) -> str:
    """Say in words what may stand at a keyword."""
    if get_origin(hint) is Annotated:
        inner, *metas = get_args(hint)
        return next((meta.title for meta in metas if meta.title), None) or _kind_of(inner)
    if get_args(hint):
        return _composed(get_origin(hint), get_args(hint))
    if hint in _NAMES:
        return _link(_NAMES[hint], _title(_NAMES[hint]).lower())
    return _WORDS[hint]


def _composed(origin: Any, args: tuple[Any, ...]) -> str:
    if origin is Literal:
        return _either([f"`{word}`" for word in args])
    if origin is list:
        return f"list of {_kind_of(args[0])}"
    if origin is dict:
        return f"name to {_kind_of(args[1])}"
    options = [one for one in args if one not in (NoneType, msgspec.UnsetType)]
    return _either(list(dict.fromkeys(_kind_of(one) for one in options)))


def _either(words: list[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _link(name: str, text: str) -> str:
    return f"[{text}](#{_title(name).lower().replace(' ', '-')})"


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "required"
    default = field.default_factory() if callable(field.default_factory) else field.default
    if default in (None, msgspec.UNSET, "", [], {}):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
