"""Running a deployment from the command line: what `run`, `try` and `demo` share."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from overt.cli.one_use import for_one_use
from overt.cli.plain import plain_console
from overt.cli.showing import Display, print_times, print_totals
from overt.cli.showing_alerts import Alerts
from overt.cli.shown_on import Hosted, Place, seen, shown_on, steered
from overt.clock import Clock, ForwardClock
from overt.engine.recorder import Begin, Recorder, SealEvidence
from overt.engine.runner import Runner
from overt.engine.timing import StageTimes
from overt.errors import (
    ClockError,
    InputError,
    OvertError,
    RefusedError,
    SourceError,
    VaultError,
)
from overt.governance.authority import Authority
from overt.governance.comparisons import subject_of
from overt.governance.composition import composed
from overt.governance.listfile import ListFile
from overt.governance.own_record import require_own
from overt.governance.policy_file import open_policy
from overt.governance.policy_known import Admission
from overt.governance.rules import Subject
from overt.ids import NewId, time_ordered_id
from overt.records.base import Store
from overt.records.store import open_store
from overt.report.totals import Totals, fold
from overt.review.permission import permit_recorded, permit_trial
from overt.settings import Settings, snapshot
from overt.text import printable
from overt.values.alert import Alert
from overt.values.deployment import Deployment
from overt.values.events import (
    DeploymentAuthorised,
    DeploymentConfigured,
    DeploymentStarted,
    WatchlistComposed,
)
from overt.wiring import (
    Models,
    Served,
    evidence_sealer,
    make_disclosure,
    make_office,
    open_keys,
    serve_here,
    serve_on_cluster,
)

__all__ = ["Finished", "Recorded", "deploy", "print_finished"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A deployment that people have drafted, authorised and briefed in the record."""

    id: str
    draft: str  # sha256 of the file that is to be run now


@dataclass(frozen=True, slots=True)
class Finished:
    """A deployment that is over."""

    reason: str
    totals: Totals
    times: tuple[tuple[str, StageTimes], ...]  # camera, its stages
    sheets: tuple[Path, ...]  # contact sheets that were written
    error: OvertError | None  # what ended a camera or all of them too early


def deploy(
    deployment: Deployment,
    *,
    settings: Settings,
    models: Models,
    listfile: ListFile,
    sheets: Path | None,
    clock: Clock,
    console: Place,
    recorded: Recorded | None = None,
) -> Finished:
    """Authorise, run, write down, destroy the list.

    Args:
        deployment: as drafted.
        settings: of this machine.
        models: the bundle that the deployment names.
        listfile: the list that the deployment names; it is destroyed at the end.
        sheets: folder for a contact sheet of each alert; None: pictures are only sealed.
        clock: of this machine; it is not let go back.
        console: where progress is shown; Ctrl-C and SIGTERM end it, unless pages host it.
        recorded: where people have authorised it; None: only a trial runs on its file's word.

    Raises:
        RefusedError: a rule does not hold, or it is not authorised in the record; nothing was run.
        PolicyError: the policy in the settings cannot be used; nothing was run.
        SourceError: a camera's source is not there; nothing was run.
        ClusterError: the cluster in the settings cannot be used; nothing was run, or its head is
            gone, and recognition was stopped.
        RecordsError: something could not be written, and recognition was stopped; or the record
            is not the one that this machine's keys belong to, and nothing was run.
    """
    hosted, console, alerts_on = shown_on(console)
    clock = ForwardClock(clock)
    subject = _subject(deployment, listfile, models, recorded, settings=settings)
    with _opening(settings) as opened:
        authority = _authorised(
            subject, recorded, sheets=sheets, settings=settings, opened=opened, clock=clock
        )
        _tell(authority, console)
        served = _served(
            authority, listfile, models=models, settings=settings, clock=clock, hosted=hosted
        )
        with closing(served):
            store = opened()  # a trial that is refused, or has no camera, leaves no record
            require_own(store, keys=open_keys(settings))
            recorder = _recorder(
                authority, listfile, recorded, store=store, settings=settings, clock=clock
            )
            runner = Runner(served.lines, authority=authority, recorder=recorder, clock=clock)
            shown = Alerts(sheets, listfile.photo, alerts_on)
            watched = seen(authority.id, runner.views, settings=settings, console=console)
            one_use = for_one_use(listfile, recorder, console)
            with steered(runner, hosted), one_use, watched, closing(served):
                error = _run(runner, authority, models=models, shown=shown, console=console)
        _note_end(store, settings)
        totals = fold(recorded.event for recorded in store.events(deployment=authority.id))
    return _finished(runner, totals, shown, error)


def _served(
    authority: Authority,
    listfile: ListFile,
    *,
    models: Models,
    settings: Settings,
    clock: Clock,
    hosted: Hosted | None,
) -> Served:
    """Choose where the cameras run: here, or on the cluster in the settings."""
    paced = hosted is not None and hosted.paced
    watchlist = listfile.watchlist
    if settings.cluster:
        return serve_on_cluster(
            authority, watchlist=watchlist, settings=settings, started=clock.now(), paced=paced
        )
    return serve_here(
        authority, watchlist=watchlist, models=models, settings=settings, clock=clock, paced=paced
    )


def _finished(runner: Runner, totals: Totals, shown: Alerts, error: OvertError | None) -> Finished:
    reason = totals.stopped.reason if totals.stopped else "not recorded"
    times = tuple((camera.name, camera.times) for camera in runner.cameras)
    return Finished(reason, totals, times, tuple(shown.written), error)


def print_finished(finished: Finished) -> None:
    """Print what a deployment found; then raise what ended it too early, if anything did.

    Raises:
        OvertError: see `Finished.error`.
    """
    output = plain_console(stderr=False)
    print_totals(finished.totals, console=output)
    print_times(finished.times, console=output)
    for sheet in finished.sheets:
        output.print(f"contact sheet: {printable(str(sheet))}", soft_wrap=True)
    if finished.error is not None:
        raise finished.error


def _note_end(store: Store, settings: Settings) -> None:
    """Note how far the record goes by now, so that it is found out where its end is cut off."""
    with suppress(VaultError):  # noted later then: what was found comes first
        require_own(store, keys=open_keys(settings))


@contextmanager
def _opening(settings: Settings) -> Generator[Callable[[], Store]]:
    """Give what opens the record, when it is first asked for and once; close it at the end."""
    with ExitStack() as stack:
        yield cache(lambda: stack.enter_context(closing(open_store(settings.record_address))))


def _subject(
    deployment: Deployment,
    listfile: ListFile,
    models: Models,
    recorded: Recorded | None,
    *,
    settings: Settings,
) -> Subject:
    """Give what is to be authorised; its list goes with its deployment, also where that is over."""
    if recorded is not None:
        listfile.take_for(recorded.id)
    bundle, folder = models.opened.bundle, settings.comparisons_dir
    return subject_of(deployment, listfile.watchlist, bundle, comparisons=folder)


def _authorised(
    subject: Subject,
    recorded: Recorded | None,
    *,
    sheets: Path | None,
    settings: Settings,
    opened: Callable[[], Store],
    clock: Clock,
) -> Authority:
    """Authorise a deployment, and refuse open pictures wherever they may not be."""
    policy = open_policy(settings.policy)
    if sheets is not None and not subject.deployment.trial:
        raise RefusedError(
            "contact sheets: got a folder for them, want none: outside a trial pictures stay sealed"
        )
    now = clock.now()
    if recorded is None:
        identifier = time_ordered_id(now)
        authority = permit_trial(subject, policy=policy, deployment=identifier, now=now)
    else:
        authority = permit_recorded(
            subject,
            office=make_office(settings, store=opened(), clock=clock),
            policy=policy,
            deployment=recorded.id,
            draft=recorded.draft,
            now=now,
        )
    if sheets is not None and Admission.SHEETS not in policy.allowed("trial-admits"):
        raise RefusedError(
            f"contact sheets: got a folder for them, want none: policy {policy.name} admits none"
        )
    return authority


def _tell(authority: Authority, console: Console) -> None:
    """Say what a rule only flags, and what is admitted because it is a trial."""
    assessment = authority.assessment
    for said, findings in (("flag", assessment.flags), ("admitted", assessment.admitted)):
        for finding in findings:
            console.print(f"{said}: {finding.rule}: {printable(str(finding))}", soft_wrap=True)


def _given(
    authority: Authority, listfile: ListFile, recorded: Recorded | None
) -> tuple[DeploymentAuthorised | WatchlistComposed, ...]:
    """Give what is still to be recorded of an authority: of a trial on its file's word."""
    return () if recorded else (authority.event(), composed(listfile.watchlist))


def _configured(authority: Authority, settings: Settings) -> DeploymentConfigured:
    """Write down what it runs with."""
    assessment, policy = authority.assessment, authority.policy
    return DeploymentConfigured(
        policy=policy.digest,
        policy_text=policy.text,
        bundle=authority.bundle,
        settings=snapshot(settings),
        software=version("overt"),
        flags=tuple(f"{finding.rule}: {finding}" for finding in assessment.flags),
        admitted=tuple(f"{finding.rule}: {finding}" for finding in assessment.admitted),
    )


def _run(
    runner: Runner, authority: Authority, *, models: Models, shown: Alerts, console: Console
) -> OvertError | None:
    """Run to the end, and give what ended it too early, if it is all written down."""
    deployment = authority.deployment
    point = models.scale.operating_point(deployment.threshold, listed=authority.listed)
    display = Display(runner.cameras, end=deployment.window.end, console=console)
    started = DeploymentStarted(version("overt"), point.predicted_rate, point.extrapolated)
    try:
        with display:
            runner.run(started, on_alert=shown, on_look=display.look)
    except (SourceError, ClockError, InputError) as error:  # the last: of a contact sheet
        return error
    return None


def _recorder(
    authority: Authority,
    listfile: ListFile,
    recorded: Recorded | None,
    *,
    store: Store,
    settings: Settings,
    clock: Clock,
) -> Recorder:
    """Make what writes a run down; what it is and runs with is written down already."""
    listfile.take_for(authority.id)  # from here on the list goes with the deployment
    begin = None
    if recorded is not None:
        begin = _begin(recorded.id, store=store, settings=settings, clock=clock)
    recorder = Recorder(
        authority=authority,
        store=store,
        seal=_sealer(authority, settings),
        photo_of=listfile.photo,
        clock=clock,
        new_id=time_ordered_id,
        begin=begin,
    )
    make_disclosure(settings).index_list(authority.id, listfile.watchlist)
    recorder.record(*_given(authority, listfile, recorded), _configured(authority, settings))
    require_own(store, keys=open_keys(settings))
    return recorder


def _begin(deployment: str, *, store: Store, settings: Settings, clock: Clock) -> Begin:
    def begin(started: DeploymentStarted, new_id: NewId) -> None:
        office = make_office(settings, store=store, clock=clock, new_id=new_id)
        office.start(deployment, started)

    return begin


def _sealer(authority: Authority, settings: Settings) -> SealEvidence:
    """Give what seals an alert's evidence, and writes whom it was about into the index."""
    seal = evidence_sealer(settings.evidence_dir, open_keys(settings))
    disclosure = make_disclosure(settings)

    def sealed(alert: Alert, evidence: bytes) -> str:
        disclosure.index_alert(authority.id, alert.id, alert.entry.reference)
        return seal(alert, evidence)

    return sealed
