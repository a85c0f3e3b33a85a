"""What became of a deployment after it ended, folded from its events alone: the list is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from overt.governance.rules_subject import Aftermath
from overt.values.alert_events import DecoyRaised
from overt.values.duty_events import (
    AuthorityReviewed,
    DeploymentClosed,
    DeploymentStopOrdered,
    DisclosureDeleted,
    EvidenceDeleted,
    HoldPlaced,
    HoldReleased,
    ReportPublished,
)
from overt.values.events import (
    AlertRaised,
    DeploymentAuthorised,
    DeploymentConfigured,
    DeploymentStopped,
    Event,
    WatchlistDestroyed,
)

__all__ = ["FOLDED", "Kept", "Story", "tell", "told"]

NONE = timedelta(0)
# The kinds that `tell` takes: whoever asks a record for stories need read no other.
FOLDED: Final = tuple(
    body.kind
    for body in (
        DeploymentAuthorised,
        DeploymentConfigured,
        DeploymentStopped,
        DeploymentStopOrdered,
        DeploymentClosed,
        AuthorityReviewed,
        WatchlistDestroyed,
        DisclosureDeleted,
        ReportPublished,
        AlertRaised,
        DecoyRaised,
        HoldPlaced,
        HoldReleased,
        EvidenceDeleted,
    )
)


@dataclass(frozen=True, slots=True)
class Kept:
    """How long the evidence of one alert was kept, and how much of that for a case."""

    raised: datetime
    placed: datetime | None = None  # of the hold in force
    until: datetime | None = None
    held: timedelta = NONE  # under holds that are over
    longest: timedelta = NONE  # under one hold, between two renewals
    deleted: datetime | None = None

    def hold(self, placed: datetime, until: datetime) -> Kept:
        """Place a hold, or renew it."""
        return replace(self.unheld(placed), placed=placed, until=until)

    def unheld(self, at: datetime) -> Kept:
        """End the hold, if there is one; it had ended by itself where its end had come."""
        if self.placed is None or self.until is None:
            return self
        took = max(min(self.until, at) - self.placed, NONE)
        return replace(
            self,
            placed=None,
            until=None,
            held=self.held + took,
            longest=max(self.longest, took),
        )

    def delete(self, at: datetime) -> Kept:
        """Delete it; what was deleted stays so."""
        return self if self.deleted else replace(self.unheld(at), deleted=at)

    def without_hold(self, now: datetime) -> timedelta:
        """Tell how long it was kept while no case needed it, so far."""
        end = self.deleted or now
        return max(end - self.raised - self.unheld(end).held, NONE)

    def longest_hold(self) -> timedelta:
        """Tell the longest that a case keeps it, or has kept it, without being asked again."""
        if self.placed is None or self.until is None:
            return self.longest
        return max(self.longest, self.until - self.placed)


@dataclass(frozen=True, slots=True)
class Story:
    """One deployment, as far as its end and its data go."""

    id: str
    authorised: DeploymentAuthorised | None = None
    authorised_at: datetime | None = None
    over_at: datetime | None = None  # when the record first says that it is over
    list_destroyed: datetime | None = None  # the last time: several machines may have had it
    indexed: bool = False  # a machine was about to run it, and sealed its index before
    index_deleted: datetime | None = None
    published: datetime | None = None  # the first time
    evidence: Mapping[str, Kept] = field(default_factory=lambda: MappingProxyType({}))

    def ended(self, now: datetime) -> datetime | None:
        """Tell when it ended: by an order, by itself, or with its window; None: not yet."""
        ends = [] if self.over_at is None else [self.over_at]
        if self.authorised is not None and now >= self.authorised.end:
            ends.append(self.authorised.end)
        return min(ends, default=None)

    def aftermath(self, now: datetime) -> Aftermath | None:
        """Tell what became of it by now; None: it has not ended, or was never authorised."""
        ended = self.ended(now)
        if ended is None or self.authorised is None:
            return None
        kept = [each.without_hold(now) for each in self.evidence.values()]
        holds = [each.longest_hold() for each in self.evidence.values()]
        indexed = (self.index_deleted or now) - ended if self.indexed else None
        return Aftermath(
            ended,
            list_destroyed=self.list_destroyed,
            alert_data_kept=max(kept, default=None),
            legal_hold=max((hold for hold in holds if hold), default=None),
            disclosure_kept=indexed,
            published=self.published,
        )


def told(events: Iterable[Event]) -> dict[str, Story]:
    """Fold events to the story of each deployment, by id, in the order they began."""
    stories: dict[str, Story] = {}
    for event in events:
        before = stories.get(event.deployment) or Story(event.deployment)
        stories[event.deployment] = tell(before, event)
    return stories


def tell(story: Story, event: Event) -> Story:
    """Take one event of this deployment."""
    at = event.at
    told = story
    match event.body:
        case DeploymentAuthorised() as body:
            told = replace(story, authorised=body, authorised_at=at)
        case (
            DeploymentStopped()
            | DeploymentStopOrdered()
            | DeploymentClosed()
            | AuthorityReviewed(upheld=False)
        ):
            told = replace(story, over_at=story.over_at or at)
        case WatchlistDestroyed():
            told = replace(story, list_destroyed=at)
        case DeploymentConfigured():
            told = replace(story, indexed=True)
        case DisclosureDeleted():
            told = replace(story, index_deleted=at)
        case ReportPublished():
            told = replace(story, published=story.published or at)
        case _:
            told = _with_evidence(story, event)
    return told


def _with_evidence(story: Story, event: Event) -> Story:
    at, body = event.at, event.body
    alert = getattr(body, "alert", None)
    kept = story.evidence.get(alert) if isinstance(alert, str) else None
    match body:
        case AlertRaised() | DecoyRaised():
            kept = Kept(at)
        case HoldPlaced(until=until) if kept:
            kept = kept.hold(at, until)
        case HoldReleased() if kept:
            kept = kept.unheld(at)
        case EvidenceDeleted() if kept:
            kept = kept.delete(at)
        case _:
            return story
    return replace(story, evidence=MappingProxyType({**story.evidence, str(alert): kept}))
