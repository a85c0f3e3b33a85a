"""Differences between groups: the published case in sentences, and counts against slow ones."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_events import Life, known

from overt.errors import ReportError
from overt.report.document.exposed import Exposed, read_exposed
from overt.report.document.figures import Count, Sort, Withheld
from overt.report.document.report import Options, Section
from overt.report.groups import GROUPS, Dimension
from overt.report.sections.differences import differences
from overt.report.sections.group_counts import count_groups
from overt.report.sections.group_verdicts import judge_groups
from overt.report.tally import IS_FALSE
from overt.values.demographics import Ethnicity, Gender, group_of
from overt.values.review import Decision, Disposal, Finding

NOW = "2026-04-01T00:00:00+00:00"
CODES = [code for code in Ethnicity if code is not Ethnicity.NS]


def reference_case(*, unknown: int = 0) -> Life:
    """Ten false alerts of which eight are of Black people, in 3,147,436 faces."""
    life = Life()
    life.deployment("d1", seen=3_147_436, alerts=10 + unknown)
    for n in range(10):
        code = Ethnicity.B2 if n < 8 else Ethnicity.W1
        life.alert(f"a{n}", "d1", finding=Finding.FALSE, who=known(code))
    for n in range(unknown):
        life.alert(f"r{n}", "d1", decision=Decision.REJECT)
    return life


def section(life: Life, *exposures: str, **more: object) -> Section:
    read = tuple(read_exposed(text) for text in exposures)
    return differences(life.facts(), Options(NOW, exposures=read, **more))  # pyright: ignore[reportArgumentType]


def said(of: Section) -> dict[str, str]:
    return {one.id.removeprefix("differences."): one.text for one in of.statements}


def test_the_published_case_is_told_with_its_break_even_share() -> None:
    made = section(reference_case())
    text = said(made)["black"]
    assert text.startswith("8 of the 10 false alerts were Black people.")
    assert "significant unless at least 44.4 % and at most 97.4 % of the faces seen" in text
    assert "cannot tell" in text
    curve = next(one for one in made.charts if one.id == "differences.share-of-black")
    assert getattr(curve, "mark") == pytest.approx(0.4439045)  # noqa: B009
    assert "share of the faces seen of White people, Black people" in said(made)["exposure"]
    figures = {one.id: one.value for one in made.every_figure()}
    assert figures["differences.events-needed.50.times-2"] == Count(77, "false alerts")
    assert figures["differences.events-needed.13-5.times-1-5"] == Count(380, "false alerts")


def test_a_stated_share_gives_a_verdict_and_says_whose_figure_it_is() -> None:
    text = said(section(reference_case(), "black=0.135:Census 2021"))["black"]
    assert "differ: the group's is higher" in text
    assert "p = 0.0000077" in text
    assert text.endswith("The share of the faces seen is assumed: Census 2021.")
    text = said(section(reference_case(), "black=0.4..0.6"))["black"]
    assert "cannot tell" in text
    assert "nobody said where it comes from" in text


def test_two_groups_are_held_to_more_than_one() -> None:
    """At 40 % alone p is 0.025, below 5 %; of two groups the first is held to 2.5 %."""
    alone = said(section(reference_case(), "black=0.41"))["black"]
    assert "The rates differ" in alone
    both = said(section(reference_case(), "black=0.41", "white=0.3"))["black"]
    assert "The rates differ" not in both
    assert "2 groups were compared" in both


def test_false_alerts_without_a_group_are_told() -> None:
    made = section(reference_case(unknown=4))
    assert said(made)["black"].startswith(
        "8 of the 10 false alerts whose ethnicity is recorded were Black people."
    )
    assert "of all 14, 8 to 12 were Black people" in said(made)["black"]
    figures = {one.id: one.value for one in made.every_figure()}
    assert figures["differences.not-recorded.ethnicity"] == Count(4, "false alerts")
    assert "4 of 14 false alerts" in said(made)["who-was-stopped"]


def test_no_group_recorded_is_said_and_nothing_compared() -> None:
    life = Life()
    life.deployment("d1", seen=1000)
    life.alert("a", "d1", decision=Decision.REJECT)
    made = section(life, "black=0.2")
    assert not [one for one in made.statements if one.sort is Sort.VERDICT]
    assert "nothing can be said" in said(made)["none-recorded.ethnicity"]


def test_within_places_simpsons_paradox_is_seen() -> None:
    """A busy place of one group has all false alerts: thrown together the group has too many."""
    life = Life()
    life.deployment("d1", seen=100_000, place="North")
    life.deployment("d2", seen=100_000, place="South")
    for n in range(20):
        code = Ethnicity.B1 if n < 18 else Ethnicity.W1
        life.alert(f"a{n}", "d1", finding=Finding.FALSE, who=known(code))
    together = said(section(life, "black=0.5"))
    assert "The rates differ: the group's is higher" in together["black"]
    assert "--exposure GROUP@PLACE=SHARE" in together["within-places"]
    within = said(section(life, "black=0.5", "black@North=0.9", "black@South=0.1"))
    assert "cannot tell" in within["within-places.black"]
    differs = said(section(life, "black@North=0.3", "black@South=0.3"))
    assert "The rates differ within places" in differs["within-places.black"]


def test_nothing_says_that_there_is_no_bias() -> None:
    for exposures in ((), ("black=0.135",), ("black=0.5..0.6", "female=0.5")):
        made = section(reference_case(unknown=2), *exposures)
        assert not [one for one in made.statements if "no bias" in one.text.lower()]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([None, *CODES]),
            st.sampled_from(list(Gender)),
            st.sampled_from([Finding.TRUE, Finding.FALSE, Finding.UNCONFIRMED]),
        ),
        max_size=12,
    )
)
def test_groups_are_counted_as_one_alert_at_a_time(
    drawn: list[tuple[Ethnicity | None, Gender, Finding]],
) -> None:
    life = Life()
    life.deployment("d1", seen=1000)
    want: Counter[str] = Counter()
    for n, (code, gender, finding) in enumerate(drawn):
        who = known(code, gender) if code is not None else None
        life.alert(f"a{n}", "d1", finding=finding, who=who)
        if finding is Finding.FALSE:
            want[str(group_of(code)) if code is not None else "unknown"] += 1
    found = count_groups(life.facts(), Dimension.ETHNICITY, which=IS_FALSE)
    for name, number in found.of.items():
        assert number == want[GROUPS[name].value]
    assert found.all == sum(finding is Finding.FALSE for *_, finding in drawn)
    judged = judge_groups([found], (), margin=1.25)
    assert set(judged) == (set(found.of) if found.known else set())


def test_small_groups_of_people_are_withheld_and_false_alerts_are_not() -> None:
    life = reference_case()
    for n in range(30):
        code = Ethnicity.W1 if n < 12 else Ethnicity.A1 if n < 21 else Ethnicity.M1
        life.alert(f"t{n}", "d1", finding=Finding.TRUE, who=known(code), disposal=Disposal.ARREST)
    made = section(life, suppress_below=10)
    figures = {one.id: one.value for one in made.every_figure()}
    cells = {name: value for name, value in figures.items() if "engaged-by-ethnicity" in name}
    hidden = {name for name, value in cells.items() if isinstance(value, Withheld)}
    assert any("asian" in name for name in hidden)
    assert not any("white" in name for name in hidden)
    assert figures["differences.ethnicity.black-african-caribbean-or-black-british.false"] == Count(
        8, "false alerts"
    )


@pytest.mark.parametrize("text", ["black", "black=2", "black=0.3..0.2", "black=0", "=0.2", "b=x"])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ReportError, match="exposure"):
        read_exposed(text)


def test_a_group_that_nobody_records_is_refused() -> None:
    with pytest.raises(ReportError, match="want one of white"):
        section(reference_case(), "tall=0.5")
    with pytest.raises(ReportError, match="once"):
        Options(NOW, exposures=(Exposed("black", 0.1, 0.1), Exposed("black", 0.2, 0.2)))
