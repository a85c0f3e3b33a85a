"""The policies that come with overt: complete, as strict as the reference, and explained."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from overt.governance.policy import Fails, Grade, Policy
from overt.governance.policy_file import open_policy, policy_names, reference_policy
from overt.governance.policy_known import KNOWN
from overt.governance.policy_strictness import Difference, compare
from overt.governance.rules_held import HELD

DAY = timedelta(hours=24)


def test_these_come_with_it() -> None:
    assert policy_names() == ("reference", "fixed-site", "strict")


@pytest.mark.parametrize("name", policy_names())
def test_each_can_be_used_and_says_every_rule(name: str) -> None:
    policy = open_policy(name)  # raises where a rule is looser
    assert policy.name == name
    assert [rule.id for rule in policy.rules] == list(KNOWN)


@pytest.mark.parametrize("name", policy_names())
def test_each_rule_is_one_plain_sentence(name: str) -> None:
    for rule in open_policy(name).rules:
        assert rule.text.endswith("."), rule.id
        assert len(rule.text.split()) <= 40, rule.id
        assert rule.text[0].isupper() or rule.text.startswith("overt "), rule.id


@pytest.mark.parametrize("name", [name for name in policy_names() if name != "reference"])
def test_what_an_example_tightens_it_gives_its_own_source(name: str) -> None:
    found = compare(reference_policy(), open_policy(name))
    stricter = [each for each in found if each.difference is Difference.STRICTER]
    assert len(stricter) >= 8
    for each in found:
        assert each.first
        assert each.second
        assert (each.first.source == each.second.source) is (each not in stricter), each.rule
        assert each.second.grade is Grade.FIELD or each not in stricter


def test_the_reference_is_what_was_published() -> None:
    """The figures of the policy for England and Wales: a change is a decision, not a slip."""
    policy: Policy = reference_policy()
    assert policy.number("threshold-lowest") == 0.60
    assert policy.number("threshold-operated") == 0.64
    assert policy.number("predicted-false-alerts") == policy.number("observed-false-alerts") == 1e-3
    for rule in ("list-age", "list-destroyed", "alert-data-kept", "window-length"):
        assert policy.duration(rule) == DAY
    assert policy.duration("legal-hold") == policy.duration("video-kept") == 31 * DAY
    assert policy.allowed("authority-rank") == (
        "Superintendent",
        "Chief Superintendent",
        "Commander",
        "Chief Officer",
    )
    flagged = {rule.id for rule in policy.rules if rule.fails is Fails.FLAG}
    assert flagged == {"threshold-operated", "list-image-age", "published"}
    assert policy.rule("non-matching-forgotten").source == (
        "Bridges [2020] EWCA Civ 1058, paragraph 93"
    )


def test_rules_by_construction_refuse_in_every_policy() -> None:
    for name in policy_names():
        policy = open_policy(name)
        assert {policy.rule(rule).fails for rule in HELD} == {Fails.REFUSE}


@pytest.mark.parametrize("rule", list(HELD))
def test_a_rule_by_construction_is_shown_by_a_test_that_exists(rule: str, root: Path) -> None:
    path, _, name = HELD[rule].test.partition("::")
    assert re.search(rf"^def {name}\(", (root / path).read_text(), flags=re.MULTILINE)
