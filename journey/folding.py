"""How a journey folds: on in order, again from a checkpoint or the base, and into the base."""

from __future__ import annotations

from journey.fold import Fold
from journey.instant import HOUR
from journey.journey import CHECKPOINT_EVERY, Journey
from journey.rules import Rules
from journey.speaking import differences
from journey.word import Word

_CHECKPOINTS_KEPT = 16
PAUSE = 8 * HOUR
AHEAD = 5_000
"""How far ahead of the clock what has arrived is folded, ms: about what a clock comes behind."""
CUT_AT_LEAST = CHECKPOINT_EVERY
"""Fewer entries than this are not folded a second time, to be in the base as well.

Where a journey is in memory, a fold of as many is at hand.
"""


def is_in_order(journey: Journey, place: int, t: int) -> bool:
    """Say whether an entry at this index, of this event time (ms), can be folded as it came."""
    return journey.changed_at is None and place >= journey.folded and t > journey.live.fired


def is_near(journey: Journey, t: int) -> bool:
    """Say whether what happened at `t` (ms) may be folded by now: the clock came to it, or nearly.

    If nearly, the customer was heard of since: then it is not ahead of its time.
    """
    return t <= journey.clock or (t <= journey.heard and t <= journey.clock + AHEAD)


def waits_until(journey: Journey) -> int | None:
    """Say to which clock (ms) the next entry waits; None where there is none, or a deadline first.

    Asked of a journey that was folded up to its clock.
    """
    entries = journey.history.entries
    if journey.folded == len(entries):
        return None
    t = entries[journey.folded].t
    if is_near(journey, t):
        return None
    return t if t > journey.heard else t - AHEAD


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
    while journey.folded < len(entries):
        entry = entries[journey.folded]
        if entry.t > clock and not _comes_next(journey, rules, entry.t, words):
            break
        if journey.folded and entry.t - entries[journey.folded - 1].t >= PAUSE:
            # What is older will be cut one day: here it can be, without folding it once more.
            _keep_checkpoint(journey)
        rules.apply(live, entry, words)
        journey.folded += 1
        if journey.folded >= journey.next_checkpoint:
            _keep_checkpoint(journey)
    if live.timers and live.timers[0][0] <= clock:
        rules.fire(live, clock, words)
    return words


def _comes_next(journey: Journey, rules: Rules, t: int, words: list[Word]) -> bool:
    """Say whether what happened at `t` (ms), ahead of the clock, comes next all the same.

    Not if a deadline comes first: whether that is met, the clock alone can tell.
    """
    if not is_near(journey, t):
        return False
    rules.fire(journey.live, journey.clock, words)
    return rules.next_deadline(journey.live, t) is None


def _keep_checkpoint(journey: Journey) -> None:
    """Keep a copy of the live fold; the next one later, the more there is to copy."""
    journey.checkpoints.append((journey.folded, journey.live.copy()))
    del journey.checkpoints[:-_CHECKPOINTS_KEPT]
    distance = max(CHECKPOINT_EVERY, journey.live.instances())
    journey.next_checkpoint = journey.folded + distance


def _rewind(journey: Journey, place: int) -> None:
    """Go back to the latest fold of entries before an index."""
    entries = journey.history.entries
    until = entries[place].t - 1 if place < len(entries) else journey.clock
    journey.folded, start = _nearest(journey, place, until)
    # Of as many entries there may be a later fold, after deadlines that the change has undone.
    journey.checkpoints = [
        (at, fold)
        for at, fold in journey.checkpoints
        if at <= journey.folded and fold.fired <= until
    ]
    journey.live = (start or journey.base).copy()
    journey.next_checkpoint = journey.folded + CHECKPOINT_EVERY


def past(journey: Journey, rules: Rules, count: int, until: int) -> Fold:
    """Give the fold of the first entries, with deadlines fired up to `until` (ms, event time)."""
    done, start = _nearest(journey, count, until)
    fold = (start or journey.base).copy()
    _fold_on(journey, rules, fold, done, count, until)
    return fold


def cut(journey: Journey, rules: Rules, limit: int) -> None:
    """Fold entries below `limit` (ms, event time) into the base, and settle what is final.

    A few may stay until there are more, or a fold of them is at hand: they need not be folded
    once more then.
    """
    assert journey.changed_at is None, "a journey is advanced before it is cut"
    entries = journey.history.entries
    count = min(journey.history.count_before(limit), journey.folded)
    done, start = _nearest(journey, count, limit - 1)
    if 0 < count - done < CUT_AT_LEAST:
        count, limit = done, entries[done].t
    if not count and (journey.base_due is None or journey.base_due >= limit):
        return
    if count and entries[count - 1].t >= limit:
        return  # what happened at one instant is cut together
    base = start.copy() if start is journey.live else start or journey.base
    _fold_on(journey, rules, base, done, count, limit - 1)
    journey.history.cut(limit)
    journey.folded -= count
    journey.checkpoints = [(at - count, fold) for at, fold in journey.checkpoints if at > count]
    journey.next_checkpoint = max(journey.next_checkpoint - count, journey.folded + 1)
    journey.rest_on(base)
    _settle(journey, limit)


def _fold_on(journey: Journey, rules: Rules, fold: Fold, done: int, count: int, until: int) -> None:
    """Bring a fold of the first `done` entries to that of `count`, and to `until` (ms)."""
    for entry in journey.history.entries[done:count]:
        rules.apply(fold, entry, [])
    rules.fire(fold, until, [])


def _nearest(journey: Journey, count: int, until: int) -> tuple[int, Fold | None]:
    """Give the latest fold of at most so many entries that fired nothing after `until` (ms).

    None stands for the base, which need not have been read.
    """
    for at, fold in ((journey.folded, journey.live), *reversed(journey.checkpoints)):
        if at <= count and fold.fired <= until:
            return at, fold
    return 0, None


def _settle(journey: Journey, limit: int) -> None:
    """Forget the words that nothing admitted can change any more; alerts keep their count."""
    alive = journey.base.alive()
    final = [
        spoken.word
        for instance, spoken in journey.spoken.items()
        if spoken.word.kind == "moment" and spoken.word.opened < limit and instance not in alive
    ]
    folds = [journey.live, *(fold for _, fold in journey.checkpoints)]
    for word in final:
        journey.forget(word)
        for fold in folds:
            fold.words.pop(word.instance, None)
        state = journey.alerts.get((word.model, word.moment or "", word.key))
        if state is not None:
            state.settle(word, journey.base.life_of(word.model, word.opened))
    journey.base.words = {
        instance: word
        for instance, word in journey.base.words.items()
        if word.kind == "stage" or instance in alive
    }
