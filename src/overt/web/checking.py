"""What a draft means on this machine: every rule checked, and its list, in numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from overt.errors import BundleError, MissingError
from overt.governance.comparisons import subject_of as subject_with
from overt.governance.composition import Composition, composition, images_older
from overt.governance.findings import Finding, Verdict
from overt.governance.listfile import ListFile
from overt.governance.lookalikes import Alike, find_alike
from overt.governance.policy import Fails, Policy, PolicyRule
from overt.governance.policy_file import open_policy
from overt.governance.policy_kinds import said_duration
from overt.governance.rules import Assessment, Subject, assess
from overt.inference.bundle import Bundle
from overt.inference.manifest import read_manifest
from overt.inference.opened import DEFAULT_BUNDLE, find_manifest
from overt.match.scale import ReferenceScale
from overt.review.deployment_record import DeploymentRecord
from overt.review.known import as_known
from overt.values.deployment import Deployment
from overt.web.drafts import Draft
from overt.web.services import Services
from overt.wiring import open_keys

__all__ = [
    "Checked",
    "Listed",
    "Ruled",
    "bundle_of",
    "checked",
    "draft_of",
    "listed",
    "open_list",
    "ruled",
    "subject_of",
]

MOST_PAIRS: Final = 200  # shown


@dataclass(frozen=True, slots=True)
class Ruled:
    """One rule of the policy, and what was found of it."""

    rule: PolicyRule
    finding: Finding

    @property
    def tone(self) -> str:
        """How it is shown; the word says the same."""
        match self.finding.verdict:
            case Verdict.HOLDS:
                return "good"
            case Verdict.FAILS:
                return "warn" if self.rule.fails is Fails.FLAG else "bad"
            case Verdict.CANNOT_TELL:
                return "plain"


@dataclass(frozen=True, slots=True)
class Checked:
    """Every rule of the policy, checked as of a time."""

    policy: Policy
    at: datetime
    rules: tuple[Ruled, ...]
    assessment: Assessment


@dataclass(frozen=True, slots=True)
class Listed:
    """A list in numbers. No name and no picture of anybody is in it."""

    name: str
    built: datetime
    entries: int
    composition: Composition
    older: int  # photographs
    older_than: str  # the policy's limit, in words
    undated: int
    alike: tuple[Alike, ...]  # by references
    more_alike: bool  # than are shown


def ruled(findings: tuple[Finding, ...], policy: Policy) -> tuple[Ruled, ...]:
    """Put each finding beside its rule."""
    return tuple(Ruled(policy.rule(finding.rule), finding) for finding in findings)


def checked(here: Services, record: DeploymentRecord, deployment: Deployment) -> Checked:
    """Check every rule, as of now or of the window's start where that is still to come.

    Raises:
        InputError: the list or the bundle is not on this machine.
        VaultError: the list was destroyed.
    """
    policy = open_policy(here.settings.policy)
    subject = as_known(record, subject_of(here, deployment), before=here.office.before(record.id))
    at = max(here.clock.now(), deployment.window.start)
    assessment = assess(subject, policy=policy, now=at)
    return Checked(policy, at, ruled(assessment.findings, policy), assessment)


def subject_of(here: Services, deployment: Deployment) -> Subject:
    """Open what a deployment names: its list, and the model's manifest."""
    bundle = bundle_of(here, deployment.bundle)
    watchlist = open_list(here, deployment).watchlist
    return subject_with(deployment, watchlist, bundle, comparisons=here.settings.comparisons_dir)


def open_list(here: Services, deployment: Deployment) -> ListFile:
    """Open the list that a deployment names."""
    return ListFile(deployment.watchlist, keys=open_keys(here.settings))


def bundle_of(here: Services, name: str) -> Bundle:
    """Read the manifest of a bundle of this machine, by its name alone.

    Raises:
        BundleError: there is none.
    """
    folder = here.settings.bundles_dir
    if name != DEFAULT_BUNDLE and not (folder / name).is_dir():
        raise BundleError(
            f"bundle: got {name}, want one of this machine",
            hint="`overt models list` shows them; `overt models add` adds one",
        )
    return read_manifest(find_manifest(name, folder=folder))


def listed(here: Services, deployment: Deployment) -> Listed:
    """Count a list, and find who on it looks alike."""
    watchlist = open_list(here, deployment).watchlist
    policy, bundle = open_policy(here.settings.policy), bundle_of(here, deployment.bundle)
    oldest: timedelta = policy.duration("list-image-age")
    older, undated = images_older(watchlist, than=oldest, now=here.clock.now())
    pairs: Iterator[Alike] = iter(())
    if bundle.calibration is not None and watchlist.bundle == bundle.digest:
        pairs = find_alike(
            watchlist.entries,
            watchlist.embeddings.vectors,
            scale=ReferenceScale(bundle.calibration),
            comparer=here.comparers.of(bundle),
        )
    found = tuple(islice(pairs, MOST_PAIRS + 1))
    return Listed(
        watchlist.name,
        watchlist.built,
        len(watchlist),
        composition(watchlist),
        older,
        said_duration(oldest),
        undated,
        found[:MOST_PAIRS],
        len(found) > MOST_PAIRS,
    )


def draft_of(here: Services, record: DeploymentRecord) -> Draft:
    """Give the file of a deployment's last draft.

    Raises:
        MissingError: it was drafted elsewhere, or never.
    """
    if record.drafted is None:
        raise MissingError(
            f"deployment {record.id}: got one that was never drafted, want a draft",
            hint="a trial may run on its file's word alone",
        )
    return here.drafts.find(record.drafted.draft)
