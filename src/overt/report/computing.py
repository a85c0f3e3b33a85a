"""The report computed: facts in, one frozen value out. Nothing after this makes a number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import polars as pl

from overt.errors import ReportError
from overt.facts.facts import Facts
from overt.report.document.report import Options, Report, Scope, Section, Source
from overt.report.sections.alerts import alerts
from overt.report.sections.deletions import deletions
from overt.report.sections.differences import differences
from overt.report.sections.done import done
from overt.report.sections.faces import faces
from overt.report.sections.false_alerts import false_alerts
from overt.report.sections.forces import forces
from overt.report.sections.limits import limits
from overt.report.sections.lists import lists
from overt.report.sections.methods import methods
from overt.report.sections.outcomes import outcomes
from overt.report.sections.people import people
from overt.report.sections.recognition import recognition
from overt.report.sections.sums import sums
from overt.report.sections.thresholds import thresholds
from overt.report.sections.times import times
from overt.report.tally import tally

__all__ = ["compute", "counted"]


def compute(
    facts: Facts,
    *,
    options: Options,
    sources: Iterable[Source],
    made: datetime,
    software: str,
    extra: Iterable[Section] = (),
) -> Report:
    """Compute a report of what the options choose.

    Args:
        facts: of one force or several.
        options: which deployments, and what is assumed.
        sources: the records that the facts were counted from.
        made: when, for the reader.
        software: overt's version.
        extra: sections that are counted from something else, as a survey.

    Raises:
        ReportError: a time that is none, or a deployment that the facts do not have.
    """
    sources = tuple(sources)
    chosen = _chosen(facts, options)
    public = _counted(chosen, options)
    sections = _sections(chosen, public, options, sources, tuple(extra))
    scope = (
        Scope.DEPLOYMENT
        if options.deployment
        else Scope.NATIONAL
        if len(sources) > 1
        else Scope.PERIOD
    )
    return Report(
        title=_title(public, options, sources),
        scope=scope,
        options=options,
        sources=sources,
        made=made.isoformat(timespec="seconds"),
        software=software,
        sections=sections,
    )


def counted(facts: Facts, options: Options) -> Facts:
    """Give the rows that a report's figures are counted from.

    Raises:
        ReportError: a time that is none, or a deployment that the facts do not have.
    """
    return _counted(_chosen(facts, options), options)


def _counted(chosen: Facts, options: Options) -> Facts:
    return chosen if options.deployment else chosen.in_public()


def _sections(
    chosen: Facts,
    public: Facts,
    options: Options,
    sources: tuple[Source, ...],
    extra: tuple[Section, ...],
) -> tuple[Section, ...]:
    """Compute every section; `chosen` has trials besides `public`."""
    total, now = tally(public), _time(options.as_of)
    trials = 0 if options.deployment else _trials(chosen)
    private = options.deployment and options.suppress_below  # few people, one place and day
    ceiling = options.false_alert_ceiling
    return (
        done(public, total, trials=trials),
        lists(public, suppress_below=options.suppress_below),
        faces(public, total),
        alerts(total),
        times(public),
        outcomes(total),
        false_alerts(public, total, ceiling=ceiling),
        *(() if private else (differences(public, options),)),
        recognition(chosen, options),
        thresholds(public),
        deletions(public, now=now),
        people(public, total),
        sums(public, now=now),
        *([forces(public)] if len(sources) > 1 else []),
        *extra,
        limits(public, total, options, trials=trials, passages=chosen.passages),
        methods(options, sources),
    )


def _chosen(facts: Facts, options: Options) -> Facts:
    if options.deployment:
        chosen = facts.of_deployment(options.deployment)
        if not chosen.deployments.select(pl.len()).collect().item():
            raise ReportError(
                f"deployment {options.deployment}: got none of this id that was authorised, "
                "want one of the record"
            )
        return chosen
    start = _time(options.start) if options.start else datetime.min.replace(tzinfo=UTC, year=1900)
    end = _time(options.end) if options.end else datetime.max.replace(tzinfo=UTC, year=2200)
    if not start < end:
        raise ReportError(f"period: got {options.start} to {options.end}, want its start first")
    return facts.between(start, end)


def _trials(facts: Facts) -> int:
    return int(facts.deployments.select(pl.col("trial").sum()).collect().item())


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        raise ReportError(f"time: got {text!r}, want one with its zone (2026-03-01T00:00:00Z)")
    return time.astimezone(UTC)


def _title(facts: Facts, options: Options, sources: tuple[Source, ...]) -> str:
    whose = sources[0].force if len(sources) == 1 else f"{len(sources)} forces"
    if options.deployment:
        place = facts.deployments.select("place", "start").collect().row(0)
        return f"Live facial recognition at {place[0]}, {place[1]:%-d %B %Y}"
    first = f"{_time(options.start):%-d %B %Y}" if options.start else "the beginning"
    last = f"{_time(options.end):%-d %B %Y}" if options.end else f"{_time(options.as_of):%-d %B %Y}"
    return f"Live facial recognition, {whose}, {first} to {last}"
