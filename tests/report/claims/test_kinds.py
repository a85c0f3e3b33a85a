"""Each kind of claim: other figures give other verdicts, and each is right."""

from __future__ import annotations

from pathlib import Path

import pytest
from claim_texts import COUNTS, checked, claim, findings, tables, text

from overt.report.claims.checked import Finding

WRONG, MISLEADING, UNKNOWN, FOLLOWS = Finding
PER_FACE = claim("rate", 'events = "false_alerts"\nof = "faces"\nfigure = "0.0003 %"')
PARTS = "".join(
    f'[[category]]\nof = "arrests"\nname = "{name}"\ncount = {count}\n'
    for name, count in (("courts", 549), ("grounds", 347), ("nominals", 85))
)
SUM = claim("sum", 'whole = "arrests"')
GROUP = '[[group]]\nname = "Black people"\ncount = 8\n'
DIFFERENCE = claim("difference", 'group = "Black people"\nsignificant = false')


def exposure(low: float, high: float) -> str:
    return (
        f"[group.exposure]\nlow_percent = {low}\nhigh_percent = {high}\n"
        'citation = "A count"\ngrade = "P"\n'
    )


def test_a_rate_follows_and_misleads(tmp_path: Path) -> None:
    found = checked(tmp_path, PER_FACE)
    assert findings(found) == [FOLLOWS, MISLEADING]
    assert found.verdicts[1].lacks == (
        "false alerts: 10 of 2,077 alerts, 0.481 % (0.231-0.884 %)",
        "false alerts that led to an engagement: 6 of 10 false alerts, 60 % (26.2-87.8 %)",
    )
    assert "1 in 314,744 (1 in 656,346 to 1 in 171,146)" in text(found)


def test_a_rate_that_is_another_does_not_add_up(tmp_path: Path) -> None:
    found = checked(
        tmp_path, PER_FACE, counts=COUNTS.replace("false_alerts = 10", "false_alerts = 21")
    )
    assert findings(found) == [WRONG, MISLEADING]
    assert "Published as 0.0003 %; the counts give 0.0007 %." in text(found)


def test_a_rate_without_counts_cannot_be_checked(tmp_path: Path) -> None:
    found = checked(tmp_path, PER_FACE, counts="[counts]\nfalse_alerts = 10\n")
    assert found.verdicts[0].text == "CANNOT BE CHECKED: needs the number of faces"


def test_what_a_rate_hides_is_asked_for(tmp_path: Path) -> None:
    counts = COUNTS.replace("false_alerts_stopped = 6\n", "").replace("alerts = 2_077\n", "", 1)
    found = checked(tmp_path, PER_FACE, counts=counts)
    assert findings(found) == [FOLLOWS, MISLEADING]
    assert found.verdicts[1].lacks[0] == "the number of alerts (not published)"


def test_a_bare_number_asks_for_its_denominators(tmp_path: Path) -> None:
    bare = claim("rate", 'events = "false_alerts"')
    found = checked(tmp_path, bare, counts="[counts]\nfalse_alerts = 1\narrests = 103\n")
    assert found.verdicts[0].lacks == ("the number of faces", "the number of alerts")
    assert findings(checked(tmp_path, bare)) == [MISLEADING]


def test_a_rate_over_the_whole_does_not_add_up(tmp_path: Path) -> None:
    more = claim("rate", 'events = "arrests"\nof = "alerts"\nfigure = "46 %"')
    counts = "[counts]\nalerts = 5\narrests = 9\n"
    assert findings(checked(tmp_path, more, counts=counts)) == [WRONG]
    none = "[counts]\nalerts = 0\narrests = 0\n"
    assert findings(checked(tmp_path, more, counts=none)) == [WRONG]


@pytest.mark.parametrize(
    ("arrests", "finding", "said"),
    [
        (962, WRONG, "549 + 347 + 85 = 981 against 962 arrests: 19 more."),
        (981, FOLLOWS, "549 + 347 + 85 = 981: as many arrests as published."),
        (1000, WRONG, "981 against 1,000 arrests: 19 fewer."),
    ],
)
def test_a_sum(tmp_path: Path, arrests: int, finding: Finding, said: str) -> None:
    counts = COUNTS.replace("arrests = 962", f"arrests = {arrests}")
    found = checked(tmp_path, PARTS, SUM, counts=counts)
    assert findings(found) == [finding]
    assert said in text(found)


def test_a_sum_of_962_follows(tmp_path: Path) -> None:
    assert findings(checked(tmp_path, PARTS.replace("347", "328"), SUM)) == [FOLLOWS]


def test_a_sum_with_a_part_unknown_cannot_be_checked(tmp_path: Path) -> None:
    found = checked(tmp_path, PARTS.replace("count = 347\n", ""), SUM)
    assert found.verdicts[0].lacks == ("the number of arrests for each of: grounds",)


def test_a_share_with_and_without_counts(tmp_path: Path) -> None:
    keys = 'part = "for violence"\nof = "arrests"\nfigure = "more than a quarter"\n'
    found = checked(tmp_path, claim("share", keys))
    assert findings(found) == [UNKNOWN]
    assert found.needs == ("At least 241 of the 962 arrests were for violence.",)
    assert findings(checked(tmp_path, claim("share", keys + "count = 241"))) == [FOLLOWS]
    assert findings(checked(tmp_path, claim("share", keys + "count = 240"))) == [WRONG]
    assert findings(checked(tmp_path, claim("share", keys + "count = 963"))) == [WRONG]
    exact = keys.replace("more than a quarter", "26 %")
    assert checked(tmp_path, claim("share", exact)).needs == (
        "246 to 254 of the 962 arrests were for violence.",
    )


def test_a_share_means_something_beside_another(tmp_path: Path) -> None:
    keys = 'part = "men"\ncount = 7\nwhole = 8\nwhole_name = "people"\nfigure = "7 of 8"\n'
    beside = keys + 'against = "the share of men seen"\n'
    assert findings(checked(tmp_path, claim("share", keys))) == [FOLLOWS]
    assert findings(checked(tmp_path, claim("share", beside))) == [FOLLOWS, MISLEADING]
    found = checked(tmp_path, claim("share", beside + "against_percent = 60\n"))
    assert findings(found) == [FOLLOWS]
    assert "the share of men seen: 60 %" in text(found)


def test_none_leaves_a_rate_open(tmp_path: Path) -> None:
    keys = 'what = "unnecessary"\nknown_by = "why"\nof = "arrests"\nhas_one_meaning = false\n'
    found = checked(tmp_path, claim("none", keys))
    assert found.verdicts[0].lacks == (
        "why, of each of the 962 arrests",
        "what 'unnecessary' means",
    )
    assert "up to 0.311 %, 1 in 322" in text(found)  # 3 / 962 = 0.312 %
    followed = checked(tmp_path, claim("none", keys + "followed = 962\n"))
    assert findings(followed) == [FOLLOWS, MISLEADING]
    some = checked(tmp_path, claim("none", keys + "followed = 100\n"))
    assert "of the 862 arrests not followed up" in text(some)
    assert "up to 2.95 %, 1 in 34" in text(some)
    assert findings(checked(tmp_path, claim("none", keys + "found = 1\n"))) == [WRONG]


def test_a_difference_whose_exposure_is_unknown(tmp_path: Path) -> None:
    assumed = "".join(
        f'[[group.assumed]]\npercent = {share}\nwhy = "x"\n' for share in (13.5, 30, 40, 50)
    )
    found = checked(tmp_path, GROUP, assumed, DIFFERENCE)
    assert found.verdicts[0].text == (
        "CANNOT BE CHECKED: needs the share of the faces seen that were Black people"
    )
    assert "80 % (44.4-97.5 %)" in text(found)
    assert "At least about 44.4 % and at most about 97.5 % of the faces" in found.needs[0]
    curve, power = tables(found)
    assert [row[1:] for row in curve.rows[1:]] == [
        ("0.0000038", "significant"),
        ("0.0016", "significant"),
        ("0.018", "significant"),
        ("0.109", "not significant"),
    ]
    assert power.rows[1:] == (
        ("50 %", "210", "77", "35", "17", "12"),
        ("13.5 %", "380", "125", "45", "20", "8"),
    )


@pytest.mark.parametrize(
    ("low", "high", "not_significant", "significant"),
    [
        (13.5, 13.5, [WRONG], [FOLLOWS]),
        (50, 50, [FOLLOWS, MISLEADING], [WRONG]),
        (50, 60, [FOLLOWS, MISLEADING], [WRONG]),
        (30, 60, [UNKNOWN], [UNKNOWN]),
        (98, 99, [WRONG], [FOLLOWS]),
    ],
)
def test_a_difference_can_be_checked_once_exposure_is_published(
    tmp_path: Path,
    low: float,
    high: float,
    not_significant: list[Finding],
    significant: list[Finding],
) -> None:
    parts = (GROUP, exposure(low, high))
    assert findings(checked(tmp_path, *parts, DIFFERENCE)) == not_significant
    other = DIFFERENCE.replace("false", "true")
    assert findings(checked(tmp_path, *parts, other)) == significant


def test_not_significant_with_many_events_does_not_mislead(tmp_path: Path) -> None:
    counts = "[counts]\nfalse_alerts = 200\n"
    group = GROUP.replace("count = 8", "count = 100")
    found = checked(tmp_path, group, exposure(50, 50), DIFFERENCE, counts=counts)
    assert findings(found) == [FOLLOWS]


def test_a_comparison(tmp_path: Path) -> None:
    keys = 'events = "arrests"\nper = "deployments"\nway = "more"\n'
    found = checked(tmp_path, claim("comparison", keys))
    assert found.verdicts[0].lacks == (
        "the number of arrests before",
        "the number of deployments before",
    )
    more = checked(tmp_path, claim("comparison", keys + "before = {arrests=400, deployments=180}"))
    assert findings(more) == [FOLLOWS]
    assert "= 4.74 a deployment" in text(more)
    assert "2.13 times (1.9 to 2.4)" in text(more)
    close = checked(tmp_path, claim("comparison", keys + "before = {arrests=47, deployments=10}"))
    assert findings(close) == [FOLLOWS, MISLEADING]
    fewer = checked(tmp_path, claim("comparison", keys + "before = {arrests=60, deployments=10}"))
    assert findings(fewer) == [WRONG]


def test_more_of_everything_is_no_trend(tmp_path: Path) -> None:
    keys = 'events = "arrests"\nway = "more"\n'
    bare = checked(tmp_path, claim("comparison", keys + "before = {arrests=600}"))
    assert findings(bare) == [FOLLOWS, MISLEADING]
    both = checked(tmp_path, claim("comparison", keys + "before = {arrests=600, deployments=100}"))
    assert findings(both) == [FOLLOWS, MISLEADING]
    assert "the rate for each deployment: 0.79 times" in both.verdicts[1].lacks[0]


def test_a_bias_test(tmp_path: Path) -> None:
    tested = '[[threshold]]\nvalue = 0.6\nfalse_alerts = 7\ncitation = "A"\ngrade = "P"\n'
    found = checked(tmp_path, tested, claim("thresholds", "thresholds = [0.6]"))
    assert findings(found) == [UNKNOWN]
    assert tables(found)[0].rows[1] == ("0.60", "7", "8.23 times", "5.85 %")
    even = tested + "group_false_alerts = 3\ngroup_trials = 2000\nother_trials = 2000\n"
    found = checked(tmp_path, even, claim("thresholds", "thresholds = [0.6]"))
    assert findings(found) == [FOLLOWS, MISLEADING]
    uneven = even.replace("group_false_alerts = 3", "group_false_alerts = 7")
    found = checked(tmp_path, uneven, claim("thresholds", "thresholds = [0.6]"))
    assert findings(found) == [WRONG]


def test_a_survey(tmp_path: Path) -> None:
    keys = 'figure = "85 %"\n'
    assert len(checked(tmp_path, claim("survey", keys)).verdicts[0].lacks) == 3
    some = checked(tmp_path, claim("survey", keys + "asked = 1000\n"))
    assert findings(some) == [UNKNOWN]
    assert "85 % (82.6-87.2 %)" in text(some)
    whole = keys + 'asked = 1000\nquestion = "Do you?"\nweights = "none"\n'
    assert findings(checked(tmp_path, claim("survey", whole))) == [FOLLOWS, MISLEADING]
    seven = checked(tmp_path, claim("survey", whole.replace("1000", "7")))
    assert findings(seven) == [WRONG]  # 6 of 7 are 86 %
    assert "No whole number of 7 people is 85 %." in text(seven)


def test_an_order_of_subgroups(tmp_path: Path) -> None:
    def ranked(*groups: tuple[str, str]) -> str:
        return claim("ranking", 'answer = "opposed"') + "".join(
            f'[[claim.subgroup]]\nname = "{name}"\n{keys}\n' for name, keys in groups
        )

    found = checked(tmp_path, ranked(("a", ""), ("b", 'figure = "20 %"\nasked = 90')))
    assert found.verdicts[0].lacks == ("the percentage and the number of answers of each: a",)
    many = 'figure = "{} %"\nasked = 5000'
    few = 'figure = "{} %"\nasked = 50'
    rightly = ranked(("a", many.format(30)), ("b", many.format(20)))
    assert findings(checked(tmp_path, rightly)) == [FOLLOWS]
    chance = ranked(("a", few.format(30)), ("b", few.format(20)))
    assert findings(checked(tmp_path, chance)) == [FOLLOWS, MISLEADING]
    wrongly = ranked(("a", many.format(20)), ("b", many.format(30)))
    assert findings(checked(tmp_path, wrongly)) == [WRONG]


def test_a_share_over_its_whole_is_no_companion(tmp_path: Path) -> None:
    counts = "[counts]\nalerts = 5\nengagements = 5\narrests = 9\n"
    bare = checked(tmp_path, claim("rate", 'events = "arrests"'), counts=counts)
    assert bare.verdicts[0].lacks == ("a count that this number is a part of",)
    keys = 'events = "arrests"\nof = "engagements"\nfigure = "100 %"'
    assert findings(checked(tmp_path, claim("rate", keys), counts=counts)) == [WRONG]
    hidden = counts.replace("arrests = 9", "arrests = 2")
    both = checked(tmp_path, claim("rate", keys.replace("100 %", "40 %")), counts=hidden)
    assert findings(both) == [FOLLOWS, MISLEADING]
