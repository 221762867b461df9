"""Words that every explanation is made of: lengths of time, sets of signals, values."""

from __future__ import annotations

from collections.abc import Iterable

from journey.instant import DAY, HOUR, MINUTE, SECOND
from journey.model import Model

SHOWN = 3
"""How many of several events are told, the latest ones."""

_SHORT = ((DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s"))
_LONG = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (SECOND, "second"))


def write_duration(ms: int) -> str:
    """Write a duration in the largest unit that says it exactly, as models do: `7d`, `90min`."""
    size, unit = next((one for one in _SHORT if ms % one[0] == 0), (SECOND, "s"))
    return f"{ms / size:g}{unit}"


def write_left(ms: int, *, business: bool) -> str:
    """Write the time that is left, to two units: `1 day 4 hours`, `3 business hours 20 minutes`."""
    units = _LONG[1:] if business else _LONG
    parts: list[str] = []
    for size, unit in units:
        count, ms = divmod(ms, size)
        if count:
            word = f"business {unit}" if business and not parts else unit
            parts.append(f"{count} {word}" if count == 1 else f"{count} {word}s")
    return " ".join(parts[:2]) or "no time"


def within(ms: int | None) -> str:
    """Say within what time, where that matters."""
    return f" within {write_duration(ms)}" if ms else ""


def either(model: Model, mask: int) -> str:
    """Name the signals and outcomes in a mask, any of which will do."""
    return " or ".join(f"`{name}`" for name in model.names_of(mask))


def with_key(key: str | None) -> str:
    """Say of which key, where there is one."""
    return f" with key {key}" if key else ""


def listed(texts: Iterable[str]) -> str:
    """Put the latest of several things in brackets; nothing for none."""
    found = list(texts)
    more = "…, " if len(found) > SHOWN else ""
    return f" ({more}{', '.join(found[-SHOWN:])})" if found else ""
