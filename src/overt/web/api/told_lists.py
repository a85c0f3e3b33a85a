"""What programs are told of watchlists. No name of anybody is in it, and no picture.

An entry is told by its reference, which is the force's own, and by its row of the CSV that was
sent; a photograph that cannot be used with the reason, which may repeat a file's name.
"""

from __future__ import annotations

from datetime import datetime

from overt.governance.composition import Composition
from overt.web.api.told import Told
from overt.web.building.build import Build, Choice
from overt.web.building.lists import Held, Opened
from overt.web.building.review import Pair, Row, Whole

__all__ = [
    "AlikeTold",
    "BuildTold",
    "CompositionTold",
    "EntriesTold",
    "EntryTold",
    "LetGoTold",
    "ListTold",
    "ListsTold",
    "OpenedListTold",
    "PairTold",
    "RejectedTold",
    "SealedTold",
    "WholeTold",
    "build_told",
    "composition_told",
    "entry_told",
    "list_told",
    "opened_told",
    "pair_told",
    "whole_told",
]


class CompositionTold(Told):
    """Who is on a list, in numbers; `listed` and `categories` are without the blue list."""

    listed: int
    categories: dict[str, int]
    blue_list: int
    under_18: int
    vulnerable: int
    with_relatives: int


class WholeTold(Told):
    """The list as it would be, with all that is not left out; `over` are over their cap."""

    entries: int
    composition: CompositionTold
    over: list[str]
    photographs_older: int
    older_than: str
    photographs_undated: int


class BuildTold(Told):
    """A build. `whole` is null until every photograph was looked at; `shown` were to a person."""

    id: str
    name: str
    bundle: str
    begun: datetime
    stage: str
    problem: str
    proposed: int
    done: int
    rejected: int
    alike: int
    shown: int
    confirmed: int
    left_out: int
    undecided: int
    whole: WholeTold | None


class LetGoTold(Told):
    """A build that was let go of."""

    build: str
    name: str


class EntryTold(Told):
    """An entry: its row of the CSV, what was decided, and what to look at twice."""

    entry: int
    reference: str
    category: str
    choice: str
    shown: bool
    flags: list[str]


class EntriesTold(Told):
    """The entries that can be listed, in the CSV's order."""

    build: str
    entries: list[EntryTold]


class PairTold(Told):
    """Two entries that look alike; `same`: it may be one person twice, or twins."""

    first: int
    second: int
    similarity: float
    same: bool
    related: bool


class AlikeTold(Told):
    """The pairs that look alike, the most alike first."""

    build: str
    pairs: list[PairTold]


class RefusedPhotoTold(Told):
    """A photograph that cannot be used."""

    entry: int
    reference: str
    reason: str


class RejectedTold(Told):
    """The photographs that cannot be used."""

    build: str
    rejected: list[RefusedPhotoTold]


class SealedTold(Told):
    """A list that was sealed; a deployment's file names it by `name`."""

    key: str
    name: str
    digest: str
    listed: int


class ListTold(Told):
    """A list that is on the console's machine: in what state, and until when."""

    key: str
    name: str
    digest: str
    listed: int | None
    built: datetime | None
    deployments: list[str]
    state: str
    due: datetime
    why: str


class ListsTold(Told):
    """The lists that are held, the next due first."""

    lists: list[ListTold]


class OpenedListTold(Told):
    """A list in numbers; `problem` says why it cannot be opened."""

    list: ListTold
    composition: CompositionTold | None
    photographs_older: int
    older_than: str
    photographs_undated: int
    problem: str


def composition_told(found: Composition) -> CompositionTold:
    """Tell who is on a list."""
    return CompositionTold(
        listed=found.listed,
        categories={str(category): number for category, number in found.categories.items()},
        blue_list=found.blue,
        under_18=found.under_18,
        vulnerable=found.vulnerable,
        with_relatives=found.relatives,
    )


def whole_told(whole: Whole) -> WholeTold:
    """Tell what a list would be."""
    return WholeTold(
        entries=whole.entries,
        composition=composition_told(whole.composition),
        over=[str(share.category) for share in whole.shares if share.over],
        photographs_older=whole.older,
        older_than=whole.older_than,
        photographs_undated=whole.undated,
    )


def build_told(build: Build, whole: Whole | None = None) -> BuildTold:
    """Tell how a build stands."""
    return BuildTold(
        id=build.id,
        name=build.name,
        bundle=build.bundle,
        begun=build.begun,
        stage=str(build.stage),
        problem=build.problem,
        proposed=build.total,
        done=build.done,
        rejected=len(build.rejected()),
        alike=len(build.alike),
        shown=len(build.seen),
        confirmed=len(build.chosen(Choice.LIST)),
        left_out=len(build.chosen(Choice.LEAVE)),
        undecided=len(build.chosen(Choice.OPEN)),
        whole=None if whole is None else whole_told(whole),
    )


def entry_told(row: Row, *, shown: bool) -> EntryTold:
    """Tell of an entry; not what somebody wrote of it."""
    return EntryTold(
        entry=row.item.number,
        reference=row.entry.reference,
        category=str(row.entry.category),
        choice=str(row.choice),
        shown=shown,
        flags=[flag.what for flag in row.flags],
    )


def pair_told(pair: Pair) -> PairTold:
    """Tell of two who look alike."""
    return PairTold(
        first=pair.first.item.number,
        second=pair.second.item.number,
        similarity=pair.similarity,
        same=pair.same,
        related=pair.related,
    )


def list_told(found: Held) -> ListTold:
    """Tell of a list; not who built it."""
    return ListTold(
        key=found.key,
        name=found.name,
        digest=found.digest,
        listed=found.listed,
        built=found.built,
        deployments=[each.id for each in found.deployments],
        state=str(found.state),
        due=found.due,
        why=found.why,
    )


def opened_told(found: Held, inside: Opened | None, problem: str) -> OpenedListTold:
    """Tell what is in a list."""
    return OpenedListTold(
        list=list_told(found),
        composition=None if inside is None else composition_told(inside.composition),
        photographs_older=0 if inside is None else inside.older,
        older_than="" if inside is None else inside.older_than,
        photographs_undated=0 if inside is None else inside.undated,
        problem=problem,
    )
