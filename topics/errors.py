"""What can be wrong at the edges.

TopicsError
├── BadEvent                 a message is of no use: it becomes a dead letter
│   └── BadAction            what somebody wants done about an alert, not said as it must be
├── BadContract              a file of topics/ is wrong: a fault of the build
├── BadConnection            the settings for reaching the broker do not fit together
└── BrokerError              the broker does not offer what is needed
    ├── BrokerUnreachable
    │   └── BrokerRefuses    it answers, but not to us: certificate, password, permissions
    ├── WrongClock           the topics were made for the other clock
    └── TopicsWrong          missing, mixed up, or refused by the broker
"""

# ruff: noqa: N818 (the names say what was met, not that it is an error)
from __future__ import annotations

from typing import Final, Literal, get_args

Reason = Literal[
    "no_value",
    "not_json",
    "not_an_object",
    "missing_field",
    "wrong_type",
    "too_long",
    "unknown_type",
    "bad_timestamp",
    "no_customer",
    "bad_mark",
    "bad_origin",
    "unknown_action",
    "unknown_status",
    "unknown_field",
]
"""Why a message is of no use; a closed set, fit for a metric's label."""

REASONS: Final[tuple[Reason, ...]] = get_args(Reason)


class TopicsError(Exception):
    """Anything this room refuses."""


class BadEvent(TopicsError):
    """A message is not a usable event.

    The text is one sentence: what was wrong, where, what was expected. It never holds
    a value of the event, so it may be logged.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Final = reason


class BadAction(BadEvent):
    """A message is not a usable action on an alert."""


class BadContract(TopicsError):
    """A file of topics/ breaks the form that every such file has."""


class BadConnection(TopicsError):
    """The settings for reaching the broker do not fit together, or name files of no use."""


class BrokerError(TopicsError):
    """The broker does not offer what is needed; the text says what to do."""


class BrokerUnreachable(BrokerError):
    """Nobody answers as a Kafka broker at the address."""


class BrokerRefuses(BrokerUnreachable):
    """The broker, or we, refused: its certificate, our name and password, or a permission."""


class WrongClock(BrokerError):
    """The topics on the broker were made for the other clock."""


class TopicsWrong(BrokerError):
    """Topics are missing or mixed up, or the broker refused to make them."""
