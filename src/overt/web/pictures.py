"""Pictures of alerts, shown for a minute to one session, each look recorded before it happens.

A page that shows an alert takes a look, and names the pictures by the look's addresses:

    look = here.pictures.look(who, deployment=deployment, alert=alert, purpose="adjudicate")
    look.entry["name"], look.address("scene.png")
"""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from overt.clock import Clock
from overt.errors import MissingError, PersonError, VaultError
from overt.ids import NewId
from overt.review.desk import Desk
from overt.web.sessions import Signed
from overt.web.tokens import Signer

__all__ = ["KEPT", "Look", "Pictures"]

KEPT: Final = timedelta(seconds=60)
MOST_LOOKS: Final = 64  # at once; the oldest end first
ENTRY: Final = "entry.json"
SUFFIX: Final = ".png"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at an alert's evidence, already recorded."""

    id: str
    alert: str
    session: str
    until: datetime
    entry: Mapping[str, Any]  # of the list: who it is said to be
    addresses: Mapping[str, str]  # by the picture's name: listed.png, scene.png, shot-1.png...

    def address(self, name: str) -> str:
        """Give a picture's address."""
        return self.addresses[name]


class Pictures:
    """Opens evidence for people. Nothing opened is kept for longer than a minute."""

    def __init__(
        self, desk: Callable[[str], Desk], *, signer: Signer, clock: Clock, new_id: NewId
    ) -> None:
        self._desk = desk
        self._signer = signer
        self._clock = clock
        self._new_id = new_id
        self._open: OrderedDict[str, tuple[Look, dict[str, bytes]]] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, who: Signed, *, deployment: str, alert: str, purpose: str) -> Look:
        """Record that somebody looks at an alert's evidence, then open it for them.

        Raises:
            MissingError: there is no such alert.
            RefusedError: no purpose is given, or the evidence was deleted.
            VaultError: it cannot be opened, or is not what the event committed to.
        """
        evidence = self._desk(deployment).view(alert, by=who.name, purpose=purpose)
        files = unpacked(evidence)
        entry: dict[str, Any] = json.loads(files.pop(ENTRY, b"{}"))
        now = self._clock.now()
        identifier, until = self._new_id(now), now + KEPT
        addresses = {
            name: f"/pictures/{identifier}/{name}?signature="
            + self._signer.sign("picture", who.session.id, alert, identifier, name)
            for name in files
        }
        look = Look(
            identifier,
            alert,
            who.session.id,
            until,
            MappingProxyType(entry),
            MappingProxyType(addresses),
        )
        with self._lock:
            self._sweep(now)
            while len(self._open) >= MOST_LOOKS:
                self._open.popitem(last=False)
            self._open[identifier] = (look, files)
        return look

    def picture(self, who: Signed, *, look: str, name: str, signature: str) -> bytes:
        """Give one picture (PNG) of a look.

        Raises:
            MissingError: the look is over, or there is no such picture.
            PersonError: it is another session's, or the address was altered.
        """
        with self._lock:
            self._sweep(self._clock.now())
            found = self._open.get(look)
        if found is None:
            raise MissingError(
                "picture: got a look that is over, want one of the last minute",
                hint="open the alert again: it is recorded as another look",
            )
        taken, files = found
        signed = ("picture", who.session.id, taken.alert, look, name)
        if taken.session != who.session.id or not self._signer.holds(signature, *signed):
            raise PersonError(
                "picture: got an address of another session, or altered; want one's own"
            )
        if name not in files:
            raise MissingError("picture: got no picture of this name, want one of the look")
        return files[name]

    def forget(self, session: str) -> None:
        """Let go of what a session has open: it ended."""
        with self._lock:
            for identifier in [
                key for key, (look, _) in self._open.items() if look.session == session
            ]:
                del self._open[identifier]

    def _sweep(self, now: datetime) -> None:
        over = [key for key, (look, _) in self._open.items() if now >= look.until]
        for identifier in over:
            del self._open[identifier]


def unpacked(evidence: bytes) -> dict[str, bytes]:
    """Give the pictures and the entry of an alert's evidence, by name.

    Raises:
        VaultError: it is no archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(evidence)) as archive:
            return {
                name: archive.read(name)
                for name in archive.namelist()
                if name == ENTRY or name.endswith(SUFFIX)
            }
    except (zipfile.BadZipFile, OSError) as error:
        raise VaultError("evidence: got no archive, want one of pictures") from error
