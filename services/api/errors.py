"""What can go wrong in the API, and what a caller may do about it.

    ApiError
    ├── OpenToTheNetwork    a public address without a token: the service does not start
    ├── PortTaken           the address cannot be listened on
    ├── StoreTooNew         the read model was written by a newer version
    ├── Unreadable          a record on an output topic breaks its contract
    └── FollowerEnded       the follower ended, and with it the process
    BadCursor(ValueError)   a cursor that this API did not give out

A broker that is not there, or lacks its topics, is a BrokerError of topics.errors.
Every message is one sentence or two: what was wrong, where, and what to do.
"""

# ruff: noqa: N818 - each name says what happened
from __future__ import annotations


class ApiError(Exception):
    """Any fault of this room."""


class OpenToTheNetwork(ApiError):
    """The service would listen beyond this machine without asking anybody for a token."""


class PortTaken(ApiError):
    """Something else listens on the address, or it is not this machine's."""


class StoreTooNew(ApiError):
    """The read model has a schema that this version does not know."""


class Unreadable(ApiError):
    """A record of a topic that only the detector writes cannot be read."""


class FollowerEnded(ApiError):
    """The read model is no longer kept up to date."""


class BadCursor(ValueError):
    """The cursor is not one that a list of this API gave out."""
