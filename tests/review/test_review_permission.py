"""What may run: a trial on its file's word, anything else on the record's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import NOON, make_bundle, make_deployment, make_vectors, make_watchlist
from review_places import CAMERAS, DRAFT, Room, subject

from overt.errors import AuthorityError, MoveError
from overt.governance.policy_file import open_policy
from overt.governance.rules import Subject
from overt.review.permission import permit_recorded, permit_trial
from overt.values.events import DeploymentStarted
from overt.values.watchlist import Category


def briefed(room: Room) -> str:
    """Bring a deployment up to where it may start."""
    office = room.office
    deployment = office.draft(name="high street", draft=DRAFT, by="A. Drafter")
    office.submit(deployment, draft=DRAFT, by="A. Drafter")
    office.authorise(deployment, subject(), draft=DRAFT, by="A. Officer")
    room.check_cameras(deployment)
    office.brief(deployment, by="C", signs="ends", notice="web", staff=4, cameras=("gate", "north"))
    return deployment


def permit(room: Room, deployment: str, subject: Subject, *, draft: str = DRAFT) -> str:
    authority = permit_recorded(
        subject,
        office=room.office,
        policy=room.policy,
        deployment=deployment,
        draft=draft,
        now=room.clock.now(),
    )
    authority.require_current(NOON)
    return authority.id


def test_what_was_authorised_and_briefed_may_run(room: Room) -> None:
    deployment = briefed(room)
    assert permit(room, deployment, subject()) == deployment
    room.office.start(deployment, DeploymentStarted("0.1.0", 5e-7, extrapolated=True))
    with pytest.raises(MoveError, match="it is running"):
        permit(room, deployment, subject())
    room.office.pause(deployment, by="Ann", reason="the machine failed")
    assert permit(room, deployment, subject()) == deployment


def test_nothing_else_than_was_authorised_may_run(room: Room) -> None:
    deployment = briefed(room)
    with pytest.raises(AuthorityError, match="sha256"):
        permit(room, deployment, subject(), draft="e" * 64)
    other = replace(make_watchlist(make_vectors(20, seed=1)), digest="2" * 64)
    with pytest.raises(AuthorityError, match="another watchlist"):
        permit(room, deployment, replace(subject(), watchlist=other))
    room.policy = open_policy("fixed-site")
    with pytest.raises(AuthorityError):
        permit(room, deployment, subject())


def test_a_file_alone_is_enough_for_a_trial_and_nothing_else(room: Room) -> None:
    trial = make_deployment(cameras=CAMERAS, trial=True)
    listed = subject().watchlist
    blue = tuple(replace(entry, category=Category.BLUE) for entry in listed.entries)
    of_trial = Subject(trial, replace(listed, entries=blue), make_bundle())
    with pytest.raises(AuthorityError, match="others than the blue list"):
        permit_trial(
            replace(of_trial, watchlist=listed), policy=room.policy, deployment="d1", now=NOON
        )
    assert permit_trial(of_trial, policy=room.policy, deployment="d1", now=NOON).id == "d1"
    with pytest.raises(AuthorityError, match="in the record"):
        permit_trial(subject(), policy=room.policy, deployment="d1", now=NOON)
