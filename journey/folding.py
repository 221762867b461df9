"""How a journey folds: on in order, again from a checkpoint or the base, and into the base."""

from __future__ import annotations

from journey.alerts import tally
from journey.fold import Fold
from journey.journey import Journey
from journey.rules import Rules
from journey.speaking import differences
from journey.word import Word

_CHECKPOINT_EVERY = 32
_CHECKPOINTS_KEPT = 16


def run(journey: Journey, rules: Rules) -> list[Word]:
    """Fold what waits and fire what is due up to the journey's clock; give the words, in order."""
    words: list[Word] = []
    entries, live, clock = journey.history.entries, journey.live, journey.clock
    while journey.folded < len(entries) and entries[journey.folded].t <= clock:
        rules.apply(live, entries[journey.folded], words)
        journey.folded += 1
        if journey.folded % _CHECKPOINT_EVERY == 0:
            journey.checkpoints.append((journey.folded, live.copy()))
            del journey.checkpoints[:-_CHECKPOINTS_KEPT]
    rules.fire(live, clock, words)
    return words


def again(journey: Journey, rules: Rules, place: int) -> list[Word]:
    """Fold again because the history changed at an index; give the words that differ."""
    journey.checkpoints = [point for point in journey.checkpoints if point[0] <= place]
    journey.folded, start = _nearest(journey, place)
    journey.live = start.copy()
    run(journey, rules)
    return differences(journey)


def cut(journey: Journey, rules: Rules, limit: int) -> None:
    """Fold the entries below `limit` (ms, event time) into the base, and settle what is final."""
    count = min(journey.history.count_before(limit), journey.folded)
    if not count:
        return
    done, start = _nearest(journey, count)
    base = start.copy()
    for entry in journey.history.entries[done:count]:
        rules.apply(base, entry, [])
    rules.fire(base, limit - 1, [])
    journey.history.cut(limit)
    journey.folded -= count
    journey.checkpoints = []
    journey.base = base
    _settle(journey, limit)


def _nearest(journey: Journey, count: int) -> tuple[int, Fold]:
    """Give the latest fold of at most so many entries."""
    points = [point for point in journey.checkpoints if point[0] <= count]
    return points[-1] if points else (0, journey.base)


def _settle(journey: Journey, limit: int) -> None:
    """Forget the words that nothing admitted can change any more; alerts keep their count."""
    alive = journey.base.alive()
    final = [
        spoken.word
        for instance, spoken in journey.spoken.items()
        if spoken.word.kind == "moment" and spoken.word.opened < limit and instance not in alive
    ]
    for word in final:
        del journey.spoken[word.instance]
        journey.live.words.pop(word.instance, None)
        state = journey.alerts.get((word.model, word.moment or "", word.key))
        if state is not None:
            state.settled = tally(state.settled, [word])
    journey.base.words = {
        instance: word
        for instance, word in journey.base.words.items()
        if word.kind == "stage" or instance in alive
    }
