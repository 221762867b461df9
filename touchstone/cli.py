"""The command `touchstone`: which commands there are, and what every one of them shares.

A command's module is imported when it is used, so that a container with one service's
packages runs that service, and `touchstone --help` is quick.
"""

from __future__ import annotations

import sys
from typing import Any, Final

import click

from topics.errors import BrokerError
from touchstone.errors import Missing
from touchstone.importing import imported

COMMANDS: Final = {
    "up": "Run everything on this machine: Kafka, detectors, API, a simulated company.",
    "detector": "Run one detector worker.",
    "api": "Run the API and the console.",
    "send": "Send events from JSON lines onto the right topics.",
    "simulate": "Be a small company with customers whose events go to Kafka.",
    "replay": "Print the transitions of files, or of what is in the source topics.",
    "explain": "Say why a customer's moments are as they are, and why not otherwise.",
    "verify": "Prove that nothing was lost, repeated, invented or wrong.",
    "model": "List, show, check, test and activate models.",
    "topics": "Create and verify the topics.",
    "dead-letters": "See what could not be used, and why; send it again.",
}
"""Name and one line; the command is `command` in the module touchstone.<name>."""


class Commands(click.Group):
    """The group of COMMANDS, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Give the names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; raises Missing where its packages are not installed."""
        if cmd_name not in COMMANDS:
            return None
        module = imported(f"touchstone.{cmd_name.replace('-', '_')}", cmd_name)
        command: click.Command = module.command
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the list for --help without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run; a broker that does not offer what is needed is exit 3 for every command."""
        try:
            return super().invoke(ctx)
        except BrokerError as error:
            raise Missing(str(error)) from error


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="touchstone", message="touchstone %(version)s")
def cli() -> None:
    """Touchstone says, live, which customers are in a moment of truth, and whether it is met.

    Exit codes: 0 done; 1 the work found something wrong; 2 wrong use; 3 something that is
    needed is not there; 130 and 143 stopped by Ctrl-C and SIGTERM before it was done.
    """


def main() -> None:
    """Run the command line."""
    sys.exit(cli(prog_name="touchstone"))
