"""Sequences keep their promise: by enumeration, against slow references, at their edges."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from overt.statistics.intervals import clopper_pearson, garwood
from overt.statistics.sequences import (
    BETS,
    MOST,
    ConfidenceSequence,
    Side,
    count_ends,
    log_e_above,
    log_e_below,
    rate_sequence,
)

counts = st.integers(0, 200)
expecteds = st.floats(0.0, 300.0)
RATIOS = [MOST ** ((k + 0.5) / BETS) for k in range(BETS)]


def grown(blocks: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Give running totals of (events, trials) a look."""
    x = list(itertools.accumulate(events for events, _ in blocks))
    return x, list(itertools.accumulate(trials for _, trials in blocks))


blocks = st.lists(
    st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, min(n, 4)), st.just(n))),
    min_size=1,
    max_size=30,
)


@given(counts, expecteds)
def test_evidence_agrees_with_the_slow_reference(events: int, expected: float) -> None:
    """The mean over the bets of r^x exp(-(r - 1) m), and of 1 / r, a term at a time."""
    for ours, ratios in (
        (log_e_above, RATIOS),
        (log_e_below, [1 / ratio for ratio in RATIOS]),
    ):
        logs = [events * math.log(r) - (r - 1) * expected for r in ratios]
        top = max(logs)
        want = top + math.log(math.fsum(math.exp(each - top) for each in logs) / BETS)
        assert float(ours(events, expected)) == pytest.approx(want, abs=1e-8)


@pytest.mark.parametrize("rate", [0.5, 0.2, 0.01, 1e-3])
@pytest.mark.parametrize("faces", [1, 3, 8])
def test_what_is_held_does_not_grow_on_average(rate: float, faces: int) -> None:
    """Every path of 8 faces, all told: from each node the mean over what comes next is no more."""
    for expected_rate, log_e in ((rate, log_e_above), (rate, log_e_below)):
        for x, n in itertools.product(range(9), range(9)):
            if x > n:
                continue
            now = math.exp(float(log_e(x, n * expected_rate)))
            then = math.fsum(
                float(stats.binom.pmf(more, faces, rate))
                * math.exp(float(log_e(x + more, (n + faces) * expected_rate)))
                for more in range(faces + 1)
            )
            assert then <= now * (1 + 1e-9)


def test_it_is_ever_reached_as_seldom_as_promised_by_enumeration() -> None:
    """Ville: the exact probability, over every path of 60 faces, looked at after each one."""
    rate = Fraction(1, 10)
    paths = {0: Fraction(1)}  # by events so far, of paths that were never told
    told = Fraction(0)
    for face in range(1, 61):
        then: dict[int, Fraction] = {}
        for x, chance in paths.items():
            then[x] = then.get(x, Fraction(0)) + chance * (1 - rate)
            then[x + 1] = then.get(x + 1, Fraction(0)) + chance * rate
        paths = {}
        for x, chance in then.items():
            if float(log_e_above(x, face * float(rate))) >= math.log(40):
                told += chance
            else:
                paths[x] = chance
    assert told + sum(paths.values()) == 1
    assert 0.001 < told < Fraction(1, 40)


@given(counts, st.sampled_from([0.9, 0.95, 0.99]))
def test_ends_are_where_the_evidence_is_enough(events: int, level: float) -> None:
    low, high = (float(end) for end in count_ends(events, level=level))
    enough = -math.log((1 - level) / 2)
    assert low <= events < high
    assert float(log_e_below(events, high)) == pytest.approx(enough, abs=1e-6)
    if low > 0:
        assert float(log_e_above(events, low)) == pytest.approx(enough, abs=1e-6)
    else:
        assert float(log_e_above(events, 0.0)) <= enough


@given(counts, expecteds, expecteds)
def test_evidence_is_monotone(events: int, one: float, other: float) -> None:
    """So that the interval is one, and that fewer false alerts never stop what more do not."""
    less, more = sorted((one, other))
    assert log_e_above(events, less) >= log_e_above(events, more) - 1e-9
    assert log_e_below(events, less) <= log_e_below(events, more) + 1e-9
    assert log_e_above(events + 1, one) > log_e_above(events, one)
    assert log_e_below(events + 1, one) < log_e_below(events, one)


def test_ends_grow_with_the_count() -> None:
    low, high = count_ends(np.arange(400))
    assert np.all(np.diff(low) >= 0)
    assert np.all(np.diff(high) > 0)


@given(counts)
def test_it_is_wider_than_an_interval_for_one_look(events: int) -> None:
    low, high = (float(end) for end in count_ends(events))
    once = garwood(events)
    assert low <= once[0]
    assert once[1] < high


@given(blocks)
def test_a_block_is_as_its_faces_one_after_another(parts: list[tuple[int, int]]) -> None:
    """Only the totals enter: minutes merged into one look give what the last look gives."""
    x, n = grown(parts)
    each, whole = (
        rate_sequence(x, n, against=1e-3),
        rate_sequence([x[-1]], [n[-1]], against=1e-3),
    )
    for name in ("low", "high", "log_e", "estimate"):
        got, want = getattr(each, name)[-1], getattr(whole, name)[0]
        assert got == want or (np.isnan(got) and np.isnan(want))


def test_the_reference_case_lies_below_the_ceiling() -> None:
    """FACTS: 10 false alerts in 3,147,436 faces seen, 1 in 314,744."""
    sequence = rate_sequence([10], [3_147_436], against=1e-3)
    low, high = clopper_pearson(10, 3_147_436)
    assert sequence.side is Side.BELOW
    assert 0 < sequence.low[0] < low < sequence.estimate[0] < high < sequence.high[0] < 1e-5


def test_once_above_stays_above() -> None:
    """The promise is about all looks: a later one does not take back what an earlier one told."""
    sequence = rate_sequence([0, 10, 10], [100, 200, 10**6], against=1e-3)
    assert sequence.first_above == 1
    assert sequence.high[-1] < 1e-3
    assert sequence.side is Side.ABOVE


def test_nothing_seen_tells_nothing() -> None:
    sequence = rate_sequence([0], [0], against=1e-3)
    assert (sequence.low[0], sequence.high[0], sequence.log_e[0]) == (0.0, 1.0, 0.0)
    assert np.isnan(sequence.estimate[0])
    assert sequence.side is Side.CANNOT_TELL
    none = rate_sequence([], [], against=1e-3)
    assert (len(none), none.first_above, none.side) == (0, None, Side.CANNOT_TELL)


def test_no_alert_bounds_from_above() -> None:
    sequence = rate_sequence([0, 0], [100, 10_000], against=1e-3)
    assert list(sequence.low) == [0.0, 0.0]
    assert sequence.high[1] == pytest.approx(4.39e-4, rel=1e-3)
    assert sequence.side is Side.BELOW


def test_one_false_alert_never_is_enough() -> None:
    assert log_e_above(1, 0.0) < math.log(20)
    assert rate_sequence([1], [1], against=1e-6).side is Side.CANNOT_TELL


def test_all_false_is_above() -> None:
    sequence = rate_sequence(range(1, 6), range(1, 6), against=1e-3)
    assert sequence.first_above == 1
    assert np.all(sequence.high <= 1)


@given(blocks, st.integers(0, 5))
def test_open_alerts_widen_upwards_only(parts: list[tuple[int, int]], waiting: int) -> None:
    x, n = grown(parts)
    room = [min(waiting, m - k) for k, m in zip(x, n, strict=True)]
    none, some = (
        rate_sequence(x, n, against=1e-3),
        rate_sequence(x, n, against=1e-3, open_events=room),
    )
    every = rate_sequence([x[-1] + room[-1]], [n[-1]], against=1e-3)
    assert np.array_equal(none.low, some.low)
    assert some.high[-1] == every.high[-1] >= none.high[-1]


@pytest.mark.parametrize(
    ("events", "trials", "want"),
    [
        ([2], [1], "running totals"),
        ([1, 0], [5, 6], "running totals"),
        ([0, 0], [6, 5], "running totals"),
        ([-1], [5], "running totals"),
        ([0.5], [5], "whole numbers"),
        ([0, 1], [5], "whole numbers"),
        ([[0]], [[5]], "whole numbers"),
    ],
)
def test_counts_that_cannot_be_are_refused(events: object, trials: object, want: str) -> None:
    with pytest.raises(ValueError, match=want):
        rate_sequence(events, trials, against=1e-3)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(("against", "level"), [(0.0, 0.95), (1.1, 0.95), (0.1, 1.0), (0.1, 0.0)])
def test_levels_and_ceilings_that_cannot_be_are_refused(against: float, level: float) -> None:
    with pytest.raises(ValueError, match="want one within"):
        rate_sequence([0], [1], against=against, level=level)


@pytest.mark.parametrize("waiting", [-1, 6])
def test_open_alerts_that_cannot_be_are_refused(waiting: int) -> None:
    with pytest.raises(ValueError, match="open events"):
        rate_sequence([0], [5], against=0.1, open_events=[waiting])


def test_a_sequence_is_frozen() -> None:
    sequence = rate_sequence([0], [5], against=0.1)
    with pytest.raises(ValueError, match="read-only"):
        sequence.low[0] = 0.5


def test_ends_the_wrong_way_round_are_refused() -> None:
    whole, part = np.array([0]), np.array([0.5])
    with pytest.raises(ValueError, match="in order"):
        ConfidenceSequence(whole, whole, part, part + 1, part, part, 0.1, 0.95, "none")
    with pytest.raises(ValueError, match="want one"):
        ConfidenceSequence(whole, whole, part, part, np.zeros(2), part, 0.1, 0.95, "none")
