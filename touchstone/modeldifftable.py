"""What would change with another version of a model, as text for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from touchstone.modeldiff import MEASURES, ModelDiff
from touchstone.transitionlist import visible

_HEAD: Final = ("opened", "at risk", "met", "missed", "lapsed", "alerts", "met of decided")


def as_json(diff: ModelDiff) -> str:
    """Give everything as one JSON object."""
    before, after = diff.counts
    old, new = diff.models
    form: dict[str, Any] = {
        "model": old.name,
        "old": old.version,
        "new": new.version,
        "customers": diff.customers,
        "different": diff.different,
        "moments": {
            moment: {
                "before": _measured(before.of(moment)),
                "after": _measured(after.of(moment)),
            }
            for moment in _moments(diff)
        },
        "stages": {
            stage: {"before": before.stages[stage], "after": after.stages[stage]}
            for stage in _stages(diff)
        },
        "first": diff.first,
    }
    return msgspec.json.encode(form).decode()


def as_text(diff: ModelDiff) -> Iterator[str]:
    """Give lines: by moment, by stage, by customer; a number that changes as `before → after`."""
    before, after = diff.counts
    old, new = diff.models
    yield f"{old.name} {old.version} → {new.version}, over {diff.customers} customers"
    if not diff.different:
        yield "nothing would change"
        return
    yield ""
    rows: list[tuple[str, ...]] = [("moment", *_HEAD)]
    for moment in _moments(diff):
        counts = before.of(moment), after.of(moment)
        cells = [_change(*(str(one[measure]) for one in counts)) for measure in MEASURES]
        rows.append((moment, *cells, _change(*map(_rate, counts))))
    yield from _aligned(rows)
    yield ""
    stages = [
        (one, _change(str(before.stages[one]), str(after.stages[one]))) for one in _stages(diff)
    ]
    yield from _aligned([("stage", "customers that came to it"), *stages])
    yield ""
    yield f"{diff.different} of {diff.customers} customers differ{_showing(diff)}"
    for customer in diff.first:
        yield visible(customer.subject)
        for one in customer.differences:
            yield visible(f"  {one.what}: {one.before or 'nothing'} → {one.after or 'nothing'}")


def _showing(diff: ModelDiff) -> str:
    return f"; the first {len(diff.first)}:" if diff.first else ""


def _measured(counts: dict[str, int]) -> dict[str, Any]:
    decided = counts["met"] + counts["missed"]
    rate = counts["met"] / decided if decided else None
    return {measure: counts[measure] for measure in MEASURES} | {"met_of_decided": rate}


def _rate(counts: dict[str, int]) -> str:
    decided = counts["met"] + counts["missed"]
    return f"{counts['met'] / decided:.1%}" if decided else "none"


def _moments(diff: ModelDiff) -> list[str]:
    """Give the moments of both models, in their order."""
    return list(dict.fromkeys(one.name for model in diff.models for one in model.moments))


def _stages(diff: ModelDiff) -> list[str]:
    return list(dict.fromkeys(stage for model in diff.models for stage in model.stages))


def _change(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
