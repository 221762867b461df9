"""What is known of the subject, and of what it comes: the stage, facts and scores."""

from __future__ import annotations

from journey import facts
from journey.alerts import evidence
from journey.explaining.case import Case, stage_word
from journey.explaining.explanation import Known, StageExplained
from journey.explaining.near import nearly
from journey.explaining.outlook import stages_ahead
from journey.explaining.phrases import SHOWN, either
from journey.instant import format_instant
from journey.tables import Score
from journey.view import shown_score


def explain_stage(case: Case) -> StageExplained:
    """Explain the stage: why the subject is in it, and what would lead to others."""
    word = stage_word(case.journey, case.line.name) if case.part.stage is not None else None
    return StageExplained(
        name=None if word is None else word.to,
        since=None if word is None else format_instant(word.at),
        why="no signal has come" if word is None else word.reason,
        evidence=() if word is None else evidence(word.evidence),
        outlook=tuple(stages_ahead(case, None if word is None else word.to)),
    )


def explain_facts(case: Case) -> list[Known]:
    """Give every fact with its value at the clock."""
    return [
        Known(
            name=fact.name,
            value=facts.shown(case.part, fact, case.clock),
            why="; ".join(sources(case, fact.name, fact.of)),
        )
        for fact in case.model.facts
    ]


def explain_scores(case: Case) -> list[Known]:
    """Give every score at the clock: a value, or one for each of what it is kept by."""
    return [
        Known(
            name=score.name,
            value=shown_score(case.part, score, case.clock),
            why="; ".join(sources(case, score.name, movers(score))),
        )
        for score in case.model.scores
    ]


def movers(score: Score) -> int:
    """Give the mask of the signals and outcomes that move a score."""
    mask = 0
    for bit, _ in score.moves:
        mask |= bit
    return mask


def sources(case: Case, name: str, mask: int) -> list[str]:
    """Say of what a fact or score comes: the last that did; else what might, and nearly did."""
    came = [(seen.t, seen.name) for seen, means in case.happened if means & mask]
    outcomes = set(case.model.names_of(mask))
    for spoken in case.journey.spoken.values():
        word = spoken.word
        outcome = f"{word.moment}.{word.to}"
        if word.model == case.line.name and outcome in outcomes:
            came.append((word.at, outcome))
    if came:
        last = (f"{what} at {case.write(t)}" for t, what in sorted(came)[-SHOWN:])
        return [f"{name} comes of {', '.join(last)}"]
    said = f"{name} comes of {either(case.model, mask)}, and none came"
    return [said, *nearly(case, mask)]
