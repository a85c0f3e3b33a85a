"""The archive holds the pictures as they were, and who was listed."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
from builders import make_alert, make_crop, make_entry, noise
from PIL import Image

from overt.arrays import Rgb
from overt.report.evidence import pack


def read(archive: zipfile.ZipFile, name: str) -> Rgb:
    with Image.open(io.BytesIO(archive.read(name))) as image:
        return np.asarray(image)


def test_it_opens_and_holds_what_it_says() -> None:
    crops = (make_crop(noise(30, 21, seed=1)), make_crop(noise(31, 20, seed=2)))
    entry = make_entry(name='Zoë "Z" Ó\nd, 李')
    alert = make_alert(crops=crops, scene=noise(54, 96, seed=3), entry=entry)
    photo = noise(40, 33, seed=4)
    with zipfile.ZipFile(io.BytesIO(pack(alert, photo))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "entry.json",
            "listed.png",
            "scene.png",
            "shot-1.png",
            "shot-2.png",
        ]
        assert (read(archive, "listed.png") == photo).all()
        assert (read(archive, "scene.png") == alert.scene).all()
        for number, crop in enumerate(crops, start=1):
            assert (read(archive, f"shot-{number}.png") == crop.pixels).all()
        written = json.loads(archive.read("entry.json"))
    assert written["name"] == entry.name
    assert written["alert"] == alert.id
    assert written["flags"] == ["small face"]
    assert written["image_date"] is None
    assert {"reference", "category", "source", "lawful_basis", "reviewer", "photo_sha256"} <= set(
        written
    )


def test_the_same_alert_gives_the_same_bytes() -> None:
    """The commitment can be made again: no machine's clock is in it."""
    alert, photo = make_alert(), noise(40, 33)
    assert pack(alert, photo) == pack(alert, photo)
    with zipfile.ZipFile(io.BytesIO(pack(alert, photo))) as archive:
        assert {info.date_time for info in archive.infolist()} == {alert.time.timetuple()[:6]}
