"""Recognition from known passages: by person, by group, and what is said where there are none."""

from __future__ import annotations

import numpy as np
import pytest
from report_events import Life, known, passage

from overt.report.document.figures import Count, Withheld
from overt.report.document.report import Options, Section
from overt.report.sections.recognition import recognition
from overt.statistics.clustered_ratio import clustered_ratio
from overt.statistics.estimate import ClusteredRate, NoInterval
from overt.values.demographics import Ethnicity

NOW = "2026-04-01T00:00:00+00:00"


def walked(*people: tuple[Ethnicity, int, int], trial: bool = False) -> Life:
    """Let each person of an ethnicity walk past: so often recognised, of so many."""
    life = Life()
    life.deployment("d1", seen=1000, trial=trial)
    for person, (code, recognised, passages) in enumerate(people):
        for n in range(passages):
            number = f"{person}-{n}"
            alert = f"a{number}" if n < recognised else ""
            walk = passage(number, f"v{person}", alert=alert, who=known(code))
            life.add("d1", 2, walk)
    return life


def section(life: Life, **options: int) -> Section:
    return recognition(life.facts(), Options(NOW, **options))  # pyright: ignore[reportArgumentType]


def said(of: Section) -> dict[str, str]:
    return {one.id.removeprefix("recognition."): one.text for one in of.statements}


def test_rates_are_of_passages_and_intervals_of_people() -> None:
    made = section(walked(*[(Ethnicity.W1, 9, 10), (Ethnicity.W1, 3, 10)] * 5))
    figures = {one.id: one.value for one in made.figures}
    found, missed = figures["recognition.rate"], figures["recognition.missed"]
    assert isinstance(found, ClusteredRate)
    assert isinstance(missed, ClusteredRate)
    assert (found.events, found.trials, found.clusters) == (60, 100, 10)
    assert found.design_effect is not None
    assert found.design_effect > 1
    assert missed.value == pytest.approx(1 - found.value)
    assert (missed.low, missed.high) == pytest.approx((1 - found.high, 1 - found.low))
    assert "wider than +-5 points" in said(made)["wide"]


def test_passages_of_trials_count() -> None:
    made = section(walked((Ethnicity.W1, 1, 2), (Ethnicity.B1, 2, 2), trial=True))
    figures = {one.id: one.value for one in made.figures}
    assert figures["recognition.in-trials"] == Count(4, "known passages")


def test_without_passages_it_says_what_it_would_take() -> None:
    life = Life()
    life.deployment("d1", seen=1000)
    text = said(section(life))["not-measured"]
    assert "385 volunteers with one passage each, or 143 with 10 each" in text


def test_groups_that_differ_are_told_and_those_that_may_not_are_not() -> None:
    apart = [(Ethnicity.W1, 9 + n % 2, 10) for n in range(30)]
    apart += [(Ethnicity.B1, 5 + n % 2, 10) for n in range(30)]
    texts = said(section(walked(*apart)))
    assert "recognised less often" in texts["black"]
    assert "recognised more often" in texts["white"]
    few = [
        (Ethnicity.W1, 8, 10),
        (Ethnicity.W1, 9, 10),
        (Ethnicity.B1, 5, 10),
        (Ethnicity.B1, 9, 10),
    ]
    texts = said(section(walked(*few)))
    assert "cannot tell" in texts["black"]


def test_few_volunteers_of_a_group_are_withheld_with_another() -> None:
    people = (
        [(Ethnicity.W1, 9, 10)] * 12 + [(Ethnicity.B1, 9, 10)] * 11 + [(Ethnicity.A1, 4, 10)] * 2
    )
    made = section(walked(*people), suppress_below=10)
    hidden = {
        one.id.split(".")[2] for one in made.every_figure() if isinstance(one.value, Withheld)
    }
    assert any(name.startswith("asian") for name in hidden)
    assert not any(name.startswith("white") for name in hidden)
    assert "asian" not in said(made)


def test_a_ratio_of_people_who_do_not_vary_is_that_of_independent_trials() -> None:
    """With one passage each it is the log ratio's usual interval, with t for the normal."""
    first, second = [(1, 1)] * 40 + [(0, 1)] * 10, [(1, 1)] * 20 + [(0, 1)] * 30
    made = clustered_ratio(first, second, of="passages")
    assert isinstance(made, tuple)
    ratio, p = made
    assert ratio.value == pytest.approx(2)
    spread = np.sqrt((1 / 40 - 1 / 50) + (1 / 20 - 1 / 50))
    assert ratio.high == pytest.approx(2 * np.exp(1.9845 * spread), rel=0.02)
    assert p.value < 0.001
    assert isinstance(clustered_ratio([(3, 4)], second, of="passages"), NoInterval)


def test_equal_groups_are_rarely_said_to_differ() -> None:
    random = np.random.default_rng(7)
    told = 0
    for _ in range(400):
        share = random.beta(4, 2, size=(2, 25))
        counts = random.binomial(8, share)
        one, other = ([(int(x), 8) for x in row] for row in counts)
        made = clustered_ratio(one, other, of="passages")
        assert isinstance(made, tuple)
        told += made[1].value <= 0.05
    assert told / 400 < 0.085
