"""The model language as a JSON Schema, for editors that check and complete while one writes."""

from __future__ import annotations

from typing import Any

import msgspec

from journey.language.grammar import ModelSpec
from journey.language.parts import NAMED

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/$defs/{name}"


def model_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a model's YAML, from the grammar and its words.

    It knows the form, not what refers to what: that a signal is known says only the compiler.
    """
    kinds = (ModelSpec, *NAMED.values())
    _, definitions = msgspec.json.schema_components(kinds, ref_template=_REF)
    model = definitions.pop(ModelSpec.__name__)
    for key, kind in NAMED.items():
        _mapping(model["properties"][key])["additionalProperties"] = _form(key, kind.__name__)
    return {"$schema": _DIALECT, **model, "title": "A Touchstone model", "$defs": definitions}


def _mapping(form: dict[str, Any]) -> dict[str, Any]:
    """Give the form of the mapping where a list may stand as well (stages)."""
    forms: list[dict[str, Any]] = form.get("anyOf", [form])
    return next(one for one in forms if one["type"] == "object")


def _form(key: str, name: str) -> dict[str, Any]:
    mapping = {"$ref": _REF.format(name=name)}
    # A stage without anything below it is written as a name and a colon.
    return {"anyOf": [mapping, {"type": "null"}]} if key == "stages" else mapping
