"""Simulated years: what was drawn is what the truth says, and what the tables may hold."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import polars as pl
import pytest
from scipy.special import gammainc, gammaincc
from statistics_peers import peer

from overt.facts.facts import DTYPES
from overt.facts.parquet import write_facts
from overt.facts.schema import TABLES
from overt.simulation.years.force import Years, simulate_force
from overt.simulation.years.minutes import chance
from overt.simulation.years.truth import Scale, Truth, truth_of
from overt.values.demographics import EthnicityGroup
from overt.values.review import Decision, Disposal, Finding
from overt.values.watchlist import Category

TRUTH = truth_of(Scale.REFERENCE)
SMALL = truth_of(Scale.SMALL)
LEVEL = 1e-6  # of each check: a truth that is held to fails one of a million seeds
BLUE = str(Category.BLUE)
WHITE, BLACK = str(EthnicityGroup.WHITE), str(EthnicityGroup.BLACK)


class Outcome(Protocol):
    """What a test of scipy's gives."""

    @property
    def pvalue(self) -> float: ...


@cache
def years(number: int = 1, *, many: int = 1) -> Years:
    return simulate_force(TRUTH, number=number, years=many, seed=7)


def in_public(made: Years) -> pl.DataFrame:
    """Give the alerts that are not of volunteers."""
    return made.facts.in_public().alerts.filter(pl.col("category") != BLUE).collect()


def files(folder: Path, truth: Truth, *, seed: int, number: int = 1) -> dict[str, bytes]:
    write_facts(folder, simulate_force(truth, number=number, years=2, seed=seed).facts)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def likely(events: int, trials: int, share: float) -> bool:
    return p_value("binomtest", events, trials, share) > LEVEL


def p_value(test: str, *arguments: object) -> float:
    """Run one of scipy's tests."""
    return cast("Outcome", peer("scipy.stats", test)(*arguments)).pvalue


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    one = files(tmp_path / "1", SMALL, seed=3)
    assert set(one) == {f"{name}.parquet" for name in TABLES}
    assert files(tmp_path / "2", SMALL, seed=3) == one
    for other in (
        files(tmp_path / "3", SMALL, seed=4),
        files(tmp_path / "4", SMALL, seed=3, number=2),
    ):
        same = {name for name in TABLES if other[f"{name}.parquet"] == one[f"{name}.parquet"]}
        assert same == set()


@pytest.mark.parametrize("name", TABLES)
def test_tables_hold_what_the_schema_says(name: str) -> None:
    table, rows = TABLES[name], years().facts.tables()[name].collect()
    assert not rows.is_empty()
    for column in table.columns:
        values = rows[column.name]
        assert values.dtype == DTYPES[column.kind]
        assert column.optional or values.null_count() == 0, column.name
        if column.among:
            assert set(values.drop_nulls()) <= set(column.among), column.name
    assert not rows.select(table.key).is_duplicated().any()


def test_every_name_says_that_it_is_simulated() -> None:
    made = years().facts.deployments.collect()
    for column in ("force", "deployment", "place", "bundle", "policy", "policy_name"):
        assert made[column].cast(pl.String).str.starts_with("simulated").all(), column
    for table, column in (("minutes", "camera"), ("alerts", "alert"), ("passages", "volunteer")):
        names = years().facts.tables()[table].collect()[column].cast(pl.String)
        assert names.str.starts_with("simulated").all(), column


def test_counts_agree_between_tables() -> None:
    facts, key = years().facts, "deployment"
    minutes = facts.minutes.group_by(key).agg(pl.col("seen", "compared", "alerts").sum())
    unfit = facts.unfit.group_by(key).agg(pl.col("faces").sum())
    alerts = facts.alerts.group_by(key).len()
    rows = minutes.join(unfit, on=key, how="left").join(alerts, on=key, how="left").collect()
    assert (rows["seen"] - rows["compared"] == rows["faces"].fill_null(0)).all()
    assert (rows["alerts"] == rows["len"].fill_null(0)).all()
    listed = facts.lists.group_by(key).agg(pl.col("listed").sum().alias("sum"))
    rows = facts.deployments.join(listed, on=key).collect()
    assert (rows["listed"] == rows["sum"]).all()
    walked = facts.passages.filter("recognised").select(pl.len()).collect().item()
    assert walked == facts.alerts.filter(pl.col("category") == BLUE).collect().height > 0


def test_times_are_in_order() -> None:
    alerts = years().facts.alerts.collect()
    steps = ("raised", "claimed", "adjudicated", "engaged", "disengaged")
    for before, after in pairwise(steps):
        assert (alerts[before] < alerts[after]).drop_nulls().all(), after
    assert (alerts["similarity"] >= alerts["threshold"]).all()
    assert (alerts["raised"] < alerts["evidence_deleted"]).all()
    made = years().facts.deployments.collect()
    steps = ("start", "started", "stopped", "list_destroyed", "closed")
    for before, after in pairwise(steps):
        assert (made[before] < made[after]).all(), after
    assert (made["stopped"] < made["end"]).all()


def test_a_year_is_of_the_reference_size() -> None:
    facts = years(many=4).facts.in_public()
    assert facts.deployments.collect().height == 4 * 203
    assert facts.minutes.collect().height / 4 == pytest.approx(60_000, rel=0.05)
    assert in_public(years(many=4)).height / 4 == pytest.approx(2_077, rel=0.3)
    seen = facts.minutes.select(pl.col("seen").sum()).collect().item()
    assert seen / 4 == pytest.approx(3_147_436, rel=0.3)  # twelve sites differ much


def test_false_alerts_are_as_many_as_expected() -> None:
    made = [years(number, many=10) for number in range(1, 5)]
    got = np.sum([one.hidden.false_alerts for one in made], axis=(0, 1))
    want = np.sum([one.hidden.expected_false_alerts for one in made], axis=(0, 1))
    for events, mean in zip((*got, got.sum()), (*want, want.sum()), strict=True):
        # P(N <= events) and P(N >= events) of a Poisson number, by the gamma function.
        assert gammaincc(events + 1, mean) > LEVEL
        assert events == 0 or gammainc(events, mean) > LEVEL
    seen = np.sum([one.hidden.seen for one in made], axis=(0, 1))
    rates = got / seen  # White first; sites differ, so the ratio is held loosely
    assert 1.8 < rates[3] / rates[0] < 4.5
    # A lower threshold raises more of them.
    expected = want.sum() / seen.sum()
    assert expected == pytest.approx(10 / 3_147_436, rel=0.4)


def test_listed_people_are_recognised_as_often_as_is_true() -> None:
    recognition, made = TRUTH.recognition, years(many=10)
    passed = made.hidden.listed_passages.sum(axis=0)
    found = made.hidden.recognised.sum(axis=0)
    means = chance(recognition.recognised, recognition.recognised_effects)
    for group in range(len(passed)):
        share = float(means[group] @ np.array(recognition.thresholds))
        # Deployments differ in threshold: somewhat wider than exact.
        assert found[group] / passed[group] == pytest.approx(share, abs=0.03)
    alerts = in_public(made).height
    assert alerts == found.sum() + made.hidden.false_alerts.sum()


def test_people_act_as_often_as_is_true() -> None:
    people, alerts = TRUTH.people, in_public(years(many=10))
    assert likely(alerts["decision"].null_count(), alerts.height, people.unjudged)
    judged = alerts.filter(pl.col("decision").is_not_null())
    second = judged.filter(pl.col("second_decision").is_not_null())
    assert likely(second.height, judged.height, people.second)
    agreed = second.filter(pl.col("decision") == pl.col("second_decision"))
    assert likely(agreed.height, second.height, people.agree)
    wanted = judged.filter(pl.col("decision") == str(Decision.ENGAGE))
    met = wanted.filter(pl.col("engaged").is_not_null())
    assert likely(met.height, wanted.height, people.located)
    unsure = met.filter(pl.col("finding") == str(Finding.UNCONFIRMED))
    assert likely(unsure.height, met.height, people.unconfirmed)
    arrests = alerts.filter(pl.col("disposal") == str(Disposal.ARREST))
    assert arrests.height / alerts.height == pytest.approx(962 / 2077, abs=0.02)
    violence = int(arrests["violence_against_women_and_girls"].sum())
    assert likely(violence, arrests.height, people.violence_against_women_and_girls)
    assert likely(int(met["self_defined"].sum()), met.height, people.self_defined)
    claimed = (judged["adjudicated"] - judged["claimed"]).dt.total_microseconds() / 1e6
    assert cast("float", claimed.median()) == pytest.approx(people.adjudicate_s, rel=0.03)


def test_data_are_kept_as_long_as_is_true() -> None:
    data, facts = TRUTH.data, years(many=10).facts
    alerts = facts.alerts.collect()
    arrests = alerts.filter(pl.col("arrest").is_not_null())
    held = alerts.filter(pl.col("held_until").is_not_null())
    assert likely(held.height, arrests.height, data.held)
    assert (held["evidence_deleted"] >= held["held_until"]).all()
    free = alerts.filter(pl.col("held_until").is_null())
    day = pl.col("evidence_deleted") - pl.col("raised") > pl.duration(days=1)
    late = free.filter(day).height
    assert likely(late, free.height, 1 - (1 - data.overdue) * (1 - data.failed))
    deletions = facts.deletions.collect()
    failed = deletions.filter(~pl.col("done") & (pl.col("what") != "watchlist"))
    assert likely(failed.height, alerts.height, data.failed)
    done = deletions.filter("done")
    assert set(done["what"]) == {*alerts["alert"], "watchlist"}


def test_sites_differ() -> None:
    made = years(many=2)
    seen = made.facts.minutes.group_by("deployment").agg(pl.col("seen").mean().log())
    by_site = (
        made.facts.in_public().deployments.join(seen, on="deployment").group_by("place")
    ).agg("seen")
    faces = [np.array(one) for one in by_site.collect()["seen"] if len(one) > 1]
    assert p_value("f_oneway", *faces) < LEVEL
    assert p_value("chi2_contingency", made.hidden.seen) < LEVEL
    # And what a record holds shows it too: who was spoken to where.
    alerts = in_public(made).join(made.facts.deployments.collect(), on="deployment")
    known = alerts.filter(pl.col("group").is_in([WHITE, BLACK]))
    counts = known.group_by("place").agg(
        white=(pl.col("group") == WHITE).sum(), black=(pl.col("group") == BLACK).sum()
    )
    assert p_value("chi2_contingency", counts.select("white", "black").to_numpy()) < LEVEL


def test_a_volunteers_passages_are_alike() -> None:
    passages = years(many=10).facts.passages.collect()
    mean = passages["recognised"].mean()
    assert cast("float", mean) == pytest.approx(0.86, abs=0.03)
    counts = passages.group_by("volunteer").agg(
        found=pl.col("recognised").sum(), missed=(~pl.col("recognised")).sum()
    )
    assert p_value("chi2_contingency", counts.select("found", "missed").to_numpy()) < LEVEL
