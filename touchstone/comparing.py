"""What was said of one subject, held against what its events say: transitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from journey.instant import parse_instant
from journey.replaying import last_words
from journey.said import Transition
from journey.word import RETRACTED
from touchstone.findings import Findings

_NOT_COMPARED: Final = {"id", "revision", "from_"}


class Span(msgspec.Struct, frozen=True):
    """What can be known of a subject where retention has removed the beginning of a log.

    Words of before `base` (ms, event time) are not all expected any more, and of before `kept`
    not all are on the topic; None where nothing is missing.
    """

    base: int | None = None
    kept: int | None = None


WHOLE: Final = Span()


def compare(
    expected: Mapping[str, Transition],
    said: Sequence[Transition],
    ends: Sequence[int] = (),
    span: Span = WHOLE,
) -> Findings:
    """Compare last words by instance; `said` is all that was said of the subject, in its order.

    `ends` are the instants (ms) at which lives of the subject ended (see `lives`).
    """
    findings = Findings()
    _check_the_telling(said, ends, span, findings)
    last = last_words(said)
    for instance in {**expected, **last}:
        _check_instance(expected.get(instance), last.get(instance), span, findings)
    return findings


def _check_instance(
    expected: Transition | None, said: Transition | None, span: Span, findings: Findings
) -> None:
    if expected is None and said is not None and _is_before(said, span.base):
        return
    if said is None and expected is not None and _is_before(expected, span.kept):
        return
    findings.checked += 1
    if expected is None:
        if said is not None and said.to != RETRACTED:
            findings.invent(f"{_name(said)}; its events say nothing of it")
    elif said is None or said.to == RETRACTED:
        was = "it was retracted" if said else "nothing was said"
        findings.lose(f"{_name(expected)}; {was}")
    else:
        findings.differ(_name(expected), _comparable(expected), _comparable(said))


def _is_before(word: Transition, instant: int | None) -> bool:
    return instant is not None and parse_instant(word.at) < instant


def _check_the_telling(
    said: Sequence[Transition], ends: Sequence[int], span: Span, findings: Findings
) -> None:
    """Every id once, and the revisions of an instance without a hole."""
    ids: set[str] = set()
    last: dict[str, Transition] = {}
    for one in said:
        if one.id in ids:
            findings.repeat(f"{_name(one)}; its id was said before")
            continue
        ids.add(one.id)
        before = last.get(one.instance)
        last[one.instance] = one
        if one.revision == (before.revision + 1 if before else 1):
            continue
        if before is None and span.kept is not None:
            continue  # the words before may have been removed
        if before is None or one.revision != 1:
            findings.lose(f"the word before {_name(one)}")
        elif not _begins_anew(before, one, ends, span):
            findings.lose(
                f"the state of {one.subject} before {_name(one)}; revision "
                f"{before.revision} was said at {before.at}, and no life ended between"
            )


def _begins_anew(before: Transition, one: Transition, ends: Sequence[int], span: Span) -> bool:
    """Say whether a stage counts from 1 again because a life ended, with which state is removed."""
    between = range(parse_instant(before.at), parse_instant(one.at) + 1)
    unknown = span.base is not None and parse_instant(before.at) < span.base
    return one.kind == "stage" and (unknown or any(end in between for end in ends))


def _comparable(word: Transition) -> dict[str, object]:
    return {
        name: value
        for name, value in msgspec.structs.asdict(word).items()
        if name not in _NOT_COMPARED
    }


def _name(word: Transition) -> str:
    what = f"{word.moment or 'stage'} {word.key or ''}".strip()
    return (
        f"{word.subject} {word.model} {what}: {word.to} at {word.at}, revision {word.revision}, "
        f"instance {word.instance}"
    )
