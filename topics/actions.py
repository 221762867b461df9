"""Operators' actions out of the messages of `alert-actions`; what is not exactly one is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, get_args

from journey.actions import Action
from journey.said import ActionName, AlertStatus
from topics import envelope
from topics.envelope import LONGEST
from topics.errors import BadAction
from topics.parse import parse

LONGEST_ID: Final = 128
LONGEST_TEXT: Final = 1_000

_NAMES: Final = get_args(ActionName)
_STATUSES: Final = get_args(AlertStatus)
_COMMON: Final = ("id", "alert", "subject", "action", "by", "seen")
_NEEDS: Final[Mapping[str, str]] = {"snooze": "until", "assign": "assignee", "comment": "text"}
_SUBJECT: Final = re.compile("(person|anon|account):.+", re.DOTALL)


def decode_action(value: bytes | None, arrival: int) -> Action:
    """Read one message's value; `arrival` is its arrival stamp, ms. Raises BadEvent."""
    said = parse(value)
    name = _one_of(said, "action", _NAMES, "unknown_action")
    seen = _one_of(said, "seen", _STATUSES, "unknown_status")
    needed = _NEEDS.get(name)
    _require_no_more(said, (*_COMMON, needed) if needed else _COMMON, name)
    subject = _text(said, "subject", LONGEST + len("account:"))
    if not _SUBJECT.fullmatch(subject):
        raise BadAction("wrong_type", "subject has no type; expected one like person:u42")
    return Action(
        id=_text(said, "id", LONGEST_ID),
        alert=_text(said, "alert", LONGEST_ID),
        subject=subject,
        name=name,
        by=_text(said, "by", LONGEST_ID),
        seen=seen,
        at=arrival,
        until=envelope.instant(said, "until") if needed == "until" else None,
        assignee=_text(said, "assignee", LONGEST_ID) if needed == "assignee" else None,
        text=_text(said, "text", LONGEST_TEXT) if needed == "text" else None,
    )


def _one_of(said: Mapping[str, Any], field: str, known: tuple[str, ...], reason: Any) -> Any:
    text = _text(said, field, LONGEST_ID)
    if text not in known:
        raise BadAction(reason, f"{field} is unknown; expected one of {', '.join(known)}")
    return text


def _require_no_more(said: Mapping[str, Any], known: tuple[str, ...], name: str) -> None:
    if any(field not in known for field in said):
        fields = ", ".join(known)
        raise BadAction("unknown_field", f"there are other fields; {name} has exactly {fields}")


def _text(said: Mapping[str, Any], field: str, longest: int) -> str:
    text = said.get(field)
    expected = f"expected a string of 1 to {longest} characters"
    if text is None or text == "":
        raise BadAction("missing_field", f"{field} is absent; {expected}")
    if not isinstance(text, str):
        raise BadAction("wrong_type", f"{field} is no string; {expected}")
    if len(text) > longest:
        raise BadAction("too_long", f"{field} has {len(text)} characters; {expected}")
    return text
