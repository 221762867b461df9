"""What a step expects of a moment's alerts."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from journey.instant import parse_instant
from journey.said import Alert
from journey.scenarios.expectations import Difference, together
from journey.scenarios.standing import Standing


class Alerts(msgspec.Struct, frozen=True):
    """All alerts of a moment, or of one key of it, in the order in which they first fired.

    Each is the fields that it must have, by name; `status` is among them.
    """

    moment: str
    key: str | None
    wanted: tuple[dict[str, object], ...]

    def difference(self, standing: Standing) -> Difference | None:
        """Compare with the alerts as last said."""
        there = standing.alerts(self.moment, self.key)
        if len(there) == len(self.wanted) and all(
            _some(alert, wanted) == wanted for wanted, alert in zip(self.wanted, there, strict=True)
        ):
            return None
        asked = [
            "status",
            *dict.fromkeys(name for one in self.wanted for name in one if name != "status"),
        ]
        return Difference(
            together(_shown(wanted) for wanted in self.wanted),
            together(_shown(_some(alert, asked)) for alert in there),
            _reason(standing, there[-1]) if there else self._unfired(standing),
        )

    def _unfired(self, standing: Standing) -> str:
        moment = standing.moment(self.moment)
        if not moment.alerts:
            return f"the model has no alert for {moment.name}"
        states = " or ".join(moment.alerts).replace("_", " ")
        words = (word.to.replace("_", " ") for word in standing.words(self.moment, self.key))
        return f"{moment.name} alerts when it is {states}; there is {together(words)}"


def _some(alert: Alert, names: Iterable[str]) -> dict[str, object]:
    return {name: getattr(alert, name) for name in names}


def _shown(fields: dict[str, object]) -> str:
    rest = (f"{name} {value}" for name, value in fields.items() if name != "status")
    return ", ".join([str(fields["status"]), *rest])


def _reason(standing: Standing, alert: Alert) -> str:
    last = alert.history[-1]
    return f"{last.status} since {standing.days.write(parse_instant(last.at))}: {last.reason}"
