"""The reference of the model language is what the grammar says, with examples that are models."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from journey.language import grammar, parse_model
from journey.language.document import Document
from journey.language.grammar import Keywords
from journey.language.reference import MAPPINGS
from tests.docs.pages import ROOT, page

REFERENCE = ROOT / "docs" / "reference"
GUIDE = page("docs/model-language.md")
PARTS = [
    text
    for language, text in GUIDE.blocks
    if language == "yaml" and not text.startswith(("model:", "- scenario:"))
]
EXAMPLES = {path.stem: path for path in sorted(REFERENCE.glob("examples/*.yaml"))}


def values(name: str) -> dict[str, Any]:
    found: dict[str, Any] = Document(EXAMPLES[name].read_text("utf-8"), name).values
    return found


def whole(part: dict[str, Any]) -> str:
    """Add a part to the whole model that the page begins with, name by name."""
    model = values("model")
    for key, value in part.items():
        here = model.get(key)
        model[key] = here | value if isinstance(here, dict) and isinstance(value, dict) else value
    return yaml.safe_dump(model, sort_keys=False)


def keys_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from keys_in(inner)


def test_the_page_is_up_to_date() -> None:
    made = runpy.run_path(str(REFERENCE / "write.py"))["page"]()
    assert page("docs/reference/model-language.md").text == made, "run `make reference`"


def test_every_mapping_of_the_grammar_is_on_the_page() -> None:
    kinds = {kind for kind in vars(grammar).values() if isinstance(kind, type)}
    mappings = {kind for kind in kinds if issubclass(kind, Keywords)} - {Keywords}
    assert set(MAPPINGS.values()) == mappings
    assert set(EXAMPLES) == set(MAPPINGS)


@pytest.mark.parametrize("name", MAPPINGS)
def test_an_example_is_a_model_or_a_part_of_one(name: str) -> None:
    parse_model(whole(values(name)), f"{name}.yaml")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_in_the_guide_is_a_part_of_that_model(part: str) -> None:
    parse_model(whole(Document(part, "guide").values), "guide.yaml")


@pytest.mark.parametrize("name", MAPPINGS)
def test_an_example_shows_every_keyword_of_its_mapping(name: str) -> None:
    assert set(MAPPINGS[name].__struct_encode_fields__) <= set(keys_in(values(name)))


@pytest.mark.parametrize("kind", MAPPINGS.values(), ids=MAPPINGS)
def test_every_keyword_is_said_in_a_sentence(kind: type[Keywords]) -> None:
    rows = page("docs/reference/model-language.md").text.splitlines()
    for keyword in kind.__struct_encode_fields__:
        says = [row.split(" | ")[1] for row in rows if row.startswith(f"| `{keyword}` |")]
        assert all(text.endswith((".", " …")) for text in says), keyword
        assert says, keyword
