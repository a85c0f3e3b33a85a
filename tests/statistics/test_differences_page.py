"""The figures in the page on differences are those that the code computes."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from overt.statistics.binomial import break_even_share, likely_test, risk_ratio, tails_test
from overt.statistics.estimate import Method
from overt.statistics.exposure import (
    Exposure,
    Known,
    Prior,
    Range,
    Settled,
    Spanned,
    Survey,
    Unknown,
    assess,
)
from overt.statistics.phrases import Words, number, percent, probability, share_from
from overt.statistics.power import events_needed, power_of
from overt.statistics.unconditional import MOST_TRIALS
from overt.statistics.verdict import Verdict, judge, ruled_out

WORDS = Words("Black people", "false alert", "false alerts", "faces seen")


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs/concepts/differences.md").read_text()


def rows(page: str, heading: str) -> list[list[str]]:
    """Give the cells of the table whose first heading this is."""
    found = re.search(rf"^\| {heading} \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, flags=re.MULTILINE)
    assert found is not None, heading
    return [line.strip("| ").split(" | ") for line in found[1].splitlines()]


def test_the_sensitivity_table(page: str) -> None:
    found = rows(page, "assumed share")
    assert len(found) == 6
    for written, *figures in found:
        share = float(written.removesuffix(" %")) / 100
        ratio = risk_ratio(8, 10, share)
        assert figures == [
            probability(tails_test(8, 10, share).value),
            probability(likely_test(8, 10, share).value),
            number(ratio.value),
            f"{number(ratio.low)} to {number(ratio.high)}",
        ]


def test_the_verdict(page: str) -> None:
    assessed = assess(8, 10, Unknown("nobody published that share"), of="false alerts")
    found = judge(assessed, WORDS, margin=1.25, power=0.8)
    assert isinstance(found, Verdict)
    assert f"\n> {found.text}\n" in page


def test_both_break_even_shares(page: str) -> None:
    tails = break_even_share(8, 10, alpha=0.05)
    likely = break_even_share(8, 10, alpha=0.05, method=Method.BINOMIAL_LIKELY)
    assert f"A share of {share_from(tails.low)} is the **break-even share**" in page
    assert f"the reference case would be {share_from(likely.low)}" in page


def test_the_exposure_table(page: str) -> None:
    exposures: dict[str, Exposure] = {
        "from 10 % to 30 %": Range(0.1, 0.3),
        "from 30 % to 50 %": Range(0.3, 0.5),
        "known: 30 %": Known(0.3),
        "believed: Beta(30, 70)": Prior(30, 70),
        "surveyed: 300 of 1,000": Survey(300, 1000),
        "surveyed: 3 of 10": Survey(3, 10),
    }
    found = {name: figures for name, *figures in rows(page, "exposure of the reference case")}
    assert list(found) == list(exposures)
    for name, figures in found.items():
        assessed = assess(8, 10, exposures[name], of="false alerts")
        assert isinstance(assessed, Spanned | Settled)
        ends = f"{number(assessed.ratio.low)} to {number(assessed.ratio.high)}"
        if isinstance(assessed, Spanned):
            assert figures == [f"at most {probability(assessed.most.value)}", ends]
        else:
            assert figures == [probability(assessed.p.value), ends]


def test_the_power_table(page: str) -> None:
    found = rows(page, "share")
    assert [row[0] for row in found] == ["50 %", "13.5 %"]
    for written, *figures in found:
        share = float(written.removesuffix(" %")) / 100
        for ratio, figure in zip((1.5, 2, 3, 5, 10), figures, strict=True):
            need = events_needed(share=share, ratio=ratio, power=0.8, alpha=0.05)
            assert int(figure) == need.events
    seven = 100 * power_of(7, share=0.5, ratio=2, alpha=0.05).value
    assert f"a risk ratio of 2 is {percent(round(seven))}" in page
    assert f"miss it in {100 - round(seven)} of 100 cases" in page


def test_single_figures(page: str) -> None:
    even = assess(5000, 10_000, Known(0.5), of="false alerts")
    assert isinstance(even, Settled)
    assert f"to within {number(ruled_out(even.ratio), rounded=math.ceil)}-fold" in page
    assert f"for up to {MOST_TRIALS:,} trials" in page
