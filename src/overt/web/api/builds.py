"""Building a watchlist by a program: an upload, what came of each photograph, decisions, seal.

A person decides who is listed, not the program: it can note a decision only on an entry whose
photograph was shown, in the console, to the holder of its token's account.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from overt.errors import InputError
from overt.governance.policy_file import open_policy
from overt.web.api.bodies import Body, Id
from overt.web.api.call import Asked, Call, Posted
from overt.web.api.told_lists import (
    AlikeTold,
    BuildTold,
    EntriesTold,
    LetGoTold,
    RefusedPhotoTold,
    RejectedTold,
    SealedTold,
    build_told,
    entry_told,
    pair_told,
)
from overt.web.api.uploads import FORM, Sent
from overt.web.building.build import Build, Choice, Stage
from overt.web.building.form import FormInMemory
from overt.web.building.limits import MOST_BYTES, MOST_PHOTOS
from overt.web.building.proposals import proposals
from overt.web.building.review import Row, pairs, rows, whole

__all__ = ["router", "upload"]

PREFIX = "/watchlists/builds"
router = APIRouter(prefix=PREFIX, tags=["watchlists"])
upload = APIRouter(prefix=PREFIX, tags=["watchlists"], route_class=FormInMemory)


class Decision(Body):
    """Of an entry, by its number: whether it is listed."""

    entry: Annotated[int, Field(ge=1, le=MOST_PHOTOS)]
    listed: bool


class Decisions(Body):
    """What was decided, entry by entry; each once. Others stay as they are."""

    decisions: Annotated[list[Decision], Field(min_length=1, max_length=MOST_PHOTOS)]


@upload.post(
    "",
    name="api_build_begin",
    response_model=BuildTold,
    openapi_extra=FORM,
    max_body_size=4 * MOST_BYTES,
)
async def begin(sent: Sent) -> Response:
    """Take a CSV and its photographs in, and begin to enrol them; held in memory alone."""
    call = sent.call

    def begun() -> BuildTold:
        builds = call.here.builds
        builds.require_free()
        builds.require_name(sent.name)
        proposed = proposals(sent.csv, sent.photos)
        made = builds.begin(call.token, proposed, name=sent.name, bundle=sent.bundle)
        call.here.audit.note("watchlist upload", account=call.token.account.id, build=made.id)
        return build_told(made)

    return await run_in_threadpool(call.once, begun)


@router.get("/{build}", name="api_build")
def build(call: Asked, build: Id) -> BuildTold:
    """Tell how far a build is; then the list as it would be, in numbers."""
    found = call.here.builds.find(call.token, build)
    if found.stage not in (Stage.REVIEW, Stage.SEALING):
        return build_told(found)
    policy, now = open_policy(call.here.settings.policy), call.here.clock.now()
    return build_told(found, whole(found, policy=policy, now=now))


@router.get("/{build}/entries", name="api_build_entries")
def entries(call: Asked, build: Id) -> EntriesTold:
    """Tell the entries that can be listed, with what to look at twice."""
    found = call.here.builds.find(call.token, build)
    told = [entry_told(r, shown=r.item.number in found.seen) for r in rows_of(call, found)]
    return EntriesTold(build=found.id, entries=told)


@router.get("/{build}/alike", name="api_build_alike")
def alike(call: Asked, build: Id) -> AlikeTold:
    """Tell the pairs that look alike, by their entries' numbers."""
    found = call.here.builds.find(call.token, build)
    every = pairs(found, rows_of(call, found))
    return AlikeTold(build=found.id, pairs=[pair_told(each) for each in every])


@router.get("/{build}/rejected", name="api_build_rejected")
def rejected(call: Asked, build: Id) -> RejectedTold:
    """Tell the photographs that cannot be used, with the reason of each."""
    found = call.here.builds.find(call.token, build)
    told = [
        RefusedPhotoTold(entry=item.number, reference=each.reference, reason=each.reason)
        for item, each in found.rejected()
    ]
    return RejectedTold(build=found.id, rejected=told)


@router.post("/{build}/decide", name="api_build_decide", response_model=BuildTold)
def decide(call: Posted, build: Id, body: Decisions) -> Response:
    """Note what was decided of entries.

    A person decides: refused for an entry whose photograph was not shown to the token's account in
    the console, which the API does not give.
    """

    def done() -> BuildTold:
        found = call.here.builds.find(call.token, build)
        found.decide(choices_of(body, found))
        return build_told(found)

    return call.once(done)


@router.post("/{build}/seal", name="api_build_seal", response_model=SealedTold)
def seal(call: Posted, build: Id) -> Response:
    """Seal the list of those who were confirmed; nothing else of the upload is left."""

    def done() -> SealedTold:
        name = call.here.builds.find(call.token, build).name
        made = call.here.builds.seal(call.token, build)
        listed = made.watchlist
        return SealedTold(key=made.key_name, name=name, digest=listed.digest, listed=len(listed))

    return call.once(done)


@router.post("/{build}/cancel", name="api_build_cancel", response_model=LetGoTold)
def cancel(call: Posted, build: Id) -> Response:
    """Let go of a build: nothing of the upload is left."""

    def done() -> LetGoTold:
        found = call.here.builds.find(call.token, build)
        call.here.builds.cancel(call.token, build)
        return LetGoTold(build=found.id, name=found.name)

    return call.once(done)


def rows_of(call: Call, found: Build) -> tuple[Row, ...]:
    """Give the entries of a build."""
    policy, now = open_policy(call.here.settings.policy), call.here.clock.now()
    return rows(found, policy=policy, now=now)


def choices_of(body: Decisions, found: Build) -> dict[int, Choice]:
    """Read decisions.

    Raises:
        InputError: one is of no entry that can be listed, or two are of one.
    """
    known = {item.number for item, _ in found.entries()}
    choices = {d.entry: Choice.LIST if d.listed else Choice.LEAVE for d in body.decisions}
    strange = sorted(choices.keys() - known)
    if strange or len(choices) < len(body.decisions):
        raise InputError(
            f"decisions: got {'entry ' + str(strange[0]) if strange else 'an entry twice'}, want "
            "each of the entries that can be listed once",
            hint="`entries` tells their numbers",
        )
    return choices
