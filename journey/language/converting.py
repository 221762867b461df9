"""From plain values to a grammar's values, with errors that say where and what was expected."""

from __future__ import annotations

import re
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from journey.errors import ModelError
from journey.language.document import Document, Path
from journey.language.grammar import Keywords
from journey.language.nearest import expected

_Spec = TypeVar("_Spec", bound=Keywords)
_TYPES = re.compile(r"`([a-z| ]+)`")
_WORDS = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping",
}
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|(\[\.\.\.\])")


def convert(document: Document, value: Any, kind: type[_Spec], path: Path) -> _Spec:
    """Read what stands at a path as one kind of mapping. Raises ModelError."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as fault:
        inner = _path(value, kind, str(fault))
        message = str(fault).partition(" - at `")[0]
        raise _explained(document, message, kind, path, inner) from fault


def _path(value: Any, kind: type[Keywords], fault: str) -> Path:
    """Read msgspec's `$.opens.on[0]`; which key of a free mapping it means, trying tells."""
    steps: list[str | int] = []
    for name, index, unknown in _STEP.findall(fault.partition(" - at `")[2].rstrip("`")):
        if not unknown:
            steps.append(int(index) if index else name)
            continue
        keys = _at(value, steps)
        found = next(key for key in keys if _fault(_only(value, steps, key), kind) == fault)
        steps.append(found)
        value = _only(value, steps[:-1], found)
    return tuple(steps)


def _fault(value: Any, kind: type[Keywords]) -> str:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as fault:
        return str(fault)
    return ""


def _at(value: Any, steps: list[str | int]) -> Any:
    for step in steps:
        value = value[step]
    return value


def _only(value: Any, steps: list[str | int], key: str) -> Any:
    """Copy a value with nothing but one key in the mapping at these steps."""
    if not steps:
        return {key: value[key]}
    inner = _only(value[steps[0]], steps[1:], key)
    if isinstance(value, list):
        return [inner if at == steps[0] else one for at, one in enumerate(value)]
    return value | {steps[0]: inner}


def _explained(
    document: Document, message: str, kind: type[Keywords], path: Path, inner: Path
) -> ModelError:
    place = (*path, *inner)
    value = re.search(r"Invalid enum value '(.*)'", message)
    if value:
        known = [word for hint in _hints(kind, inner) for word in _words(hint)]
        return document.error(place, f"invalid value {value[1]!r}; {expected(value[1], known)}")
    unknown = re.search(r"unknown field `(.*)`", message)
    if unknown is None:
        plain = _TYPES.sub(_in_words, message[:1].lower() + message[1:])
        return document.error(place, plain + _set(document, place))
    word = unknown[1]
    return document.error(
        (*place, word),
        f"{word!r} is not a key of {_of(kind, path, inner)}; "
        f"{expected(word, _keywords(kind, inner))}",
    )


def _in_words(types: re.Match[str]) -> str:
    """Name types as people do: a model's author knows no `float | null`."""
    names = (name.strip() for name in types[1].split("|"))
    return (
        " or ".join(_WORDS.get(name, f"`{name}`") for name in names if name != "null") or "nothing"
    )


def _set(document: Document, place: Path) -> str:
    """Say what a setting is, where one was named."""
    name = document.written(place)
    if not isinstance(name, str) or not name.startswith("$"):
        return ""
    return f"; setting {name[1:]!r} is {document.written(('settings', name[1:]))!r}"


def _of(kind: type[Keywords], path: Path, inner: Path) -> str:
    names = [str(step) for step in (*path, *inner) if isinstance(step, str)]
    return ".".join(names) or f"a {kind.__name__.removesuffix('Spec').lower()}"


def _keywords(kind: type[Keywords], inner: Path) -> list[str]:
    """Give the keywords of the mapping that stands at a path below one of this kind."""
    found = next(hint for hint in _hints(kind, inner) if _is_mapping(hint))
    return [field.encode_name for field in msgspec.structs.fields(found)]


def _hints(kind: type[Keywords], inner: Path) -> list[Any]:
    """Give the types that may stand at a path below a kind of mapping."""
    hints: list[Any] = [kind]
    for step in inner:
        hints = [below for hint in hints for below in _below(hint, step)]
    return hints


def _words(hint: Any) -> list[str]:
    """Give the words that a type takes, those of the keys where it is a free mapping."""
    if get_origin(hint) is Literal:
        return [str(word) for word in get_args(hint)]
    return _words(get_args(hint)[0]) if get_origin(hint) is dict else []


def _below(hint: Any, step: str | int) -> list[Any]:
    """Give the types that may stand at a step below a type."""
    if _is_mapping(hint):
        fields = {field.encode_name: field.name for field in msgspec.structs.fields(hint)}
        return _options(get_type_hints(hint)[fields[str(step)]])
    if get_origin(hint) in {dict, list}:
        return _options(get_args(hint)[-1])
    return []


def _options(hint: Any) -> list[Any]:
    if get_origin(hint) in {Union, UnionType}:
        return [option for one in get_args(hint) for option in _options(one)]
    return [hint]


def _is_mapping(hint: Any) -> bool:
    return isinstance(hint, type) and not get_args(hint) and issubclass(hint, Keywords)
