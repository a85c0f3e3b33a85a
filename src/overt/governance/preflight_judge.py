"""Judges what was measured of a camera: what is enough, and what to do where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64
from overt.governance.preflight import Check, GoNoGo, Preflight
from overt.governance.preflight_watch import Watched
from overt.governance.preflight_zone import suggest_zone
from overt.select.zone import Zone

__all__ = ["Wanted", "judge"]

CHECKED: Final = 0.9  # quantile that is told beside the median
USUAL: Final = 0.95  # and for times
FOCUS: Final = "focus the lens where faces are looked at; shorten the exposure where they move"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a camera must give: tuning of the check, not policy."""

    faces: int = 5  # to say anything of faces: a median of fewer is chance
    fit_share: float = 0.5  # of faces that are fit in two looks or more
    eyes_px: float = 16.0  # between the eyes, median at their best
    good_eyes_px: float = 24.0  # as for a listed photograph
    # Drawn faces in focus came out at 0.20 to 0.27, blurred over 0.09 of the distance between the
    # eyes at 0.09 to 0.14. Whole pictures in focus at 0.14 to 0.33, blurred ones at 0.07 to 0.11.
    focus: float = 0.15  # median sharpness of faces, noise left out
    picture_focus: float = 0.12  # of the picture
    darkest: float = 0.1  # median luma of faces, 0 to 1
    brightest: float = 0.9
    clipped: float = 0.3  # share of the picture that may be black, and that may be white
    clipped_zone: float = 0.15  # of the zone
    rate: float = 8.0  # frames a second that are handed out: a look every 0.12 s
    longest_s: float = 0.25  # between frames, 95 of 100
    dropped: float = 0.25  # share of frames that this machine may drop
    yaw: float = 20.0  # degrees, median; half of what is fit
    pitch: float = 20.0
    latency_s: float = 1.0  # 95 of 100


def judge(watched: Watched, wanted: Wanted) -> Preflight:
    """Judge a camera by what was measured."""
    zone = suggest_zone(watched.fit)
    checks = (
        _faces(watched, wanted),
        *_of_faces(watched, wanted),
        *_sharpness(watched, wanted),
        _exposure("light of the picture", watched, (), wanted.clipped),
        *_exposure_of_zone(watched, zone, wanted),
        _rate(watched, wanted),
        _interval(watched, wanted),
        *(_of_live(watched, wanted) if watched.live else ()),
    )
    size = (watched.width, watched.height)
    return Preflight(watched.camera, watched.at, size, checks, zone, watched.faces)


def _go(holds: bool) -> GoNoGo:  # noqa: FBT001 - one question, one answer
    return GoNoGo.GO if holds else GoNoGo.NO_GO


def _enough(watched: Watched, wanted: Wanted) -> bool:
    return len(watched.faces) >= wanted.faces


def _faces(watched: Watched, wanted: Wanted) -> Check:
    """Tell whether there were faces to judge by: too few are no fault of the camera, and no go."""
    outside = f", {watched.outside} more outside the zone" if watched.outside else ""
    return Check(
        "faces looked at",
        f"{len(watched.faces)} in {watched.span_s:.0f} s{outside}",
        f"{wanted.faces} or more",
        GoNoGo.GO if _enough(watched, wanted) else GoNoGo.CANNOT_TELL,
        "watch for longer, or have colleagues walk through the view, one after the other",
    )


def _of_faces(watched: Watched, wanted: Wanted) -> tuple[Check, ...]:
    """Judge size, light, angle and fitness of the faces at their best."""
    best = [face.best for face in watched.faces]
    eyes, light = (_array([q.eyes_px for q in best]), _array([q.brightness for q in best]))
    yaws, pitches = _array([q.yaw for q in best]), _array([q.pitch for q in best])
    fit = sum(face.fit >= 2 for face in watched.faces)
    if not _enough(watched, wanted):
        return tuple(
            _untold(name, len(best), wanted)
            for name in ("fit to compare", "size of faces", "light on faces", "view angle")
        )
    yaw, pitch = float(np.median(yaws)), float(np.median(pitches))
    lit = float(np.median(light))
    return (
        Check(
            "fit to compare",
            f"{fit} of {len(best)} faces in two looks or more",
            f"{wanted.fit_share:.0%} of them",
            _go(fit >= wanted.fit_share * len(best)),
            "see the other checks: size, light, focus, angle",
        ),
        Check(
            "size of faces",
            f"{np.median(eyes):.0f} px between the eyes, best tenth {_quantile(eyes, CHECKED):.0f}",
            f"median of {wanted.eyes_px:.0f} px; {wanted.good_eyes_px:.0f} or more is good",
            _go(float(np.median(eyes)) >= wanted.eyes_px),
            "use a longer lens or a higher resolution, or place the camera nearer",
        ),
        Check(
            "light on faces",
            f"{lit:.2f} of white",
            f"{wanted.darkest:g} to {wanted.brightest:g}",
            _go(wanted.darkest <= lit <= wanted.brightest),
            "add light" if lit < wanted.darkest else "close the iris, or shorten the exposure",
        ),
        Check(
            "view angle",
            f"{abs(yaw):.0f} degrees aside, {abs(pitch):.0f} {'down' if pitch > 0 else 'up'}",
            f"{wanted.yaw:.0f} aside and {wanted.pitch:.0f} up or down at most",
            _go(abs(yaw) <= wanted.yaw and abs(pitch) <= wanted.pitch),
            "place the camera where people walk towards it, and lower"
            if pitch >= 0
            else "place the camera where people walk towards it, and higher",
        ),
    )


def _sharpness(watched: Watched, wanted: Wanted) -> tuple[Check, ...]:
    """Judge the focus by faces, and of the whole picture only where no face came at all."""
    name, want = "sharpness of faces", f"median of {wanted.focus:g} or more"
    if not _enough(watched, wanted):
        untold = _untold(name, len(watched.faces), wanted)
        came = len(watched.faces) + watched.outside
        return (untold,) if came else (untold, _picture_sharpness(watched, wanted))
    focus = float(np.median([face.focus for face in watched.faces]))
    # Distance takes detail as well: small faces say nothing of the lens.
    eyes_px = float(np.median([face.best.eyes_px for face in watched.faces]))
    small = eyes_px < wanted.eyes_px
    verdict = GoNoGo.CANNOT_TELL if small else _go(focus >= wanted.focus)
    return (Check(name, f"{focus:.2f}", want, verdict, FOCUS),)


def _picture_sharpness(watched: Watched, wanted: Wanted) -> Check:
    got, verdict = "nothing with detail", GoNoGo.CANNOT_TELL
    if len(watched.focus):
        focus = float(np.median(watched.focus))
        got, verdict = f"{focus:.2f}", _go(focus >= wanted.picture_focus)
    want = f"{wanted.picture_focus:g} or more"
    return Check("sharpness of the picture", got, want, verdict, FOCUS, essential=False)


def _exposure(name: str, watched: Watched, zone: Zone, at_most: float) -> Check:
    black, white = watched.light.clipped(zone)
    return Check(
        name,
        f"{black:.0%} black, {white:.0%} white",
        f"{at_most:.0%} of each at most",
        _go(max(black, white) <= at_most),
        "add light, or open the iris"
        if black >= white
        else "close the iris, or turn the camera away from sky, sun and lamps",
    )


def _exposure_of_zone(watched: Watched, suggested: Zone, wanted: Wanted) -> tuple[Check, ...]:
    """Judge the light of the zone that is meant, or else of the one that is suggested."""
    zone = watched.zone or suggested
    if not zone:
        return ()
    return (_exposure("light of the zone", watched, zone, wanted.clipped_zone),)


def _rate(watched: Watched, wanted: Wanted) -> Check:
    name, want = "frame rate", f"{wanted.rate:g} a second or more"
    if watched.frames < 2 or watched.span_s <= 0:
        return Check(name, f"{watched.frames} frame", want, GoNoGo.CANNOT_TELL)
    rate = (watched.frames - 1) / watched.span_s
    return Check(
        name,
        f"{rate:.1f} a second",
        want,
        _go(rate >= wanted.rate),
        "set the camera to a higher rate; of a live source see also what was dropped",
    )


def _interval(watched: Watched, wanted: Wanted) -> Check:
    name, want = "steadiness", f"{wanted.longest_s * 1e3:.0f} ms at most for 95 of 100"
    if not len(watched.intervals_s):
        return Check(name, f"{watched.frames} frame", want, GoNoGo.CANNOT_TELL)
    median, late = (_quantile(watched.intervals_s, share) for share in (0.5, USUAL))
    return Check(
        name,
        f"a frame every {median * 1e3:.0f} ms, 95 of 100 within {late * 1e3:.0f} ms",
        want,
        _go(late <= wanted.longest_s),
        "see to the network, and to a camera that lengthens its exposure in the dark",
    )


def _of_live(watched: Watched, wanted: Wanted) -> tuple[Check, ...]:
    """Judge what only a live source has: frames that were dropped, and latency."""
    came = watched.frames + watched.dropped
    share = watched.dropped / max(came, 1)
    drops = Check(
        "dropped frames",
        f"{watched.dropped} of {came} ({share:.0%})",
        f"{wanted.dropped:.0%} at most",
        _go(share <= wanted.dropped),
        "use a faster machine, fewer cameras on this one, or a lower rate",
    )
    want = f"{wanted.latency_s:g} s at most for 95 of 100"
    late = watched.latencies_s
    if not len(late):
        return (drops, Check("latency", "nothing", want, GoNoGo.CANNOT_TELL))
    p50, p95 = _quantile(late, 0.5), _quantile(late, USUAL)
    latency = Check(
        "latency",
        f"{p50 * 1e3:.0f} ms, 95 of 100 within {p95 * 1e3:.0f} ms",
        want,
        _go(p95 <= wanted.latency_s),
        "use a faster machine, or fewer cameras on this one",
    )
    return (drops, latency)


def _untold(name: str, faces: int, wanted: Wanted) -> Check:
    return Check(name, f"{faces} faces", f"{wanted.faces} or more", GoNoGo.CANNOT_TELL)


def _array(values: list[float]) -> F64:
    return np.array(values, np.float64)


def _quantile(values: F64, share: float) -> float:
    return float(np.quantile(values, share))
