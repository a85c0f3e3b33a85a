"""A deployment from its draft to its end, with an alert that leads to an arrest; and its desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import (
    LIST_DIGEST,
    NOON,
    make_bundle,
    make_calibration,
    make_deployment,
    make_statement,
)
from review_places import CAMERAS, DRAFT, Room, subject
from review_steps import raised

from overt.errors import (
    AuthorityError,
    InputError,
    MoveError,
    PersonError,
    RefusedError,
    VaultError,
    WindowError,
)
from overt.governance.authority import authorise
from overt.match.scale import ReferenceScale
from overt.review.alert_state import AlertState
from overt.review.decoys import Decoy, DecoyResults, decoy_results, real
from overt.review.deployment_state import DeploymentState
from overt.review.known import as_known, require_as_authorised
from overt.review.orders import Act, Standing, order_of
from overt.review.threshold_change import NewThreshold
from overt.review.unjudged import Agreement, agreement
from overt.values.counts import FaceCounts
from overt.values.demographics import Demographics, Ethnicity, Gender
from overt.values.deployment import Window
from overt.values.events import (
    AlertRaised,
    DeploymentStarted,
    DeploymentStopped,
    FacesCounted,
    WatchlistDestroyed,
)
from overt.values.review import (
    ArrestCategory,
    Decision,
    Disposal,
    Factors,
    FalseAlertReason,
    Finding,
    FollowUp,
)
from overt.values.watchlist import Category

STARTED = DeploymentStarted("0.1.0", 5e-7, extrapolated=True)
PICTURE = b"a picture of somebody"
DECOY = Decoy("gate", Category.COURTS, 0.687, 3, ("small face",), "forms, 9")
OFFICERS = {"signs": "both ends", "notice": "web site", "staff": 4, "cameras": ("gate", "north")}


def prepared(alert: str, time: datetime) -> bytes:
    """Prepare a decoy's evidence."""
    assert (bool(alert), time) == (True, NOON)
    return PICTURE


def an_alert(room: Room, deployment: str, alert: str = "a1") -> None:
    """Raise an alert as a machine does."""
    body = raised(alert)
    assert isinstance(body, AlertRaised)
    room.record(deployment, replace(body, commitment=room.seal(alert, PICTURE)))


def test_the_whole_story(room: Room) -> None:  # noqa: PLR0915 - it is one story
    office, clock = room.office, room.clock
    clock.time = NOON - timedelta(minutes=30)
    window = Window(NOON, NOON + timedelta(hours=4))
    by_a = make_deployment(cameras=CAMERAS, window=window)
    by_b = replace(by_a, statement=make_statement(officer="B. Officer"))

    deployment = office.draft(name="high street", draft=DRAFT, by="A. Officer")
    with pytest.raises(MoveError):
        office.authorise(deployment, subject(by_b), draft=DRAFT, by="B. Officer")
    office.submit(deployment, draft=DRAFT, by="A. Officer")
    with pytest.raises(PersonError, match="whom its file names"):
        office.authorise(deployment, subject(by_a), draft=DRAFT, by="B. Officer")
    with pytest.raises(RefusedError, match="want somebody else"):
        office.authorise(deployment, subject(by_a), draft=DRAFT, by="a officer")
    with pytest.raises(AuthorityError, match="sha256"):
        office.authorise(deployment, subject(by_b), draft="e" * 64, by="B. Officer")
    office.authorise(deployment, subject(by_b), draft=DRAFT, by="B. Officer")
    with pytest.raises(MoveError, match=r"want one of: .*brief"):
        office.runnable(deployment, draft=DRAFT)
    with pytest.raises(RefusedError, match="no go of camera gate, north"):
        office.brief(deployment, by="C. Commander", **OFFICERS)  # pyright: ignore[reportArgumentType]: as named above
    room.check_cameras(deployment)
    office.brief(deployment, by="C. Commander", **OFFICERS)  # pyright: ignore[reportArgumentType]: as named above
    with pytest.raises(WindowError):
        office.runnable(deployment, draft=DRAFT)

    clock.time = NOON
    with pytest.raises(AuthorityError, match="sha256"):
        office.runnable(deployment, draft="e" * 64)
    record = office.runnable(deployment, draft=DRAFT)
    known = as_known(record, subject(by_b), before=room.office.before(deployment))
    authority = authorise(known, policy=room.policy, deployment_id=deployment, now=clock.now())
    require_as_authorised(record, authority.event())
    office.start(deployment, STARTED)
    counts = FaceCounts("gate", NOON, frames=900, seen=40, compared=40, alerts=1)
    room.record(deployment, FacesCounted(counts))
    an_alert(room, deployment)

    desk = room.desk(deployment)
    clock.forward(minutes=1)
    desk.claim("a1", by="D. Operator")
    assert desk.view("a1", by="D. Operator", purpose="to judge it") == PICTURE
    desk.adjudicate("a1", Decision.ENGAGE, by="D. Operator", factors=Factors("same scar", "", ""))
    assert desk.view("a1", by="E. Second", purpose="to judge it") == PICTURE
    desk.second_opinion(
        "a1",
        Decision.REJECT,
        by="E. Second",
        factors=Factors(),
        reason=FalseAlertReason.OTHER,
        text="the ears differ",
    )
    clock.forward(minutes=2)
    desk.start_engagement("a1", by="F. Constable")
    clock.forward(minutes=4)
    desk.force("a1", "held by the arm", by="F. Constable")
    desk.end_engagement("a1", Finding.TRUE, by="F. Constable")
    desk.record_outcome(
        "a1",
        Disposal.ARREST,
        by="F. Constable",
        arrest=ArrestCategory.COURTS,
        violence_against_women_and_girls=True,
    )
    said = Demographics(Ethnicity.B1, Ethnicity.B9, Gender.FEMALE)
    desk.record_demographics("a1", said, by="F. Constable")
    desk.complaint("a1", "COMP/7", by="D. Operator")

    office.stop(deployment, by="G. Anybody", reason="a fight")
    assert obeyed(room, deployment).act is Act.STOP
    room.record(deployment, DeploymentStopped("a fight"))
    with pytest.raises(RefusedError, match="still there"):
        office.close(deployment, by="C. Commander")
    room.record(deployment, WatchlistDestroyed(LIST_DIGEST, 20))

    clock.forward(hours=25)
    with pytest.raises(RefusedError, match="alert-data-kept: alert data: got 1 day, 1:07:00"):
        office.close(deployment, by="C. Commander")
    assert [receipt.done for receipt in room.retention().run()] == [True]
    office.close(deployment, by="C. Commander")
    desk.follow_up("a1", FollowUp.CHARGED, by="H. Clerk")  # weeks later, as a rule

    alert = desk.alert("a1")
    assert alert.state is AlertState.ARRESTED
    assert alert.engaged is not None
    assert alert.ended is not None
    assert alert.ended - alert.engaged == timedelta(minutes=4)
    assert (alert.demographics, alert.follow_ups) == (said, (FollowUp.CHARGED,))
    assert agreement(desk.alerts()) == Agreement(0, 0, first_engages=1, second_engages=0)
    assert room.office.deployment(deployment).state is DeploymentState.CLOSED
    with pytest.raises(RefusedError, match="deleted"):
        desk.view("a1", by="D. Operator", purpose="to see it again")
    with pytest.raises(VaultError):
        room.open("a1", alert.commitment)
    # Another desk, which reads everything anew, sees the same.
    assert room.desk(deployment).alerts() == desk.alerts()


def test_what_runs_is_what_was_authorised(room: Room) -> None:
    deployment = room.running()
    record = room.office.deployment(deployment)
    assert record.authorised is not None
    require_as_authorised(record, record.authorised)
    for change, want in (
        ({"watchlist": "2" * 64}, "another watchlist"),
        ({"threshold": 0.6, "policy": "0" * 64}, "another threshold, policy"),
    ):
        with pytest.raises(AuthorityError, match=want):
            require_as_authorised(record, replace(record.authorised, **change))  # pyright: ignore[reportArgumentType]: as named


def test_two_machines_do_not_both_start(room: Room) -> None:
    deployment = room.running()
    with pytest.raises(MoveError, match="it is running"):
        room.office.start(deployment, STARTED)


def test_after_the_window_it_is_not_authorised(room: Room) -> None:
    office = room.office
    late = make_deployment(
        cameras=CAMERAS, window=Window(NOON - timedelta(hours=2), NOON - timedelta(hours=1))
    )
    deployment = office.draft(name="n", draft=DRAFT, by="Drafter")
    office.submit(deployment, draft=DRAFT, by="Drafter")
    with pytest.raises(AuthorityError, match="window"):
        office.authorise(deployment, subject(late), draft=DRAFT, by="A. Officer")


def obeyed(room: Room, deployment: str) -> Standing:
    """Tell what holds after all orders in the record."""
    events = [recorded.event for recorded in room.store.events(deployment=deployment)]
    orders = [order_of(event.body, begun=False) for event in events]
    return Standing().obey([order for order in orders if order is not None])


def test_orders_reach_who_runs_it(room: Room) -> None:
    office, deployment = room.office, room.running()
    scale, bundle = ReferenceScale(make_calibration()), make_bundle()
    assert obeyed(room, deployment) == Standing()
    office.pause(deployment, by="Ann", reason="crowd")
    wanted = NewThreshold(0.66, bundle, "S. Senior", "Superintendent", "too many", None)
    changed = office.change_threshold(deployment, wanted)
    other = make_bundle(digest="0" * 64)
    with pytest.raises(AuthorityError, match="bundle"):
        office.change_threshold(deployment, NewThreshold(0.7, other, "S", "none", "r", None))
    (change,) = changed.changes
    assert change.predicted_after < change.predicted_before
    assert change.predicted_before == pytest.approx(
        scale.operating_point(0.64, listed=20).predicted_rate
    )
    room.record(deployment, FacesCounted(FaceCounts("gate", NOON, seen=0, compared=0)))
    assert obeyed(room, deployment) == Standing(Act.PAUSE, "crowd", 0.66)
    office.resume(deployment, by="Ann")
    assert obeyed(room, deployment) == Standing(Act.RUN, "", 0.66)
    room.clock.forward(hours=2)
    office.pause(deployment, by="Ann", reason="the window ended")
    with pytest.raises(WindowError):
        office.resume(deployment, by="Ann")


def test_a_list_left_by_a_killed_machine_is_destroyed_later(room: Room) -> None:
    office, deployment = room.office, room.running()
    with pytest.raises(RefusedError, match="want it over"):
        office.list_destroyed(deployment, watchlist=LIST_DIGEST)
    office.stop(deployment, by="Ann", reason="power")
    with pytest.raises(RefusedError, match="another list"):
        office.list_destroyed(deployment, watchlist="2" * 64)
    office.list_destroyed(deployment, watchlist=LIST_DIGEST)
    assert office.close(deployment, by="Ann").state is DeploymentState.CLOSED


def test_a_decoy_is_judged_like_an_alert_and_counts_nowhere(room: Room) -> None:
    deployment = room.running()
    desk = room.desk(deployment)
    an_alert(room, deployment)
    decoys = [desk.insert_decoy(prepared, DECOY, by="S. Senior") for _ in range(2)]
    assert {waiting.id for waiting in desk.waiting()} == {"a1", *decoys}
    first, second = decoys
    desk.claim(first, by="Ann")
    assert desk.view(first, by="Ann", purpose="to judge it") == PICTURE
    judged = desk.adjudicate(first, Decision.ENGAGE, by="Ann", factors=Factors())
    assert judged.state is AlertState.CLOSED
    with pytest.raises(MoveError):
        desk.start_engagement(first, by="F. Constable")
    desk.claim(second, by="Ann")
    desk.view(second, by="Ann", purpose="to judge it")
    desk.adjudicate(
        second, Decision.REJECT, by="Ann", factors=Factors(), reason=FalseAlertReason.BLUR
    )
    assert decoy_results(desk.alerts()) == DecoyResults(2, rejected=1, engaged=1)
    assert [record.id for record in real(desk.alerts())] == ["a1"]


def test_a_decoy_needs_a_running_deployment_and_its_camera(room: Room) -> None:
    deployment = room.running()
    desk = room.desk(deployment)
    with pytest.raises(RefusedError, match="want one of gate, north"):
        desk.insert_decoy(prepared, replace(DECOY, camera="south"), by="S. Senior")
    room.office.stop(deployment, by="Ann", reason="done")
    with pytest.raises(RefusedError, match="want it running"):
        desk.insert_decoy(prepared, DECOY, by="S. Senior")


@pytest.mark.parametrize(
    ("change", "error", "want"),
    [
        ({"similarity": 0.6399}, RefusedError, r"want 0\.64 or more"),
        ({"similarity": 1.0}, RefusedError, "below 1"),
        ({"agreed": " "}, InputError, "where it is kept"),
    ],
)
def test_a_decoy_could_be_a_real_one_and_those_shown_agreed(
    room: Room, change: dict[str, object], error: type[Exception], want: str
) -> None:
    desk = room.desk(room.running())
    with pytest.raises(error, match=want):
        desk.insert_decoy(prepared, replace(DECOY, **change), by="S. Senior")  # pyright: ignore[reportArgumentType]: as parametrised
    assert desk.alerts() == ()
    assert not list(room.store.events(kinds=("decoy-raised",)))


def test_who_puts_in_decoys_judges_nothing_and_who_judges_puts_in_none(room: Room) -> None:
    deployment = room.running()
    desk = room.desk(deployment)
    for alert in ("a1", "a2"):
        an_alert(room, deployment, alert)
    desk.claim("a1", by="Ann")
    desk.release("a1", by="Ann")
    with pytest.raises(PersonError, match="a supervisor who does not"):
        desk.insert_decoy(prepared, DECOY, by="ANN")
    decoy = desk.insert_decoy(prepared, DECOY, by="S. Senior")
    told = set[str]()
    for alert in ("a1", "a2", decoy):  # alike, so that it does not tell which it was
        with pytest.raises(PersonError) as refused:
            room.desk(deployment).claim(alert, by="s senior")
        told.add(str(refused.value))
    assert len(told) == 1
    desk.claim(decoy, by="Ann")
    desk.view(decoy, by="Ann", purpose="to judge it")
    with pytest.raises(PersonError, match="supervises"):
        desk.second_opinion(decoy, Decision.ENGAGE, by="S. Senior", factors=Factors())
    desk.adjudicate(decoy, Decision.ENGAGE, by="Ann", factors=Factors())


def test_the_second_sees_what_another_holds_and_nothing_decided(room: Room) -> None:
    deployment = room.running()
    desk = room.desk(deployment)
    for alert in ("a1", "a2", "a3"):
        an_alert(room, deployment, alert)
    desk.claim("a1", by="Ann")
    desk.claim("a2", by="Ann")
    desk.view("a2", by="Ann", purpose="to judge it")
    desk.adjudicate("a2", Decision.ENGAGE, by="Ann", factors=Factors())
    desk.view("a2", by="Bob", purpose="to judge it")
    held, judged = desk.for_second("Bob")
    assert replace(held, id="", raised=NOON) == replace(judged, id="", raised=NOON)
    assert desk.for_second("ANN") == ()
    told = desk.second_opinion("a2", Decision.ENGAGE, by="Bob", factors=Factors())
    assert told == judged
    assert [shown.id for shown in desk.for_second("Cy")] == ["a1"]


def test_who_looks_is_written_down_before_they_see_anything(room: Room) -> None:
    deployment = room.running()
    room.record(deployment, raised("a1"))  # nothing is sealed: to open it fails
    desk = room.desk(deployment)
    for by, purpose, error in (
        ("Ann", " ", RefusedError),
        ("", "to judge it", InputError),
        ("Ann", "to judge it", VaultError),
    ):
        with pytest.raises(error):
            desk.view("a1", by=by, purpose=purpose)
    room.record(deployment, raised("a2"))
    room.seal("a2", PICTURE)  # sealed anew: not what the event committed to
    with pytest.raises(VaultError, match="did not commit"):
        desk.view("a2", by="Ann", purpose="to judge it")
    viewed = list(room.store.events(kinds=("evidence-viewed",)))
    assert [recorded.event.deployment for recorded in viewed] == [deployment] * 2


@pytest.mark.parametrize("by", ["", "  ", "...", "a\nb", "(erased)", "x" * 201])
def test_nobody_acts_without_a_name(room: Room, by: str) -> None:
    deployment = room.running()
    an_alert(room, deployment)
    before = len(list(room.store.events()))
    for act in (
        lambda: room.desk(deployment).claim("a1", by=by),
        lambda: room.office.stop(deployment, by=by, reason=""),
        lambda: room.office.draft(name="n", draft=DRAFT, by=by),
    ):
        with pytest.raises(InputError, match="want who does this"):
            act()
    assert len(list(room.store.events())) == before


def test_what_is_not_there_is_told(room: Room) -> None:
    deployment = room.running()
    with pytest.raises(RefusedError, match="none of this id"):
        room.desk(deployment).claim("a9", by="Ann")
    with pytest.raises(RefusedError, match="none of this id"):
        room.office.deployment("d9")
    with pytest.raises(MoveError):
        room.office.stop("d9", by="Ann", reason="")
    assert [record.id for record in room.office.deployments()] == [deployment]
