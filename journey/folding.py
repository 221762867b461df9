"""How a journey folds: on in order, again from a checkpoint or the base, and into the base."""

from __future__ import annotations

from journey.fold import Fold
from journey.journey import CHECKPOINT_EVERY, Journey
from journey.rules import Rules
from journey.speaking import differences
from journey.word import Word

_CHECKPOINTS_KEPT = 16


def is_in_order(journey: Journey, place: int, t: int) -> bool:
    """Say whether an entry at this index, of this event time (ms), can be folded as it came."""
    return journey.changed_at is None and place >= journey.folded and t > journey.live.fired


def note_change(journey: Journey, place: int) -> None:
    """Note that the history changed at an index before what was folded."""
    journey.changed_at = place if journey.changed_at is None else min(place, journey.changed_at)


def fold(journey: Journey, rules: Rules) -> list[Word]:
    """Bring the live fold to the journey's clock; give what is to be said, in order."""
    if journey.changed_at is None:
        return _run(journey, rules)
    _rewind(journey, journey.changed_at)
    _run(journey, rules)
    journey.changed_at = None
    return differences(journey)


def _run(journey: Journey, rules: Rules) -> list[Word]:
    """Fold what waits and fire what is due up to the journey's clock; give the words, in order."""
    words: list[Word] = []
    entries, live, clock = journey.history.entries, journey.live, journey.clock
    while journey.folded < len(entries) and entries[journey.folded].t <= clock:
        rules.apply(live, entries[journey.folded], words)
        journey.folded += 1
        if journey.folded >= journey.next_checkpoint:
            _keep_checkpoint(journey)
    rules.fire(live, clock, words)
    return words


def _keep_checkpoint(journey: Journey) -> None:
    """Keep a copy of the live fold; the next one later, the more there is to copy."""
    journey.checkpoints.append((journey.folded, journey.live.copy()))
    del journey.checkpoints[:-_CHECKPOINTS_KEPT]
    distance = max(CHECKPOINT_EVERY, journey.live.instances())
    journey.next_checkpoint = journey.folded + distance


def _rewind(journey: Journey, place: int) -> None:
    """Go back to the latest fold of entries before an index."""
    journey.checkpoints = [point for point in journey.checkpoints if point[0] <= place]
    journey.folded, start = _nearest(journey, place)
    journey.live = start.copy()
    journey.next_checkpoint = journey.folded + CHECKPOINT_EVERY


def past(journey: Journey, rules: Rules, count: int, until: int) -> Fold:
    """Give the fold of the first entries, with deadlines fired up to `until` (ms, event time)."""
    done, start = _nearest(journey, count)
    fold = start.copy()
    for entry in journey.history.entries[done:count]:
        rules.apply(fold, entry, [])
    rules.fire(fold, until, [])
    return fold


def cut(journey: Journey, rules: Rules, limit: int) -> None:
    """Fold the entries below `limit` (ms, event time) into the base, and settle what is final."""
    assert journey.changed_at is None, "a journey is advanced before it is cut"
    count = min(journey.history.count_before(limit), journey.folded)
    due = rules.next_deadline(journey.base)
    if not count and (due is None or due >= limit):
        return
    base = past(journey, rules, count, limit - 1)
    journey.history.cut(limit)
    journey.folded -= count
    journey.checkpoints = []
    journey.next_checkpoint = journey.folded + CHECKPOINT_EVERY
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
        journey.forget(word)
        journey.live.words.pop(word.instance, None)
        state = journey.alerts.get((word.model, word.moment or "", word.key))
        if state is not None:
            state.settle(word, journey.base.life_of(word.model, word.opened))
    journey.base.words = {
        instance: word
        for instance, word in journey.base.words.items()
        if word.kind == "stage" or instance in alive
    }
