"""What a record holds of clips, in lines of text: what a terminal shows."""

from __future__ import annotations

from collections.abc import Iterator

from overt.evaluation.written import Block, percent
from overt.values.clip_evaluation import AtAlerts, Intensity, Latency, Tracking, Video
from overt.values.evaluation import Record

__all__ = ["band", "clip_blocks", "intensity_of", "latency_of", "tracking_rows"]


def clip_blocks(record: Record) -> Iterator[Block]:
    """Give tables of the main figures; none where no clip was evaluated."""
    video = record.video
    if video is None:
        return
    yield _passages(video)
    yield (
        "recognition where so many false alerts are allowed",
        ("allowed", "threshold", "false", "known passages (TPIR)", "in clear sight"),
        [
            (
                str(row.allowed),
                f"{row.threshold:.3f}",
                str(row.false_alerts),
                percent(row.known),
                percent(row.clear),
            )
            for row in video.allowed
        ],
    )
    yield ("not compared, by reason", ("passages", "reason"), _reasons(record))
    yield ("tracks", ("", ""), list(tracking_rows(video.tracking)))
    yield (
        "faces found by the detector",
        ("height, px", "found"),
        [(band(row.low_px, row.high_px), percent(row.found)) for row in video.heights],
    )


def _passages(video: Video) -> Block:
    listed = f"{video.of_listed} of listed people, {video.of_clear} of these in clear sight"
    heads = (
        "threshold", "true", "false", "false in 1,000 faces seen", "known passages (TPIR)",
        "in clear sight", "seconds to the alert",
    )  # fmt: skip
    rows = [_alerts(row) for row in video.alerts]
    return f"alerts of {video.passages} passages, {listed}", heads, rows


def _alerts(row: AtAlerts) -> tuple[str, ...]:
    return (
        f"{row.threshold:.3f}",
        str(row.true_alerts),
        str(row.false_alerts),
        intensity_of(row.rate),
        percent(row.known),
        percent(row.clear),
        latency_of(row.latency),
    )


def _reasons(record: Record) -> list[tuple[str, ...]]:
    reasons = [each.reasons for each in record.acquired if each.part == "passages"]
    return [(str(count), reason) for of in reasons for reason, count in of]


def intensity_of(rate: Intensity | None) -> str:
    """Write false alerts per 1,000 faces seen."""
    if rate is None:
        return "no face seen"
    ends = f"{rate.low:.3g} to {rate.high:.3g}"
    return f"{rate.value:.3g} ({ends}; {rate.events:,} of {rate.faces:,})"


def latency_of(latency: Latency | None) -> str:
    """Write how long alerts took, from first clear sight."""
    if latency is None:
        return "no alert"
    passages = "1 passage" if latency.passages == 1 else f"{latency.passages} passages"
    ends = (
        "too few for an interval"
        if latency.low_s is None or latency.high_s is None
        else f"{latency.low_s:.2f} to {latency.high_s:.2f}"
    )
    return (
        f"{latency.seconds:.2f} ({ends}; {latency.frames:g} frames; at most "
        f"{latency.longest_s:.2f}; {passages})"
    )


def tracking_rows(of: Tracking) -> Iterator[tuple[str, str]]:
    """Name each measure of the tracks, and give its figure."""
    yield "faces seen against passages", f"{of.faces_seen} of {of.passages} ({of.count_error:+.0%})"
    yield "passages that became no face seen", percent(of.missed)
    yield "of those in clear sight", percent(of.missed_clear)
    yield "passages that became several faces seen", str(of.several)
    yield "faces seen that held two passages or more", str(of.swapped)
    yield "faces seen that held nobody", str(of.nobody)
    yield "tracks too brief to be a face seen", str(of.brief)
    yield "fragmentations", str(of.fragmentations)
    yield "identity switches", str(of.switches)
    yield "misses", f"{of.misses:,} of {of.there:,} faces in {of.looks:,} looks"
    yield "false positives", f"{of.false_positives:,} tracked boxes"
    yield "MOTA", "not measured" if of.mota is None else f"{of.mota:.3f}"
    yield "IDF1", "not measured" if of.idf1 is None else f"{of.idf1:.3f}"
    mostly = (of.mostly_tracked, of.partly_tracked, of.mostly_lost)
    yield "mostly tracked / partly / mostly lost", " / ".join(str(each) for each in mostly)


def band(low: float, high: float | None) -> str:
    """Write a band of a measure."""
    return f"{low:g} or more" if high is None else f"{low:g} to {high:g}"
