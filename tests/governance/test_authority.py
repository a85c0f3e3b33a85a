"""An authority is made by `authorise`, and by nothing else."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from datetime import timedelta

import pytest
from builders import (
    BUNDLE_DIGEST,
    LIST_DIGEST,
    NOON,
    make_bundle,
    make_deployment,
    make_vectors,
    make_watchlist,
)

from overt.errors import AuthorityError, WindowError
from overt.governance.authority import Authority, authorise
from overt.governance.policy_file import open_policy, reference_policy
from overt.governance.rules import Subject
from overt.values.deployment import Deployment

HOUR = timedelta(hours=1)


def made() -> Authority:
    subject = Subject(make_deployment(), make_watchlist(make_vectors(3)), make_bundle())
    return authorise(subject, policy=reference_policy(), deployment_id="d-1", now=NOON)


def lower() -> Deployment:
    return make_deployment(threshold=0.1)


def test_what_keeps_the_rules_is_authorised() -> None:
    authority = made()
    assert (authority.id, authority.listed) == ("d-1", 3)
    assert (authority.watchlist, authority.bundle) == (LIST_DIGEST, BUNDLE_DIGEST)


def test_what_does_not_is_refused_with_every_reason() -> None:
    subject = Subject(lower(), make_watchlist(make_vectors(3)), make_bundle(calibrated=False))
    with pytest.raises(AuthorityError) as refused:
        authorise(subject, policy=reference_policy(), deployment_id="d-1", now=NOON + 10 * HOUR)
    for said in ("'high street' is refused", "- window:", "- threshold:", "- bundle made-up:"):
        assert said in str(refused.value)


def by_hand(real: Authority, seal: object) -> Authority:
    return Authority(
        "d", lower(), real.watchlist, 3, real.bundle, real.assessment, real.grant, seal
    )


FORGERIES: dict[str, Callable[[Authority], object]] = {
    "by hand": lambda real: by_hand(real, object()),
    "without a seal": lambda real: by_hand(real, None),
    "with its seal": lambda real: by_hand(real, getattr(real, "seal", None)),
    "replace": lambda real: replace(real, deployment=lower()),
    "replace with its seal": lambda real: replace(
        real, deployment=lower(), seal=getattr(real, "seal", None)
    ),
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "pickle": lambda real: pickle.loads(pickle.dumps(real)),  # noqa: S301 - what is tested
    "changed": lambda real: setattr(real, "deployment", lower()),
    "a kind of its own": lambda _: type("Mine", (Authority,), {"__post_init__": lambda *_: None}),  # pyright: ignore[reportUnknownLambdaType]
}


@pytest.mark.parametrize("how", list(FORGERIES))
def test_it_cannot_be_forged(how: str) -> None:
    real = made()
    with pytest.raises((AuthorityError, FrozenInstanceError, ValueError, TypeError)):
        FORGERIES[how](real)
    assert real.deployment.threshold == 0.64


def test_it_holds_in_its_window_only() -> None:
    authority = made()
    for inside in (NOON - 2 * HOUR, NOON, NOON + 2 * HOUR - timedelta(microseconds=1)):
        authority.require_current(inside)
    for outside in (NOON - 2 * HOUR - timedelta(microseconds=1), NOON + 2 * HOUR):
        with pytest.raises(
            WindowError, match=r"got .*, want 2026-03-01T10:00.*to 2026-03-01T14:00"
        ):
            authority.require_current(outside)


def test_it_holds_for_its_list_and_its_bundle_only() -> None:
    authority = made()
    watchlist = make_watchlist(make_vectors(3))
    authority.require_list(watchlist)
    authority.require_bundle(make_bundle())
    with pytest.raises(AuthorityError, match=r"watchlist: got 2+, want 1+"):
        authority.require_list(replace(watchlist, digest="2" * 64))
    with pytest.raises(AuthorityError, match=r"bundle: got c+, want b+"):
        authority.require_bundle(make_bundle(digest="c" * 64))


def test_its_event_says_what_was_authorised() -> None:
    event = made().event()
    assert (event.threshold, event.listed, event.cameras) == (0.64, 3, ("gate",))
    assert (event.officer, event.rank) == ("A. Officer", "Superintendent")
    assert (event.watchlist, event.bundle) == (LIST_DIGEST, BUNDLE_DIGEST)
    assert (event.policy, event.policy_name) == (reference_policy().digest, "reference")


def test_a_stricter_policy_refuses_what_the_reference_does_not() -> None:
    subject = Subject(make_deployment(), make_watchlist(make_vectors(3)), make_bundle())
    with pytest.raises(AuthorityError) as refused:
        authorise(subject, policy=open_policy("strict"), deployment_id="d-1", now=NOON)
    assert str(refused.value).count("\n  - ") == 5  # rank, shots, undated photographs, and of the
    # evaluation: false alerts, differences
