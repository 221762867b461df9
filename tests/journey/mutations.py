"""The known ways to break the engine: one text replaced by another each, and who must notice."""

from __future__ import annotations

from typing import NamedTuple

_IN_ORDER = "test_order_independence.py::test_in_order_the_engine_agrees_with_the_oracle"
_ANY_ORDER = "test_order_independence.py::test_any_order_and_any_handling_give_the_same_last_words"


def _properties(*setups: str) -> tuple[str, ...]:
    return tuple(f"{name}[{setup}]" for name in (_IN_ORDER, _ANY_ORDER) for setup in setups)


LANGUAGE = ("test_language.py",)
"""For what stories tell: in order, by the engine and the oracle."""

ATTRIBUTION = ("test_attribution.py",)
ACTIONS = ("test_actions.py",)
"""For what operators do about alerts."""
VERSIONS = ("test_versions.py", *_properties("versions"))
SEVERAL = ("test_several_models.py",)
AHEAD = ("test_ahead.py",)
"""For what is folded ahead of the clock."""
ORDER = (
    "test_folding.py",
    "test_copies.py",
    "test_order_independence.py::test_the_clock_of_a_journey_never_goes_back",
    *_properties("second", "four-moments", "generated"),
)
"""For what only disorder shows."""


class Mutation(NamedTuple):
    """One text replaced by another in one file; the tests are those that can notice."""

    name: str
    file: str
    was: str
    becomes: str
    tests: tuple[str, ...] = LANGUAGE


MUTATIONS = (
    Mutation(
        "cut too far",
        "engine.py",
        "limit = journey.clock - self._horizon",
        "limit = journey.clock - self._horizon + 24 * 3_600_000",
        ORDER,
    ),
    Mutation(
        "a fold that fired a deadline taken for one before it",
        "folding.py",
        "if at <= count and fold.fired <= until:",
        "if at <= count:",
        ORDER,
    ),
    Mutation(
        "a fold cut with words that are settled",
        "folding.py",
        "folds = [journey.live, *(fold for _, fold in journey.checkpoints)]",
        "folds = [journey.live]",
        ORDER,
    ),
    Mutation(
        "dedupe off",
        "history.py",
        "if entry.message_id not in self._times:",
        "if True:",
        ORDER,
    ),
    Mutation(
        "copies forgotten at the cut",
        "history.py",
        "if max(times) >= limit - COPIES_WITHIN",
        "if max(times) >= limit",
        ORDER,
    ),
    Mutation(
        "clock going back",
        "engine.py",
        "journey.clock = max(journey.clock, clock)\n        if",
        "journey.clock = clock\n        if",
        ORDER,
    ),
    Mutation(
        "ordinal ids",
        "moments.py",
        "moment.name, key, *opening)",
        'moment.name, key, "1", 0)',
        ORDER,
    ),
    Mutation(
        "admission by what was seen",
        "engine.py",
        "        place = journey.history.insert(entry)",
        (
            "        if journey.history.entries and event.t < "
            "journey.history.entries[-1].t - self.settings.lateness:\n"
            "            return self.advance(journey, clock)\n"
            "        place = journey.history.insert(entry)"
        ),
        ORDER,
    ),
    Mutation(
        "rank off",
        "history.py",
        "return (self.t, self.sequence, self.rank, self.message_id)",
        "return (self.t, self.sequence, 0, self.message_id)",
        ORDER,
    ),
    Mutation(
        "late at the horizon",
        "engine.py",
        "if event.t < event.a - self.settings.lateness:",
        "if event.t <= event.a - self.settings.lateness:",
        ORDER,
    ),
    Mutation(
        "a signal at a fired deadline taken as in order",
        "folding.py",
        "t > journey.live.fired",
        "t >= journey.live.fired",
        ORDER,
    ),
    Mutation(
        "past a deadline ahead of the clock",
        "folding.py",
        "return rules.next_deadline(journey.live, t) is None",
        "return True",
        AHEAD,
    ),
    Mutation(
        "ahead of all that was heard",
        "folding.py",
        "(t <= journey.heard and t <= journey.clock + AHEAD)",
        "t <= journey.clock + AHEAD",
        AHEAD,
    ),
    Mutation(
        "far ahead of the clock",
        "folding.py",
        "(t <= journey.heard and t <= journey.clock + AHEAD)",
        "t <= journey.heard",
        AHEAD,
    ),
    Mutation(
        "held up by a deadline that stands no more",
        "folding.py",
        "return rules.next_deadline(journey.live, t) is None",
        "return not journey.live.timers or journey.live.timers[0][0] >= t",
        AHEAD,
    ),
    Mutation(
        "copies are not heard of",
        "engine.py",
        "        journey.heard = max(journey.heard, event.a)\n",
        "        if event.message_id not in journey.history._times:\n"
        "            journey.heard = max(journey.heard, event.a)\n",
        AHEAD,
    ),
    Mutation(
        "a deadline before the signal at its instant",
        "rules.py",
        "fold.timers[0][0] < entry.t:\n            self.fire(fold, entry.t - 1, said)",
        "fold.timers[0][0] <= entry.t:\n            self.fire(fold, entry.t, said)",
    ),
    Mutation(
        "retractions not said",
        "speaking.py",
        "if instance not in words and known.word.to != RETRACTED",
        "if False",
        ORDER,
    ),
    Mutation(
        "copies of a fold that share instances",
        "fold.py",
        "{key: copy(one) for",
        "{key: one for",
        ORDER,
    ),
    Mutation(
        "claims in time by when they happened",
        "claims.py",
        "claims[at].a - t <= settings.merge",
        "claims[at].t - t <= settings.merge",
        ATTRIBUTION,
    ),
    Mutation(
        "copies of links taken as links",
        "claims.py",
        "if not mine or claim.t - mine[-1].t > COPIES_WITHIN",
        "if True",
        ATTRIBUTION,
    ),
    Mutation(
        "links told that an earlier one precedes",
        "links.py",
        "if hour != before or link.a < telling[-1].a:",
        "if True:",
        ATTRIBUTION,
    ),
    Mutation(
        "links dropped that only happened later than another of their hour",
        "links.py",
        "if hour != before or link.a < telling[-1].a:",
        "if hour != before:",
        ATTRIBUTION,
    ),
    Mutation(
        "copies that absorb what arrived before them",
        "claims.py",
        " or claim.a < mine[-1].a:",
        ":",
        ATTRIBUTION,
    ),
    Mutation(
        "accounts that reach back with whatever joins a subject",
        "accounts.py",
        "counting(memberships_in(came)))",
        "counting(memberships_in(events)))",
        ATTRIBUTION,
    ),
    Mutation(
        "circles that end where they close",
        "links.py",
        "return min(circle_of(way), default=way[-1].person)",
        "return way[-1].person",
        ATTRIBUTION,
    ),
    Mutation(
        "credits for reading one's own",
        "attribution.py",
        "if author != owner:",
        "if author != event.subject:",
        ATTRIBUTION,
    ),
    Mutation(
        "models of accounts seeing what a person did for one",
        "meanings.py",
        "True if subject.startswith(ACCOUNT) else False if elsewhere else None",
        "True if subject.startswith(ACCOUNT) else None",
        SEVERAL,
    ),
    Mutation(
        "counts that go on in the next version",
        "fold.py",
        "self.counted, self.sequences, self.armed = {}, {}, {}",
        "self.armed = {}",
        VERSIONS,
    ),
    Mutation(
        "the next version taking what closed an old instance",
        "instances.py",
        "done=moment.name in closed",
        "done=False",
        VERSIONS,
    ),
    Mutation(
        "an event before its stamp taken by a version",
        "meanings.py",
        "mask & line.known_at(t) if",
        "mask if",
        VERSIONS,
    ),
    Mutation(
        "one life over all models",
        "rules.py",
        "        part.last_t = entry.t\n",
        (
            "        part.last_t = entry.t\n"
            "        for one in scene.fold.parts:\n"
            "            one.last_t = None if one.last_t is None else entry.t\n"
        ),
        SEVERAL,
    ),
    Mutation(
        "a deadline fired after a close",
        "moments.py",
        "if known is not None and known.id == instance.id:",
        "if False:",
    ),
    Mutation(
        "at risk again by the clock",
        "instances.py",
        'if kind == RISK and instance.state != "open":',
        "if False:",
    ),
    Mutation(
        "nothing too late after the deadline",
        "moments.py",
        "0 if _is_too_late(instance, t) else moment.met",
        "moment.met",
    ),
    Mutation(
        "a pause ignored",
        "moments.py",
        "if mask & moment.pause:",
        "if False:",
    ),
    Mutation(
        "a resumption ignored",
        "moments.py",
        "if mask & moment.resume:",
        "if False:",
    ),
    Mutation(
        "a reset ignored",
        "moments.py",
        "if mask & moment.reset:",
        "if False:",
    ),
    Mutation(
        "the calendar ignored",
        "clocks.py",
        "t + time if moment.calendar is None else moment.calendar.add(t, time)",
        "t + time",
    ),
    Mutation(
        "the calendar ignored in a pause",
        "clocks.py",
        (
            "instance.due - t if moment.calendar is None else "
            "moment.calendar.between(t, instance.due)"
        ),
        "instance.due - t",
    ),
    Mutation(
        "holidays ignored",
        "calendars.py",
        "hours and any(day in days for days in self._holidays)",
        "False",
        ("test_calendars.py",),
    ),
    Mutation(
        "a chain that ends with a miss",
        "instances.py",
        "if kind == DUE and moment.chained:",
        "if False:",
    ),
    Mutation(
        "a chain that goes on when it is ended",
        "instances.py",
        "was_open and not ends and",
        "was_open and",
    ),
    Mutation(
        "a silence not disarmed",
        "openings.py",
        "    else:\n        disarm(part, moment, key)",
        "    else:\n        pass",
    ),
    Mutation(
        "a sequence without a window",
        "openings.py",
        "return moment.sequence_within is None or t - first <= moment.sequence_within",
        "return True",
    ),
    Mutation(
        "a count without a window",
        "openings.py",
        "if moment.count_within is not None and before and",
        "if False and",
    ),
    Mutation(
        "apart ignored",
        "openings.py",
        "cause.t - before[-1][0] >= moment.apart",
        "True",
    ),
    Mutation(
        "a fact that goes on after its end",
        "facts.py",
        "if fact.until:",
        "if False:",
    ),
    Mutation(
        "scores that do not fade",
        "scores.py",
        "if score.half_life is None:",
        "if True:",
    ),
    Mutation(
        "derived signals by what was known before",
        "knowing.py",
        (
            "    plan, part = cause.plan, cause.scene.part\n"
            "    if in_force:\n"
            "        for learn in plan.learn:\n"
            "            learn(part, cause)\n"
            "    if plan.derived:\n"
            "        derive(cause, in_force=in_force)\n"
        ),
        (
            "    plan, part = cause.plan, cause.scene.part\n"
            "    if plan.derived:\n"
            "        derive(cause, in_force=in_force)\n"
            "    if in_force:\n"
            "        for learn in plan.learn:\n"
            "            learn(part, cause)\n"
        ),
    ),
    Mutation(
        "stages from anywhere",
        "knowing.py",
        "if here is None or here in rule.start:",
        "if True:",
    ),
    Mutation(
        "labels of the opening only",
        "moments.py",
        "if role.labels:",
        "if role.labels and not instance.labels:",
    ),
    Mutation(
        "alerts in spite of a condition",
        "firing.py",
        "return any(cause.plan.holding(test)(cause) for test in alerting.unless)",
        "return False",
    ),
    Mutation(
        "alerts without a rest",
        "firing.py",
        "if alerting.at_most_every is not None:",
        "if False:",
    ),
    Mutation(
        "an acknowledgement that holds for ever",
        "alerts.py",
        'return (clock if held.status == "snoozed" else fired) < held.until',
        'return held.status == "acknowledged" or clock < held.until',
        ACTIONS,
    ),
    Mutation(
        "a snooze that ends with the next firing",
        "alerts.py",
        'return (clock if held.status == "snoozed" else fired) < held.until',
        "return fired < held.until and fired <= held.clock",
        ACTIONS,
    ),
    Mutation(
        "an alert resolved by hand for ever",
        "alerts.py",
        "return hold if fired <= hold.clock else None",
        "return hold",
        ACTIONS,
    ),
    Mutation(
        "an acknowledgement that outlives a resolution",
        "alerts.py",
        "anew = ended is not None and hold.clock < ended < fired",
        "anew = False",
        ACTIONS,
    ),
    Mutation(
        "an acknowledgement of what no longer stands",
        "alerts.py",
        "anew or first is None or first > hold.clock",
        "anew",
        ACTIONS,
    ),
    Mutation(
        "actions heard again",
        "alertdesk.py",
        "if action.id in state.heard:",
        "if False:",
        ACTIONS,
    ),
    Mutation(
        "alerts forgotten before they are final",
        "pruning.py",
        'state.said.status == "resolved" and state.at < limit',
        'state.said.status == "resolved"',
        ACTIONS,
    ),
    Mutation(
        "alerts forgotten with their count",
        "pruning.py",
        "journey.alerts[key] = AlertState(state.settled, state.born)",
        "del journey.alerts[key]",
        ACTIONS,
    ),
    Mutation(
        "actions of an earlier life",
        "alertdesk.py",
        "handling = state.handling.since(born)",
        "handling = state.handling",
        ACTIONS,
    ),
    Mutation(
        "outcomes that reach moments above",
        "instances.py",
        "moment.index > above",
        "moment.index != above",
    ),
    Mutation(
        "at once ignored",
        "instances.py",
        "if moment.at_once:",
        "if False:",
    ),
    Mutation(
        "after the close by the latest only",
        "moments.py",
        "instances.get(key) or closed.get(key)",
        "instances.get(key)",
    ),
    Mutation(
        "unmatched keys to no instance",
        "moments.py",
        "if key is not None and not moment.unmatched_to_latest:",
        "if key is not None:",
        ("test_four_moments.py", *LANGUAGE),
    ),
    Mutation(
        "a closing event that opens another",
        "instances.py",
        "if not (closed or done) and",
        "if not done and",
    ),
)
