"""What happens to a subject under one version of a model: an event, an outcome, a deadline."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from journey.fold import Fold, Part
from journey.history import Entry
from journey.lines import Line
from journey.model import Model
from journey.readings import Readings, ReadLabels
from journey.tables import Moment, Reader, StageRule
from journey.word import Instance, Labels, Ref, Word

_CURRENCY: Final = re.compile("[A-Z]{3}")

Learn = Callable[[Part, "Cause"], None]
Holds = Callable[["Cause"], bool]


class Role(msgspec.Struct, frozen=True):
    """What happens, to one moment that it concerns.

    `opening` are the signals that may open an instance, because of `why`; `may_take` says whether
    an instance may have use for any. `key`, `labels` and `value` read these from the event; None
    where there is nothing to read.
    """

    moment: Moment
    opening: int
    may_take: bool
    key: Reader | None
    labels: ReadLabels | None
    value: Reader | None
    why: str


class Derived(msgspec.Struct, frozen=True):
    """A derived signal that may hold: by its bit, the signals that it is of, and its conditions."""

    bit: int
    of: int
    holds: Holds


class Plan(msgspec.Struct, frozen=True):
    """What is to be done when something happens, each in the model's order; see plans.py.

    `derived` may hold then, one because of another. `held` gives what is to be done when one of
    them does, and what is to be learnt of it.
    """

    readings: Readings
    learn: tuple[Learn, ...]
    derived: tuple[Derived, ...]
    roles: tuple[Role, ...]
    stages: tuple[StageRule, ...]
    held: Callable[[int], tuple[Plan, tuple[Learn, ...]]]
    holding: Callable[[int], Holds]


PlanOf = Callable[[int, int], Plan]
"""Gives the plan for signals or outcomes; beside them, those of the event behind are at hand."""


class Scene(msgspec.Struct, gc=False):
    """Where it happens: the subject's fold, the part of a line of models in it, what is said.

    `fields` are those of the event at hand, `plans` those for such events of each version of the
    line, and `held` what it means to each so far; nothing for a deadline. `currency` is for
    values that come without one.
    """

    fold: Fold
    line: Line
    part: Part
    said: list[Word]
    currency: str
    fields: Mapping[str, Any]
    plans: tuple[PlanOf, ...]
    held: list[int]


class Cause(msgspec.Struct, gc=False):
    """What happens, as one version of a model sees it.

    `mask` has all that it means, and `plan` what is to be done; `t` is when it happened (ms);
    `opening` the id that an instance opened by it is known by. `message_id`, `event` and
    `happened` cite the event behind it. `instance` is the one that it is an outcome of, and
    `above` the place of its moment: only moments below take it, so that nothing goes round in
    circles; -1 for an event. `by_clock` says that no event did it.
    """

    scene: Scene
    model: Model
    version: int
    mask: int
    plan: Plan
    t: int
    opening: str
    message_id: str
    event: str
    happened: int
    above: int = -1
    by_clock: bool = False
    instance: Instance | None = None

    def outcome(self, version: int, bit: int, instance: Instance) -> Cause:
        """Give what became of an instance, as a version sees it; its last event is cited.

        What the clock has done is known by the instance, what an event has done by the event.
        """
        last, scene = instance.evidence[-1], self.scene
        model = scene.line.versions[version]
        return Cause(
            scene,
            model,
            version,
            bit,
            scene.plans[version](bit, bit | scene.held[version]),
            instance.since,
            instance.id if self.by_clock else last.message_id,
            last.message_id,
            last.event,
            last.t,
            model.place_of(instance.moment),
            self.by_clock,
            instance,
        )

    def cite(self, role: str) -> Ref:
        """Cite the event as evidence."""
        return Ref(self.message_id, self.event, self.happened, role)

    def hold(self, bit: int) -> tuple[Learn, ...]:
        """Let a derived signal hold too; give what is to be learnt of it."""
        self.mask |= bit
        self.plan, learn = self.plan.held(bit)
        if self.instance is None:
            self.scene.held[self.version] = self.mask
        return learn

    def key(self, role: Role) -> str | None:
        """Give the key that it names; what is too long to be one, or no scalar, is none."""
        if role.key is None:
            return None
        if self.instance is None:
            key: str | None = role.key(self.scene.fields)  # type: ignore[assignment]
            return key
        same = self.model.moments[self.above].key == role.moment.key
        return self.instance.key if same else None

    def value(self, read: Reader | None) -> tuple[float | None, str | None]:
        """Give the value that the event carries, and its currency; of an outcome, its own."""
        if self.instance is not None:
            return self.instance.value, self.instance.currency
        value = read and read(self.scene.fields)
        if value is None:
            return None, None
        return float(value), self._unit()

    def labels(self, role: Role, before: Labels) -> Labels:
        """Give the labels of an instance that it belongs to: its own, and the latest of others."""
        found = role.labels(self.scene.fields) if role.labels else ()
        inherited = self.instance.labels if self.instance else ()
        if not inherited:
            if not found or found == before:
                return before
            if not before:
                return found
        named = {name for name, _ in role.moment.labels}
        known = dict(before) | {name: value for name, value in inherited if name in named}
        return tuple(sorted((known | dict(found)).items()))

    def say(self, word: Word) -> None:
        """Say a word: it is the last one on its instance now."""
        self.scene.fold.words[word.instance] = word
        self.scene.said.append(word)

    def move(self, word: Word) -> None:
        """Come to the stage that a word says."""
        part = self.scene.part
        part.stage, part.since = word.to, word.at
        self.say(word)

    def arm(self, moment: Moment, instance: Instance) -> None:
        """Put an instance's deadlines where the clock finds them."""
        line = self.scene.line
        version = line.place_of(instance.version)
        self.scene.fold.arm(line.index, moment.index, version, instance)

    def _unit(self) -> str:
        """Give the currency, where the event names a code of three letters (ISO 4217)."""
        code = self.scene.fields.get("properties.currency")
        named = isinstance(code, str) and _CURRENCY.fullmatch(code)
        return str(code) if named else self.scene.currency


def of_event(scene: Scene, version: int, mask: int, plan: Plan, entry: Entry) -> Cause:
    """Take an event as a version of a model does."""
    t, message_id = entry.t, entry.message_id
    model = scene.line.versions[version]
    return Cause(scene, model, version, mask, plan, t, message_id, message_id, entry.name, t)


def of_clock(scene: Scene, version: int, t: int) -> Cause:
    """Take the coming of an instant (ms) as a version of a model does."""
    model, plan = scene.line.versions[version], scene.plans[version](0, 0)
    return Cause(scene, model, version, 0, plan, t, "", "", "", t, by_clock=True)
