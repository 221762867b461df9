"""A model's diagram is Mermaid, and shows every moment with its ways in and out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from journey.language import parse_model
from journey.language.drawing import draw
from tests.journey.histories import MODELS, shipped

GOOD = (MODELS / "four-moments.yaml").read_text(encoding="utf-8")
FOUR_MOMENTS = draw(shipped("four-moments"))
EVERYTHING_TEXT = (Path(__file__).parent / "everything.yaml").read_text(encoding="utf-8")
EVERYTHING = draw(parse_model(EVERYTHING_TEXT, "e.yaml"))

# The forms of Mermaid's documented grammar that a drawing uses, one a line.
LABEL = r'(?:[^#:;"{}<>%\n]|#\d+;)+'
FORMS = re.compile(
    r"direction LR"
    rf'|state "{LABEL}" as (?P<name>\w+)(?P<opens> {{)?'
    rf"|(?P<start>\w+|\[\*\]) --> (?P<end>\w+|\[\*\])( : {LABEL})?"
    r"|(?P<closes>})"
)


def is_well_formed(diagram: str) -> bool:
    """Say whether a diagram has the documented forms only, closed blocks, and declared states."""
    head, body = diagram.split("stateDiagram-v2\n")
    declared, used, depth = {"[*]"}, set(), 0
    for line in body.splitlines():
        form = FORMS.fullmatch(line.strip())
        if form is None:
            return False
        depth += bool(form["opens"]) - bool(form["closes"])
        declared |= {form["name"]} - {None}
        used |= {form["start"], form["end"]} - {None}
    return bool(re.fullmatch(r'---\ntitle: ".*"\n---\n', head)) and depth == 0 and used <= declared


def block(diagram: str, moment: str) -> list[str]:
    """Give the lines of a moment without its number."""
    after = diagram.partition(f'    state "{moment}')[2]
    lines = after.partition("\n    }\n")[0].splitlines()[1:]
    return [re.sub(r"\bm\d+_", "", line.strip()) for line in lines]


def test_shipped_models_are_drawn_in_documented_forms() -> None:
    for file in MODELS.glob("*.yaml"):
        if "." not in file.stem:
            assert is_well_formed(draw(shipped(file.stem)))


def test_a_moment_shows_what_opens_it_and_what_becomes_of_it() -> None:
    assert block(FOUR_MOMENTS, "zmot, stage research") == [
        'state "open" as waiting',
        'state "met" as met',
        'state "lapsed" as lapsed',
        "[*] --> waiting : 3 times research within 7d",
        "waiting --> met : identified or decision or order",
        "waiting --> lapsed : 14d without research",
        "met --> [*]",
        "lapsed --> [*]",
    ]


def test_at_risk_is_within_waiting_and_alerts_are_named() -> None:
    assert block(FOUR_MOMENTS, "fmot")[:6] == [
        'state "waiting" as waiting {',
        'state "open" as open',
        'state "at risk (warning alert to sales)" as at_risk',
        "[*] --> open",
        "open --> at_risk : friction",
        "}",
    ]


def test_a_deadline_is_a_way_to_be_missed_and_quiet_one_to_be_met() -> None:
    assert "waiting --> missed : no order within 24h of the decision" in block(FOUR_MOMENTS, "fmot")
    assert "waiting --> met : 30d without complaint or return" in block(FOUR_MOMENTS, "smot")


def test_several_ways_of_opening_are_several_arrows() -> None:
    arrows = [line for line in block(FOUR_MOMENTS, "umot") if line.startswith("[*]")]
    assert arrows == ["[*] --> waiting : promoter", "[*] --> waiting : 2 times smot.met"]


def test_time_left_before_a_deadline_puts_at_risk() -> None:
    text = GOOD.replace("at-risk: {on: friction}", "at-risk: {before: 2h}")
    assert "open --> at_risk : 2h before its deadline" in block(
        draw(parse_model(text, "m.yaml")), "fmot"
    )


def test_what_is_decided_after_the_close_is_drawn_from_the_closed_states() -> None:
    lines = block(EVERYTHING, "habit")
    assert {"met --> missed : lapse", "missed --> met : order"} <= set(lines)
    text = EVERYTHING_TEXT.replace("    lapses: {on: solved, without: look, for: 90d}\n", "")
    diagram = draw(parse_model(text, "e.yaml"))
    assert is_well_formed(diagram)
    assert not [line for line in block(diagram, "habit") if line.startswith("lapsed")]


@pytest.mark.parametrize(
    "name", ["a:b", "a;b", 'say "no"', "a-->b", "end", "a{b}", "#1", "<i>", "%%a"]
)
def test_no_name_breaks_the_diagram(name: str) -> None:
    quoted = "'" + name + "'"
    text = re.sub(r"\bfriction\b(?!-)", quoted, GOOD).replace("Friction", "Trouble")
    diagram = draw(parse_model(text.replace("\n  fmot:", f"\n  {quoted}:"), "m.yaml"))
    assert is_well_formed(diagram), diagram


def test_every_way_of_opening_is_an_arrow() -> None:
    assert is_well_formed(EVERYTHING)
    arrows = [line for line in block(EVERYTHING, "habit") if line.startswith("[*] --> waiting")]
    assert arrows == [
        "[*] --> waiting : review",
        "[*] --> waiting : 3 times look within 7d, each 1h apart",
        "[*] --> waiting : order, then ask or look, then survey within 14d",
        "[*] --> waiting : 30d without look since order",
    ]


def test_the_windows_of_a_chain_lead_to_the_next_until_it_ends() -> None:
    lines = block(EVERYTHING, "promise, stage use")
    assert "waiting --> met : answer" in lines
    assert "waiting --> met : solved (the last)" in lines
    assert "waiting --> missed : no answer within 8 business hours" in lines
    assert {"met --> waiting : next window", "missed --> waiting : next window"} <= set(lines)


def test_a_moment_may_lapse_on_a_signal() -> None:
    assert "waiting --> lapsed : solved" in block(EVERYTHING, "habit")


def test_stages_that_signals_lead_to_are_drawn_with_their_ways() -> None:
    assert block(EVERYTHING, "stages") == [
        'state "first" as s1',
        'state "trial" as s2',
        'state "use" as s3',
        'state "lost" as s4',
        "s1 --> s2 : look",
        "s1 --> s3 : order or promise.met",
        "s2 --> s3 : order or promise.met",
        "s4 --> s3 : order or promise.met",
        "s2 --> s4 : lapse",
        "s3 --> s4 : lapse",
    ]
    assert 'state "stages"' not in FOUR_MOMENTS
