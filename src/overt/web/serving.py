"""Listening: where, with which certificate, and how it ends."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from anyio import to_thread
from fastapi import FastAPI

from overt.errors import SettingsError
from overt.settings import Settings

__all__ = ["Listening", "listening_of", "make_server", "open_socket"]

USUAL_HOST: Final = "127.0.0.1"
TLS_PORT: Final = 8443
PLAIN_PORT: Final = 8000
THREADS: Final = 16  # that make pages; what comes meanwhile waits its turn
# Each of hundreds of streams is written to by a call that gives Python's lock away, and waits as
# long as this to have it back from a thread that makes a page: five milliseconds, Python's usual,
# would be a second for two hundred.
SWITCH_S: Final = 0.0005
GRACE_S: Final = 10  # for answers under way when the console is to stop


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the console listens."""

    host: str
    port: int
    certificate: Path | None
    key: Path | None

    @property
    def address(self) -> str:
        """What a browser opens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


def listening_of(settings: Settings) -> Listening:
    """Read where to listen.

    Raises:
        SettingsError: no HOST:PORT; a certificate without a key; or other machines could reach it
            without TLS.
    """
    certificate, key = settings.web_certificate, settings.web_key
    if (certificate is None) != (key is None):
        raise SettingsError("web_certificate, web_key: got one of them, want both or none")
    host, port = USUAL_HOST, TLS_PORT if certificate else PLAIN_PORT
    if settings.web_address:
        host, separator, text = settings.web_address.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not separator or not host or not text.isdecimal() or not 0 < int(text) < 65536:
            raise SettingsError(
                f"web_address: got {settings.web_address!r}, want HOST:PORT, as 127.0.0.1:8443"
            )
        port = int(text)
    if certificate is None and not is_loopback(host):
        raise SettingsError(
            f"web_address: got {host} without TLS, want a certificate or an address of this "
            "machine alone",
            hint="set web_certificate and web_key, or listen on 127.0.0.1",
        )
    return Listening(host, port, certificate, key)


class Server(uvicorn.Server):
    """A server that ends streams first when it is to stop: they would never end by themselves."""

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, so that who is told of news waits for nobody who asks for a page."""
        sys.setswitchinterval(SWITCH_S)
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        await super().serve(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams, then what else is under way."""
        app = self.config.app
        if isinstance(app, FastAPI):
            app.state.services.live.close()
        await super().shutdown(sockets)


def make_server(app: FastAPI, listening: Listening) -> uvicorn.Server:
    """Make the server; `run` it.

    Raises:
        SettingsError: the certificate or the key cannot be used.
    """
    if listening.certificate is not None:
        require_certificate(listening)
    return Server(
        uvicorn.Config(
            app,
            host=listening.host,
            port=listening.port,
            ssl_certfile=listening.certificate,
            ssl_keyfile=listening.key,
            log_config=None,
            log_level="warning",
            access_log=False,  # ours has no query strings
            server_header=False,
            proxy_headers=False,  # an address that anybody can write is none
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=GRACE_S,
            timeout_keep_alive=30,
        )
    )


def open_socket(listening: Listening) -> socket.socket:
    """Take the port, before anybody is told that the console runs.

    Raises:
        SettingsError: it is taken, or the address is not of this machine.
    """
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    try:
        return socket.create_server((listening.host, listening.port), family=family)
    except OSError as error:
        raise SettingsError(
            f"web_address: got {listening.host}:{listening.port}, {error.strerror}, want an "
            "address of this machine and a free port",
            hint="end what listens there, or set another web_address",
        ) from error


def require_certificate(listening: Listening) -> None:
    """Read the certificate before anybody is told that the console runs.

    Raises:
        SettingsError: it, or its key, cannot be used.
    """
    if listening.certificate is None or listening.key is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(listening.certificate, listening.key)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise SettingsError(
            f"web_certificate, web_key: got {error.strerror or type(error).__name__}, want a "
            "certificate and its key (PEM, without a passphrase)"
            if isinstance(error, OSError)
            else "web_certificate, web_key: got no PEM, want a certificate and its key"
        ) from error


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
