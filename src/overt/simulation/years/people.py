"""What people do about alerts, and what they record of the people spoken to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from overt.arrays import F64, I64, Mask
from overt.simulation.years.alerts import BLUE, FALSE, TRUE, Alerts
from overt.simulation.years.deployments import DAY, NEVER, SECOND
from overt.simulation.years.minutes import Passages
from overt.simulation.years.truth import CATEGORIES, GENDERS, GROUPS, People, Truth
from overt.values.demographics import AgeBand, Ethnicity, Gender, group_of
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    FalseAlertReason,
    Finding,
    FollowUp,
)
from overt.values.watchlist import Category

__all__ = ["NONE", "Acts", "Seen", "draw_acts"]

NONE: Final = -1  # no value of an enumeration; else the row in its order
DECISIONS, FINDINGS, DISPOSALS = tuple(Decision), tuple(Finding), tuple(Disposal)
ARRESTS, FOLLOW_UPS, REASONS = tuple(ArrestCategory), tuple(FollowUp), tuple(FalseAlertReason)
ETHNICITIES: Final = tuple(Ethnicity)
NOT_RECORDED: Final = ETHNICITIES.index(Ethnicity.NR)
OF_GROUP: Final = tuple(
    tuple(i for i, one in enumerate(ETHNICITIES) if group_of(one) is group) for group in GROUPS
)
GROUND: Final = {
    Category.COURTS: ArrestCategory.COURTS,
    Category.GROUNDS: ArrestCategory.GROUNDS,
    Category.MAPPA: ArrestCategory.MAPPA,
    Category.MISSING: ArrestCategory.GROUNDS,
}
# Shares of the published reasons; the reason `other` needs a text, and is left out.
REASON_SHARES: Final = np.array([25, 20, 6, 6, 15, 10, 3, 3, 6, 3, 2, 1, 0]) / 100


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What people recorded of who they spoke to: rows of the enumerations."""

    ethnicity: I64
    self_defined: Mask
    gender: I64  # of Gender
    age: I64  # of AgeBand


@dataclass(frozen=True, slots=True, eq=False)
class Acts:
    """Row i of every array is about the same alert; times are NEVER where it was not done."""

    claimed: I64
    adjudicated: I64
    decision: I64
    second: I64
    engaged: I64
    disengaged: I64
    finding: I64
    reason: I64
    disposal: I64
    arrest: I64
    violence: Mask
    follow_up: I64
    seen: Seen
    force_used: I64
    complained: I64  # the time; at most one complaint an alert


def draw_acts(
    truth: Truth,
    alerts: Alerts,
    passages: Passages,
    rng: np.random.Generator,
) -> Acts:
    """Draw what happens after each alert; what it truly is decides the chances."""
    people, n = truth.people, len(alerts)
    false = alerts.kind == FALSE
    judged = rng.random(n) >= people.unjudged
    claimed = after(alerts.raised + SECOND, people.claim_s, people, rng)
    adjudicated = after(claimed, people.adjudicate_s, people, rng)
    wanted = np.where(
        false, rng.random(n) < people.engaged_false, rng.random(n) >= people.rejected_true
    )
    wanted = (wanted | (alerts.kind == BLUE)) & judged
    decision = np.where(wanted, DECISIONS.index(Decision.ENGAGE), DECISIONS.index(Decision.REJECT))
    agrees = rng.random(n) < people.agree
    second = np.where(agrees, decision, 1 - decision)
    met = wanted & ((rng.random(n) < people.located) | (alerts.kind == BLUE))
    engaged = after(adjudicated, people.engage_s, people, rng)
    talk = np.where(alerts.kind == TRUE, people.talk_true_s, people.talk_false_s)
    disengaged = after(engaged, talk, people, rng)
    finding = found(people.unconfirmed, alerts, met, rng)
    disposal, arrest = ended(truth, alerts, met, wanted, finding, rng)
    arrested = arrest >= 0
    rejected = judged & ~wanted
    confirmed_false = finding == FINDINGS.index(Finding.FALSE)
    reason = rng.choice(len(REASONS), n, p=REASON_SHARES)
    complains = met & (rng.random(n) < people.complaints)
    uses = met & (alerts.kind == TRUE) & (rng.random(n) < people.force_used)
    return Acts(
        claimed=np.where(judged, claimed, NEVER),
        adjudicated=np.where(judged, adjudicated, NEVER),
        decision=np.where(judged, decision, NONE),
        second=np.where(judged & (rng.random(n) < people.second), second, NONE),
        engaged=np.where(met, engaged, NEVER),
        disengaged=np.where(met, disengaged, NEVER),
        finding=finding,
        reason=np.where(rejected | confirmed_false, reason, NONE),
        disposal=disposal,
        arrest=arrest,
        violence=arrested & (rng.random(n) < people.violence_against_women_and_girls),
        follow_up=np.where(arrested, followed(truth, n, rng), NONE),
        seen=recorded(truth, alerts, passages, met, rng),
        force_used=np.where(uses, 1 + rng.poisson(0.2, n), 0),
        complained=np.where(complains, disengaged + rng.integers(DAY, 20 * DAY, n), NEVER),
    )


def after(start: I64, median_s: float | F64, people: People, rng: np.random.Generator) -> I64:
    """Draw times after others: lognormal delays."""
    delay = np.exp(rng.normal(0, people.time_sd, len(start))) * median_s * SECOND
    return start + delay.astype(np.int64)


def found(unconfirmed: float, alerts: Alerts, met: Mask, rng: np.random.Generator) -> I64:
    """Tell what each engagement showed."""
    unsure = (rng.random(len(alerts)) < unconfirmed) & (alerts.kind != BLUE)
    true, false = FINDINGS.index(Finding.TRUE), FINDINGS.index(Finding.FALSE)
    shown = np.where(alerts.kind == FALSE, false, true)
    return np.where(met, np.where(unsure, FINDINGS.index(Finding.UNCONFIRMED), shown), NONE)


def ended(
    truth: Truth, alerts: Alerts, met: Mask, wanted: Mask, finding: I64, rng: np.random.Generator
) -> tuple[I64, I64]:
    """Tell how each alert ended for the person, and the ground of an arrest."""
    people, n = truth.people, len(alerts)
    chances = np.array([*people.arrest, 0.0])  # none of a volunteer
    true = finding == FINDINGS.index(Finding.TRUE)
    arrested = true & (rng.random(n) < chances[alerts.category])
    other = true & (alerts.kind == TRUE) & (rng.random(n) < people.other_disposal)
    missing = true & (alerts.category == CATEGORIES.index(Category.MISSING))
    disposal = np.select(
        [~wanted, ~met, arrested, other | missing],
        [
            NONE,
            DISPOSALS.index(Disposal.NOT_LOCATED),
            DISPOSALS.index(Disposal.ARREST),
            DISPOSALS.index(Disposal.OTHER),
        ],
        DISPOSALS.index(Disposal.NO_ACTION),
    )
    grounds = np.array([*(ARRESTS.index(GROUND[one]) for one in CATEGORIES), NONE])
    return disposal, np.where(arrested, grounds[alerts.category], NONE)


def followed(truth: Truth, n: int, rng: np.random.Generator) -> I64:
    """Draw what became of arrests; of some it is not known yet."""
    people = truth.people
    upto = np.cumsum([people.charged, people.released, people.found_unnecessary])
    row = np.searchsorted(upto, rng.random(n), side="right")
    return np.where(row < len(FOLLOW_UPS), row, NONE)


def recorded(
    truth: Truth, alerts: Alerts, passages: Passages, met: Mask, rng: np.random.Generator
) -> Seen:
    """Draw what was recorded of people: their own word, an officer's, or nothing."""
    people, n = truth.people, len(alerts)
    word = rng.random(n)
    blue = alerts.kind == BLUE
    own = met & ((word < people.self_defined) | blue)
    officers = met & ~own & (word < people.self_defined + people.officer_defined)
    wrong = officers & (rng.random(n) < people.officer_wrong)
    group = np.where(
        wrong, (alerts.group + rng.integers(1, len(GROUPS), n)) % len(GROUPS), alerts.group
    )
    sizes = np.array([len(rows) for rows in OF_GROUP])
    table = np.array([[*rows, *rows[:1] * (sizes.max() - len(rows))] for rows in OF_GROUP])
    # The first of a group is the largest by far; the square leans towards it.
    inner = (rng.random(n) ** 2 * sizes[group]).astype(np.int64)
    inner = np.where(blue, 0, inner)
    noted = own | officers
    genders, ages = tuple(Gender), tuple(AgeBand)
    drawn_gender = rng.choice(len(GENDERS), n, p=people.genders)
    drawn_age = rng.choice(len(people.ages), n, p=people.ages)
    if len(passages):
        drawn_gender = np.where(blue, passages.gender[alerts.volunteer], drawn_gender)
        drawn_age = np.where(blue, passages.age[alerts.volunteer], drawn_age)
    return Seen(
        ethnicity=np.where(noted, table[group, inner], NOT_RECORDED),
        self_defined=own,
        gender=np.where(noted, drawn_gender, genders.index(Gender.NOT_RECORDED)),
        age=np.where(noted, drawn_age, ages.index(AgeBand.NOT_RECORDED)),
    )
