"""What cannot be said: every limit of the report in one place, with its numbers."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from overt.facts.facts import Facts
from overt.report.document.figures import Sort, Statement
from overt.report.document.report import Options, Section
from overt.report.document.wording import number, several
from overt.report.groups import Dimension
from overt.report.sections.group_counts import count_groups
from overt.report.tally import IS_FALSE, Tally

__all__ = ["limits"]


def limits(
    facts: Facts, total: Tally, options: Options, *, trials: int, passages: pl.LazyFrame
) -> Section:
    """Say what these counts leave open, and what it would take.

    Args:
        facts: what was counted.
        total: the same, in whole.
        options: what is assumed.
        trials: that were left out.
        passages: known passages, of trials too.
    """
    known = int(passages.select(pl.len()).collect().item())
    ethnicity = count_groups(facts, Dimension.ETHNICITY, which=IS_FALSE)
    found = [
        *_of_people(total),
        *_of_truth(total),
        *_of_groups(ethnicity.not_known, ethnicity.all, options),
        *_of_recognition(known, trials),
    ]
    return Section(
        "limits",
        "What cannot be said",
        f"{number(len(found))} things that a reader may want to know, and these counts cannot "
        "tell.",
        statements=tuple(Statement(f"limits.{name}", Sort.LIMIT, text) for name, text in found),
    )


def _of_people(total: Tally) -> Iterator[tuple[str, str]]:
    yield (
        "faces-not-people",
        (
            f"How many people were seen. "
            f"{several(total.seen, 'face is a passage', 'faces are passages')}: who came "
            "back, or passed another camera, is counted again, and nobody is followed to find out."
        ),
    )
    yield (
        "independence",
        (
            "How sure the intervals are, exactly. They take faces to be independent; those of one "
            "place and day share light, crowd and camera, so the truth is a little less sure."
        ),
    )


def _of_truth(total: Tally) -> Iterator[tuple[str, str]]:
    if total.unadjudicated:
        yield (
            "unadjudicated",
            (
                f"Whether {number(total.unadjudicated)} of {number(total.alerts)} alerts "
                f"{'was' if total.unadjudicated == 1 else 'were'} true: nobody judged "
                f"{'it' if total.unadjudicated == 1 else 'them'}. There were "
                f"{number(total.false_alerts)} to "
                f"{number(total.false_alerts + total.unadjudicated)} false alerts."
            ),
        )
    if total.judged_unseen:
        yield (
            "judged-unseen",
            (
                "Whether who judged had looked at the pictures. Before "
                f"{several(total.judged_unseen, 'judgement', 'judgements')}, second opinions "
                f"among them, fewer "
                "looks are recorded than people had judged the alert by then. Who looked is "
                "private, so it may be more: an audit of the record itself tells it of each."
            ),
        )
    unchecked = total.to_engage - total.confirmed_true - total.confirmed_false
    if unchecked > 0:
        yield (
            "unconfirmed",
            (
                f"Whether {several(unchecked, 'alert', 'alerts')} that an operator held to be true "
                f"{'was' if unchecked == 1 else 'were'}: the person was not found, not "
                f"identified, or the engagement is not recorded."
            ),
        )
    if total.rejected:
        yield (
            "rejected",
            (
                f"Whether {number(total.rejected)} rejected alerts were false. An operator judged "
                "so; nobody spoke to the person."
            ),
        )


def _of_groups(not_known: int, false: int, options: Options) -> Iterator[tuple[str, str]]:
    if options.deployment and options.suppress_below:
        yield (
            "no-demographics",
            (
                "Anything about groups. So few people of one place and day could be recognised by "
                "it; the report of the period has it."
            ),
        )
        return
    if not_known:
        yield (
            "ethnicity-not-recorded",
            (
                f"The ethnicity of {number(not_known)} of {number(false)} people about whom an "
                "alert was false: nobody recorded it, and it is not guessed."
            ),
        )
    if not options.exposures:
        yield (
            "exposure",
            (
                "Whether false alerts come more often for one group. It takes the group's share of "
                "the faces seen, which nobody counts; each group's section says which share would "
                "change the answer."
            ),
        )
    else:
        names = ", ".join(
            f"{one.group}{f' at {one.place}' * bool(one.place)} ({one.source or 'no source given'})"
            for one in options.exposures
        )
        yield (
            "exposure",
            f"More about groups than the assumed shares are right: {names}.",
        )


def _of_recognition(known: int, trials: int) -> Iterator[tuple[str, str]]:
    if not known:
        yield (
            "recognition",
            "How often listed people pass without an alert. No passage of a volunteer is recorded.",
        )
    if trials:
        yield (
            "trials",
            (
                f"Anything about the faces of {several(trials, 'trial', 'trials')}: they are left "
                f"out, for the "
                "people in them agreed to be there."
            ),
        )
    yield (
        "effect",
        (
            "Whether an arrest would have been made without recognition. It takes a comparison "
            "with similar places and times without it."
        ),
    )
