"""Ports for what a test begins in a process of its own, which cannot be handed a socket."""

from __future__ import annotations

import secrets
import socket

# Below what the system gives away by itself: a connection of another test must not take it between
# here and there, nor while a console that was killed is begun anew. Above what Ray's workers take
# (10,002 to 19,999), which refuses a head on one of theirs.
LOWEST, HIGHEST = 20_000, 32_000


def free_port() -> int:
    """Give a port of this machine that nothing has, and that nothing is given unasked."""
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
