"""`overt alert`: judge alerts, and write down what came of them."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from overt.cli.alert_view import write_view
from overt.cli.recording import opened_record
from overt.clock import SystemClock
from overt.errors import InputError, RefusedError
from overt.records.base import Store
from overt.review.alert_record import AlertRecord, allowed
from overt.review.desk import Desk
from overt.review.unjudged import Unjudged, unjudged
from overt.settings import Settings
from overt.text import printable
from overt.values.alert_events import DecoyRaised
from overt.values.demographics import AgeBand, Demographics, Ethnicity, Gender
from overt.values.events import AlertRaised
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    Factors,
    FalseAlertReason,
    Finding,
    FollowUp,
)
from overt.wiring import make_desk

__all__ = ["alert", "desks"]

alert = typer.Typer(help="Judge alerts, and write down what came of them.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="the alert's id")]
By = Annotated[str, typer.Option(help="who does it")]
What = Annotated[Decision, typer.Argument(help="what is decided")]
Reason = Annotated[FalseAlertReason | None, typer.Option(help="of a false alert: why it is")]
Words = Annotated[str, typer.Option(help="what speaks for or against it")]
CODES = ", ".join(choice.name for choice in Ethnicity)


@alert.command("list")
def list_alerts(
    *,
    deployment: Annotated[str | None, typer.Option(help="of this deployment alone")] = None,
    second: Annotated[bool, typer.Option("--second", help="what --by may judge blind")] = False,
    by: Annotated[str, typer.Option(help="who asks, with --second")] = "",
) -> None:
    """List alerts: id, deployment, state, camera, time, similarity.

    A decoy is marked as one once it was judged. With --second the list tells no state.
    """
    with opened_record() as (settings, store):
        for desk in desks(settings, store, deployment):
            shown = [(each, "?") for each in desk.for_second(by)] if second else _states(desk)
            for seen, state in shown:
                time = seen.time.isoformat(timespec="seconds")
                camera = printable(seen.camera)
                print(
                    f"{seen.id}\t{seen.deployment}\t{state}\t{camera}\t{time}\t{seen.similarity:.3f}"
                )


@alert.command()
def show(
    identifier: Id,
    *,
    blind: Annotated[bool, typer.Option("--blind", help="as before it is judged")] = False,
) -> None:
    """Show an alert, and what can be done; with --blind nothing of what was decided."""
    with _opened(identifier) as desk:
        record = desk.alert(identifier)
    for name, value in _raised(unjudged(record)):
        print(f"{name}\t{printable(value)}")
    if not blind:
        for name, value in _decided(record):
            print(f"{name}\t{printable(value)}")


@alert.command()
def view(
    identifier: Id,
    *,
    by: By,
    purpose: Annotated[str, typer.Option(help="why it is looked at")],
    out: Annotated[Path, typer.Option(help="file to write; delete it once it was looked at")],
) -> None:
    """Write an alert's contact sheet (PNG, for its owner alone); that you look is recorded first.

    Refused once the evidence was deleted.
    """
    with _opened(identifier) as desk:
        write_view(desk, identifier, by=by, purpose=purpose, path=out)
    print(f"{identifier}\t{printable(str(out))}")


@alert.command()
def claim(identifier: Id, *, by: By) -> None:
    """Take an alert: nobody else holds it then."""
    with _opened(identifier) as desk:
        _tell(desk.claim(identifier, by=by))


@alert.command()
def release(identifier: Id, *, by: By) -> None:
    """Give an alert back undecided."""
    with _opened(identifier) as desk:
        _tell(desk.release(identifier, by=by))


@alert.command()
def adjudicate(
    identifier: Id,
    decision: What,
    *,
    by: By,
    reason: Reason = None,
    text: Annotated[str, typer.Option(help="with the reason other")] = "",
    subject: Words = "",
    system: Words = "",
    environment: Words = "",
) -> None:
    """Judge an alert that one has claimed, before anyone acts."""
    factors = Factors(subject, system, environment)
    with _opened(identifier) as desk:
        record = desk.adjudicate(
            identifier, decision, by=by, factors=factors, reason=reason, text=text
        )
    _tell(record)


@alert.command()
def second(
    identifier: Id,
    decision: What,
    *,
    by: By,
    reason: Reason = None,
    text: Annotated[str, typer.Option(help="with the reason other")] = "",
    subject: Words = "",
    system: Words = "",
    environment: Words = "",
) -> None:
    """Judge an alert blind, beside the first: it is counted, and decides nothing."""
    factors = Factors(subject, system, environment)
    with _opened(identifier) as desk:
        desk.second_opinion(identifier, decision, by=by, factors=factors, reason=reason, text=text)
    print(f"{identifier}\tsecond opinion recorded")


@alert.command()
def engage(identifier: Id, *, by: By) -> None:
    """Note that officers speak to the person."""
    with _opened(identifier) as desk:
        _tell(desk.start_engagement(identifier, by=by))


@alert.command()
def end(
    identifier: Id,
    finding: Annotated[Finding, typer.Argument(help="what the engagement showed")],
    *,
    by: By,
    reason: Reason = None,
) -> None:
    """Note that the engagement is over, and what it showed."""
    with _opened(identifier) as desk:
        _tell(desk.end_engagement(identifier, finding, by=by, reason=reason))


@alert.command()
def outcome(
    identifier: Id,
    disposal: Annotated[Disposal, typer.Argument(help="how it ended for the person")],
    *,
    by: By,
    arrest: Annotated[ArrestCategory | None, typer.Option(help="with an arrest: ground")] = None,
    vawg: Annotated[
        bool, typer.Option("--vawg", help="the offence was violence against women and girls")
    ] = False,
) -> None:
    """Note how it ended for the person."""
    with _opened(identifier) as desk:
        record = desk.record_outcome(
            identifier, disposal, by=by, arrest=arrest, violence_against_women_and_girls=vawg
        )
    _tell(record)


@alert.command()
def demographics(
    identifier: Id,
    *,
    by: By,
    self_defined: Annotated[str, typer.Option(help=f"as they said: one of {CODES}")] = "NR",
    officer_defined: Annotated[str, typer.Option(help="as an officer noted: likewise")] = "NR",
    gender: Annotated[Gender, typer.Option(help="as recorded")] = Gender.NOT_RECORDED,
    age: Annotated[AgeBand, typer.Option(help="as recorded")] = AgeBand.NOT_RECORDED,
) -> None:
    """Note what an engaged person said of themselves, or an officer noted."""
    said = Demographics(_ethnicity(self_defined), _ethnicity(officer_defined), gender, age)
    with _opened(identifier) as desk:
        _tell(desk.record_demographics(identifier, said, by=by))


@alert.command("follow-up")
def follow_up(
    identifier: Id,
    what: Annotated[FollowUp, typer.Argument(help="what became of the arrest")],
    *,
    by: By,
) -> None:
    """Note what became of an arrest."""
    with _opened(identifier) as desk:
        _tell(desk.follow_up(identifier, what, by=by))


@alert.command()
def force(
    identifier: Id, *, by: By, text: Annotated[str, typer.Option(help="what was done, and why")]
) -> None:
    """Note that force was used in an engagement."""
    with _opened(identifier) as desk:
        _tell(desk.force(identifier, text, by=by))


@alert.command()
def complaint(
    identifier: Id,
    *,
    by: By,
    reference: Annotated[str, typer.Option(help="where the complaint is kept; no name")],
) -> None:
    """Note that somebody complained about an alert."""
    with _opened(identifier) as desk:
        _tell(desk.complaint(identifier, reference, by=by))


@contextmanager
def _opened(identifier: str) -> Generator[Desk]:
    """Open the desk of the deployment that raised an alert."""
    with opened_record() as (settings, store):
        yield _desk(settings, store, _deployment_of(store, identifier))


def _desk(settings: Settings, store: Store, deployment: str) -> Desk:
    return make_desk(settings, deployment, store=store, clock=SystemClock())


def _raisings(store: Store) -> Generator[tuple[str, str]]:
    """Give alert and deployment of everything raised."""
    for recorded in store.events(kinds=(AlertRaised.kind, DecoyRaised.kind)):
        body = recorded.event.body
        if isinstance(body, AlertRaised | DecoyRaised):
            yield body.alert, recorded.event.deployment


def _deployment_of(store: Store, identifier: str) -> str:
    for raised, deployment in _raisings(store):
        if raised == identifier:
            return deployment
    raise RefusedError(
        f"alert {identifier}: got none of this id, want one", hint="see `overt alert list`"
    )


def desks(settings: Settings, store: Store, deployment: str | None) -> Generator[Desk]:
    """Give the desk of a deployment, or of each that has raised an alert."""
    raising = {each for _, each in _raisings(store)} if deployment is None else {deployment}
    for each in sorted(raising):
        yield _desk(settings, store, each)


def _states(desk: Desk) -> list[tuple[Unjudged, str]]:
    return [(unjudged(record), _state(record)) for record in desk.alerts()]


def _state(record: AlertRecord) -> str:
    """Name the state; a decoy is told apart only once it was judged."""
    return "decoy" if record.decoy and record.first is not None else str(record.state)


def _tell(record: AlertRecord) -> None:
    print(f"{record.id}\t{_state(record)}")


def _raised(seen: Unjudged) -> Generator[tuple[str, str]]:
    yield "id", seen.id
    yield "deployment", seen.deployment
    yield "camera", seen.camera
    yield "time", seen.time.isoformat(timespec="seconds")
    yield "category", str(seen.category)
    yield "similarity", f"{seen.similarity:.3f}"
    yield "shots", str(seen.shots)
    yield "flags", ", ".join(seen.flags) or "none"
    yield "claimed by", seen.holder or "nobody"


def _decided(record: AlertRecord) -> Generator[tuple[str, str]]:
    yield "state", _state(record)
    if record.first is not None:
        yield "decision", f"{record.first.decision} by {record.first.by}"
    if record.finding is not None:
        yield "engagement", str(record.finding.finding)
    if record.outcome is not None:
        yield "outcome", str(record.outcome.disposal)
    for step in record.follow_ups:
        yield "follow-up", str(step)
    yield "next", ", ".join(allowed(record)) or "nothing"


def _ethnicity(code: str) -> Ethnicity:
    try:
        return Ethnicity[code.upper()]
    except KeyError:
        raise InputError(f"ethnicity: got {code!r}, want one of {CODES}") from None
