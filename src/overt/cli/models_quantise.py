"""`overt models quantise`: a bundle of its own whose networks compute with fewer digits."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console
from rich.progress import track

from overt.cli.extras import needs_extra
from overt.cli.plain import plain_console
from overt.clock import SystemClock
from overt.detect.heads import detector_for
from overt.detect.picture import Scaling
from overt.errors import BundleError, InputError
from overt.evaluation.digits import (
    OVERLAPPING,
    SURE,
    Pictures,
    Seen,
    Side,
    chips_for,
    inputs_for,
    look,
    pictures_in,
)
from overt.evaluation.written import percent
from overt.inference.agreement import require_near
from overt.inference.bundle import Network
from overt.inference.digits_bundle import Making, networks_of, with_networks, write_made
from overt.inference.manifest import NAME_PATTERN
from overt.inference.opened import OpenedBundle
from overt.inference.session import CPU
from overt.settings import read_settings
from overt.text import printable
from overt.values.digits import Beside, OfHeight, Precision
from overt.wiring import evaluation_stages, open_bundle_here, recogniser_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from overt.arrays import F32

__all__ = ["made_networks", "quantise", "seen_by"]

HALF: Final = "the half that sets ranges"


class Which(StrEnum):
    """Which networks are to have fewer digits."""

    DETECTOR = "detector"
    RECOGNISER = "recogniser"
    BOTH = "both"

    def networks(self) -> tuple[Network, ...]:
        """Name them."""
        return tuple(Network) if self is Which.BOTH else (Network(self.value),)


def quantise(
    bundle: Annotated[str, typer.Argument(help="a bundle's name, manifest or folder")],
    pictures: Annotated[Path, typer.Argument(help="folder of photographs, or of cameras' frames")],
    *,
    out: Annotated[Path, typer.Option(help="a new folder for the new bundle")],
    network: Annotated[Which, typer.Option(help="which to make anew")] = Which.BOTH,
    precision: Annotated[
        Precision, typer.Option(help="int8 for processors, float16 for GPUs")
    ] = Precision.INT8,
    name: Annotated[str | None, typer.Option(help="if not BUNDLE-PRECISION")] = None,
) -> None:
    """Make a bundle whose networks compute with fewer digits, and compare it with the first.

    Half of the pictures sets the ranges of numbers, the other half is looked at by both: how many
    of its faces the new one finds, by their height, is printed and kept in OUT. It is for trials,
    uncalibrated and not evaluated.
    """
    if out.exists():
        raise InputError(f"{out}: got a folder that is there, want a new one")
    console = plain_console(stderr=True)
    mother = open_bundle_here(bundle, read_settings()).on((CPU,))
    if mother.bundle.fewer_digits is not None:
        raise BundleError(
            f"bundle {mother.bundle.name}: got one that has fewer digits, want the one that it was "
            f"made of, {mother.bundle.fewer_digits.mother}"
        )
    named = _name(name or f"{mother.bundle.name}-{precision}")
    ranges, compared = pictures_in(pictures)
    chosen = network.networks()
    with tempfile.TemporaryDirectory(prefix="overt-quantise-") as folder:
        made = made_networks(
            mother, chosen, precision=precision, ranges=ranges, room=Path(folder), console=console
        )
        if precision is Precision.FLOAT16:
            require_near(made, mother)
        seen = seen_by(mother, made, track(compared.paths, "the other half", console=console))
        beside = _beside(mother, made, precision, compared, seen)
        making = _making(mother, named, precision, ranges)
        written = write_made(making, made, beside, out=out)
    _tell(beside, console)
    for line in _what_holds(mother.bundle.name, chosen):
        console.print(line, soft_wrap=True)
    print(written.digest)


def made_networks(
    mother: OpenedBundle,
    networks: Iterable[Network],
    *,
    precision: Precision,
    ranges: Pictures,
    room: Path,
    console: Console,
) -> OpenedBundle:
    """Make networks with fewer digits in a folder, and give the bundle with them in place.

    Raises:
        InputError: a package is missing, or the pictures show too few faces.
        WeightsError: a network cannot be changed so.
    """
    with needs_extra("quantise"):
        from overt.inference.fewer_digits import to_float16, to_int8
    files: dict[Network, Path] = {}
    for each in networks:
        source = mother.detector if each is Network.DETECTOR else mother.recogniser
        if precision is Precision.FLOAT16:
            content = to_float16(source)
        else:
            paths = track(ranges.paths, f"{each}, {HALF}", console=console)
            content = to_int8(source, _inputs(mother, each, paths))
        files[each] = room / f"{each}.onnx"
        files[each].write_bytes(content)
    return with_networks(mother, files)


def seen_by(mother: OpenedBundle, made: OpenedBundle, paths: Iterable[Path]) -> Seen:
    """Let both bundles look at pictures."""
    before, after = _side(mother), _side(made)
    seen = Seen(mother.bundle.detector.min_face_px)
    for path in paths:
        look(path, seen, before=before, after=after)
    return seen


def _what_holds(mother: str, made: tuple[Network, ...]) -> Iterator[str]:
    kept = [f"the {each}, byte for byte" for each in Network if each not in made]
    yield f"still as in {mother}: {', '.join([*kept, 'how faces are aligned'])}"
    if Network.RECOGNISER not in made:
        yield (
            "another detector gives other landmarks, so the same recogniser gives other scores: "
            "how much they moved is said above, and what they mean is not known"
        )
    yield (f"not taken over: cohort, calibration and evaluation of {mother}. Lists are built anew")
    yield "next: overt models calibrate, then overt evaluate photos, then overt models qualify"


def _inputs(mother: OpenedBundle, network: Network, paths: Iterable[Path]) -> Iterator[F32]:
    match network:
        case Network.DETECTOR:
            return inputs_for(mother.bundle.detector, paths)
        case Network.RECOGNISER:
            return chips_for(
                mother.bundle.recogniser,
                paths,
                stages=evaluation_stages(mother),
                embedder=recogniser_of(mother),
            )


def _side(opened: OpenedBundle) -> Side:
    as_it_is = Scaling(opened.bundle.detector.min_face_px)
    return Side(detector_for(opened, scaling=as_it_is), evaluation_stages(opened))


def _name(name: str) -> str:
    """Refuse a name that no bundle can have, before an hour of work.

    Raises:
        InputError: it is none.
    """
    if not re.fullmatch(NAME_PATTERN, name):
        raise InputError(
            f"--name: got {printable(name)}, want small letters, digits and hyphens, 63 at most"
        )
    return name


def _making(mother: OpenedBundle, name: str, precision: Precision, ranges: Pictures) -> Making:
    from overt.inference.fewer_digits import TOOL

    took = ranges if precision is Precision.INT8 else Pictures.none()
    return Making(
        mother.bundle,
        name,
        TOOL,
        len(took.paths),
        took.sha256,
    )


def _beside(
    mother: OpenedBundle, made: OpenedBundle, precision: Precision, compared: Pictures, seen: Seen
) -> Beside:
    from overt.inference.fewer_digits import TOOL

    return Beside(
        made=SystemClock().now().isoformat(timespec="seconds"),
        software=TOOL,
        precision=precision,
        mother=mother.bundle.digest,
        before=networks_of(mother.bundle),
        after=networks_of(made.bundle),
        pictures=len(compared.paths),
        pictures_sha256=compared.sha256,
        sure=SURE,
        overlapping=OVERLAPPING,
        heights=seen.heights(),
        alike=seen.templates(),
    )


def _tell(beside: Beside, console: Console) -> None:
    console.print("faces of the first bundle, by their height at the detector's input:")
    for row in beside.heights:
        console.print(_line(row), soft_wrap=True)
    if (alike := beside.alike) is not None:
        console.print(
            f"templates of {alike.faces:,} photographs by both: cosine {alike.median:.4f} at the "
            f"median, {alike.of_100:.4f} for 1 in 100, {alike.lowest:.4f} at the lowest",
            soft_wrap=True,
        )


def _line(row: OfHeight) -> str:
    to = "and larger" if row.below_px is None else f"to {row.below_px:g}"
    parts = [f"{row.from_px:g} px {to}: found {percent(row.found)}"]
    if row.overlap is not None and row.marks_apart is not None and row.marks_apart_95 is not None:
        parts.append(f"IoU {row.overlap:.3f}")
        parts.append(
            f"landmarks {row.marks_apart:.1%} of the eyes' distance apart, in 95 of 100 "
            f"{row.marks_apart_95:.1%} at most"
        )
    return "; ".join([*parts, f"{row.more:,} found besides"])
