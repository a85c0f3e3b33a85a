"""What Ray carries of a person, sealed under a key that Ray never keeps.

A cluster keeps objects in memory that is shared and reused, copies them between nodes, and may
write them to a disk. So a list and all that comes of a camera are put into it encrypted. The key is
made for one run, goes to each camera's process in a call and nowhere else, and is gone with the
run: what is left of the objects cannot be read then.
"""

from __future__ import annotations

import pickle
from typing import Any

from overt.errors import ClusterError, VaultError
from overt.vault.sealed import seal, unseal

__all__ = ["Envelope"]


class Envelope:
    """Seals values for the processes of one run."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sealed(self, value: object, *, purpose: str) -> bytes:
        """Pickle and encrypt a value; it opens for the same purpose only."""
        return seal(self._key, pickle.dumps(value, protocol=5), context=purpose.encode())

    def opened(self, sealed: bytes, *, purpose: str) -> Any:
        """Give the value back.

        Raises:
            ClusterError: it was altered, or was sealed for something else.
        """
        try:
            content = unseal(self._key, sealed, context=purpose.encode())
        except VaultError as error:
            raise ClusterError(f"{purpose}: got something altered, want what was sent") from error
        # Whoever could seal it has the run's key, and so runs its cameras.
        return pickle.loads(content)  # noqa: S301
