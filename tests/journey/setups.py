"""What the properties are tried on: the models that ship, alone and together, and random ones."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from journey.engine import Engine
from journey.language import parse_model
from tests.journey.generated_models import model_texts
from tests.journey.histories import SECOND_MODEL, SHIPPED, Vocabulary, text_of, vocabulary_of


class Setup(NamedTuple):
    """An engine, and what histories for its models are drawn from."""

    engine: Engine
    vocabulary: Vocabulary


def setup_of(*texts: str) -> Setup:
    """Make the engine of models that are given by their texts."""
    models = [parse_model(text, f"model {at}") for at, text in enumerate(texts)]
    return Setup(Engine(models), vocabulary_of(models, texts))


def _generated() -> st.SearchStrategy[Setup]:
    one = model_texts().map(setup_of)
    return st.one_of(one, one, st.builds(setup_of, model_texts("a"), model_texts("b")))


_TEXTS = [text_of(name) for name in SHIPPED]

SETUPS = {
    **{name: st.just(setup_of(text)) for name, text in zip(SHIPPED, _TEXTS, strict=True)},
    "all shipped": st.just(setup_of(*_TEXTS)),
    "second": st.just(setup_of(SECOND_MODEL)),
    "shipped and second": st.just(setup_of(_TEXTS[0], SECOND_MODEL)),
    "generated": _generated(),
}
"""Strategies for setups, by what they are of."""
