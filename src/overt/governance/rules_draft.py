"""The rules on what is drafted: use, window, cameras, threshold and model."""

from __future__ import annotations

from datetime import datetime, timedelta

from overt.governance.findings import Finding, judged, untold
from overt.governance.rules_subject import Subject
from overt.inference.bundle import IntendedUse
from overt.match.scale import ReferenceScale
from overt.values.deployment import is_live

__all__ = [
    "calibrated",
    "inside_window",
    "live_cameras",
    "operational",
    "permitted_use",
    "predicted_false_alerts",
    "shots_confirmed",
    "threshold_lowest",
    "threshold_operated",
    "window_length",
]


def permitted_use(subject: Subject, value: tuple[str, ...], _now: datetime) -> Finding:
    """Check what the deployment is for."""
    purpose = str(subject.deployment.purpose)
    return judged(
        "permitted-use",
        holds=purpose in value,
        about="purpose",
        got=purpose,
        want=", or ".join(value) or "none: this policy permits no use",
        to_do="do not deploy for this",
    )


def inside_window(subject: Subject, _value: None, now: datetime) -> Finding:
    """Check that it is time."""
    window = subject.deployment.window
    return judged(
        "inside-window",
        holds=window.holds(now),
        about="window",
        got=now.isoformat(timespec="seconds"),
        want=f"a time from {window.start.isoformat(timespec='seconds')} to before "
        f"{window.end.isoformat(timespec='seconds')}",
        to_do="wait for the window, or have a new one authorised",
    )


def window_length(subject: Subject, value: timedelta, _now: datetime) -> Finding:
    """Check how long one authority reaches."""
    window = subject.deployment.window
    return judged(
        "window-length",
        holds=window.end - window.start <= value,
        about="window",
        got=str(window.end - window.start),
        want=f"{value} or less",
        to_do="shorten the window, or have each part authorised",
    )


def live_cameras(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that nothing recorded is searched: overt does not search old footage."""
    cameras = subject.deployment.cameras
    recorded = [camera.name for camera in cameras if not is_live(camera.source)]
    names = ", ".join(recorded or [camera.name for camera in cameras])
    return judged(
        "live-cameras",
        holds=not recorded,
        about=f"camera {names}",
        got="recorded footage" if recorded else "live",
        want="a live camera",
        to_do="name a stream or a webcam",
    )


def threshold_lowest(subject: Subject, value: float, _now: datetime) -> Finding:
    """Check the threshold's floor."""
    return _threshold(subject, "threshold-lowest", value, to_do="raise the threshold")


def threshold_operated(subject: Subject, value: float, _now: datetime) -> Finding:
    """Check the threshold that is usual."""
    to_do = "say in the authority why a lower threshold is proportionate"
    return _threshold(subject, "threshold-operated", value, to_do=to_do)


def _threshold(subject: Subject, rule: str, value: float, *, to_do: str) -> Finding:
    got = subject.deployment.threshold
    want = f"{value:.2f} or more"
    return judged(
        rule, holds=got >= value, about="threshold", got=f"{got:g}", want=want, to_do=to_do
    )


def predicted_false_alerts(subject: Subject, value: float, _now: datetime) -> Finding:
    """Check what the bundle's calibration predicts, per comparison, for this list."""
    rule, listed = "predicted-false-alerts", len(subject.watchlist)
    calibration = subject.bundle.calibration
    if calibration is None:
        want = f"a false alert in {1 / value:,.0f} comparisons or fewer"
        return untold(rule, about="threshold", want=want, to_do="calibrate the bundle")
    scale = ReferenceScale(calibration)
    rate = scale.operating_point(subject.deployment.threshold, listed=listed).predicted_rate
    least = scale.threshold_for(value, listed=listed)
    return judged(
        rule,
        holds=rate <= value,
        about="threshold",
        got=f"{subject.deployment.threshold:g}, which predicts a false alert in "
        f"{1 / rate:,.0f} comparisons with {listed:,} listed",
        want=f"{least:.2f} or more, 1 in {1 / value:,.0f}",
        to_do="raise the threshold, or shorten the list",
    )


def shots_confirmed(subject: Subject, value: float, _now: datetime) -> Finding:
    """Check how many shots must agree before an alert."""
    got = subject.deployment.recognition.confirm_shots
    return judged(
        "shots-confirmed",
        holds=got >= value,
        about="recognition confirm_shots",
        got=str(got),
        want=f"{value:g} or more",
        to_do="raise confirm_shots",
    )


def calibrated(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that a threshold means something."""
    there = subject.bundle.calibration is not None
    return judged(
        "bundle-calibrated",
        holds=there,
        about=f"bundle {subject.bundle.name}",
        got="a calibration" if there else "no calibration",
        want="one: a threshold means nothing else",
        to_do="measure it: docs/guides/bundles.md",
    )


def operational(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that the model is meant for real deployments."""
    bundle = subject.bundle
    return judged(
        "bundle-operational",
        holds=bundle.intended_use is IntendedUse.OPERATIONAL,
        about=f"bundle {bundle.name}",
        got=f"{_article(bundle.intended_use)} model",
        want="an operational one (or trial = true, with people who agreed)",
        to_do="use a bundle that was tested for it",
    )


def _article(use: IntendedUse) -> str:
    return f"an {use}" if str(use)[0] in "aeiou" else f"a {use}"
