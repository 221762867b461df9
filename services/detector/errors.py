"""What can stop the detector.

DetectorError
├── NotReady           something it needs is not there; the text says what to do
├── SplitAssignment    the source topics are not shared out alike
├── ModelsUnknown      it cannot be said which versions are in force
├── OffsetsGone        nothing says up to where the journeys were folded
├── Fenced             another worker owns the partitions by now
├── ChangelogGap       a part of the changelog is missing
├── Unanswered         the broker did not finish a transaction in time
└── TooManyBad         most of what arrives is of no use: somebody must look
"""

from __future__ import annotations


class DetectorError(Exception):
    """Anything that stops the detector on purpose; the text is one sentence."""


class NotReady(DetectorError):  # noqa: N818 - a state, said to a person
    """A topic, a setting or the broker is not as it must be."""


class SplitAssignment(DetectorError):  # noqa: N818
    """The worker was given a partition number of one source topic, but not of all."""


class ModelsUnknown(DetectorError):  # noqa: N818
    """The topic `models` cannot be read, so that partitions cannot be opened."""


class OffsetsGone(DetectorError):  # noqa: N818
    """There are journeys, but no committed offsets: what they hold would be folded again."""


class Fenced(DetectorError):  # noqa: N818
    """Another worker has taken over a partition number that this one believed to own."""


class ChangelogGap(DetectorError):  # noqa: N818
    """What was read of the changelog does not follow on what the worker's copy holds."""


class Unanswered(DetectorError):  # noqa: N818
    """The broker did not finish a transaction in time; whether it counts is not known."""


class TooManyBad(DetectorError):  # noqa: N818
    """Too large a share of the last messages went to the dead letters."""
