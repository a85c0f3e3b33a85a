"""Lists that a killed process was sealing: no list, and nothing of them may stay."""

from __future__ import annotations

from overt.governance.listfile import HEADER, KEY_NAME, destroy_sealed
from overt.vault.keys import KeyRing
from overt.vault.private import explained

__all__ = ["destroy_unfinished"]


def destroy_unfinished(keys: KeyRing) -> tuple[str, ...]:
    """Destroy what was begun and not finished, by no process that lives; give the keys' names.

    Raises:
        VaultError: the notes cannot be read, or something could not be destroyed.
    """
    made = set(keys.names())
    destroyed: list[str] = []
    for name in keys.places.names():
        place = keys.places.find(name) if KEY_NAME.fullmatch(name) and name in made else None
        if place is None or (place.folder / HEADER).exists():
            continue
        if not (place.folder / name).is_dir():
            continue  # moved, or on a disk that is not there: retention asks when it is due
        with keys.places.free(name) as free:
            if free:
                destroy_sealed(place.folder, name, keys=keys)
                with explained(place.folder):
                    if not any(place.folder.iterdir()):
                        place.folder.rmdir()  # its name is free again
                keys.places.forget(name)
                destroyed.append(name)
    return tuple(destroyed)
