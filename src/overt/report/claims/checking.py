"""Checking all claims of a file, and what the published counts say without any claim."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

from overt.report.claims.checked import Checked, Finding, Named, counted
from overt.report.claims.claim_file import Claim, ClaimFile
from overt.report.claims.published import NOUNS, CountName, Published
from overt.report.claims.saying import digits, many, rate_of, rate_text
from overt.statistics.estimate import Intensity, Rate
from overt.statistics.intervals import intensity

__all__ = ["Outcome", "check_claims"]

RATES: Final = (
    (CountName.ALERTS, CountName.FACES),
    (CountName.FALSE_ALERTS, CountName.FACES),
    (CountName.FALSE_ALERTS, CountName.ALERTS),
    (CountName.FALSE_ALERTS_STOPPED, CountName.FALSE_ALERTS),
    (CountName.ENGAGEMENTS, CountName.ALERTS),
    (CountName.ARRESTS, CountName.ALERTS),
    (CountName.ARRESTS, CountName.ENGAGEMENTS),
)
EACH: Final = (CountName.FACES, CountName.ALERTS, CountName.FALSE_ALERTS, CountName.ARRESTS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file whose claims were checked."""

    published: Published
    claims: tuple[tuple[Claim, Checked], ...]
    told: tuple[str, ...]  # what the counts say, a line each
    numbers: tuple[Named, ...]  # of these lines
    missing: tuple[str, ...]  # counts that were not published

    @property
    def findings(self) -> Counter[Finding]:
        """How many verdicts there are of each kind."""
        return counted(tuple(check for _, check in self.claims))

    @property
    def adds_up(self) -> bool:
        """Whether no claim contradicts the published counts."""
        return not self.findings[Finding.WRONG]

    @property
    def summary(self) -> str:
        """The counts of verdicts in one sentence."""
        parts: list[str] = []
        for finding, (one, more) in SAID.items():
            of_it = [check for _, check in self.claims if finding in findings_of(check)]
            also = sum(Finding.MISLEADING in findings_of(check) for check in of_it)
            said = f"{len(of_it)} {one if len(of_it) == 1 else more}"
            if also and len(of_it) == 1:
                said += " (and misleads without more)"
            elif also:
                said += f" ({also} of them mislead{'s' * (also == 1)} without more)"
            if of_it:
                parts.append(said)
        rest = len(self.claims) - sum(
            bool(findings_of(check) & SAID.keys()) for _, check in self.claims
        )
        if rest:
            parts.append(f"{rest} mislead{'s' * (rest == 1)} without more")
        number = len(self.claims)
        return f"{number} claim{'s' * (number != 1)}: {', '.join(parts)}."


SAID: Final = {
    Finding.WRONG: ("does not add up", "do not add up"),
    Finding.UNKNOWN: ("cannot be checked", "cannot be checked"),
    Finding.FOLLOWS: ("follows", "follow"),
}


def findings_of(check: Checked) -> set[Finding]:
    """Give the findings of one claim."""
    return {verdict.finding for verdict in check.verdicts}


def check_claims(file: ClaimFile) -> Outcome:
    """Check every claim, in order."""
    published = file.published
    claims = tuple((claim, claim.content.check(published)) for claim in file.claims)
    told, numbers = counts_told(published)
    missing = tuple(many(name) for name in CountName if published.count(name) is None)
    return Outcome(published, claims, told, numbers, missing)


def counts_told(published: Published) -> tuple[tuple[str, ...], tuple[Named, ...]]:
    """Say each rate that the counts give, and what came of a deployment on average."""
    lines: list[str] = []
    numbers: list[Named] = []
    for events, of in RATES:
        named = rate_of(published, events, of)
        if named is not None and isinstance(named.number, Rate):
            counts = f"{published.counts[events]:,} / {published.with_noun(of)}"
            lines.append(f"{many(events)}: {counts} = {rate_text(named.number)}")
            numbers.append(named)
    deployments = published.count(CountName.DEPLOYMENTS)
    means: list[str] = []
    for name in EACH:
        events = published.count(name)
        if not deployments or deployments == 1 or events is None:
            continue
        each = intensity(events, float(deployments), unit="deployment")
        if isinstance(each, Intensity):
            means.append(f"{digits(each.value)} {NOUNS[name][events != deployments]}")
            numbers.append(Named(f"{name}_per_deployment", each))
    if means:
        lines.append(f"a deployment, on average: {', '.join(means)}")
    return tuple(lines), tuple(numbers)
