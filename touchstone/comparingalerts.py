"""The alerts said of one subject, held against its last words and what operators did.

The outcomes of their actions are taken as the alert tells of them, in its history and comments.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

import msgspec

from journey.actions import in_force
from journey.said import Alert
from touchstone.findings import Findings

_A_LOG: Final = "history"


def compare_alerts(
    expected: Iterable[Alert], said: Iterable[Alert], forgotten: Container[str] = ()
) -> Findings:
    """Compare alerts by id.

    `forgotten` has the models in which a life has ended: resolved alerts of it may not be known
    any more, or have been said anew as withdrawn.
    """
    findings = Findings()
    wanted, there = ({alert.id: alert for alert in alerts} for alerts in (expected, said))
    for id_ in {**wanted, **there}:
        findings.checked += 1
        _check(wanted.get(id_), there.get(id_), findings, forgotten)
    return findings


def _check(
    expected: Alert | None, said: Alert | None, findings: Findings, forgotten: Container[str]
) -> None:
    if said is None:
        if expected is not None:
            findings.lose(f"{_name(expected)}; nothing was said")
    elif expected is None:
        gone = said.status == "resolved" and (said.model in forgotten or not said.count)
        if not gone:
            findings.invent(f"{_name(said)}; nothing that it is about stands")
    else:
        findings.differ(_name(expected), _comparable(expected, said), _comparable(said, said))


def _comparable(alert: Alert, said: Alert) -> dict[str, object]:
    """Give what an alert says now, and that its log ends with it.

    Who it was assigned to is given where the log does not tell any more.
    """
    fields = msgspec.structs.asdict(alert)
    del fields[_A_LOG]
    fields["the last line of its history"] = alert.status
    if alert is said:
        fields["the last line of its history"] = said.history[-1].status if said.history else None
    elif all(outcome.name != "assign" for outcome in in_force(x.action for x in said.history)):
        fields["assignee"] = said.assignee
    return fields


def _name(alert: Alert) -> str:
    what = f"{alert.moment} {alert.key or ''}".strip()
    return f"alert {alert.id} of {alert.subject} {alert.model} {what}: {alert.status}"
