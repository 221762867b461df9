"""The model language as a JSON Schema, for editors that check and complete while one writes."""

from __future__ import annotations

from typing import Any

import msgspec

from journey.language.grammar import ModelSpec
from journey.language.parts import NAMED

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/$defs/{name}"
_SETTING = {"type": "string", "pattern": r"^\$."}


def model_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a model's YAML, from the grammar and its words.

    It knows the form, not what refers to what: that a signal is known says only the compiler.
    """
    kinds = (ModelSpec, *NAMED.values())
    _, written = msgspec.json.schema_components(kinds, ref_template=_REF)
    definitions = {name: _or_setting(form) for name, form in written.items()}
    model = definitions.pop(ModelSpec.__name__)
    for key, kind in NAMED.items():
        _mapping(model["properties"][key])["additionalProperties"] = _form(key, kind.__name__)
    return {"$schema": _DIALECT, **model, "title": "A Touchstone model", "$defs": definitions}


def _or_setting(form: Any) -> Any:
    """Let a setting stand for every number."""
    if isinstance(form, list):
        return [_or_setting(one) for one in form]
    if not isinstance(form, dict):
        return form
    inner = {key: _or_setting(one) for key, one in form.items()}
    if inner.get("type") not in {"integer", "number"}:
        return inner
    return {"anyOf": [{"type": inner.pop("type")}, _SETTING], **inner}


def _mapping(form: dict[str, Any]) -> dict[str, Any]:
    """Give the form of the mapping where a list may stand as well (stages)."""
    forms: list[dict[str, Any]] = form.get("anyOf", [form])
    return next(one for one in forms if one["type"] == "object")


def _form(key: str, name: str) -> dict[str, Any]:
    mapping = {"$ref": _REF.format(name=name)}
    # A stage without anything below it is written as a name and a colon.
    return {"anyOf": [mapping, {"type": "null"}]} if key == "stages" else mapping
