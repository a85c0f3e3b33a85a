"""Connecting this process to a cluster."""

from __future__ import annotations

import atexit
import contextlib
import logging
import signal
import socket
import ssl
import threading
from typing import Any, Final

from overt.engine.cluster.bounded import within
from overt.engine.cluster.node_check import speaks_tls
from overt.engine.cluster.ray_package import require_ray
from overt.errors import ClusterError
from overt.text import printable

__all__ = ["NAMESPACE", "answers_tls", "connected", "disconnect", "is_there"]

NAMESPACE: Final = "overt"
LEAVES_S: Final = 5.0
REACHED_S: Final = 5.0
log: Final = logging.getLogger("overt.cluster")


def connected(address: str) -> Any:
    """Connect this process to a cluster, and give Ray.

    Raises:
        ClusterError: it cannot be.
    """
    ray = require_ray()
    if ray.is_initialized():
        raise ClusterError("cluster: got a process that is connected already, want one that is not")
    if not is_there(address, wait_s=REACHED_S):
        raise ClusterError(
            f"cluster {printable(address)}: got no answer, want that of its head, HOST:PORT",
            hint="start it with `overt cluster head`, or see that nothing lies between",
        )
    _require_same_speech(address)
    _keep_off_the_screen(ray)
    before = signal.getsignal(signal.SIGTERM)
    try:
        ray.init(
            address=address,
            namespace=NAMESPACE,
            log_to_driver=False,  # nothing that a camera's process says is printed here
            logging_level=logging.ERROR,
        )
    except Exception as error:  # whatever Ray raises, it is not connected
        raise _not_connected(address, error) from error
    finally:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, before)
    return ray


def disconnect(ray: Any) -> None:
    """Leave a cluster; where its head is gone, without waiting for an answer."""
    with contextlib.suppress(TimeoutError):
        within(LEAVES_S, ray.shutdown)
        return
    atexit.unregister(ray.shutdown)  # it would wait again, as the process ends


def _keep_off_the_screen(ray: Any) -> None:
    """Log what Ray would print in an operator's way: losses are recorded, and shown, as they are.

    It prints each end of a process or a node, also one that was asked for, and cannot be told not
    to.
    """

    def say(data: dict[str, Any], **_: Any) -> None:
        for line in data["lines"]:
            log.info("%s: %s", data["pid"], line)

    ray._private.worker.print_to_stdstream = say  # noqa: SLF001 - see above


def _not_connected(address: str, error: BaseException) -> ClusterError:
    texts: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        texts.append(str(cause).strip())
        cause = cause.__cause__ or cause.__context__
    if any("AuthToken" in text or "AuthenticationError" in text for text in texts):
        return ClusterError(
            f"cluster {printable(address)}: got a token that is not the head's, or none",
            hint="copy ~/.ray/auth_token of the head to this machine, readable by its owner alone",
        )
    return ClusterError(
        f"cluster {printable(address)}: got {printable(texts[0].partition(chr(10))[0])}, "
        "want a connection",
        hint="this machine must be a node of it, with the same Ray and Python",
    )


def _require_same_speech(address: str) -> None:
    """Refuse where one side speaks TLS and the other does not: Ray would wait without end."""
    head, here = answers_tls(address, wait_s=REACHED_S), speaks_tls()
    if head != here:
        said = {True: "TLS", False: "none"}
        raise ClusterError(
            f"cluster {printable(address)}: got {said[here]} here and {said[head]} at its head, "
            "want TLS at both or at neither",
            hint="set RAY_USE_TLS and the files that it needs alike on every machine",
        )


def answers_tls(address: str, *, wait_s: float) -> bool:
    """Tell whether what listens at HOST:PORT answers as TLS does. Nothing is trusted by that."""
    host, _, port = address.rpartition(":")
    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    asking.check_hostname, asking.verify_mode = False, ssl.CERT_NONE
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), wait_s) as line:
        try:
            asking.wrap_socket(line).close()
        except ssl.SSLError as error:  # an alert is TLS too: it wants a certificate of ours
            return "ALERT" in (error.reason or "")
        return True
    return False


def is_there(address: str, *, wait_s: float) -> bool:
    """Tell whether something listens at HOST:PORT."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        return False
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), wait_s):
        return True
    return False
