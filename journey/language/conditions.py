"""Comparisons of values, and conditions on an event's fields, compiled once into closures."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from fnmatch import translate
from functools import cache, partial
from typing import Any

import msgspec

from journey.event import number
from journey.language.grammar import Condition, Where
from journey.language.phrasing import phrase_wanted
from journey.tables import Predicate, Want

Check = Callable[[Any], bool]

_ABSENT = object()


def compile_where(where: Where) -> Predicate | None:
    """Make one predicate over an event's fields; None where anything will do.

    Conditions that say the same are the same object, so that it is asked once an event.
    """
    return _predicate(msgspec.json.encode(where, order="sorted")) if where else None


@cache
def _predicate(encoded: bytes) -> Predicate:
    where = msgspec.json.decode(encoded, type=Where)
    tests = [(path, _compile(wanted)) for path, wanted in where.items()]
    if len(tests) == 1:
        ((path, test),) = tests
        return lambda fields: test(fields.get(path, _ABSENT))
    return lambda fields: all(test(fields.get(path, _ABSENT)) for path, test in tests)


def compile_wants(where: Where) -> tuple[Want, ...]:
    """Make the conditions over an event's fields one by one, with words for each."""
    return tuple(
        Want(path, phrase_wanted(wanted), partial(_field_holds, path, _compile(wanted)))
        for path, wanted in where.items()
    )


def compile_condition(condition: Condition) -> Check:
    """Make one check of a value; None stands for one that is not there."""
    return _compile(condition)


def _compile(wanted: Any) -> Check:
    if isinstance(wanted, Condition):
        tests = list(_tests(wanted))
        return tests[0] if len(tests) == 1 else lambda value: all(test(value) for test in tests)
    if isinstance(wanted, list):
        return partial(_is_one_of, wanted)
    return partial(_same, wanted)


def _tests(condition: Condition) -> list[Check]:
    tests: list[Check] = []
    if condition.equals is not msgspec.UNSET:
        tests.append(partial(_same, condition.equals))
    if condition.in_ is not None:
        tests.append(partial(_is_one_of, condition.in_))
    if condition.exists is not None:
        tests.append(partial(_exists, condition.exists))
    for limit, compare in (
        (condition.at_least, operator.ge),
        (condition.at_most, operator.le),
        (condition.more_than, operator.gt),
        (condition.less_than, operator.lt),
    ):
        if limit is not None:
            tests.append(partial(_compares, compare, limit))
    if condition.prefix is not None:
        tests.append(partial(_matches, re.compile(re.escape(condition.prefix))))
    if condition.glob is not None:
        tests.append(partial(_matches, re.compile(translate(condition.glob))))
    if condition.not_ is not None:
        inner = _compile(condition.not_)
        tests.append(lambda value: not inner(value))
    return tests


def _field_holds(path: str, test: Check, fields: Mapping[str, Any]) -> bool:
    return test(fields.get(path, _ABSENT))


def _same(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(wanted, (int, float)):
        return number(value) == wanted
    return bool(value == wanted)


def _is_one_of(wanted: list[Any], value: Any) -> bool:
    return any(_same(one, value) for one in wanted)


def _exists(wanted: bool, value: Any) -> bool:  # noqa: FBT001 - the YAML says true or false
    return (value is not _ABSENT and value is not None) is wanted


def _compares(compare: Callable[[float, float], bool], limit: float, value: Any) -> bool:
    read = number(value)
    return read is not None and compare(read, limit)


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.match(value) is not None
