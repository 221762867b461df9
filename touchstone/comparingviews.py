"""The public journey of one subject, held against what its events say.

It is written when something is said or the next deadline changes, not at every event. So what
moves on with each signal, such as facts, scores, values and labels, is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from touchstone.findings import Findings

View = Mapping[str, Any]

_OF_A_MOMENT: Final = ("moment", "key", "instance", "state", "since")


def compare_view(subject: str, expected: View | None, said: View | None) -> Findings:
    """Compare what every change is said of: stages, open moments, alerts, the next deadline.

    `expected` is the view of the fold, None where no event means anything. A subject whose lives
    are all over may be absent.
    """
    if expected is None and said is None:
        return Findings()
    findings, name = Findings(checked=1), f"the journey of {subject}"
    models = {} if expected is None else expected["models"]
    lives = [line for line, model in models.items() if model["stage"] is not None]
    if expected is None:
        findings.invent(f"{name}; its events say nothing of it")
    elif said is not None:
        findings.differ(name, _comparable(expected, lives), _comparable(said, lives))
    elif lives:
        findings.lose(f"{name}; it has a stage in {', '.join(lives)}")
    return findings


def _comparable(view: View, lives: list[str]) -> dict[str, object]:
    """Give what is as of now in either; the stage of a life that is over is no longer told."""
    models = view["models"]
    fields: dict[str, object] = {
        "subject": view["subject"],
        "next_deadline": view["next_deadline"],
        "models": sorted(models),
        "alerts": sorted(view["alerts"], key=lambda alert: str(alert["id"])),
    }
    for name in models:
        moments = [[one[field] for field in _OF_A_MOMENT] for one in models[name]["moments"]]
        fields[f"moments of {name}"] = sorted(moments, key=lambda one: str(one[2]))
        if name in lives:
            fields[f"stage in {name}"] = models[name]["stage"]
    return fields
