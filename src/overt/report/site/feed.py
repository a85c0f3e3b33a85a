"""What programs read of a site: a feed (Atom, RFC 4287), a site map, and a list of reports."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from overt.report.site.planning import Listed, Plan, Standing
from overt.report.site.published import FORMAT, Edition

__all__ = ["atom", "site_json", "sitemap"]

HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
NEVER: Final = "1970-01-01T00:00:00+00:00"


def atom(plan: Plan, editions: Mapping[str, Sequence[Edition]], origin: str, base: str) -> bytes:
    """Write the feed: deployments that are announced, and every report, the newest first."""
    entries = [announced(one, origin, base) for one in plan.of(Standing.ANNOUNCED)]
    entries += [reported(name, found, origin, base) for name, found in editions.items()]
    entries.sort(reverse=True)
    updated = entries[0][0] if entries else NEVER
    parts = [
        HEAD + '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">',
        f"<id>{identity(origin, 'feed')}</id>",
        f"<title>Live facial recognition: {escape(printed(origin))}</title>",
        f"<updated>{updated}</updated>",
        f"<author><name>{escape(printed(origin))}</name></author>",
        f'<link rel="alternate" type="text/html" href={quoteattr(base + "index.html")}/>',
    ]
    if base:
        parts.append(f'<link rel="self" href={quoteattr(base + "feed.atom")}/>')
    return ("\n".join([*parts, *(text for _, text in entries), "</feed>"]) + "\n").encode()


def announced(one: Listed, origin: str, base: str) -> tuple[str, str]:
    """Write the entry of a deployment that is to come: its time, then its text."""
    window = f"{one.start:%-d %B %Y, %H:%M} to {one.end:%-d %B %Y, %H:%M} UTC"
    told = f"{one.place}, {window}." + (f" Announced: {one.notice}." if one.notice else "")
    return entry(
        identity(origin, f"announced/{one.id}"),
        f"Announced: {one.place}, {one.start:%-d %B %Y}",
        one.authorised.isoformat(timespec="seconds"),
        f"{base}index.html#announced",
        told,
    )


def reported(name: str, found: Sequence[Edition], origin: str, base: str) -> tuple[str, str]:
    """Write the entry of a report."""
    current = found[-1]
    told = "Published." if current.number == 1 else f"Version {current.number}: corrected."
    wrong = len(current.report.wrong())
    told += f" {wrong} of its statements say what does not add up." if wrong else ""
    return entry(
        identity(origin, name),
        current.report.title,
        current.report.made,
        f"{base}{name}/index.html",
        told,
    )


def entry(name: str, title: str, updated: str, address: str, told: str) -> tuple[str, str]:
    """Write one entry."""
    text = (
        f"<entry><id>{name}</id><title>{escape(printed(title))}</title><updated>{updated}</updated>"
        f"<link href={quoteattr(address)}/><summary>{escape(printed(told))}</summary></entry>"
    )
    return updated, text


def identity(origin: str, what: str) -> str:
    """Name a thing of a log for ever, wherever the site moves."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"overt:{origin}/{what}").urn


def printed(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(
        c
        for c in text
        if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )


def sitemap(pages: Iterable[str], *, base: str) -> bytes:
    """List the pages; their addresses are whole only where the site's own is known."""
    listed = "".join(f"<url><loc>{escape(base + page)}</loc></url>\n" for page in pages)
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'{HEAD}<urlset xmlns="{space}">\n{listed}</urlset>\n'.encode()


def site_json(
    editions: Mapping[str, Sequence[Edition]],
    *,
    origin: str,
    keys: object,
    size: int,
    root: str,
) -> bytes:
    """Write what a program, and the next run, reads of the site."""
    reports = [
        {
            "folder": name,
            "title": found[-1].report.title,
            "versions": [
                {
                    "version": one.number,
                    "folder": one.folder,
                    "made": one.report.made,
                    "sha256": one.sha256,
                    "record": one.record,
                    "wrong": len(one.report.wrong()),
                }
                for one in found
            ],
        }
        for name, found in editions.items()
    ]
    tree = {
        "format": FORMAT,
        "origin": origin,
        "keys": keys,
        "events": size,
        "root": root,
        "reports": reports,
    }
    return json.dumps(tree, ensure_ascii=False, indent=1).encode() + b"\n"
