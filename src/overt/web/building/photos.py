"""Photographs of a build, shown for a minute to its session; each look is recorded before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from overt.clock import Clock
from overt.errors import MissingError, PersonError
from overt.governance.retention_lists import NO_DEPLOYMENT
from overt.ids import NewId
from overt.records.base import Store
from overt.values.duty_events import ListPhotosViewed
from overt.values.events import Event
from overt.web.building.build import Build, Item
from overt.web.sessions import Signed
from overt.web.tokens import Signer

__all__ = ["KEPT", "Photos"]

KEPT: Final = timedelta(seconds=60)


class Photos:
    """Gives the addresses of photographs, and the photographs."""

    def __init__(self, *, store: Store, signer: Signer, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._signer = signer
        self._clock = clock
        self._new_id = new_id

    def look(
        self, who: Signed, build: Build, items: Iterable[Item], *, purpose: str
    ) -> dict[int, str]:
        """Record that somebody looks at photographs, and give their addresses by number.

        Raises:
            RecordsError: it cannot be recorded; then nothing is shown.
        """
        seen = sorted({item.number for item in items if item.picture})
        if not seen:
            return {}
        now = self._clock.now()
        body = ListPhotosViewed(who.name, build.id, len(seen), purpose)
        self._store.append([Event(self._new_id(now), NO_DEPLOYMENT, now, body)])
        build.show(set(seen))
        until = str(int((now + KEPT).timestamp()))
        return {
            number: f"/watchlists/build/{build.id}/photos/{number}?until={until}&signature="
            + self._signer.sign(*parts(who, build.id, number, until))
            for number in seen
        }

    def photo(self, who: Signed, build: Build, number: int, *, until: str, signature: str) -> bytes:
        """Give one photograph (JPEG) of a look.

        Raises:
            PersonError: the address is another session's, or was altered.
            MissingError: the look is over, or there is no such photograph.
        """
        if not self._signer.holds(signature, *parts(who, build.id, number, until)):
            raise PersonError("photograph: got an address of another session, or altered")
        if not until.isdecimal() or self._clock.now() >= time_of(until):
            raise MissingError(
                "photograph: got a look that is over, want one of the last minute",
                hint="load the page again: it is recorded as another look",
            )
        found = next((each for each in build.items if each.number == number), None)
        if found is None or not found.picture:
            raise MissingError("photograph: got none of this number, want one of the look")
        return found.picture


def parts(who: Signed, build: str, number: int, until: str) -> tuple[str, ...]:
    """Tell what an address is signed for."""
    return ("list photo", who.session.id, build, str(number), until)


def time_of(until: str) -> datetime:
    """Read a time that was signed."""
    return datetime.fromtimestamp(int(until), UTC)
