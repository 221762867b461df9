"""What the properties are tried on: the models that ship, alone and together, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from journey.engine import Engine
from journey.instant import DAY
from journey.language import parse_model
from journey.lines import ALWAYS, Activation, Line
from journey.model import Model
from tests.journey.changing import FIRST, NEXT, THIRD
from tests.journey.generated_models import model_texts
from tests.journey.histories import SECOND_MODEL, SHIPPED, Vocabulary, text_of, vocabulary_of


class Setup(NamedTuple):
    """An engine, and what histories for its models are drawn from."""

    engine: Engine
    vocabulary: Vocabulary


def setup_of(*texts: str, stamps: Sequence[int] = ()) -> Setup:
    """Make the engine of models that are given by their texts, some with their stamps (ms)."""
    models = [parse_model(text, f"model {at}") for at, text in enumerate(texts)]
    stamped = [
        Activation(model, stamps[at] if at < len(stamps) else ALWAYS)
        for at, model in enumerate(models)
    ]
    return Setup(Engine(stamped), vocabulary_of(models, texts))


def versions_of(line: Line) -> list[tuple[Model, int | None]]:
    """Give the versions of a line with their stamps, as the oracle takes them."""
    stamps = (None if stamp == ALWAYS else stamp for stamp in line.stamps)
    return list(zip(line.versions, stamps, strict=True))


def _generated() -> st.SearchStrategy[Setup]:
    one = model_texts().map(setup_of)
    return st.one_of(one, one, st.builds(setup_of, model_texts("a"), model_texts("b")))


_TEXTS = [text_of(name) for name in SHIPPED]

_VERSIONED = [
    setup_of(FIRST, NEXT, stamps=[ALWAYS, 8 * DAY]),
    setup_of(NEXT, FIRST, SECOND_MODEL, stamps=[ALWAYS, 8 * DAY + 1]),
    setup_of(FIRST, NEXT, THIRD, stamps=[ALWAYS, 2 * DAY, 9 * DAY]),
    setup_of(SECOND_MODEL, THIRD, stamps=[ALWAYS, 7 * DAY]),
]

SETUPS = {
    **{name: st.just(setup_of(text)) for name, text in zip(SHIPPED, _TEXTS, strict=True)},
    "all shipped": st.just(setup_of(*_TEXTS)),
    "second": st.just(setup_of(SECOND_MODEL)),
    "shipped and second": st.just(setup_of(_TEXTS[0], SECOND_MODEL)),
    "versions": st.sampled_from(_VERSIONED),
    "generated": _generated(),
}
"""Strategies for setups, by what they are of."""
