"""From YAML to the grammar's values, and on to a model."""

from __future__ import annotations

from journey.language.compiling import compile_model
from journey.language.document import Document
from journey.language.parts import read_parts
from journey.model import Model


def parse_model(text: str, source: str) -> Model:
    """Read and compile a model; `source` names it in errors. Raises ModelError."""
    document = Document(text, source)
    return compile_model(document, read_parts(document))
