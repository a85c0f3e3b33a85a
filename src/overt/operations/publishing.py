"""Publishing what this machine has recorded: one report that somebody has read, or all there are.

A report is read before it is published, and what is published is what was read, byte for byte:

    pinned = publisher.pin()                        a signed state of the record, and a time
    foreseen = publisher.foresee(deployment, pinned)    the report, as the public will see it
    publisher.publish(deployment, pinned, seen=foreseen.sha256, by=..., as_it_is=False)

Needs the extra `report`.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from overt.clock import Clock
from overt.errors import InputError, RefusedError
from overt.governance.witnessing import last_witnessed, witness_keys
from overt.ledger.checkpoint import Checkpoint
from overt.ledger.export import ExportReader
from overt.ledger.folder_lock import locked
from overt.ledger.keys import VerifierKey
from overt.ledger.note import Note
from overt.operations.foreseen import Foreseen, Noted, Pinned, require_settled, stale
from overt.operations.publishable import require_period_publishable, require_publishable
from overt.operations.subjects import Subject, of_deployment, of_period, periods_of
from overt.records.base import Store
from overt.report.document.report import Report
from overt.report.document.written import write_report
from overt.report.site.planning import folder_of, plan_site
from overt.report.site.published import Edition, editions, read_before, withheld_below
from overt.report.site.publishing import (
    Asked,
    Published,
    computed,
    news,
    publish_site,
)
from overt.report.site.reading import Material, read_material
from overt.review.deployment_record import DeploymentRecord
from overt.review.people import require_name
from overt.review.untold import untold
from overt.settings import Settings
from overt.values.duty_events import ReportPublished
from overt.wiring import make_desk, make_hindsight, make_log, make_office

__all__ = ["Foreseen", "Noted", "Pinned", "Publisher", "publish_export"]

READ_WITHIN: Final = timedelta(hours=1)  # what was shown longer ago is shown again


class Publisher:
    """Publishes one log into one folder: one process at a time, however many want to."""

    def __init__(
        self,
        settings: Settings,
        *,
        store: Store,
        clock: Clock,
        folder: Path | None,
        base: str,
        suppress_below: int,
    ) -> None:
        """Take the site's folder, and the address at which the public finds it.

        Args:
            settings: of this machine.
            store: the record.
            clock: what tells the time.
            folder: the site's; None: none is set.
            base: the address, with its last slash; "": none is set.
            suppress_below: numbers of people by group below it are withheld.
        """
        self._settings = settings
        self._store = store
        self._clock = clock
        self._folder = folder
        self._base = base
        self._suppress_below = suppress_below
        self._log = make_log(settings, store=store)

    def require(self, deployment: str) -> Path:
        """Refuse a deployment that is not to be published; give the site's folder.

        Raises:
            RefusedError: it says what has to be so first.
        """
        record = self._record(deployment)
        require_publishable(record, folder=self._folder, base=self._base, log=self._log)
        return self._site()

    def pin(self, *, witnessed: bool = False) -> Pinned:
        """Sign the record as it is now; or take the last checkpoint that all witnesses cosigned.

        Raises:
            LedgerError: it cannot be signed, or was never cosigned.
        """
        known = witness_keys(self._settings.witnesses)
        note = last_witnessed(self._log, known=known) if witnessed else self._log.checkpoint()
        return Pinned(Checkpoint.parse(note.text).size, self._now())

    def foresee(self, deployment: str, pinned: Pinned) -> Foreseen:
        """Compute the report that would be published; nothing is written.

        Raises:
            RefusedError: the deployment is not to be published, or the state is none of this log's.
        """
        folder = self.require(deployment)
        with self._material(folder, pinned) as material:
            return self._foreseen(of_deployment(self._record(deployment)), pinned, folder, material)

    def require_period(self, name: str) -> Subject:
        """Refuse a month or a year that is not to be published; give what its report is on.

        Raises:
            RefusedError: it says what has to be so first.
        """
        records = make_office(self._settings, store=self._store, clock=self._clock).deployments()
        found = [each for each in periods_of(records, as_of=self._now()) if each.name == name]
        require_period_publishable(
            name, found[0] if found else None, folder=self._folder, base=self._base, log=self._log
        )
        return of_period(found[0], records)

    def foresee_period(self, name: str, pinned: Pinned) -> Foreseen:
        """Compute the report on a month or a year that would be published; nothing is written.

        Raises:
            RefusedError: it is not to be published, or the state is none of this log's.
        """
        subject, folder = self.require_period(name), self._site()
        with self._material(folder, pinned) as material:
            return self._foreseen(subject, pinned, folder, material)

    def publish(
        self,
        deployment: str,
        pinned: Pinned,
        *,
        seen: str,
        by: str,
        as_it_is: bool,
        with_pdf: bool = True,
    ) -> Noted:
        """Publish the report on a deployment, and record it; what is published already, once.

        Args:
            deployment: its id.
            pinned: the state of the record that was read.
            seen: sha256 of the report as it was read.
            by: who publishes.
            as_it_is: it is published though something is open or does not add up.
            with_pdf: whether it is set on paper too.

        Raises:
            RefusedError: not this report, or not now; the message says what is wanted.
        """
        self.require(deployment)
        return self._publish(
            of_deployment(self._record(deployment)),
            pinned,
            seen=seen,
            by=require_name(by),
            as_it_is=as_it_is,
            with_pdf=with_pdf,
        )

    def publish_period(
        self, name: str, pinned: Pinned, *, seen: str, by: str, as_it_is: bool
    ) -> Noted:
        """Publish the report on a month or a year (2026-03, 2026), as `publish` does."""
        return self._publish(
            self.require_period(name),
            pinned,
            seen=seen,
            by=require_name(by),
            as_it_is=as_it_is,
            with_pdf=True,
        )

    def _publish(
        self,
        subject: Subject,
        pinned: Pinned,
        *,
        seen: str,
        by: str,
        as_it_is: bool,
        with_pdf: bool,
    ) -> Noted:
        folder = self._site()
        with locked(self._settings.ledger_dir):
            if (there := self._published(subject, seen, folder, by=by)) is not None:
                return there
            self._require_unchanged(subject, pinned)
            with self._material(folder, pinned) as material:
                foreseen = self._foreseen(subject, pinned, folder, material)
                self._require_read(foreseen, seen=seen, material=material)
                require_settled(foreseen, as_it_is=as_it_is)
                asked = self._asked(subject, pinned, foreseen.earlier)
                publish_site(
                    folder,
                    material,
                    before=read_before(folder, origins=[material.source.force]),
                    asked=replace(asked, with_pdf=with_pdf, as_it_is=as_it_is),
                )
            noted = self._published(subject, seen, folder, by=by)
        if noted is None:
            raise RefusedError(f"{subject.title}: got another report than was read, want it")
        return replace(noted, fresh=True)

    def publish_all(
        self, asked: Asked, *, by: str, witnessed: bool
    ) -> tuple[Published, tuple[Noted, ...]]:
        """Publish every report that says something new, and record each of a deployment.

        Raises:
            RefusedError: a record does not add up, and is not to be published as such.
            LedgerError: the record cannot be signed, or is not what was published before.
        """
        name, folder = require_name(by), self._site()
        self._log.first_key()  # before anything is written
        known = witness_keys(self._settings.witnesses)
        with locked(self._settings.ledger_dir):
            until = last_witnessed(self._log, known=known) if witnessed else None
            with TemporaryDirectory(prefix="overt-publish-") as scratch:
                export = Path(scratch) / "record.jsonl"
                self._log.export(export, until=until)
                done = publish_export(folder, export, self._log.chain().keys, asked)
            noted = self._noted()
            told = tuple(
                self._note(deployment, edition, by=name)
                for deployment, edition in done.reports
                if (deployment, edition.sha256) not in noted
            )
        return done, told

    def versions(self, deployment: str) -> tuple[Edition, ...]:
        """Give what is published of a deployment, the current version last."""
        folder = self._folder
        return () if folder is None else editions(folder, folder_of(deployment))

    def where(self, edition: Edition) -> str:
        """Tell where the public finds a version."""
        return f"{self._base}{edition.folder}/index.html"

    def _record(self, deployment: str) -> DeploymentRecord:
        office = make_office(self._settings, store=self._store, clock=self._clock)
        return office.deployment(deployment)

    def _site(self) -> Path:
        if self._folder is None:
            raise InputError("publish: got no folder, want the site's")
        return self._folder

    def _now(self) -> datetime:
        return self._clock.now().astimezone(UTC).replace(microsecond=0)

    @contextmanager
    def _material(self, folder: Path, pinned: Pinned) -> Generator[Material]:
        """Export the record as it was pinned, and read it as anybody would."""
        with TemporaryDirectory(prefix="overt-publish-") as scratch:
            export = Path(scratch) / "record.jsonl"
            self._log.export(export, until=self._checkpoint(pinned.size))
            keys = self._log.chain().keys
            before = read_before(folder, origins=[keys[0].name])
            if before is not None and before.size > pinned.size:
                raise stale(f"event {before.size:,} was published since")
            against = None if before is None else before.checkpoint
            yield read_material(export, keys=keys, against=against)

    def _checkpoint(self, size: int) -> Note:
        for note in self._log.checkpoints():
            if Checkpoint.parse(note.text).size == size:
                return note
        raise stale(f"no checkpoint of {size:,} events is there")

    def _foreseen(
        self, subject: Subject, pinned: Pinned, folder: Path, material: Material
    ) -> Foreseen:
        earlier = editions(folder, subject.folder)
        report = self._report(self._asked(subject, pinned, earlier), material)
        return Foreseen(
            subject,
            pinned,
            report,
            write_report(report),
            earlier,
            news(earlier[-1].report, report) if earlier else (),
            tuple(self._untold(subject)),
        )

    def _untold(self, subject: Subject) -> Iterator[str]:
        for each in subject.covers:
            desk = make_desk(self._settings, each, store=self._store, clock=self._clock)
            for said in untold(desk).said():
                yield said if subject.deployment else f"deployment {each}: {said}"

    def _asked(self, subject: Subject, pinned: Pinned, earlier: Sequence[Edition]) -> Asked:
        # What was withheld before is told by no correction, and by no report within or around it.
        near = (subject.folder,) * bool(earlier) + subject.overlaps
        limit = withheld_below(self._folder, near) if self._folder is not None else 0
        return Asked(
            as_of=pinned.as_of,
            suppress_below=max(self._suppress_below, limit),
            base=self._base,
            with_pdf=True,
            licence=self._settings.web_public_licence,
            as_it_is=True,
            software=version("overt"),
            only=frozenset({subject.folder}),
        )

    def _report(self, asked: Asked, material: Material) -> Report:
        plan = plan_site(material, as_of=asked.as_of)
        found = computed(material, plan, asked)
        if not found:
            raise stale("what it is on was closed after that")
        return found[0][1]

    def _require_unchanged(self, subject: Subject, pinned: Pinned) -> None:
        """Refuse what was read too long ago, or before something else was recorded of it."""
        if not timedelta(0) <= self._now() - pinned.as_of <= READ_WITHIN:
            raise stale(f"it was read as of {pinned.as_of.isoformat()}")
        since = sum(
            1
            for each in subject.covers
            for _ in self._store.events(
                deployment=each, after=pinned.size, without=(ReportPublished.kind,)
            )
        )
        if since:
            raise stale(f"{since:,} more was recorded of it" if since == 1 else f"{since:,} more")

    def _require_read(self, foreseen: Foreseen, *, seen: str, material: Material) -> None:
        """Refuse another report than was read, also where time alone has made it another."""
        if foreseen.sha256 != seen.lower():
            raise stale(f"its sha256 is {foreseen.sha256}, not {seen[:64]}")
        now = Pinned(foreseen.pinned.size, self._now())
        as_of_now = self._report(self._asked(foreseen.subject, now, foreseen.earlier), material)
        if news(foreseen.report, as_of_now):
            raise stale("something has come due")
        if not foreseen.is_news:
            raise RefusedError(
                f"{foreseen.subject.title}: got a report that says what is published, "
                "want one that says something new"
            )

    def _published(self, subject: Subject, sha256: str, folder: Path, *, by: str) -> Noted | None:
        """Give the version of this hash, recorded where it was not yet; None: there is none.

        What the public is told of a period stands in no record.
        """
        name = subject.deployment
        for edition in editions(folder, subject.folder):
            if edition.sha256 == sha256.lower():
                if name and (name, edition.sha256) not in self._noted():
                    self._note(name, edition, by=by)
                return Noted(name, self.where(edition), edition.sha256, edition.number, fresh=False)
        return None

    def _note(self, deployment: str, edition: Edition, *, by: str) -> Noted:
        where = self.where(edition)
        hindsight = make_hindsight(self._settings, store=self._store, clock=self._clock)
        hindsight.published(deployment, where=where, sha256=edition.sha256, by=by)
        return Noted(deployment, where, edition.sha256, edition.number, fresh=True)

    def _noted(self) -> frozenset[tuple[str, str]]:
        """Give what the record says was published: deployments and digests."""
        events = (one.event for one in self._store.events(kinds=(ReportPublished.kind,)))
        return frozenset(
            (event.deployment, event.body.sha256)
            for event in events
            if isinstance(event.body, ReportPublished) and not event.body.period
        )


def publish_export(
    folder: Path, export: Path, keys: Sequence[VerifierKey], asked: Asked
) -> Published:
    """Publish a site of an export, anybody's; nothing is recorded.

    Raises:
        LedgerError: it does not verify, or is not what was published before.
        RefusedError: it does not add up, and is not to be published as such.
    """
    with ExportReader(export) as reader:
        before = read_before(folder, origins=[reader.header.origin])
    material = read_material(
        export, keys=keys, against=None if before is None else before.checkpoint
    )
    return publish_site(folder, material, before=before, asked=asked)
