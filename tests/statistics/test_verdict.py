"""Verdicts follow from their figures, and their sentences hold every one of them."""

from __future__ import annotations

import math
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overt.statistics.estimate import NoTrials, PValue, Ratio
from overt.statistics.exposure import (
    Assessment,
    Known,
    Prior,
    Range,
    Survey,
    Unknown,
    assess,
)
from overt.statistics.phrases import number, share_from, share_to
from overt.statistics.verdict import Finding, Verdict, Words, decide, judge, ruled_out

WORDS = Words("Black people", "false alert", "false alerts", "faces seen")
EXPOSURES = (
    Unknown("nobody published that share"),
    Range(0.1, 0.3),
    Known(0.3),
    Prior(13.5, 86.5),
    Survey(135, 1000),
)
counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def assessed(events: int, total: int, exposure: object) -> Assessment:
    assert isinstance(exposure, Unknown | Range | Known | Prior | Survey)
    found = assess(events, total, exposure, of="false alerts")
    assert not isinstance(found, NoTrials)
    return found


def verdict(events: int, total: int, exposure: object) -> Verdict:
    found = judge(assessed(events, total, exposure), WORDS, margin=1.25, power=0.8)
    assert isinstance(found, Verdict)
    return found


def ratio(low: float, high: float) -> Ratio:
    return Ratio(math.sqrt(low * high), low, high, 0.95, "a method")


def p_value(value: float) -> PValue:
    return PValue(value, "a method", "equal rates")


def test_reference_case() -> None:
    found = verdict(8, 10, EXPOSURES[0])
    assert found.title == "cannot tell"
    assert found.text == (
        "8 of the 10 false alerts were Black people. This difference is significant unless at "
        "least 44.4 % and at most 97.4 % of the faces seen were Black people; nobody published "
        "that share. So these data cannot tell whether the rates differ. With 10 false alerts a "
        "risk ratio below 5.79 could not have been shown reliably, whatever that share is: more "
        "than 20 % of such counts would miss it."
    )


@pytest.mark.parametrize(
    ("low", "high", "p", "want"),
    [
        (1.1, 5.0, 0.01, Finding.DIFFERS),
        (0.2, 0.9, 0.01, Finding.DIFFERS),
        (1.01, 1.2, 0.01, Finding.DIFFERS),
        (0.9, 1.2, 0.5, Finding.NO_LARGER),
        (0.8, 1.25, 0.5, Finding.NO_LARGER),
        (0.79, 1.2, 0.5, Finding.CANNOT_TELL),
        (0.9, 1.26, 0.5, Finding.CANNOT_TELL),
        (1.1, 5.0, 0.06, Finding.CANNOT_TELL),  # the methods disagree: the more cautious counts
        (0.9, 5.0, 0.04, Finding.CANNOT_TELL),
    ],
)
def test_findings(low: float, high: float, p: float, want: Finding) -> None:
    assert decide(ratio(low, high), p_value(p), margin=1.25) is want
    assert decide(ratio(1 / high, 1 / low), p_value(p), margin=1.25) is want


def test_ten_thousand_even_events_show_no_larger_difference() -> None:
    found = verdict(5000, 10_000, Known(0.5))
    assert found.title == "no difference larger than 1.25-fold"
    assert "rule out" in found.text
    small = verdict(5200, 10_000, Known(0.5))
    assert small.finding is Finding.DIFFERS
    assert "by less than 1.25-fold" in small.text


def test_a_missing_difference_is_never_called_its_absence() -> None:
    for k, exposure in product(range(11), EXPOSURES):
        text = verdict(k, 10, exposure).text.lower()
        assert "no bias" not in text
        assert "not significant" not in text
        assert "no difference" not in text  # ten events cannot show that


@given(counts, st.sampled_from(EXPOSURES))
def test_every_verdict_holds_its_figures(count: tuple[int, int], exposure: object) -> None:
    found = verdict(*count, exposure)
    assert "nan" not in found.text
    assert "inf" not in re.sub(r"[a-z]*inform[a-z]*", "", found.text)
    assert all(sentence.endswith((".", ")")) for sentence in found.sentences)
    if found.ratio is None:
        assert found.finding is Finding.CANNOT_TELL
        even = assessed(*count, exposure).break_even
        assert even.low == 0 or share_from(even.low) in found.text
        assert even.high == 1 or share_to(even.high) in found.text
    else:
        assert found.p is not None
        assert found.finding is decide(found.ratio, found.p, margin=1.25)
        assert number(found.ratio.low) in found.text
        assert number(found.ratio.high) in found.text
        assert found.p.method in found.text


@given(counts)
def test_rounded_break_even_shares_say_no_more_than_is_so(count: tuple[int, int]) -> None:
    """Whoever reads "unless at least X" may take X by its word."""
    even = assessed(*count, Unknown()).break_even
    low = float(share_from(even.low).removesuffix(" %")) / 100
    high = float(share_to(even.high).removesuffix(" %")) / 100
    assert even.low - 1e-7 <= low <= even.low + 0.001
    assert even.high - 0.001 <= high <= even.high + 1e-7


def test_a_group_with_fewer_events_is_told_what_could_not_be_shown_below() -> None:
    few = verdict(0, 10, Known(0.3))
    assert few.sentences[0] == "None of the 10 false alerts were Black people."
    assert few.sentences[-1] == (
        "With 10 false alerts a rate of the group lower than everybody else's could not have been "
        "shown at all."
    )
    more = verdict(0, 100, Known(0.3))
    assert more.finding is Finding.DIFFERS
    assert "the group's is lower" in more.text
    assert "a rate of the group lower by less than" in more.text


def test_one_event_is_said_in_the_singular() -> None:
    assert verdict(0, 1, Unknown()).text.startswith("The only false alert was not one of")
    assert "With 1 false alert a risk" in verdict(1, 1, Unknown()).text


def test_what_the_data_allow_is_the_smallest_margin() -> None:
    assert ruled_out(ratio(0.5, 1.5)) == 2
    assert ruled_out(ratio(0.9, 1.5)) == 1.5
    assert ruled_out(Ratio(0, 0, 1.5, 0.95, "a method")) == math.inf
    found = Ratio(1.1, 0.9, 1.3, 0.95, "a method")
    assert decide(found, p_value(0.5), margin=ruled_out(found)) is Finding.NO_LARGER


def test_no_events_have_no_verdict() -> None:
    nothing = NoTrials("false alerts")
    assert judge(nothing, WORDS, margin=1.25, power=0.8) == nothing


@pytest.mark.parametrize("margin", [1.0, 0.8, math.inf, math.nan])
def test_a_margin_that_is_none_is_refused(margin: float) -> None:
    with pytest.raises(ValueError, match="want a ratio above 1"):
        decide(ratio(0.9, 1.1), p_value(0.5), margin=margin)
