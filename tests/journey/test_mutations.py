"""The mutations: `make mutants` tries them; here only that each still has something to break."""

from __future__ import annotations

import pytest

from tests.journey.mutants import ROOT
from tests.journey.mutations import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_the_text_that_a_mutation_replaces_stands_in_its_file_once(mutation: Mutation) -> None:
    text = (ROOT / "journey" / mutation.file).read_text("utf-8")
    assert text.count(mutation.was) == 1
