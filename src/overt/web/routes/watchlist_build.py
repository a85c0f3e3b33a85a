"""Building a list: upload, progress, what came of each photograph, decisions, seal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from overt.errors import InputError, RefusedError
from overt.governance.list_pictures import MEDIA_TYPE
from overt.governance.policy_file import open_policy
from overt.inference.opened import DEFAULT_BUNDLE
from overt.web.building.build import Choice, Stage
from overt.web.building.form import FormInMemory, upload_of
from overt.web.building.limits import LIMITS, MIB, MOST_BYTES
from overt.web.building.proposals import proposals
from overt.web.building.review import AT_ONCE, pages, pairs, rows, whole
from overt.web.forms import Answers
from overt.web.gate import Person
from overt.web.problems import wants_problem
from overt.web.render import go_to, page, tell
from overt.web.services import Here, Services

__all__ = ["router", "upload"]

router = APIRouter()
upload = APIRouter(route_class=FormInMemory)
Number = Annotated[int, Query(ge=1, le=1000)]
Shown = TypeVar("Shown")
CHOICES: Final = {"list": Choice.LIST, "leave": Choice.LEAVE}
BACK: Final = ("watchlist_entries", "watchlist_alike")


@router.get("/watchlists/new")
def watchlist_form(request: Request, here: Here, who: Person) -> Response:
    """Show where a CSV and its photographs are uploaded."""
    build = here.builds.mine(who)
    if build is not None:
        return go_to(request, "watchlist_build", build_id=build.id)
    return form(request, here)


@upload.post("/watchlists/new", max_body_size=4 * MOST_BYTES)
async def watchlist_upload(request: Request, here: Here, who: Person) -> Response:
    """Take an upload in, and begin to enrol it. It is held in memory alone."""
    sent = await request.form()
    name, bundle = str(sent.get("name", "")).strip(), str(sent.get("bundle", DEFAULT_BUNDLE))
    csv, photos = await upload_of(request, "csv"), await upload_of(request, "photos")
    try:
        await run_in_threadpool(here.builds.require_free)
        await run_in_threadpool(here.builds.require_name, name)
        proposed = await run_in_threadpool(proposals, csv, photos)
        build = await run_in_threadpool(here.builds.begin, who, proposed, name=name, bundle=bundle)
    except (InputError, RefusedError) as error:
        if wants_problem(request):
            raise
        return form(request, here, error=str(error), hint=error.hint, name=name, bundle=bundle)
    finally:
        await sent.close()
    here.audit.note("watchlist upload", account=who.account.id, build=build.id)
    return go_to(request, "watchlist_build", build_id=build.id)


@router.get("/watchlists/build/{build_id}")
def watchlist_build(request: Request, here: Here, who: Person, build_id: str) -> Response:
    """Show how far it is; then the list as it would be, in numbers."""
    build = here.builds.find(who, build_id)
    ready = build.stage in (Stage.REVIEW, Stage.SEALING)
    policy, now = open_policy(here.settings.policy), here.clock.now()
    return page(
        request,
        "watchlist_build.html",
        build=build,
        working=build.stage is Stage.WORKING,
        failed=build.stage is Stage.FAILED,
        whole=whole(build, policy=policy, now=now) if ready else None,
        rows=rows(build, policy=policy, now=now) if ready else (),
    )


@router.get("/watchlists/build/{build_id}/now")
def watchlist_build_now(here: Here, who: Person, build_id: str) -> Response:
    """Tell how far it is, for the page that shows it."""
    build = here.builds.find(who, build_id)
    return JSONResponse({"stage": build.stage, "done": build.done, "total": build.total})


@router.get("/watchlists/build/{build_id}/entries")
def watchlist_entries(
    request: Request, here: Here, who: Person, build_id: str, number: Number = 1
) -> Response:
    """Show entries with their photographs, to be confirmed or left out."""
    build = here.builds.find(who, build_id)
    every = rows(build, policy=open_policy(here.settings.policy), now=here.clock.now())
    shown = part(every, number)
    items = [row.item for row in shown]
    return page(
        request,
        "watchlist_entries.html",
        build=build,
        rows=shown,
        number=number,
        pages=pages(len(every)),
        undecided=len(build.chosen(Choice.OPEN)),
        photos=here.photos.look(who, build, items, purpose="entries of a watchlist"),
    )


@router.get("/watchlists/build/{build_id}/alike")
def watchlist_alike(
    request: Request, here: Here, who: Person, build_id: str, number: Number = 1
) -> Response:
    """Show the pairs that look alike, side by side."""
    build = here.builds.find(who, build_id)
    told = rows(build, policy=open_policy(here.settings.policy), now=here.clock.now())
    every = pairs(build, told)
    shown = part(every, number, at_once=AT_ONCE // 2)
    items = [row.item for pair in shown for row in (pair.first, pair.second)]
    return page(
        request,
        "watchlist_alike.html",
        build=build,
        pairs=shown,
        number=number,
        pages=pages(2 * len(every)),
        photos=here.photos.look(who, build, items, purpose="look-alikes of a watchlist"),
    )


@router.get("/watchlists/build/{build_id}/rejected")
def watchlist_rejected(
    request: Request, here: Here, who: Person, build_id: str, number: Number = 1
) -> Response:
    """Show the photographs that cannot be used, with the reason beside each."""
    build = here.builds.find(who, build_id)
    every = build.rejected()
    shown = part(every, number)
    items = [item for item, _ in shown]
    return page(
        request,
        "watchlist_rejected.html",
        build=build,
        rejected=shown,
        number=number,
        pages=pages(len(every)),
        photos=here.photos.look(who, build, items, purpose="rejected photographs"),
    )


@router.get("/watchlists/build/{build_id}/photos/{number}")
def watchlist_photo(
    here: Here, who: Person, build_id: str, number: int, until: str = "", signature: str = ""
) -> Response:
    """Give one photograph of a look that is recorded already."""
    build = here.builds.find(who, build_id)
    content = here.photos.photo(who, build, number, until=until, signature=signature)
    return Response(content, media_type=MEDIA_TYPE)


@router.post("/watchlists/build/{build_id}/decide")
def watchlist_decide(
    request: Request, here: Here, who: Person, build_id: str, answered: Answers
) -> Response:
    """Note what was decided: entry by entry, and all of a page that have nothing to look at."""
    build = here.builds.find(who, build_id)
    told = rows(build, policy=open_policy(here.settings.policy), now=here.clock.now())
    choices = {
        row.item.number: CHOICES[given]
        for row in told
        if (given := answered.get(f"entry-{row.item.number}", "")) in CHOICES
    }
    if answered.get("rest"):
        # Of those that this page showed, and that have no flag now: others are looked at singly.
        choices |= {
            row.item.number: Choice.LIST
            for row in told
            if not row.flags
            and f"shown-{row.item.number}" in answered
            and row.item.number not in choices
            and row.choice is Choice.OPEN
        }
    build.decide(choices)
    tell(request, f"{len(choices):,} noted, {len(build.chosen(Choice.OPEN)):,} to be decided.")
    back = answered.get("back", "")
    where = go_to(request, back if back in BACK else BACK[0], build_id=build_id)
    number = answered.get("number", "1")
    if number.isascii() and number.isdecimal() and len(number) < 5:
        where.headers["location"] += f"?number={int(number)}"
    return where


@router.post("/watchlists/build/{build_id}/seal")
def watchlist_seal(request: Request, here: Here, who: Person, build_id: str) -> Response:
    """Seal the list of those who were confirmed."""
    made = here.builds.seal(who, build_id)
    tell(request, f"Sealed: {len(made.watchlist):,} entries. Nothing else of the upload is left.")
    return go_to(request, "watchlist", key=made.key_name)


@router.post("/watchlists/build/{build_id}/cancel")
def watchlist_cancel(request: Request, here: Here, who: Person, build_id: str) -> Response:
    """Let go of a build."""
    here.builds.cancel(who, build_id)
    tell(request, "Cancelled: nothing of the upload is left.")
    return go_to(request, "watchlists")


def form(
    request: Request,
    here: Services,
    *,
    error: str = "",
    hint: str = "",
    name: str = "",
    bundle: str = DEFAULT_BUNDLE,
) -> Response:
    """Show the form, again with what is to be corrected."""
    folder = here.settings.bundles_dir
    others = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    return page(
        request,
        "watchlist_form.html",
        status=422 if error else 200,
        error=error,
        hint=hint,
        name=name,
        bundle=bundle,
        bundles=[DEFAULT_BUNDLE, *others],
        limits=LIMITS,
        most_bytes=MOST_BYTES,
        most=f"{MOST_BYTES // MIB} MiB",
    )


def part(every: Sequence[Shown], number: int, *, at_once: int = AT_ONCE) -> Sequence[Shown]:
    """Give one page of many, counted from 1."""
    return every[(number - 1) * at_once : number * at_once]
