"""Importing what a command needs when it is called: not every installation has all packages."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from touchstone.errors import Missing

_OURS: Final = ("journey", "topics", "services", "touchstone")


def imported(module: str, command: str) -> Any:
    """Import a module for a command; raises Missing where its packages are not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] in _OURS:
            raise
        raise Missing(
            f"`touchstone {command}` needs the Python package {error.name}, which is not "
            "installed: `pip install 'touchstone[local]'` installs everything."
        ) from error
