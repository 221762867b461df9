"""The model language as a JSON Schema, for editors that check and complete while one writes."""

from __future__ import annotations

from typing import Any

import msgspec

from journey.language.grammar import CalendarSpec, ModelSpec, MomentSpec, SignalSpec

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/$defs/{name}"
# The grammar leaves these open, because the reader takes them one by one.
_NAMED = {"signals": SignalSpec, "moments": MomentSpec, "calendars": CalendarSpec}


def model_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of a model's YAML, from the grammar and its words.

    It knows the form, not what refers to what: that a signal is known says only the compiler.
    """
    kinds = (ModelSpec, *_NAMED.values())
    _, definitions = msgspec.json.schema_components(kinds, ref_template=_REF)
    model = definitions.pop(ModelSpec.__name__)
    for key, kind in _NAMED.items():
        model["properties"][key]["additionalProperties"] = {"$ref": _REF.format(name=kind.__name__)}
    return {"$schema": _DIALECT, **model, "title": "A Touchstone model", "$defs": definitions}
