"""Last words, in the form of a transition, and when alerts fire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from journey import identity
from journey.instant import format_instant
from tests.journey.oracle.asking import one_holds
from tests.journey.oracle.knowing import fact_at
from tests.journey.oracle.state import Cause, Cited, Instance, Memory, Version

Said = dict[str, dict[str, Any]]
"""The last word on each instance."""

Firings = dict[str, list[tuple[str, int]]]
"""By instance: the states in which somebody is alerted to it, and when (ms)."""


@dataclass
class Speech:
    """What was said of a subject so far."""

    subject: str
    words: Said = field(default_factory=dict)
    firings: Firings = field(default_factory=dict)

    def moment(self, memory: Memory, one: Instance, cause: Cause, why: str) -> None:
        """Say what became of an instance, and fire its alert unless something keeps it back."""
        due, model = one.clock.due, one.version.model
        facts = {
            fact.name: fact_at(memory, fact, cause.t)
            for fact in (model.facts[at] for at in one.moment.tells)
        }
        self.words[one.id] = self._word(one.version, cause.t, one.id, one.evidence) | {
            "kind": "moment",
            "moment": one.moment.name,
            "stage": one.moment.stage,
            "key": one.key,
            "to": one.state,
            "deadline": None if due is None else format_instant(due),
            "value": one.value,
            "currency": one.currency,
            "reason": why,
            "labels": dict(one.labels),
            "facts": {name: value for name, value in facts.items() if value is not None},
        }
        self._alert(memory, one, cause)

    def stage(self, version: Version, stage: str, at: int, why: str, evidence: list[Cited]) -> None:
        """Say the stage that the subject has come to."""
        instance = identity.stage_instance(version.model.name, self.subject)
        self.words[instance] = self._word(version, at, instance, evidence) | {
            "kind": "stage",
            "to": stage,
            "reason": why,
        }

    def _word(
        self, version: Version, at: int, instance: str, evidence: list[Cited]
    ) -> dict[str, Any]:
        return {
            "model": version.model.name,
            "model_version": version.model.version,
            "subject": self.subject,
            "moment": None,
            "stage": None,
            "key": None,
            "instance": instance,
            "at": format_instant(at),
            "deadline": None,
            "value": None,
            "currency": None,
            "evidence": [
                {
                    "message_id": ref[0],
                    "event": ref[1],
                    "at": format_instant(ref[2]),
                    "role": ref[3],
                }
                for ref in evidence
            ],
            "labels": {},
            "facts": {},
        }

    def _alert(self, memory: Memory, one: Instance, cause: Cause) -> None:
        alerting = one.moment.alerts.get(one.state)
        if alerting is None or one_holds(memory, cause, alerting.unless):
            return
        last = memory.fired.get(one.moment.name)
        often = alerting.at_most_every
        if often is not None and last is not None and cause.t - last < often:
            return
        memory.fired[one.moment.name] = cause.t
        self.firings.setdefault(one.id, []).append((one.state, cause.t))
