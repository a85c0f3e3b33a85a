"""A claim that groups do not differ, or do: what it says depends on who was seen.

Break-even shares, intervals and power are of the exact binomial test with equal tails (they are
the ends of the Clopper-Pearson interval); the table of p-values is of outcomes no more likely, the
one that statistics packages print. See docs/concepts/differences.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from overt.report.claims.checked import Checked, Finding, Named, Steps, Tabled, Verdict
from overt.report.claims.published import Assumed, Group, Published
from overt.report.claims.saying import digits, p_value, percent, rate_text
from overt.statistics.binomial import BreakEven, break_even_share, likely_test, tails_test
from overt.statistics.estimate import Rate
from overt.statistics.intervals import rate
from overt.statistics.power import events_needed, power_of
from overt.table import Table

__all__ = ["DifferenceClaim", "needed_cell"]

ALPHA: Final = 0.05
POWER: Final = 0.8
RATIOS: Final = (1.5, 2.0, 3.0, 5.0, 10.0)
LOOKED_FOR: Final = 2.0  # the ratio whose power is told in a sentence
ILLUSTRATED: Final = tuple(Assumed(share / 100, "") for share in (10, 20, 30, 40, 50))


@dataclass(frozen=True, slots=True)
class DifferenceClaim:
    """That a group's part of the false alerts is, or is not, statistically significant."""

    group: Group
    significant: bool

    @classmethod
    def read(cls, table: Table, published: Published) -> DifferenceClaim:
        """Read the keys of this kind."""
        name = table.text("group")
        found = [group for group in published.groups if group.name == name]
        if not found:
            named = ", ".join(group.name for group in published.groups)
            table.wrong("group", name, f"the name of a [[group]]: {named or 'there is none'}")
        return cls(found[0], table.flag("significant"))

    def check(self, _published: Published) -> Checked:
        """Check it."""
        group = self.group
        even = break_even_share(group.count, group.total, alpha=ALPHA)
        found = rate(group.count, group.total, of="false alerts")
        counted = [Named("share_of_false_alerts", found)] if isinstance(found, Rate) else []
        first = f"{group.count:,} of the {group.total:,} false alerts were {group.name}"
        if isinstance(found, Rate):
            first += f": {rate_text(found)}"
        steps, numbers = self.curve()
        asked, power = self.power()
        verdicts = self.decided(even)
        if any(verdict.finding is Finding.MISLEADING for verdict in verdicts):
            verdicts = (verdicts[0], Verdict(Finding.MISLEADING, (asked.rstrip("."),)))
        return Checked(
            verdicts,
            (f"{first}.", *self.seen(), *steps, asked, *power[0]),
            (self.holds_if(even),),
            (*counted, *numbers, *power[1]),
        )

    def decided(self, even: BreakEven) -> tuple[Verdict, ...]:
        """Decide from the published share of the faces, if there is one."""
        group = self.group
        lack = f"the share of the faces seen that were {group.name}"
        if group.exposure is None:
            return (Verdict(Finding.UNKNOWN, (lack,)),)
        low, high = group.exposure.low, group.exposure.high
        inside = even.low <= low and high <= even.high
        outside = high < even.low or low > even.high
        if not inside and not outside:
            span = f"from {percent(low)} to {percent(high)} both answers are possible"
            return (Verdict(Finding.UNKNOWN, (f"{lack}, more exactly ({span})",)),)
        if outside != self.significant:
            return (Verdict(Finding.WRONG),)
        if self.significant or self.likely_to_see() >= POWER:
            return (Verdict(Finding.FOLLOWS),)
        return (Verdict(Finding.FOLLOWS), Verdict(Finding.MISLEADING, ("its power",)))

    def seen(self) -> tuple[str, ...]:
        """Say what is known of the share of the faces seen, and the p-values at its ends."""
        exposure, name = self.group.exposure, self.group.name
        if exposure is None:
            said = (
                "Whether that is more than chance depends on one number: the share of the faces "
                f"seen that were {name}. It was not published."
            )
            return (said,)
        shares = sorted({exposure.low, exposure.high})
        written = " to ".join(percent(share) for share in shares)
        tests = [tails_test(self.group.count, self.group.total, share) for share in shares]
        ps = " and ".join(p_value(test.value) for test in tests)
        said = (
            f"Published: {written} of the faces seen were {name} ({exposure.citation}). "
            f"Equal rates would then give so uneven a count with p = {ps} ({tests[0].method})."
        )
        return (said,)

    def curve(self) -> tuple[Steps, tuple[Named, ...]]:
        """Give the p-value for each assumed share."""
        group = self.group
        rows = [("share of the faces seen", "p", "at the 5 % level")]
        numbers: list[Named] = []
        for assumed in group.assumed or ILLUSTRATED:
            likely = likely_test(group.count, group.total, assumed.share)
            tails = tails_test(group.count, group.total, assumed.share)
            both = {likely.value <= ALPHA, tails.value <= ALPHA}
            said = "depends on the test" if len(both) == 2 else "significant"
            said = said if True in both else "not significant"
            rows.append((percent(assumed.share), p_value(likely.value), said))
            at = f"{100 * assumed.share:g}_percent"
            numbers += [Named(f"p_likely_at_{at}", likely), Named(f"p_tails_at_{at}", tails)]
        title = (
            "p says how often chance alone would give counts at least so uneven (exact binomial "
            "test, outcomes no more likely)"
        )
        return (Tabled(title, tuple(rows)), *reasons(group)), tuple(numbers)

    def power(self) -> tuple[str, tuple[Steps, tuple[Named, ...]]]:
        """Say what so few false alerts could have shown, and how many it takes."""
        group = self.group
        shares = sorted({assumed.share for assumed in group.assumed or ILLUSTRATED})
        ends = sorted({shares[0], shares[-1]}, reverse=True)
        at = self.usual_share()
        power = power_of(group.total, share=at, ratio=LOOKED_FOR, alpha=ALPHA)
        asked = (
            f"What could have been found: with {group.total:,} false alerts a rate "
            f"{digits(LOOKED_FOR)} times as high is found in {percent(power.value)} of cases, if "
            f"{percent(at)} of the faces seen are {group.name}."
        )
        rows = [("share of the faces seen", *(f"{digits(ratio)} times" for ratio in RATIOS))]
        numbers = [Named("power_at_ratio_2", power)]
        for share in ends:
            cells = [needed_cell(share, ratio) for ratio in RATIOS]
            rows.append((percent(share), *(text for text, _ in cells)))
            numbers += [named for _, named in cells if named is not None]
        title = "False alerts that it takes to find a rate so many times as high (80 % power)"
        return asked, ((Tabled(title, tuple(rows)),), tuple(numbers))

    def usual_share(self) -> float:
        """Give the share at which power is told: the published one, or the largest assumed."""
        if self.group.exposure is not None:
            return (self.group.exposure.low + self.group.exposure.high) / 2
        return max(assumed.share for assumed in self.group.assumed or ILLUSTRATED)

    def likely_to_see(self) -> float:
        """Give the power to see the ratio that is told."""
        at = self.usual_share()
        return power_of(self.group.total, share=at, ratio=LOOKED_FOR, alpha=ALPHA).value

    def holds_if(self, even: BreakEven) -> str:
        """Say at which shares the claim would hold."""
        name = self.group.name
        least = f"at least about {percent(even.low)}" if even.low > 0 else ""
        most = f"at most about {percent(even.high)}" if even.high < 1 else ""
        if self.significant:
            parts = (least.replace("at least", "less than"), most.replace("at most", "more than"))
            some = " or ".join(part for part in parts if part) or "no share at all"
        else:
            some = " and ".join(part for part in (least, most) if part) or "any share"
        said = f"{some[0].upper()}{some[1:]}"
        return f"{said} of the faces seen were {name} (ends of the Clopper-Pearson interval)."


def reasons(group: Group) -> tuple[str, ...]:
    """Say why these shares were assumed."""
    shares: dict[str, list[str]] = {}
    for assumed in group.assumed:
        shares.setdefault(assumed.why, []).append(percent(assumed.share))
    if not shares:
        return ()
    told = "; ".join(f"{', '.join(of)}: {why}" for why, of in shares.items())
    return (f"Why these shares: {told}.",)


def needed_cell(share: float, ratio: float) -> tuple[str, Named | None]:
    """Give how many events it takes to show a ratio; so many that nobody counts them for some."""
    try:
        needed = events_needed(share=share, ratio=ratio, power=POWER, alpha=ALPHA)
    except ValueError:  # too many to search for
        return "over 1,000,000", None
    name = f"needed_at_{100 * share:g}_percent_for_{ratio:g}"
    return f"{needed.events:,}", Named(name, replace(needed))
