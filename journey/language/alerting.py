"""Alerts: who should know, when, and what keeps them back."""

from __future__ import annotations

import re
from typing import Final

from journey.language.document import Path
from journey.language.grammar import AlertSpec, MomentSpec
from journey.language.lexicon import Lexicon
from journey.language.nearest import expected
from journey.tables import Alerting

PLACEHOLDERS: Final = ("value", "currency", "key", "subject")
"""What every title can show, besides the moment's labels and the facts that it tells."""


def compile_alerts(words: Lexicon, spec: MomentSpec, path: Path) -> dict[str, Alerting]:
    """Compile a moment's alerts, by the state that fires them. Raises ModelError."""
    known = [*PLACEHOLDERS, *spec.labels, *spec.tells]
    return {
        state: _alert(words, one, known, (*path, "alert", state))
        for state, one in spec.alert.items()
    }


def _alert(words: Lexicon, spec: AlertSpec, known: list[str], path: Path) -> Alerting:
    for name in re.findall(r"{(.*?)}", spec.title):
        if name not in known:
            raise words.document.error(
                (*path, "title"), f"{{{name}}} is not known in this title; {expected(name, known)}"
            )
    return Alerting(
        severity=spec.severity,
        kind=spec.kind,
        title=spec.title,
        team=spec.team,
        playbook=spec.playbook,
        resolves_after=words.duration(spec.resolves_after, (*path, "resolves-after")) or 0,
        unless=words.conditions(spec.unless, (*path, "unless")),
        at_most_every=words.duration(spec.at_most_every, (*path, "at-most-every")),
    )
