"""Totals are folds over events."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import LIST_DIGEST, NOON, make_point
from hypothesis import given
from hypothesis import strategies as st

from overt.report.totals import Totals, fold
from overt.report.words import about_one_in
from overt.values.counts import FaceCounts
from overt.values.events import (
    AlertRaised,
    Body,
    DeploymentStarted,
    DeploymentStopped,
    Event,
    FacesCounted,
    WatchlistDestroyed,
)
from overt.values.quality import Reason
from overt.values.watchlist import Category


def events(*bodies: Body) -> list[Event]:
    return [Event(f"e{i}", "d", NOON + timedelta(seconds=i), body) for i, body in enumerate(bodies)]


def raised(name: str = "a") -> AlertRaised:
    point = make_point()
    return AlertRaised(
        alert=name,
        camera="gate",
        time=NOON,
        category=Category.COURTS,
        score=0.7,
        similarity=0.66,
        threshold=point.threshold,
        listed=point.listed,
        predicted_rate=point.predicted_rate,
        extrapolated=point.extrapolated,
        shots=3,
        flags=(),
        commitment="c",
    )


@st.composite
def minutes(draw: st.DrawFn) -> FaceCounts:
    unfit = draw(st.dictionaries(st.sampled_from(Reason), st.integers(0, 9)))
    compared = draw(st.integers(0, 9))
    return FaceCounts(
        draw(st.sampled_from(["gate", "door"])),
        NOON + timedelta(minutes=draw(st.integers(0, 5))),
        frames=draw(st.integers(0, 9)),
        seen=compared + sum(unfit.values()),
        compared=compared,
        unfit=unfit,
        brief=draw(st.integers(0, 9)),
    )


@given(st.lists(minutes(), max_size=8))
def test_counts_of_all_cameras_and_minutes_add_up(counted: list[FaceCounts]) -> None:
    totals = fold(events(*[FacesCounted(counts) for counts in counted]))
    for name in ("frames", "seen", "compared", "brief"):
        assert getattr(totals.counts, name) == sum(getattr(counts, name) for counts in counted)
    for reason in Reason:
        want = sum(counts.unfit.get(reason, 0) for counts in counted)
        assert totals.counts.unfit.get(reason, 0) == want


def test_what_happened_is_kept() -> None:
    started, stopped = DeploymentStarted("0.1", 1e-4, extrapolated=False), DeploymentStopped("end")
    totals = fold(
        events(started, raised("a"), stopped, raised("b"), WatchlistDestroyed(LIST_DIGEST, 3))
    )
    assert totals.started is started
    assert totals.stopped is stopped
    assert [alert.alert for alert in totals.alerts] == ["a", "b"]


def test_nothing_gives_nothing() -> None:
    assert fold([]) == Totals()
    assert fold([]).counts.seen == 0


@given(st.floats(1e-12, 1, exclude_min=True))
def test_one_in_is_right_to_two_figures(rate: float) -> None:
    said = about_one_in(rate).removeprefix("1 in ").replace(",", "").replace(" x 10^", "e")
    assert float(said) == pytest.approx(1 / rate, rel=0.051)


@pytest.mark.parametrize(
    ("rate", "said"), [(1.0, "1 in 1"), (0.0, "none"), (-0.0, "none"), (1e-12, "1 in 1.0 x 10^12")]
)
def test_one_in_at_its_ends(rate: float, said: str) -> None:
    assert about_one_in(rate) == said
