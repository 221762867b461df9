"""What can be wrong with what the engine is given.

JourneyError
├── ModelError      a model's text is not one: file, line, column, what was expected
├── ActivationError versions of models that cannot be in force one after the other
├── StateError      encoded state of another format, or of another subject
└── NoSuchAlert     an action on an alert that the journey does not know
"""

from __future__ import annotations


class JourneyError(Exception):
    """Anything the engine refuses."""


class ModelError(JourneyError):
    """A model cannot be used: `file:line:column`, what was found, what was expected."""

    def __init__(self, source: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{source}:{line}:{column}: {message}")
        self.source = source
        self.line = line
        self.column = column
        self.message = message


class StateError(JourneyError):
    """Encoded state that this version of the engine cannot read."""


class NoSuchAlert(JourneyError):  # noqa: N818 - a sentence for who acted
    """An action on an alert that the journey does not know, or no longer."""


class ActivationError(JourneyError):
    """Versions of a model that cannot be in force one after the other."""
