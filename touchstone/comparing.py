"""What was said of one subject, held against what its events say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from journey.instant import parse_instant
from journey.replaying import last_words
from journey.said import Transition
from journey.word import RETRACTED

_NOT_COMPARED = {"id": "", "revision": 0, "from_": None}


@dataclass(slots=True)
class Findings:
    """Counts of instances checked and of differences, and a sentence for each difference.

    `pending` are subjects of which more was committed each time they were looked at.
    """

    lost: int = 0
    repeated: int = 0
    invented: int = 0
    wrong: int = 0
    pending: int = 0
    checked: int = 0
    sentences: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing differs."""
        return not self.sentences

    def counts(self) -> dict[str, int]:
        """Give the counts by name, in the order in which they are printed."""
        names = ("lost", "repeated", "invented", "wrong", "pending", "checked")
        return {name: getattr(self, name) for name in names}

    def add(self, other: Findings) -> None:
        """Add the findings on another subject."""
        for name, count in other.counts().items():
            setattr(self, name, getattr(self, name) + count)
        self.sentences += other.sentences


def compare(
    expected: Mapping[str, Transition], said: Sequence[Transition], ends: Sequence[int] = ()
) -> Findings:
    """Compare last words by instance; `said` is all that was said of the subject, in its order.

    `ends` are the instants (ms) at which lives of the subject ended (see `lives`).
    """
    findings = Findings()
    _check_the_telling(said, ends, findings)
    last = last_words(said)
    for instance in {**expected, **last}:
        _check_instance(expected.get(instance), last.get(instance), findings)
    return findings


def _check_instance(
    expected: Transition | None, said: Transition | None, findings: Findings
) -> None:
    findings.checked += 1
    if expected is None:
        if said is not None and said.to != RETRACTED:
            findings.invented += 1
            findings.sentences.append(f"invented: {_name(said)}; its events say nothing of it")
    elif said is None or said.to == RETRACTED:
        findings.lost += 1
        was = "it was retracted" if said else "nothing was said"
        findings.sentences.append(f"lost: {_name(expected)}; {was}")
    elif differing := _fields_that_differ(expected, said):
        findings.wrong += 1
        findings.sentences.append(f"wrong: {_name(expected)}; {differing}")


def _check_the_telling(said: Sequence[Transition], ends: Sequence[int], findings: Findings) -> None:
    """Every id once, and the revisions of an instance without a hole."""
    ids: set[str] = set()
    last: dict[str, Transition] = {}
    for one in said:
        if one.id in ids:
            findings.repeated += 1
            findings.sentences.append(f"repeated: {_name(one)}; its id was said before")
            continue
        ids.add(one.id)
        before = last.get(one.instance)
        last[one.instance] = one
        if one.revision == (before.revision + 1 if before else 1):
            continue
        if before is None or one.revision != 1:
            findings.lost += 1
            findings.sentences.append(f"lost: the word before {_name(one)}")
        elif not _begins_anew(before, one, ends):
            findings.lost += 1
            findings.sentences.append(
                f"lost: the state of {one.subject} before {_name(one)}; revision "
                f"{before.revision} was said at {before.at}, and no life ended between"
            )


def _begins_anew(before: Transition, one: Transition, ends: Sequence[int]) -> bool:
    """Say whether a stage counts from 1 again because a life ended, with which state is removed."""
    between = range(parse_instant(before.at), parse_instant(one.at) + 1)
    return one.kind == "stage" and any(end in between for end in ends)


def _fields_that_differ(expected: Transition, said: Transition) -> str:
    one, other = (msgspec.structs.asdict(_comparable(word)) for word in (expected, said))
    return ", ".join(
        f"{name.rstrip('_')} is {other[name]!r}, expected {one[name]!r}"
        for name in one
        if one[name] != other[name]
    )


def _comparable(word: Transition) -> Transition:
    return msgspec.structs.replace(word, **_NOT_COMPARED)


def _name(word: Transition) -> str:
    what = f"{word.moment or 'stage'} {word.key or ''}".strip()
    return (
        f"{word.subject} {word.model} {what}: {word.to} at {word.at}, revision {word.revision}, "
        f"instance {word.instance}"
    )
