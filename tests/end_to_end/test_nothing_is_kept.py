"""Nothing of a face that did not match is ever written: and the search can find it if it is."""

from __future__ import annotations

import base64
import io
import json
import shutil
import signal
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from commands import Commands
from leaks import FULL_SCORE, Leak, Search, Secrets, Viewer, digest, pictures
from PIL import Image
from reference_run import Reference, run_watched
from street import Street
from test_stopping import long_clip

from overt.arrays import Rgb
from overt.values.frame import Frame
from overt.vault.files import Vault
from overt.vault.keys import KeyRing
from overt.wiring import Models

__all__ = ["long_clip"]  # a fixture

THRESHOLD = 0.37


@pytest.fixture(scope="session")
def reference(
    street: Street, models: Models, tmp_path_factory: pytest.TempPathFactory
) -> Reference:
    return run_watched(street, models, tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="session")
def secrets(reference: Reference) -> Secrets:
    return reference.secrets


@pytest.fixture(scope="session")
def search(secrets: Secrets) -> Search:
    return Search(secrets)


@pytest.fixture(scope="session")
def before(model_cache: Path) -> frozenset[str]:
    """Give the sha256 of the converted models, which are older than the run."""
    return frozenset(digest(path) for path in model_cache.iterdir())


@pytest.fixture(scope="session")
def after_run(
    overt: Commands,
    street: Street,
    model_cache: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Give a folder with all that a run of the command line wrote, wherever it might write."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(model_cache.parent, home / "cache")
    done = overt.run(
        "try", street.clip, "--listed", street.listed, "--out", home / "out", home=home,
        OVERT_CACHE_DIR=str(home / "cache"), XDG_CACHE_HOME=str(home / ".cache"),
    )  # fmt: skip
    assert done.code == 0, done.err
    return home


def test_the_search_knows_passers_by(reference: Reference, street: Street) -> None:
    assert len(reference.secrets.vectors) >= 3 * (street.people - 1)
    assert len(reference.listed) >= 2
    assert len(reference.secrets.faces) == len(reference.secrets.lumas) >= 2 * (street.people - 1)


def test_no_template_and_no_pixel_of_a_passer_by_is_left(
    after_run: Path, search: Search, before: frozenset[str]
) -> None:
    names = {path.name for path in after_run.rglob("*")}
    assert {"events.sqlite", "evidence", "stderr", "cache"} <= names
    assert list(search.folder(after_run, before=before)) == []


def test_no_picture_shows_a_passer_by(
    after_run: Path,
    reference: Reference,
    models: Models,
    as_frame: Callable[[Rgb], Frame],
) -> None:
    assert recognised(after_run, reference, models, as_frame) == []


def recognised(
    folder: Path, reference: Reference, models: Models, as_frame: Callable[[Rgb], Frame]
) -> list[Leak]:
    """Find the faces in pictures that are a passer-by to our models, or nobody who is listed."""
    viewer, leaks, listed = Viewer(models), list[Leak](), 0
    for name, picture in pictures(folder):
        for face in viewer.faces(name, picture, as_frame=as_frame):
            as_listed = viewer.similarity(face.template, reference.listed).max()
            as_other = viewer.similarity(face.template, reference.secrets.vectors).max()
            listed += as_listed >= THRESHOLD
            if as_other >= THRESHOLD and as_other > as_listed:
                leaks.append(Leak(name, f"passer-by recognised, {as_other:.2f}"))
            elif face.score >= FULL_SCORE and as_listed < THRESHOLD:
                leaks.append(Leak(name, f"somebody who is not listed, {as_listed:.2f}"))
    assert listed >= 2, "got nobody recognised, want the listed person in evidence and sheet"
    return leaks


def template(secrets: Secrets) -> np.ndarray:
    return secrets.vectors[len(secrets.vectors) // 2]


def in_database(folder: Path, content: bytes | str) -> None:
    with sqlite3.connect(folder / "planted.sqlite") as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.execute("INSERT INTO t VALUES (?)", (content,))
    connection.close()


def in_write_ahead_log(folder: Path, content: bytes) -> None:
    """Leave it in the log alone, as a process that was killed does."""
    other = folder.parent / "other.sqlite"
    connection = sqlite3.connect(other)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (a)")
    connection.execute("INSERT INTO t VALUES (?)", (content,))
    connection.commit()
    shutil.copy(f"{other}-wal", folder / "planted.sqlite-wal")
    connection.close()


def png(pixels: Rgb) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


@pytest.mark.parametrize("kind", ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8"])
def test_a_template_in_the_database_is_found(
    kind: str, search: Search, secrets: Secrets, tmp_path: Path
) -> None:
    in_database(tmp_path, template(secrets).astype(kind).tobytes())
    assert Leak("planted.sqlite", "template, as it is") in list(search.folder(tmp_path))


def test_a_template_in_the_write_ahead_log_is_found(
    search: Search, secrets: Secrets, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    in_write_ahead_log(tmp_path / "home", template(secrets).tobytes())
    assert {leak.file for leak in search.folder(tmp_path / "home")} == {"planted.sqlite-wal"}


@pytest.mark.parametrize("digits", [3, 6, 17])
def test_a_template_as_text_is_found(
    digits: int, search: Search, secrets: Secrets, tmp_path: Path
) -> None:
    numbers = [round(float(number), digits) for number in template(secrets)]
    in_database(tmp_path, json.dumps({"template": numbers}))
    assert "template in decimals, as it is" in {leak.what for leak in search.folder(tmp_path)}


@pytest.mark.parametrize("start", range(9))
def test_eight_numbers_of_a_template_are_found_wherever_they_begin(
    start: int, search: Search, secrets: Secrets, tmp_path: Path
) -> None:
    eight = template(secrets)[40 + start : 48 + start]
    (tmp_path / "log.txt").write_bytes(b"x" * start + eight.tobytes() + b"y")
    assert [leak.file for leak in search.folder(tmp_path)] == ["log.txt"]
    (tmp_path / "log.txt").write_text("probe " + " ".join(f"{number:.5f}" for number in eight))
    assert [leak.file for leak in search.folder(tmp_path)] == ["log.txt"]


def test_a_template_in_base64_or_hexadecimal_is_found(
    search: Search, secrets: Secrets, tmp_path: Path
) -> None:
    data = template(secrets).tobytes()
    (tmp_path / "a.json").write_text(json.dumps({"probe": base64.b64encode(data).decode()}))
    (tmp_path / "b.json").write_text(json.dumps({"probe": data.hex()}))
    (tmp_path / "c.json").write_text(json.dumps({"p": base64.urlsafe_b64encode(data).decode()}))
    assert {leak.file for leak in search.folder(tmp_path)} == {"a.json", "b.json", "c.json"}


def test_pixels_of_a_face_are_found(search: Search, secrets: Secrets, tmp_path: Path) -> None:
    face = len(secrets.faces) // 2
    (tmp_path / "crop.png").write_bytes(png(secrets.faces[face]))
    (tmp_path / "tmp-luma").write_bytes(b"head" + secrets.lumas[face].tobytes())
    with zipfile.ZipFile(tmp_path / "pack", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shot.png", png(secrets.faces[face]))
    found = {leak.file for leak in search.folder(tmp_path)}
    assert found == {"crop.png", "tmp-luma", "pack"}


def test_sixty_four_pixels_of_a_face_are_found_wherever_they_begin(
    search: Search, secrets: Secrets, tmp_path: Path
) -> None:
    luma = max(secrets.lumas, key=lambda plane: plane.shape[1])
    row = luma[len(luma) // 2]
    for start in range(len(row) - 63):
        (tmp_path / "run").write_bytes(b"?" + row[start : start + 64].tobytes())
        assert [leak.what for leak in search.folder(tmp_path)] == ["pixels, as it is"]


def test_a_passer_by_in_the_evidence_is_found(
    after_run: Path,
    reference: Reference,
    models: Models,
    search: Search,
    as_frame: Callable[[Rgb], Frame],
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    shutil.copytree(after_run / "out", home, ignore=shutil.ignore_patterns("*.png"))
    keys = KeyRing(home / "data" / "keys")
    vault = Vault(home / "data" / "evidence", keys)
    key_name = vault.key_names()[0]
    name = vault.names(key_name)[0]
    largest = max(reference.secrets.faces, key=lambda face: face.size)
    framed = np.pad(largest, ((40, 40), (40, 40), (0, 0)), mode="edge")
    planted = io.BytesIO()
    with zipfile.ZipFile(planted, "w") as archive:
        archive.writestr("scene.png", png(framed))
        archive.writestr("again.png", png(framed))
    assert recognised(after_run, reference, models, as_frame) == []
    vault.put(
        name,
        key_name=key_name,
        plain=b"s" * 32 + planted.getvalue(),
        context=f"alert:{name}".encode(),
    )
    assert any("scene.png" in leak.what for leak in search.folder(home))
    shutil.copy(next((after_run / "out").glob("*.png")), home)  # with her whom it is about
    found = recognised(home, reference, models, as_frame)
    assert any("recognised" in leak.what and "scene.png" in leak.file for leak in found)


def test_nothing_is_kept_while_it_runs(
    overt: Commands, street: Street, long_clip: Path, search: Search, tmp_path: Path
) -> None:
    running = overt.start(
        "try", long_clip, "--listed", street.listed, "--out", tmp_path / "out", home=tmp_path
    )
    running.until(lambda: "alert " in running.err)
    running.send(signal.SIGSTOP)
    assert (tmp_path / "out" / "data" / "events.sqlite-wal").exists()
    assert list(search.folder(tmp_path)) == []
    running.send(signal.SIGKILL)
    assert running.wait().code == 128 + signal.SIGKILL
    assert list(search.folder(tmp_path)) == []
