"""Where something happens: one subject's fold, the part of one line of models, what is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from journey.fold import Fold, Part
from journey.lines import Line
from journey.model import Model
from journey.word import Instance, Word


class Scene(msgspec.Struct):
    """Passed along while a signal or a deadline is worked out; `said` gets the words.

    `fields` are those of the event at hand, and `held` what it means to each version of the line
    so far; nothing for a deadline. `currency` is for values that come without one.
    """

    fold: Fold
    line: Line
    part: Part
    said: list[Word]
    currency: str
    fields: Mapping[str, Any]
    held: list[int]

    def say(self, word: Word) -> None:
        """Say a word: it is the last one on its instance now."""
        self.fold.words[word.instance] = word
        self.said.append(word)

    def move(self, word: Word) -> None:
        """Come to the stage that a word says."""
        self.part.stage, self.part.since = word.to, word.at
        self.say(word)

    def model_of(self, instance: Instance) -> Model:
        """Give the version under which an instance opened."""
        return self.line.versions[self.line.place_of(instance.version)]

    def arm(self, moment: int, instance: Instance) -> None:
        """Put an instance's deadlines where the clock finds them."""
        version = self.line.place_of(instance.version)
        self.fold.arm(self.line.index, moment, version, instance)
