"""What programs are told of a deployment's rules, thresholds and what is left. No name is in it."""

from __future__ import annotations

from datetime import datetime

from overt.review.untold import Untold
from overt.web.api.told import Told
from overt.web.checking import Checked, Ruled
from overt.web.threshold import Choice

__all__ = [
    "AfterTold",
    "CheckTold",
    "RuleTold",
    "ThresholdChoiceTold",
    "ThresholdsTold",
    "after_told",
    "check_told",
    "choice_told",
]


class RuleTold(Told):
    """A rule of the policy; what was got is on the page alone, for it may name somebody."""

    rule: str
    says: str
    verdict: str
    about: str
    want: str
    to_do: str
    admitted: bool


class CheckTold(Told):
    """Every rule, checked as of a time."""

    deployment: str
    policy: str
    at: datetime
    rules: list[RuleTold]


class AfterTold(Told):
    """What is still to be done after a deployment; `untold` says why its rules cannot be judged."""

    deployment: str
    not_judged: int
    to_be_engaged: int
    without_outcome: int
    without_answers: int
    rules: list[RuleTold]
    untold: str


class ThresholdChoiceTold(Told):
    """A threshold, and what is to be expected of faces seen; `refused` says why it is."""

    threshold: float
    current: bool
    predicted: str
    expected_false_alerts: float
    extrapolated: bool
    refused: str


class ThresholdsTold(Told):
    """Thresholds around the one in force; expected are false alerts in so many faces seen."""

    deployment: str
    faces: int
    thresholds: list[ThresholdChoiceTold]


def rule_told(each: Ruled) -> RuleTold:
    """Tell of a rule."""
    finding = each.finding
    return RuleTold(
        rule=each.rule.id,
        says=each.rule.text,
        verdict=str(finding.verdict),
        about=finding.about,
        want=finding.want,
        to_do=finding.to_do,
        admitted=finding.admitted,
    )


def check_told(deployment: str, found: Checked) -> CheckTold:
    """Tell of every rule."""
    return CheckTold(
        deployment=deployment,
        policy=found.policy.name,
        at=found.at,
        rules=[rule_told(each) for each in found.rules],
    )


def after_told(
    deployment: str, left: Untold, *, rules: tuple[Ruled, ...], untold: str
) -> AfterTold:
    """Tell what is left."""
    return AfterTold(
        deployment=deployment,
        not_judged=left.unjudged,
        to_be_engaged=len(left.not_met),
        without_outcome=len(left.without_outcome),
        without_answers=len(left.unasked),
        rules=[rule_told(each) for each in rules],
        untold=untold,
    )


def choice_told(each: Choice) -> ThresholdChoiceTold:
    """Tell of a threshold."""
    return ThresholdChoiceTold(
        threshold=each.threshold,
        current=each.is_current,
        predicted=each.rare,
        expected_false_alerts=each.expected,
        extrapolated=each.extrapolated,
        refused=each.refused,
    )
