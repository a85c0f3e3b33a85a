"""Uploads of photographs for a watchlist, good ones and bad ones."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence

import httpx
import numpy as np
from consoles import Console, csrf_in, until
from PIL import Image, ImageFilter

from overt.arrays import Rgb
from overt.simulation import astronaut, grace_hopper

FORM = "/watchlists/new"
COLUMNS = (
    "file", "reference", "name", "category", "source", "lawful_basis", "reviewer", "image_date",
    "under_18", "exception", "relatives",
)  # fmt: skip
USUAL = {
    "category": "blue list",
    "source": "themselves",
    "lawful_basis": "agreed",
    "reviewer": "PC 1 A Reviewer",
    "image_date": "2026-11-01",
}


def png(picture: Rgb) -> bytes:
    return written(picture, "PNG")


def written(picture: Rgb, kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind, **how)  # pyright: ignore[reportArgumentType]: options
    return file.getvalue()


def sideways(picture: Rgb) -> bytes:
    """Write a photograph that lies on its side, as phones do, with the tag that says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return written(np.rot90(picture), "JPEG", quality=95, exif=exif)


def portraits() -> dict[str, bytes]:
    """Give photographs: two of one person, one of another, and four that cannot be used."""
    eileen, grace = astronaut().pixels, grace_hopper().pixels
    low = min(eileen.shape[0], grace.shape[0])
    return {
        "eileen.png": png(eileen),
        "eileen again.jpg": sideways(np.ascontiguousarray(eileen[:400, 60:420])),
        "grace.png": png(grace),
        "two.png": png(np.hstack([eileen[:low], grace[:low]])),
        "wall.png": png(np.full((300, 300, 3), 127, np.uint8)),
        "blurred.png": png(np.asarray(Image.fromarray(eileen).filter(ImageFilter.GaussianBlur(5)))),
        "cut.jpg": written(eileen, "JPEG")[:4000],
    }


def rows(names: Sequence[str], **more: Mapping[str, str]) -> list[dict[str, str]]:
    """Give a row for each photograph; `more` by the name without its ending."""
    return [
        {"file": name, "reference": f"R-{number}", "name": name.partition(".")[0].title()}
        | USUAL
        | dict(more.get(name.partition(".")[0].replace(" ", "_"), {}))
        for number, name in enumerate(names, start=1)
    ]


def sheet(told: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([row.get(column, "") for column in COLUMNS] for row in told)
    return text.getvalue().encode()


def packed(photos: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in photos.items():
            archive.writestr(name, content)
    return file.getvalue()


def send_upload(
    client: httpx.Client,
    table: bytes,
    photos: Mapping[str, bytes] | Sequence[tuple[str, bytes]],
    *,
    name: str = "list-a",
    accept: str = "text/html",
) -> httpx.Response:
    """Send the form, as its button does."""
    token = csrf_in(client.get(FORM).text)
    sent = photos.items() if isinstance(photos, Mapping) else photos
    files = [("csv", ("people.csv", table)), *(("photos", each) for each in sent)]
    return client.post(
        FORM,
        data={"csrf": token, "name": name, "bundle": "default"},
        files=files,
        headers={"Accept": accept},
    )


def built(client: httpx.Client, answer: httpx.Response) -> str:
    """Wait until every photograph was looked at, and give the build's path."""
    assert answer.status_code == 303, answer.text
    path = answer.headers["location"]
    until(lambda: client.get(f"{path}/now").json()["stage"] != "photographs are looked at")
    return path


def no_build(console: Console) -> bool:
    return console.services.builds.is_free
