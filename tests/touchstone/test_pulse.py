"""The line on what happens, from the API's totals."""

from __future__ import annotations

from touchstone.local import ports, pulse


def test_states_are_summed_over_models_and_moments() -> None:
    totals = {
        "customers": 1_200,
        "moments": {"m": {"fmot": {"open": 2, "at_risk": 1}, "smot": {"open": 3}}},
        "alerts": {"firing": {"warning": 2, "info": 5}, "resolved": {"info": 9}},
    }
    assert pulse.line(totals) == "1,200 customers; moments: 5 open, 1 at risk; 7 alerts firing"


def test_several_models_are_said_to_be_several() -> None:
    totals = {
        "customers": 9,
        "moments": {"m": {"fmot": {"open": 2}}, "n": {"fmot": {"open": 3}}},
        "alerts": {},
    }
    line = pulse.line(totals)
    assert line == "9 customers; moments in 2 models: 5 open; 0 alerts firing"


def test_nothing_yet_is_said_so() -> None:
    empty = {"customers": 0, "moments": {}, "alerts": {}}
    assert pulse.line(empty) == "0 customers; moments: none yet; 0 alerts firing"


def test_an_api_that_does_not_answer_is_no_line() -> None:
    assert pulse.read(ports.choose_free(1)[0], "token") is None
