"""From plain values to a grammar's values, with errors that say where and what was expected."""

from __future__ import annotations

import re
from difflib import get_close_matches
from types import UnionType
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from journey.errors import ModelError
from journey.language.document import Document, Path
from journey.language.grammar import Keywords

_Spec = TypeVar("_Spec", bound=Keywords)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+)\]|(\[\.\.\.\])")


def convert(document: Document, value: Any, kind: type[_Spec], path: Path) -> _Spec:
    """Read what stands at a path as one kind of mapping. Raises ModelError."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as fault:
        message, _, where = str(fault).partition(" - at `")
        inner = _path(where.rstrip("`"))
        raise _explained(document, message, kind, path, inner) from fault


def _path(where: str) -> Path:
    """Read msgspec's `$.opens.on[0]`; it does not name the keys of free mappings, so stop there."""
    steps: list[str | int] = []
    for name, index, unknown in _STEP.findall(where):
        if unknown:
            break
        steps.append(int(index) if index else name)
    return tuple(steps)


def _explained(
    document: Document, message: str, kind: type[Keywords], path: Path, inner: Path
) -> ModelError:
    unknown = re.search(r"unknown field `(.*)`", message)
    if unknown is None:
        return document.error((*path, *inner), message[:1].lower() + message[1:])
    word, known = unknown[1], _keywords(kind, inner)
    near = get_close_matches(word, known, n=1)
    expected = f"expected {near[0]!r}" if near else f"expected one of {', '.join(known)}"
    return document.error(
        (*path, *inner, word), f"{word!r} is not a key of {_of(kind, path, inner)}; {expected}"
    )


def _of(kind: type[Keywords], path: Path, inner: Path) -> str:
    names = [str(step) for step in (*path, *inner) if isinstance(step, str)]
    return ".".join(names) or f"a {kind.__name__.removesuffix('Spec').lower()}"


def _keywords(kind: type[Keywords], inner: Path) -> list[str]:
    """Give the keywords of the mapping that stands at a path below one of this kind."""
    for step in inner:
        if isinstance(step, str):
            field = next(f for f in msgspec.structs.fields(kind) if f.encode_name == step)
            found = _mapping_in(get_type_hints(kind)[field.name])
            kind = found or kind
    return [field.encode_name for field in msgspec.structs.fields(kind)]


def _mapping_in(hint: Any) -> type[Keywords] | None:
    if isinstance(hint, type) and not isinstance(hint, UnionType) and not get_args(hint):
        return hint if issubclass(hint, Keywords) else None
    return next((found for arg in get_args(hint) if (found := _mapping_in(arg))), None)
