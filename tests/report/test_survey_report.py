"""What is reported of a survey: the example's shape, what is withheld, and the words beside it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from commands import Commands

from overt.errors import SurveyError
from overt.report.survey import Group, SurveyFound, find
from overt.report.survey_file import Plan, Respondents, read_plan, read_respondents
from overt.statistics.estimate import Difference, WeightedShare
from overt.statistics.suppression import Reason


@pytest.fixture(scope="module")
def example(root: Path) -> Path:
    return root / "examples/surveys/lfr-support.csv"


@pytest.fixture(scope="module")
def plan(example: Path) -> Plan:
    return read_plan(example.with_suffix(".toml"))


@pytest.fixture(scope="module")
def respondents(example: Path, plan: Plan) -> Respondents:
    return read_respondents(example, plan)


@pytest.fixture(scope="module")
def found(plan: Plan, respondents: Respondents) -> SurveyFound:
    return find(plan, respondents)


def differences(groups: tuple[Group, ...], column: str = "") -> dict[str, float]:
    return {
        group.name: group.difference.value
        for group in groups
        if isinstance(group.difference, Difference) and group.column.startswith(column)
    }


def test_the_example_has_the_shape_of_the_reference_case(found: SurveyFound) -> None:
    """FACTS: 85 % support; LGBT+, mixed, Black most opposed; 25-34 most, over 65 least, by age."""
    support, oppose = found.measures
    assert found.about.synthetic
    assert isinstance(support.everybody, WeightedShare)
    assert support.everybody.value == pytest.approx(0.85, abs=0.005)
    ages = differences(support.groups, "age")
    assert min(ages, key=ages.__getitem__) == "25-34"
    assert max(ages, key=ages.__getitem__) == "65+"
    others = {**differences(oppose.groups, "ethnicity"), **differences(oppose.groups, "orient")}
    assert sorted(others, key=others.__getitem__, reverse=True)[:3] == ["LGBT+", "Mixed", "Black"]


def test_the_example_is_what_its_script_writes(root: Path) -> None:
    script = [sys.executable, str(root / "scripts/make_survey.py"), "--check"]
    assert subprocess.run(script, check=False).returncode == 0  # noqa: S603 - fixed arguments


def test_groups_make_up_everybody(found: SurveyFound) -> None:
    """Shares of a column's groups, weighted by how many they are, are everybody's."""
    support = found.measures[0]
    assert isinstance(support.everybody, WeightedShare)
    for column in ("age", "ethnicity", "orientation"):
        groups = [group for group in support.groups if group.column == column]
        counts = [g.share.count for g in groups if isinstance(g.share, WeightedShare)]
        assert sum(counts) == support.everybody.count == found.answered
    shares = [o.share.value for o in found.options if isinstance(o.share, WeightedShare)]
    assert sum(shares) == pytest.approx(1)


def test_holm_is_over_every_group(found: SurveyFound) -> None:
    support = found.measures[0]
    assert support.compared == 14
    for group in support.groups:
        assert isinstance(group.difference, Difference)
        assert group.difference.p.method.endswith("Holm over 14")


def test_small_groups_are_withheld_with_another(plan: Plan, respondents: Respondents) -> None:
    """Of ethnicity two are small: together enough. Of orientation one is: another goes with it."""
    strict = find(replace(plan, fewest=160), respondents)
    groups = strict.measures[0].groups
    reasons = {group.name: group.withheld for group in groups if group.withheld}
    assert reasons == {
        "Other": Reason.FEW,
        "Mixed": Reason.FOUND,
        "not stated": Reason.FEW,
        "LGBT+": Reason.FOUND,
    }
    for group in groups:
        assert (group.share is None) == (group.difference is None) == (group.withheld is not None)
    assert strict.measures[0].compared == 10
    with pytest.raises(SurveyError, match="fewer than 4000 answers"):
        find(replace(plan, fewest=4000), respondents)


def test_a_survey_drawn_singly_has_people_as_clusters(plan: Plan, respondents: Respondents) -> None:
    columns = replace(plan.columns, stratum=None, cluster=None, weight=None)
    single = find(replace(plan, columns=columns, margins=(), most_weight=None), respondents)
    assert (single.strata, single.clusters) == (1, single.respondents)
    assert single.weighting.raked_to == ()


def test_the_commands_of_the_guide_run(root: Path, tmp_path: Path, overt: Commands) -> None:
    page = (root / "docs/guides/survey.md").read_text()
    commands = [
        shlex.split(line)[2:] for line in re.findall(r"^\$ (overt .*)$", page, re.MULTILINE)
    ]
    commands = [["survey", *words] for words in commands]
    assert len(commands) == 2
    shown, as_json = (overt.run(*words, home=tmp_path, cwd=root) for words in commands)
    assert (shown.code, as_json.code) == (0, 0), (shown.err, as_json.err)
    question = read_plan(root / "examples/surveys/lfr-support.toml").about.question
    assert shown.out.count(question) == 3  # beside the answers and beside each measure
    assert shown.out.startswith("SYNTHETIC")
    assert re.search(r"LGBT\+ +63\.\d %", shown.out)
    assert "\u2026" not in shown.out  # no figure is cut short
    tree = json.loads(as_json.out)
    assert tree["format"] == "overt-survey-1"
    assert tree["about"]["question"] == question
    share = tree["measures"][0]["everybody"]
    assert share["kind"] == "weighted-share"
    assert share["count"] == tree["answered"]


def test_withheld_figures_are_nowhere(root: Path, tmp_path: Path, overt: Commands) -> None:
    for suffix in (".csv", ".toml"):
        text = (root / f"examples/surveys/lfr-support{suffix}").read_text()
        text = text.replace("fewest = 30 ", "fewest = 160 ")
        (tmp_path / f"s{suffix}").write_text(text)
    shown = overt.run("survey", "s.csv", home=tmp_path).out
    assert re.search(r"Other +withheld +fewer than 160 people", shown)
    assert re.search(r"Mixed +withheld +another could be found by subtraction", shown)
    tree = json.loads(overt.run("survey", "s.csv", "--json", home=tmp_path).out)
    other = [group for group in tree["measures"][0]["groups"] if group["name"] == "Other"]
    assert other == [
        {
            "column": "ethnicity",
            "name": "Other",
            "share": None,
            "difference": None,
            "withheld": "too few people",
        }
    ]


def test_a_wrong_file_is_told(tmp_path: Path, overt: Commands) -> None:
    done = overt.run("survey", "nowhere.csv", home=tmp_path)
    assert done.code == 2
    assert done.err.startswith("error: nowhere.toml: got No such file")
    assert "hint: see docs/guides/survey.md" in done.err


def test_every_key_of_the_description_is_told(root: Path, tmp_path: Path) -> None:
    """Without a key that the guide does not call optional, the file is refused."""
    page = (root / "docs/guides/survey.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    told = {key: "if left out" in row for row in rows for key in re.findall(r"`([\w.]+)`", row)}
    lines = (root / "examples/surveys/lfr-support.toml").read_text().splitlines()
    path, table, seen = tmp_path / "plan.toml", "", set[str]()
    for number, line in enumerate(lines):
        if line.startswith("["):
            table = line.strip("[]") + "."
        key, given, _ = line.partition(" = ")
        if not given:
            continue
        seen.add(table + key)
        path.write_text("\n".join(lines[:number] + lines[number + 1 :]))
        whole = table in {"margin.", "weighting."}  # these are left out as a whole
        if told[table + key] and not whole:
            read_plan(path)
        else:
            with pytest.raises(SurveyError, match=key):
                read_plan(path)
    assert seen == told.keys()
