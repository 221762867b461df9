"""One line on what has happened to the customers, from the API's totals."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import Counter
from typing import Any, Final

import orjson

from touchstone.local import ports

_STATES: Final = ("open", "at_risk", "met", "missed", "lapsed", "retracted")


def read(port: int, token: str) -> str | None:
    """Ask the API on that port; None where it does not answer."""
    request = urllib.request.Request(
        f"http://{ports.LOOPBACK}:{port}/api/v1/stats", headers={"authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
            return line(orjson.loads(answer.read()))
    except (urllib.error.URLError, OSError):
        return None


def line(totals: dict[str, Any]) -> str:
    """Put the totals into words."""
    states: Counter[str] = Counter()
    for moments in totals["moments"].values():
        for by_state in moments.values():
            states.update(by_state)
    firing = sum(totals["alerts"].get("firing", {}).values())
    counts = ", ".join(
        f"{states[state]:,} {state.replace('_', ' ')}" for state in _STATES if states[state]
    )
    customers = f"{totals['customers']:,} customers"
    models = len(totals["moments"])
    moments = f"moments in {models} models" if models > 1 else "moments"
    return f"{customers}; {moments}: {counts or 'none yet'}; {firing:,} alerts firing"
