"""Settings: what `$name` stands for, put in its place before anything else is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from journey.language.document import Document, Path
from journey.language.nearest import expected

_FIRST = "$"
_AS_WRITTEN: Final = frozenset({"event", "events", "title"})
"""Keywords whose texts come from elsewhere, where a `$` may be the first letter of a name."""


def settled(document: Document) -> Any:
    """Give a model's values with every `$name` replaced by its setting.

    Places stay those of the names. Raises ModelError for a setting that is not known.
    """
    values = document.values
    known = values.get("settings", {}) if isinstance(values, dict) else None
    if not isinstance(known, dict):
        return values  # that this is no model is said by who reads it
    return {
        key: value if key == "settings" else _settled(document, known, value, (key,))
        for key, value in values.items()
    }


def _settled(document: Document, known: Mapping[str, Any], value: Any, path: Path) -> Any:
    if isinstance(value, dict):
        return {key: _settled(document, known, one, (*path, key)) for key, one in value.items()}
    if isinstance(value, list):
        return [_settled(document, known, one, (*path, at)) for at, one in enumerate(value)]
    if not isinstance(value, str) or not value.startswith(_FIRST) or _is_as_written(path):
        return value
    name = value.removeprefix(_FIRST)
    if name not in known:
        raise document.error(
            path, f"{name!r} is not a setting of this model; {expected(name, known)}"
        )
    return known[name]


def _is_as_written(path: Path) -> bool:
    return next(step for step in reversed(path) if isinstance(step, str)) in _AS_WRITTEN
