"""The authority that recognition needs to exist. Only `authorise` can make one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from datetime import datetime
from typing import Final, NoReturn, SupportsIndex, final

from overt.errors import AuthorityError, WindowError
from overt.governance.policy import Policy
from overt.governance.policy_file import policy_of
from overt.governance.rules import Assessment, Subject, assess
from overt.governance.rules_change import RULE
from overt.inference.bundle import Bundle
from overt.values.deployment import Deployment
from overt.values.duty_events import ChangeAuthorised, DeploymentBriefed
from overt.values.events import DeploymentAuthorised
from overt.values.watchlist import Watchlist

__all__ = ["Authority", "Grant", "authorise"]

_SEAL: Final = object()  # only this module has it: an Authority cannot be made elsewhere


@dataclass(frozen=True, slots=True, eq=False)
class Grant:
    """What another process needs to authorise for itself. It is no authority: rules are judged.

    It holds the list's and the bundle's digests, neither of the two.
    """

    id: str
    at: datetime  # UTC: when it was authorised
    deployment: Deployment
    policy: str  # the policy's file, whole
    watchlist: str  # digest
    bundle: str  # digest
    drafted_by: str | None
    reviewed: datetime | None
    briefed: DeploymentBriefed | None
    passed: Mapping[str, datetime]

    def redeem(self, watchlist: Watchlist, bundle: Bundle) -> Authority:
        """Judge every rule again in this process, on what is here.

        Raises:
            AuthorityError: a rule fails, or list or bundle are others.
        """
        subject = Subject(
            self.deployment,
            watchlist,
            bundle,
            drafted_by=self.drafted_by,
            reviewed=self.reviewed,
            briefed=self.briefed,
            passed=self.passed,
        )
        policy = policy_of(self.policy, file="policy of the authority")
        authority = authorise(subject, policy=policy, deployment_id=self.id, now=self.at)
        for name, got, want in (
            ("watchlist", authority.watchlist, self.watchlist),
            ("bundle", authority.bundle, self.bundle),
        ):
            if got != want:
                raise AuthorityError(f"{name}: got {got}, want {want}, the authorised one")
        return authority


@final
@dataclass(frozen=True, slots=True, eq=False)
class Authority:
    """A deployment that kept every rule when it was authorised. A pipeline exists only with one.

    It cannot be made by hand, changed by `dataclasses.replace`, copied, or read from a file.
    """

    id: str
    deployment: Deployment
    watchlist: str  # digest of the list it is for
    listed: int
    bundle: str  # digest of the bundle it is for
    assessment: Assessment  # what was found of every rule when it was authorised
    grant: Grant  # for a process that serves one of its cameras
    seal: InitVar[object]  # asked for and not kept: whoever holds an authority cannot pass it on

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise AuthorityError(
                "authority: got one made by hand, want one made by governance.authorise"
            )

    def __init_subclass__(cls) -> None:
        raise AuthorityError("authority: got a kind of its own, want the one that is checked")

    def __reduce_ex__(self, _protocol: SupportsIndex) -> NoReturn:
        """Refuse to be copied or pickled.

        Raises:
            AuthorityError: always; another process authorises for itself.
        """
        raise AuthorityError("authority: got asked for a copy, want governance.authorise to be")

    @property
    def policy(self) -> Policy:
        """The policy whose rules held; limits for its data are read from it."""
        return self.assessment.policy

    def require_current(self, now: datetime) -> None:
        """Refuse outside the window.

        Raises:
            WindowError: `now` is before the window's start, or not before its end.
        """
        window = self.deployment.window
        if not window.holds(now):
            raise WindowError(
                f"time: got {now.isoformat(timespec='seconds')}, want "
                f"{window.start.isoformat(timespec='seconds')} to "
                f"{window.end.isoformat(timespec='seconds')}, the authorised window"
            )

    def require_list(self, watchlist: Watchlist) -> None:
        """Refuse another list than the authorised one.

        Raises:
            AuthorityError: the digest differs.
        """
        if watchlist.digest != self.watchlist:
            raise AuthorityError(
                f"watchlist: got {watchlist.digest}, want {self.watchlist}, the authorised one"
            )

    def require_bundle(self, bundle: Bundle) -> None:
        """Refuse another model than the authorised one.

        Raises:
            AuthorityError: the digest differs.
        """
        if bundle.digest != self.bundle:
            raise AuthorityError(
                f"bundle: got {bundle.digest}, want {self.bundle}, the authorised one"
            )

    def event(self) -> DeploymentAuthorised:
        """Write down what was authorised."""
        deployment, statement = self.deployment, self.deployment.statement
        return DeploymentAuthorised(
            place=deployment.place,
            purpose=deployment.purpose,
            trial=deployment.trial,
            start=deployment.window.start,
            end=deployment.window.end,
            cameras=tuple(camera.name for camera in deployment.cameras),
            threshold=deployment.threshold,
            watchlist=self.watchlist,
            listed=self.listed,
            bundle=self.bundle,
            officer=statement.officer,
            rank=statement.rank,
            given=statement.given,
            reference=statement.reference,
            necessity=statement.necessity,
            proportionality=statement.proportionality,
            urgent=statement.urgent,
            policy=self.policy.digest,
            policy_name=self.policy.name,
        )

    def change(self) -> ChangeAuthorised | None:
        """Write down on which comparison a change of bundle or threshold was authorised."""
        if not self.deployment.comparison:
            return None
        (found,) = (each for each in self.assessment.findings if each.rule == RULE)
        return ChangeAuthorised(
            self.deployment.comparison, found.got, self.deployment.statement.change
        )


def authorise(subject: Subject, *, policy: Policy, deployment_id: str, now: datetime) -> Authority:
    """Make the authority for a deployment that keeps every rule of a policy at `now`.

    A rule that cannot be told yet does not refuse; who knows more asks again (`review.permission`).

    Raises:
        AuthorityError: rules fail; the message names them all.
    """
    assessment = assess(subject, policy=policy, now=now)
    if assessment.refusals:
        lines = "\n".join(f"  - {finding}" for finding in assessment.refusals)
        raise AuthorityError(f"deployment {subject.deployment.name!r} is refused:\n{lines}")
    return Authority(
        id=deployment_id,
        deployment=subject.deployment,
        watchlist=subject.watchlist.digest,
        listed=len(subject.watchlist),
        bundle=subject.bundle.digest,
        assessment=assessment,
        grant=_granted(subject, policy=policy, deployment_id=deployment_id, now=now),
        seal=_SEAL,
    )


def _granted(subject: Subject, *, policy: Policy, deployment_id: str, now: datetime) -> Grant:
    return Grant(
        id=deployment_id,
        at=now,
        deployment=subject.deployment,
        policy=policy.text,
        watchlist=subject.watchlist.digest,
        bundle=subject.bundle.digest,
        drafted_by=subject.drafted_by,
        reviewed=subject.reviewed,
        briefed=subject.briefed,
        passed=dict(subject.passed),
    )
