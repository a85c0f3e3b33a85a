"""The pages of a site: each one file, that reads without script, colour or another file."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import jinja2
from markupsafe import Markup

from overt.ledger.checkpoint import Checkpoint
from overt.report.render.page import read as render_file
from overt.report.site.feed import atom, site_json, sitemap
from overt.report.site.planning import Plan, Standing
from overt.report.site.published import Edition, record_name
from overt.report.site.reading import Material

__all__ = ["Facing", "bar", "corrected_bar", "site_pages", "with_bar"]

START: Final = b"<!-- site -->"
END: Final = b"<!-- /site -->"
BODY: Final = b"<body>\n"
STYLE: Final = (
    "border-bottom:1px solid #d0d7de;margin:0 0 1.25rem;padding:0 0 .75rem;background:none"
)


@dataclass(frozen=True, slots=True, eq=False)
class Facing:
    """Everything that the pages tell."""

    material: Material
    plan: Plan
    size: int  # of the newest export in the site
    base: str
    editions: Mapping[str, Sequence[Edition]]  # by folder, the current one last
    tables: frozenset[str]  # folders that have tables of open data


def site_pages(facing: Facing) -> Iterator[tuple[str, bytes]]:
    """Give each page and file that tells of the others; what names the newest comes last."""
    checkpoint = newest(facing)
    shared = {
        "facing": facing,
        "plan": facing.plan,
        "checkpoint": checkpoint,
        "key": facing.material.verified.chain.first.text,
        "keys": [key.text for key in facing.material.verified.chain.keys],
        "record": record_name(facing.size),
        "note": f"checkpoints/{checkpoint.size:015d}.note",
        "checkpoints": listed(facing),
        "tables": facing.tables,
        "Standing": Standing,
        "style": Markup(render_file("report.css") + own_style()),  # noqa: S704 - our own files
    }
    for name in ("index.html", "verify.html", "data/index.html", "checkpoints/index.html"):
        up = "../" * name.count("/")
        template = environment().get_template(
            f"{name.partition('/')[0].removesuffix('.html')}.html.j2"
        )
        yield name, (template.render(shared, up=up, commands=commands(facing)) + "\n").encode()
    pages = ["index.html", "verify.html", "data/index.html", "checkpoints/index.html"]
    pages += [f"{name}/index.html" for name in facing.editions]
    yield "sitemap.xml", sitemap(pages, base=facing.base)
    yield "feed.atom", atom(facing.plan, facing.editions, facing.material.source.force, facing.base)
    yield (
        "site.json",
        site_json(
            facing.editions,
            origin=facing.material.source.force,
            keys=shared["keys"],
            size=facing.size,
            root=checkpoint.root.hex(),
        ),
    )


def listed(facing: Facing) -> Sequence[Checkpoint]:
    """Give the checkpoints up to that of the newest export in the site."""
    verified = facing.material.verified
    return [one for one in (*verified.earlier, verified.checkpoint) if one.size <= facing.size]


def newest(facing: Facing) -> Checkpoint:
    """Give the checkpoint of the newest export in the site."""
    return listed(facing)[-1]


def commands(facing: Facing) -> Mapping[str, str]:
    """Give the commands by which anybody checks this site, run in a copy of it."""
    key = shlex.quote(facing.material.verified.chain.first.text)
    record = record_name(facing.size)
    some = next((each[-1] for each in facing.editions.values()), None)
    earliest = min(Checkpoint.parse(n.text).size for n in facing.material.checkpoints)
    told = {
        "record": f"overt verify {record} --key {key}",
        "small": f"python -m overt.ledger {record} --key {key}",
        "against": (
            f"overt verify {record} --key {key} --against checkpoints/{earliest:015d}.note"
        ),
    }
    if some is not None:
        told["report"] = (
            f"overt verify {some.record} --key {key} --report {some.folder}/report.json"
        )
    return told


def bar(folder: str, *, number: int, record: str, versions: Sequence[Edition]) -> Markup:
    """Write the way from a report back into the site, and to its earlier versions."""
    up = "../" * (folder.count("/") + 1)
    parts = [
        Markup('<a href="{}index.html">All reports</a>').format(up),
        Markup('<a href="{}{}">The record it was counted from</a>').format(up, record),
        Markup('<a href="report.json">Figures as JSON</a>'),
        Markup('<a href="{}verify.html">Check it</a>').format(up),
    ]
    told = Markup(" &middot; ").join(parts)
    if number > 1:
        links = Markup(", ").join(
            Markup('<a href="versions/{}/index.html">version {} of {}</a>').format(
                one.folder.rpartition("/")[2], one.number, day(one.report.made)
            )
            for one in versions
        )
        told += Markup("<br>Version {}: corrected. Kept as published: {}.").format(number, links)
    return told


def corrected_bar(edition: Edition, replaced: str) -> Markup:
    """Say of an earlier version that a correction replaced it."""
    text = Markup(
        "<strong>Version {}, kept as it was published.</strong> It was corrected on {}: "
        '<a href="../../index.html">the current version</a>.'
    )
    return text.format(edition.number, day(replaced))


def with_bar(page: bytes, told: Markup) -> bytes:
    """Put a bar at the top of a page, in place of the one that is there."""
    made = (
        START
        + f'<div role="navigation" aria-label="Site" style="{STYLE}">{told}</div>'.encode()
        + END
    )
    if START in page and END in page:
        before, _, rest = page.partition(START)
        return before + made + rest.partition(END)[2]
    return page.replace(BODY, BODY + made + b"\n", 1)


def day(time: str) -> str:
    """Write the day of a time."""
    return time[:10]


@cache
def environment() -> jinja2.Environment:
    """Make what fills templates; everything that is filled in is escaped."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("overt.report.site", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["date"] = lambda time: f"{time:%-d %B %Y}"
    made.filters["clock"] = lambda time: f"{time:%H:%M}"
    return made


def own_style() -> str:
    """Give what the site's pages need besides the report's style."""
    return environment().get_template("site.css").render()
