"""A watchlist on disk: a folder of sealed files. The list lives as long as its key."""

from __future__ import annotations

import hashlib
import io
import json
import re
import secrets
import shutil
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import rfc8785
from PIL import Image

from overt.arrays import Rgb
from overt.errors import VaultError, WatchlistError
from overt.governance.entries import entry_from, entry_to
from overt.table import Table
from overt.values.embeddings import Embeddings
from overt.values.watchlist import Entry, Watchlist
from overt.vault.files import Plain, Vault
from overt.vault.keys import KeyRing
from overt.vault.places import Place
from overt.vault.private import explained

__all__ = [
    "KEY_NAME",
    "ListFile",
    "destroy_list",
    "destroy_sealed",
    "destroy_unused",
    "is_left",
    "list_digest",
]

HEADER: Final = "overt-list.json"  # says which key opens the rest; nothing of a person
FORMAT: Final = "overt-watchlist-1"
ENTRIES: Final = "entries"
TEMPLATES: Final = "templates"
KEY_NAME: Final = re.compile(r"watchlist-[0-9a-f]{24}")  # of the key, and of the folder it seals


def list_digest(entries: Iterable[Entry], vectors: np.ndarray, *, bundle: str) -> str:
    """Give the sha256 that names a list: its entries (RFC 8785), templates and bundle."""
    hashed = hashlib.sha256(bundle.encode())
    hashed.update(rfc8785.dumps([entry_to(entry) for entry in entries]))
    hashed.update(np.ascontiguousarray(vectors, dtype="<f4").tobytes())
    return hashed.hexdigest()


def destroy_list(folder: Path, *, keys: KeyRing) -> None:
    """Destroy the key, then remove the folder and the report. Nothing of it can be read after.

    Also a list that is damaged, or that a killed process left half made or half destroyed.

    Raises:
        WatchlistError: it is not the folder of a list, and is left alone.
        VaultError: it could not be destroyed: raise an alarm and try again.
    """
    key_names = _key_names(folder)
    for name in key_names:
        keys.destroy(name)
    with explained(folder):
        shutil.rmtree(folder)
    for name in key_names:
        keys.places.shred_report(name)


def destroy_unused(folder: Path, *, keys: KeyRing) -> None:
    """Destroy a list that no process works with; see `destroy_list`.

    Raises:
        WatchlistError: it is not the folder of a list, and is left alone.
        VaultError: a process works with it, or it could not be destroyed.
    """
    with ExitStack() as stack:
        for name in _key_names(folder):
            if not stack.enter_context(keys.places.free(name)):
                raise VaultError(
                    f"{folder}: got a list that a process works with, want that ended",
                    hint="stop the deployment (`overt deployment stop`): its list goes with it",
                )
        destroy_list(folder, keys=keys)


def destroy_sealed(folder: Path, key_name: str, *, keys: KeyRing) -> None:
    """Destroy a key, then what it sealed in a folder, in which another list may lie by now.

    Raises:
        VaultError: it could not be destroyed: raise an alarm and try again.
    """
    keys.destroy(key_name)
    with explained(folder):
        sealed, is_its_own = folder / key_name, _is_of(folder, key_name)
        if sealed.is_dir() and not sealed.is_symlink():
            shutil.rmtree(sealed)
        if is_its_own:
            (folder / HEADER).unlink()
            if not any(folder.iterdir()):
                folder.rmdir()
    keys.places.shred_report(key_name)


def is_left(folder: Path, key_name: str) -> bool:
    """Tell whether something that a key sealed still lies in a folder.

    Raises:
        VaultError: it cannot be told.
    """
    with explained(folder):
        return (folder / key_name).exists() or _is_of(folder, key_name)


def _is_of(folder: Path, key_name: str) -> bool:
    """Tell whether a folder's header names this key."""
    try:
        return _read_header(folder)[0] == key_name
    except WatchlistError:
        return False


def _key_names(folder: Path) -> list[str]:
    """Name the keys of what lies in a list's folder; anything else in it makes it none."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError as error:
        raise WatchlistError(f"{folder}: got {error.strerror}, want a watchlist") from error
    strange = [name for name in names if name != HEADER and not KEY_NAME.fullmatch(name)]
    if strange or folder.is_symlink():
        raise WatchlistError(f"{folder}: got {strange or 'a link'}, want a watchlist's own folder")
    return [name for name in names if name != HEADER]


class ListFile:
    """A watchlist in a folder: templates in memory, photographs read when they are shown."""

    def __init__(self, folder: Path, *, keys: KeyRing) -> None:
        """Open the list in `folder`.

        Raises:
            WatchlistError: there is no list, or it is damaged.
            VaultError: its key is gone: the list was destroyed, or is another machine's.
        """
        self._folder = folder
        self._keys = keys
        self._key_name, name, built, bundle = _read_header(folder)
        self._vault = Vault(folder, keys)
        about = _about(name, built, bundle)
        sealed = self._vault.get(ENTRIES, key_name=self._key_name, context=about)
        entries = _entries(sealed, folder)
        vectors = np.load(io.BytesIO(self._get(TEMPLATES)), allow_pickle=False)
        self._rows = {entry.reference: row for row, entry in enumerate(entries)}
        digest = list_digest(entries, vectors, bundle=bundle)
        self.watchlist = Watchlist(name, built, bundle, entries, Embeddings(vectors), digest)

    @classmethod
    def create(
        cls, folder: Path, watchlist: Watchlist, photos: Iterable[Rgb], *, keys: KeyRing
    ) -> ListFile:
        """Seal a list and the photographs of its entries, in their order, into a new folder.

        Raises:
            WatchlistError: the folder is there already.
        """
        if folder.exists():
            raise WatchlistError(f"{folder}: got a folder that is there, want a new one")
        # A key of its own: destroying one of two lists that are alike must not destroy the other.
        key_name = f"watchlist-{watchlist.digest[:16]}{secrets.token_hex(4)}"
        keys.places.note(_place(key_name, folder, watchlist))
        with keys.places.in_use(key_name):
            _seal(folder, watchlist, photos, keys=keys, key_name=key_name)
        return cls(folder, keys=keys)

    def photo(self, reference: str) -> Rgb:
        """Give the photograph of an entry, to show beside a probe."""
        sealed = self._get(f"photo-{self._rows[reference]:06d}")
        with Image.open(io.BytesIO(sealed)) as image:
            return np.asarray(image.convert("RGB"))

    def take_for(self, deployment: str) -> None:
        """Note on this machine that the list is for a deployment: with it, it is to go.

        Raises:
            VaultError: it cannot be noted.
        """
        place = _place(self._key_name, self._folder, self.watchlist)
        self._keys.places.take(place, deployment)

    @contextmanager
    def in_use(self) -> Generator[None]:
        """Keep the list from being destroyed by another process while this one works with it.

        Raises:
            VaultError: it was destroyed meanwhile, or is being destroyed.
        """
        with self._keys.places.in_use(self._key_name):
            self._keys.get(self._key_name)
            yield

    def destroy(self) -> bool:
        """Destroy the list, and tell whether its files were there; see `destroy_list`."""
        if is_left(self._folder, self._key_name):
            destroy_list(self._folder, keys=self._keys)
            return True
        destroy_sealed(self._folder, self._key_name, keys=self._keys)
        return False

    def note_report(self, report: Path) -> None:
        """Note where its report is written: it names whom the list names, and goes with it.

        Raises:
            VaultError: it cannot be noted.
        """
        place = _place(self._key_name, self._folder, self.watchlist)
        self._keys.places.note_report(place, report.absolute())

    @property
    def key_name(self) -> str:
        """The name of the key that opens it."""
        return self._key_name

    def forget(self) -> None:
        """Forget where it lay: it is destroyed, and that is recorded."""
        self._keys.places.forget(self._key_name)

    def _get(self, name: str) -> bytes:
        return self._vault.get(name, key_name=self._key_name, context=_context(name))


def _seal(
    folder: Path, watchlist: Watchlist, photos: Iterable[Rgb], *, keys: KeyRing, key_name: str
) -> None:
    """Make the key, and write everything that it seals."""
    keys.create(key_name)
    Vault(folder, keys).put_all(key_name, _contents(watchlist, photos))
    header = {
        "format": FORMAT,
        "key": key_name,
        "name": watchlist.name,
        "built": watchlist.built.isoformat(),
        "bundle": watchlist.bundle,
    }
    # The header comes last: a list that was not finished is no list.
    (folder / HEADER).write_text(json.dumps(header, indent=1) + "\n", encoding="utf-8")


def _place(key_name: str, folder: Path, watchlist: Watchlist) -> Place:
    return Place(key_name, folder.absolute(), watchlist.digest, len(watchlist), watchlist.built, ())


def _contents(watchlist: Watchlist, photos: Iterable[Rgb]) -> Iterator[Plain]:
    for row, photo in enumerate(photos):
        name = f"photo-{row:06d}"
        yield Plain(name, _jpeg(photo), _context(name))
    packed = io.BytesIO()
    np.save(packed, watchlist.embeddings.vectors, allow_pickle=False)
    yield Plain(TEMPLATES, packed.getvalue(), _context(TEMPLATES))
    entries = json.dumps([entry_to(entry) for entry in watchlist.entries], ensure_ascii=False)
    about = _about(watchlist.name, watchlist.built, watchlist.bundle)
    yield Plain(ENTRIES, entries.encode(), about)


def _context(name: str) -> bytes:
    """Bind a sealed file to its place, so that two of them cannot be exchanged."""
    return f"{FORMAT}:{name}".encode()


def _about(name: str, built: datetime, bundle: str) -> bytes:
    """Bind the entries to the plain header: an editor makes no list younger than it is."""
    header = [ENTRIES, name, built.astimezone(UTC).isoformat(), bundle]
    return _context(json.dumps(header))


def _read_header(folder: Path) -> tuple[str, str, datetime, str]:
    try:
        content = json.loads((folder / HEADER).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WatchlistError(f"{folder}: got {error}, want a watchlist") from error
    if not isinstance(content, dict):
        raise WatchlistError(f"{folder / HEADER}: got {content!r}, want an object")
    table = Table(content, file=str(folder / HEADER), error=WatchlistError)  # pyright: ignore[reportUnknownArgumentType]: checked by the table
    table.text("format", pattern=FORMAT, want=FORMAT)
    header = (
        table.text("key"),
        table.text("name"),
        table.iso_time("built"),
        table.text("bundle"),
    )
    table.done()
    return header


def _entries(content: bytes, folder: Path) -> tuple[Entry, ...]:
    try:
        items = json.loads(content)
    except ValueError as error:
        raise VaultError(f"{folder}: got entries that are damaged ({error})") from error
    return tuple(entry_from(item, file=str(folder)) for item in items)


def _jpeg(photo: Rgb) -> bytes:
    written = io.BytesIO()
    Image.fromarray(photo).save(written, "JPEG", quality=92)
    return written.getvalue()
