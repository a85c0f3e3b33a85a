"""The rules on who is listed. What is said names nobody: it is counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from overt.governance.composition import Composition, composition, images_older
from overt.governance.findings import Finding, judged
from overt.governance.policy_kinds import Cap, Caps, said_duration, written_duration
from overt.governance.policy_known import CAPPED
from overt.governance.rules_subject import Subject
from overt.values.watchlist import Entry

__all__ = [
    "age",
    "composed",
    "image_age",
    "is_over",
    "of_bundle",
    "provenance",
    "under_18",
    "vulnerable",
]


def of_bundle(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that the templates can be compared with this model's."""
    got, want = subject.watchlist.bundle, subject.bundle.digest
    return judged(
        "list-of-bundle",
        holds=got == want,
        about="watchlist",
        got=f"templates of bundle {got[:12]}",
        want=f"{want[:12]}: build the list with this bundle",
        to_do="build the list with this bundle",
    )


def age(subject: Subject, value: timedelta, now: datetime) -> Finding:
    """Check that the list is fresh."""
    rule, built = "list-age", subject.watchlist.built
    want = f"{written_duration(value)} or less: build it anew"
    if built > now:
        got = f"one built in the future ({built.isoformat()})"
        return judged(
            rule, holds=False, about="watchlist", got=got, want=want, to_do="set the clock"
        )
    got = f"an age of {now - built}"
    to_do = "build it anew, from what is known today"
    return judged(
        rule, holds=now - built <= value, about="watchlist", got=got, want=want, to_do=to_do
    )


def composed(subject: Subject, value: Mapping[str, Cap], _now: datetime) -> Finding:
    """Check who is on the list, by category, against its caps; the blue list is apart."""
    found = composition(subject.watchlist)
    over = list(_over(found, value))
    return judged(
        "list-composition",
        holds=not over,
        about="watchlist",
        got=f"{found} (too many: {', '.join(over)})" if over else str(found),
        want=Caps(CAPPED).write(value),
        to_do="shorten the list to whom this deployment is for",
    )


def _over(found: Composition, caps: Mapping[str, Cap]) -> Iterator[str]:
    """Name the categories that are over their caps."""
    for category, number in found.categories.items():
        cap = caps.get(str(category))
        if cap is not None and is_over(cap, number, listed=found.listed):
            yield str(category)


def is_over(cap: Cap, number: int, *, listed: int) -> bool:
    """Tell whether a category is over its cap; a share is of the list without the blue one."""
    return number > (cap.most * listed if cap.is_share else cap.most)


def under_18(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that under 18s are listed with a recorded exception only."""
    listed = [entry for entry in subject.watchlist.entries if entry.under_18]
    return _excepted("list-under-18", "under 18", listed)


def vulnerable(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that vulnerable people are listed with a recorded exception only."""
    listed = [entry for entry in subject.watchlist.entries if entry.vulnerable]
    return _excepted("list-vulnerable", "vulnerable", listed)


def _excepted(rule: str, who: str, listed: list[Entry]) -> Finding:
    without = sum(not entry.exception.strip() for entry in listed)
    with_theirs = f"{len(listed)} {who}, {len(listed) - without} with a recorded exception"
    return judged(
        rule,
        holds=not without,
        about="watchlist",
        got=with_theirs if listed else f"nobody {who}",
        want="a recorded exception for each",
        to_do="take them off the list, or record why it is necessary and who decided",
    )


def image_age(subject: Subject, value: timedelta, now: datetime) -> Finding:
    """Check how old the photographs are: faces change."""
    older, unknown = images_older(subject.watchlist, than=value, now=now)
    parts = [f"{older:,} older"] if older else []
    parts += [f"{unknown:,} of unknown date"] if unknown else []
    return judged(
        "list-image-age",
        holds=not parts,
        about="listed photographs",
        got=f"{', '.join(parts)}, of {len(subject.watchlist):,}" if parts else "all newer",
        want=f"a known date, {said_duration(value)} ago or less",
        to_do="find newer photographs, and record when they were taken",
    )


def provenance(subject: Subject, _value: None, _now: datetime) -> Finding:
    """Check that each entry has source, lawful basis and reviewer; an entry cannot lack them."""
    lacking = sum(
        not (entry.source.strip() and entry.lawful_basis.strip() and entry.reviewer.strip())
        for entry in subject.watchlist.entries
    )
    return judged(
        "list-provenance",
        holds=not lacking,
        about="watchlist",
        got=f"{lacking:,} entries without" if lacking else "all of them",
        want="source, lawful basis and reviewer of each entry",
        to_do="complete the entries",
    )
