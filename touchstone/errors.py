"""What a command may end with, besides 0.

    click.ClickException
    ├── WorkFailed        exit 1: the work found something wrong
    ├── click.UsageError  exit 2: wrong use
    ├── Missing           exit 3: something the command needs is not there
    └── Stopped           exit 130 or 143: SIGINT or SIGTERM ended the work

Each message is one sentence (or a list of findings) that says what to do.
"""

from __future__ import annotations

import signal

import click


class WorkFailed(click.ClickException):
    """The work was done, and it found something wrong."""

    exit_code = 1


class Missing(click.ClickException):
    """Something the command needs (a broker, a port, a file, a download) is not there."""

    exit_code = 3


class Stopped(click.ClickException):
    """A signal ended the work before it was done.

    `left` is a clause that says what it leaves behind; the exit code is a shell's for the signal.
    """

    def __init__(self, left: str, number: int = signal.SIGINT) -> None:
        super().__init__(f"Stopped by {signal.Signals(number).name}: {left}")
        self.left = left
        self.exit_code = 128 + number


class Interrupted(Exception):  # noqa: N818
    """A signal asked to stop; raised where the runner waits, so that it can stop in order."""
