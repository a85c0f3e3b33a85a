"""What an evaluation of clips cannot say, in sentences made of its own numbers."""

from __future__ import annotations

from collections.abc import Sequence

from overt.evaluation.measuring import Measured
from overt.values.clip_evaluation import Video

__all__ = ["limits"]


def limits(of: Measured, video: Video, data: str, thresholds: Sequence[float]) -> tuple[str, ...]:
    """Say it, the sample first."""
    listed = len(of.prepared.entries)
    others = video.passages - video.of_listed
    clips = "1 clip" if len(video.clips) == 1 else f"{len(video.clips)} clips"
    sample = f"{video.of_listed} passages of listed people and {others} of others"
    people = f"{video.people} people in all, in {clips}"
    said = [
        f"{sample}, {people}: each interval says how little that settles.",
        f"The clips may not be like the place of use: {data}.",
    ]
    if video.of_listed < 30:
        each = 1 / max(video.of_listed, 1)
        said.append(
            f"With {video.of_listed} passages of listed people one more or less moves a TPIR by "
            f"{each:.0%}. No comparison of groups, sites or thresholds rests on so few."
        )
    faces = video.tracking.faces_seen
    if faces:
        said.append(
            f"With {faces:,} faces seen, a false alert rate below about 1 in "
            f"{max(faces // 3, 1):,} cannot be told from none (rule of three)."
        )
    said.append(
        f"False alerts are of a list of {listed:,}: a longer list gives more, about in proportion."
    )
    extrapolated = [
        threshold
        for threshold in thresholds
        if of.scale.operating_point(threshold, listed=listed).extrapolated
    ]
    if extrapolated:
        told = ", ".join(f"{threshold:.2f}" for threshold in extrapolated)
        said.append(f"At {told} the reference scale is extrapolated: nobody measured it there.")
    said.append(
        "The scale is of comparisons of two photographs. A passage is compared several times and "
        "its best comparison counts, so it alerts falsely more often than the scale says of one."
    )
    if not of.prepared.columns:
        said.append("No groups were labelled: whether errors differ between groups is not known.")
    said.append(
        "Thresholds that hold so many false alerts were taken from these same passages: on others "
        "there will be more."
    )
    said.append(
        "Latency is from first clear sight to the alert in the footage's own time. What a machine "
        "that is too slow, a network or a person adds is not in it."
    )
    return tuple(said)
