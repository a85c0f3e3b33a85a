"""`overt deployment`: draft, authorise, brief, steer and close a deployment."""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from overt.cli.recording import opened_record
from overt.clock import SystemClock
from overt.errors import DeploymentError
from overt.governance.comparisons import subject_of
from overt.governance.deployment_file import read_deployment
from overt.governance.findings import Verdict
from overt.governance.listfile import ListFile
from overt.governance.policy import Fails
from overt.governance.policy_file import open_policy
from overt.report.words import about_faces_seen
from overt.review.deployment_record import DeploymentRecord, allowed
from overt.review.office import Office
from overt.review.threshold_change import NewThreshold
from overt.settings import Settings
from overt.text import printable
from overt.values.deployment import Rank
from overt.wiring import (
    make_hindsight,
    make_office,
    open_bundle_here,
    open_keys,
    open_models,
)

__all__ = ["deployment", "draft_digest"]

deployment = typer.Typer(
    help="A deployment's life: draft, authorise, brief, steer, close.", no_args_is_help=True
)
Id = Annotated[str, typer.Argument(help="the deployment's id")]
File = Annotated[Path, typer.Argument(help="the deployment's TOML file")]
By = Annotated[str, typer.Option(help="who does it")]
RankOf = Annotated[Rank, typer.Option(help="rank of who does it")]


@deployment.command()
def draft(
    file: File,
    *,
    by: By,
    again: Annotated[str | None, typer.Option(help="id of a draft that this one replaces")] = None,
) -> None:
    """Record a draft, and print the deployment's id."""
    drafted = read_deployment(file)
    with _opened() as (_, office):
        print(office.draft(name=drafted.name, draft=draft_digest(file), by=by, deployment=again))


@deployment.command()
def submit(identifier: Id, file: File, *, by: By) -> None:
    """Put a draft before an authorising officer."""
    with _opened() as (_, office):
        _tell(office.submit(identifier, draft=draft_digest(file), by=by))


@deployment.command()
def authorise(identifier: Id, file: File, *, by: By) -> None:
    """Authorise what was submitted, as the officer whom the file names: not who drafted it.

    The watchlist must be built by now: it is authorised with the rest, by its hash.
    """
    drafted, digest = read_deployment(file), draft_digest(file)
    with _opened() as (settings, office):
        listed = ListFile(drafted.watchlist, keys=open_keys(settings))
        bundle = open_models(drafted.bundle, settings=settings).opened.bundle
        subject = subject_of(
            drafted, listed.watchlist, bundle, comparisons=settings.comparisons_dir
        )
        _tell(office.authorise(identifier, subject, draft=digest, by=by))
        listed.take_for(identifier)


@deployment.command()
def review(
    identifier: Id,
    *,
    by: By,
    rank: RankOf,
    upheld: Annotated[bool, typer.Option("--upheld/--not-upheld", help="whether it was right")],
    reason: Annotated[str, typer.Option(help="why")],
) -> None:
    """Review an urgent authority; not upheld, the deployment ends."""
    with _opened() as (_, office):
        _tell(office.review(identifier, by=by, rank=rank, upheld=upheld, reason=reason))


@deployment.command()
def brief(
    identifier: Id,
    *,
    by: By,
    signs: Annotated[str, typer.Option(help="where signs stand")],
    notice: Annotated[str, typer.Option(help="where it was announced")],
    staff: Annotated[int, typer.Option(help="officers present to engage", min=0)],
    camera: Annotated[list[str], typer.Option(help="a camera that passed its check; repeat it")],
) -> None:
    """Record that everything overt about it is done."""
    with _opened() as (_, office):
        told = office.brief(
            identifier, by=by, signs=signs, notice=notice, staff=staff, cameras=tuple(camera)
        )
        _tell(told)


@deployment.command()
def pause(identifier: Id, *, by: By, reason: Annotated[str, typer.Option(help="why")] = "") -> None:
    """Have recognition stand still: no frame is looked at."""
    with _opened() as (_, office):
        _tell(office.pause(identifier, by=by, reason=reason))


@deployment.command()
def resume(identifier: Id, *, by: By) -> None:
    """Have recognition go on, within the window."""
    with _opened() as (_, office):
        _tell(office.resume(identifier, by=by))


@deployment.command()
def stop(
    identifier: Id,
    *,
    by: By,
    reason: Annotated[str, typer.Option(help="why")] = "stopped by hand",
) -> None:
    """End recognition for good. Anybody may."""
    with _opened() as (_, office):
        _tell(office.stop(identifier, by=by, reason=reason))


@deployment.command()
def threshold(
    identifier: Id,
    value: Annotated[float, typer.Argument(help="similarity on the reference scale, 0 to 1")],
    *,
    by: By,
    rank: RankOf,
    reason: Annotated[str, typer.Option(help="why")],
    bundle: Annotated[str, typer.Option(help="the model bundle that it runs with")] = "default",
) -> None:
    """Change the threshold while recognition runs; what that is predicted to do is printed.

    Below the one that was authorised it needs a comparison of the two (`overt evaluate change`)
    that shows nothing worse, as a new authority would.
    """
    with _opened() as (settings, office):
        opened = open_bundle_here(bundle, settings).bundle
        wanted = NewThreshold(value, opened, by, rank, reason, settings.comparisons_dir)
        record = office.change_threshold(identifier, wanted)
    change = record.changes[-1]
    for when, at, rate in (
        ("before", change.before, change.predicted_before),
        ("after", change.after, change.predicted_after),
    ):
        print(
            f"{when}\t{at:g}\t1 false alert in {1 / rate:,.0f} comparisons, "
            f"{about_faces_seen(rate)}"
        )


@deployment.command()
def complaint(
    identifier: Id,
    *,
    by: By,
    reference: Annotated[str, typer.Option(help="where the complaint is kept; no name")],
) -> None:
    """Note that somebody complained about a deployment."""
    with _opened() as (_, office):
        _tell(office.complain(identifier, reference, by=by))


@deployment.command()
def close(
    identifier: Id,
    *,
    by: By,
    watchlist: Annotated[
        Path | None, typer.Option(help="its list, where a killed machine has left it: destroy it")
    ] = None,
) -> None:
    """Close a deployment whose list is destroyed and whose due evidence is deleted."""
    with _opened() as (settings, office):
        if watchlist is not None:
            listed = ListFile(watchlist, keys=open_keys(settings))
            office.require_over(identifier, watchlist=listed.watchlist.digest)
            listed.destroy()
            office.list_destroyed(identifier, watchlist=listed.watchlist.digest)
            listed.forget()
        _tell(office.close(identifier, by=by))


@deployment.command()
def aftermath(identifier: Id) -> None:
    """Say of each rule on what comes after whether it holds, fails, or cannot be told yet.

    It is told from the record alone. Exit code 1 where one fails that is not only flagged.
    """
    with opened_record() as (settings, store):
        found = make_hindsight(settings, store=store, clock=SystemClock()).findings(identifier)
        policy = open_policy(settings.policy)
    for finding in found:
        print(f"{finding.verdict}\t{finding.rule}\t{printable(str(finding))}")
        if finding.verdict is not Verdict.HOLDS and finding.to_do:
            print(f"\tnext\t{printable(finding.to_do)}")
    failing = [each.rule for each in found if each.verdict is Verdict.FAILS]
    if any(policy.rule(rule).fails is not Fails.FLAG for rule in failing):
        raise typer.Exit(1)


@deployment.command()
def published(
    identifier: Id,
    *,
    by: By,
    where: Annotated[str, typer.Option(help="where the public finds it")],
    sha256: Annotated[str, typer.Option(help="sha256 of what was published")],
    period: Annotated[
        str, typer.Option(help="the days that it covers, 2026-03-01/2026-03-31")
    ] = "",
) -> None:
    """Record that the public was told what came of a deployment."""
    with opened_record() as (settings, store):
        hindsight = make_hindsight(settings, store=store, clock=SystemClock())
        told = hindsight.published(identifier, where=where, sha256=sha256, by=by, period=period)
    print(f"{identifier}\tpublished\t{printable(told.where)}\t{told.sha256}")


@deployment.command()
def show(identifier: Id) -> None:
    """Show how a deployment stands, and what can be done."""
    with _opened() as (_, office):
        record = office.deployment(identifier)
    for name, value in _facts(record):
        print(f"{name}\t{printable(value)}")


@deployment.command("list")
def list_deployments() -> None:
    """List every deployment: id, state, name."""
    with _opened() as (_, office):
        records = office.deployments()
    for record in records:
        _tell(record)


def draft_digest(file: Path) -> str:
    """Give the sha256 of a deployment's file: what is authorised is what was drafted.

    Raises:
        DeploymentError: it cannot be read.
    """
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise DeploymentError(f"{file}: got {error.strerror}, want a deployment file") from error


@contextmanager
def _opened() -> Generator[tuple[Settings, Office]]:
    with opened_record() as (settings, store):
        yield settings, make_office(settings, store=store, clock=SystemClock())


def _tell(record: DeploymentRecord) -> None:
    print(f"{record.id}\t{record.state}\t{printable(record.name)}")


def _facts(record: DeploymentRecord) -> Generator[tuple[str, str]]:
    yield "id", record.id
    yield "name", record.name
    yield "state", str(record.state)
    if record.drafted is not None:
        yield "drafted by", record.drafted.by
    if record.submitted is not None:
        yield "submitted by", record.submitted.by
    if (authorised := record.authorised) is not None:
        yield "authorised by", f"{authorised.officer}, {authorised.rank}"
        yield "trial", "yes" if authorised.trial else "no"
        window = (authorised.start, authorised.end)
        yield "window", " to ".join(time.isoformat(timespec="seconds") for time in window)
        yield "threshold", f"{record.threshold:g}"
    if record.review is not None:
        yield "review", "upheld" if record.review.upheld else "not upheld"
    if record.stop_reason:
        yield "ended because", record.stop_reason
    if record.list_destroyed is not None:
        yield "list destroyed", record.list_destroyed.isoformat(timespec="seconds")
    if record.out_of_turn:
        yield "out of turn", f"{record.out_of_turn} starts or ends of a machine: look into it"
    yield "next", ", ".join(allowed(record)) or "nothing"
