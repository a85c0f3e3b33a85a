"""`overt disclose`: was I on a list?"""

from __future__ import annotations

from typing import Annotated

import typer

from overt.cli.plain import plain_console
from overt.cli.recording import opened_record
from overt.text import printable
from overt.values.events import FacesCounted
from overt.wiring import make_disclosure

__all__ = ["disclose"]


def disclose(
    reference: Annotated[str, typer.Argument(help="the reference the person was listed under")],
) -> None:
    """Tell in which deployments a reference was listed, on what ground, and which alerts it had.

    For a subject access request. No name and no image is kept for it: the record holds a keyed
    hash of every reference, for as long as the index of the deployment is kept.
    """
    with opened_record() as (settings, store):
        events = (recorded.event for recorded in store.events(without=(FacesCounted.kind,)))
        found = tuple(make_disclosure(settings).ask(reference, events))
    for item in found:
        print(
            f"{item.deployment}\t{printable(item.place)}\t{item.start} to {item.end}\t"
            f"{item.category}\t{printable(item.lawful_basis)}\t"
            f"alerts: {', '.join(item.alerts) or 'none'}"
        )
    if not found:
        plain_console(stderr=True).print(
            "not listed in any deployment that this record and its indexes hold"
        )
