"""Recognition by group, as volunteers say of themselves, and whether groups differ in it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

from overt.facts.facts import Facts
from overt.report.document.figures import Count, Grid, Sort, Statement, Value, Withheld, Words
from overt.report.document.report import Options
from overt.report.document.wording import number, probability, several, significant
from overt.report.groups import GROUPS, Dimension
from overt.report.nested import nested_rows, people_of
from overt.report.sections.making import grid
from overt.report.sections.passages import Walked, by_group, by_month
from overt.report.withholding import withheld_note
from overt.statistics.clustered import clustered_rate
from overt.statistics.clustered_ratio import clustered_ratio
from overt.statistics.estimate import PValue, Ratio
from overt.statistics.intervals import LEVEL
from overt.statistics.phrases import ruled_out
from overt.statistics.several import holm
from overt.statistics.verdict import Finding, decide

__all__ = ["GroupRecognition", "groups_of"]

OF: Final = "known passages"
HEADS: Final = ("volunteers", "known passages", "recognised", "times everybody else's", "verdict")
CELLS: Final = ("volunteers", "passages", "rate", "ratio", "verdict")


class GroupRecognition(NamedTuple):
    """What the section on recognition says of groups."""

    grids: tuple[Grid, ...]
    statements: tuple[Statement, ...]


class Compared(NamedTuple):
    """A group against everybody else, with the finding that allows for the other groups."""

    ratio: Ratio
    p: PValue
    finding: Finding
    groups: int


def groups_of(facts: Facts, options: Options) -> GroupRecognition:
    """Compare each group with everybody else whose group is known."""
    grids: list[Grid] = []
    statements: list[Statement] = []
    for dimension in Dimension:
        walks = by_group(facts, dimension)
        months = by_month(facts, dimension) if options.suppress_below else {}
        hidden = nested_rows(months, fewest=options.suppress_below)
        people = people_of(list(months.values())) if months else []
        shown = {name: of for name, of in walks.items() if name not in hidden}
        compared = _compare(shown, margin=options.margin)
        rows = {
            GROUPS[name].value: _withheld()
            if name in hidden
            else _row(of, compared.get(name), options.margin)
            for name, of in walks.items()
        }
        title = f"By {dimension}, as volunteers say"
        heads = (str(dimension), *HEADS)
        heads_of = {name: GROUPS[name].value for name in walks}
        note = withheld_note(people, hidden, fewest=options.suppress_below, heads=heads_of).strip()
        grids.append(grid(f"recognition.by-{dimension}", title, heads, rows, note=note))
        statements += [
            _verdict(name, shown[name], found, options.margin)
            for name, found in compared.items()
            if dimension is not Dimension.AGE or found.finding is Finding.DIFFERS
        ]
    return GroupRecognition(tuple(grids), tuple(statements))


def _compare(shown: Mapping[str, Walked], *, margin: float) -> dict[str, Compared]:
    found: dict[str, tuple[Ratio, PValue]] = {}
    for name, of in shown.items():
        others = [one for other, at in shown.items() if other != name for one in at.people]
        made = clustered_ratio(of.people, others, of=OF)
        if isinstance(made, tuple):
            found[name] = made
    adjusted = holm([p for _, p in found.values()])
    return {
        name: Compared(
            ratio,
            p,
            # Both must hold: one group's own interval, and the p-value of all together.
            decide(ratio, p, margin=margin),
            len(found),
        )
        for (name, (ratio, _)), p in zip(found.items(), adjusted, strict=True)
    }


def _title(compared: Compared, margin: float) -> str:
    if compared.finding is Finding.NO_LARGER:
        return f"{compared.finding} {significant(margin, 3)}-fold"
    return str(compared.finding)


def _row(of: Walked, compared: Compared | None, margin: float) -> list[tuple[str, Value]]:
    values: tuple[Value, ...] = (
        Count(len(of.people), "volunteers"),
        Count(of.passages, OF),
        clustered_rate(of.people, of=OF),
        compared.ratio if compared else Words("not known"),
        Words(_title(compared, margin) if compared else "too few volunteers"),
    )
    return list(zip(CELLS, values, strict=True))


def _withheld() -> list[tuple[str, Value]]:
    return [(cell, Withheld(0, "volunteers")) for cell in CELLS]


def _verdict(name: str, of: Walked, found: Compared, margin: float) -> Statement:
    group, ratio, p = GROUPS[name], found.ratio, found.p
    fold = f"{significant(margin, 3)}-fold"
    says = {
        Finding.DIFFERS: "They differ: the group is recognised "
        f"{'more' if ratio.value > 1 else 'less'} often. The counts do not say why.",
        Finding.NO_LARGER: f"There is no difference larger than {fold}.",
        Finding.CANNOT_TELL: "These data cannot tell whether they differ by more than "
        f"{fold}. Taken alone: {ruled_out(ratio)[0].lower()}{ruled_out(ratio)[1:]}",
    }[found.finding]
    times = "without limit" if math.isinf(ratio.value) else significant(ratio.value, 3)
    text = (
        f"{group.people[:1].upper()}{group.people[1:]}: {number(of.recognised)} of "
        f"{several(of.passages, 'passage', 'passages')} of "
        f"{several(len(of.people), 'volunteer', 'volunteers')} recognised, "
        f"{times} times as often as everybody else ({100 * LEVEL:g} % interval "
        f"{significant(ratio.low, 3)} to {significant(ratio.high, 3)}; p = {probability(p.value)} "
        f"after allowing for {found.groups} groups, Holm). {says}"
    )
    return Statement(f"recognition.{name}", Sort.VERDICT, text)
