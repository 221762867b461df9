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


def compare_view(subject: str, expected: View, said: View | None) -> Findings:
    """Compare what every change is said of: stages, open moments, alerts, the next deadline.

    `expected` is the view of the fold; a subject of whom nothing is known, or whose life is over,
    may be absent.
    """
    findings = Findings(checked=1)
    lives = [name for name, model in expected["models"].items() if model["stage"] is not None]
    if said is None:
        if lives:
            findings.lose(f"the journey of {subject}; it has a stage in {', '.join(lives)}")
    elif not any(model["stage"] for model in said["models"].values()):
        findings.invent(f"the journey of {subject}; it has no stage in any model")
    else:
        name = f"the journey of {subject}"
        findings.differ(name, _comparable(expected, lives), _comparable(said, lives))
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
