"""Every metric of the detector. No label holds anything of a customer."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from journey.said import Transition
from services.detector.flush import Flush
from services.detector.speech import Spoken
from services.detector.tally import Tally

EVENTS_READ: Final = Counter(
    "touchstone_events_read_total", "Messages read from the source topics.", ["topic"]
)
EVENTS_DECODED: Final = Counter(
    "touchstone_events_decoded_total", "Events that were well formed and admitted."
)
EVENTS_FOLDED: Final = Counter(
    "touchstone_events_folded_total", "Events that some model reads, folded into a journey."
)
EVENTS_FORWARDED: Final = Counter(
    "touchstone_events_forwarded_total",
    "Events that came to another partition than their customer's; many cost a hop each: use the "
    "partitioner murmur2 and the userId, else the anonymousId, as the key.",
)
EVENTS_DEAD: Final = Counter(
    "touchstone_events_dead_lettered_total",
    "Messages sent to the dead letters; when it grows, `touchstone dead-letters list`.",
    ["stage", "reason"],
)
EVENTS_LATE: Final = Counter(
    "touchstone_events_late_total",
    "Events older than the allowed lateness; raise it, or send them with --history.",
)
EVENTS_LOST: Final = Counter(
    "touchstone_events_expired_total",
    "Offsets that retention removed before they were read; lengthen it, or add workers.",
    ["topic"],
)
LAG_EVENTS: Final = Gauge("touchstone_lag_events", "Events not yet folded.", ["topic", "partition"])
LAG_SECONDS: Final = Gauge(
    "touchstone_clock_lag_seconds",
    "How far the clock of a partition is behind the wall clock; high and rising means that "
    "the detector is too slow or stands.",
    ["partition"],
)
FLUSH_SECONDS: Final = Histogram(
    "touchstone_flush_seconds",
    "Time of one transaction; when high, look at the broker.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 40),
)
FLUSH_MESSAGES: Final = Histogram(
    "touchstone_flush_messages",
    "Messages written in one transaction.",
    buckets=(1, 10, 100, 1_000, 10_000, 100_000),
)
JOURNEYS_CACHED: Final = Gauge(
    "touchstone_journeys_cached", "Decoded journeys in memory.", ["partition"]
)
JOURNEYS_STORED: Final = Gauge(
    "touchstone_journeys_stored", "Journeys in the local store.", ["partition"]
)
JOURNEYS_LOADED: Final = Counter(
    "touchstone_journeys_loaded_total",
    "Journeys decoded from the store; when close to the events folded, enlarge the cache.",
)
JOURNEYS_CREATED: Final = Counter("touchstone_journeys_created_total", "Journeys begun.")
JOURNEYS_REMOVED: Final = Counter("touchstone_journeys_removed_total", "Journeys that expired.")
JOURNEYS_RECOVERED: Final = Counter(
    "touchstone_journeys_recovered_total", "Journeys found in the state when partitions opened."
)
CHANGELOG_READ: Final = Counter(
    "touchstone_changelog_read_total",
    "Records read from the changelog: to recover, or to stand by for another worker.",
)
TRANSITIONS: Final = Counter(
    "touchstone_transitions_total", "Transitions said.", ["model", "moment", "state"]
)
ALERTS: Final = Counter("touchstone_alerts_total", "Alerts said.", ["status", "severity"])
ACTIONS: Final = Counter(
    "touchstone_alert_actions_total",
    "Operators' actions on alerts: accepted, refused, or repeated and so without effect.",
    ["outcome"],
)
TRANSITION_SECONDS: Final = Histogram(
    "touchstone_transition_seconds",
    "From the arrival of an event to the commit of the transition it caused.",
    buckets=(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 30, 300),
)
REBALANCES: Final = Counter("touchstone_rebalances_total", "Times that partitions were given out.")


def forget_partitions() -> None:
    """Stop telling of partitions that another worker may own from now on."""
    for gauge in (LAG_EVENTS, LAG_SECONDS, JOURNEYS_CACHED, JOURNEYS_STORED):
        gauge.clear()


def record(flush: Flush, began: float, ended: float, *, live: bool) -> None:
    """Count a committed flush; `began` and `ended` are s since the epoch.

    Latency means something only where arrivals are of the wall clock (`live`).
    """
    FLUSH_SECONDS.observe(ended - began)
    FLUSH_MESSAGES.observe(len(flush.work.outgoing) + len(flush.work.states))
    _record_tally(flush.tally)
    for spoken in flush.spoken:
        _record_word(spoken)
        if live and spoken.arrival is not None:
            TRANSITION_SECONDS.observe(max(0.0, ended - spoken.arrival / 1000))


def _record_tally(tally: Tally) -> None:
    for topic, count in tally.read.items():
        EVENTS_READ.labels(topic).inc(count)
    for (stage, reason), count in tally.dead.items():
        EVENTS_DEAD.labels(stage, reason).inc(count)
        if reason == "late":
            EVENTS_LATE.inc(count)
    for gap in tally.gaps:
        EVENTS_LOST.labels(gap.topic).inc(gap.end - gap.begin)
    EVENTS_DECODED.inc(tally.decoded)
    EVENTS_FORWARDED.inc(tally.forwarded)
    EVENTS_FOLDED.inc(tally.folded)
    for outcome, count in tally.actions.items():
        ACTIONS.labels(outcome).inc(count)
    JOURNEYS_LOADED.inc(tally.loaded)
    JOURNEYS_CREATED.inc(tally.created)
    JOURNEYS_REMOVED.inc(tally.removed)


def _record_word(spoken: Spoken) -> None:
    word = spoken.word
    if isinstance(word, Transition):
        TRANSITIONS.labels(word.model, word.moment or word.kind, word.to).inc()
    else:
        ALERTS.labels(word.status, word.severity).inc()
