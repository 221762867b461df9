"""Ports of the loopback address."""

from __future__ import annotations

import socket

from touchstone.errors import Missing

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Say whether a server could listen on the port now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are only winding down is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def require_free(port: int, option: str) -> None:
    """Raise Missing, naming the option to pass, when the port is taken."""
    if not is_free(port):
        raise Missing(
            f"Port {port} on {LOOPBACK} is taken by another program: "
            f"pass {option} with a free port, or stop what listens there."
        )


def choose_free(count: int) -> list[int]:
    """Choose distinct ports that are free now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
